"""UCAgents: two experts; a senior verifies what they agree on, critics and a leader settle the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from medassay.solvers.agents.agent import Agent
from medassay.solvers.agents.grammars import Opinion, one_of, prose, sections
from medassay.solvers.agents.table import Asking, Broken, Table, seated
from medassay.solvers.agents.texts import ucagents as say
from medassay.solvers.agreement import WORDED
from medassay.solvers.context import Context
from medassay.solvers.grammar import Malformed
from medassay.types import Message, Response, Solver, Turns

EXPERTS, SENIOR, CRITICS, LED = 0.7, 0.5, 0.5, 0.1
"""The published temperatures; `LED` is of all that the leader says and of the answers to it."""

_INQUIRY = re.compile(r"^[\W_]*critic[ \t]+(\d+)[*_ \t]*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class UCAgents:
    """The algorithm of arXiv 2512.02485 as it is meant, with what its code loses put back.

    Calls: 3 where the experts and the senior agree, 8 where the experts differ, 9 where the senior dissents.
    Between answers in words that the benchmark does not take for the same, a clerk is asked: one call more
    each time. Deviations from the published code are in docs/agents.md.
    """

    def begin(self, context: Context) -> Solver:
        """The solver for a run."""
        return seated(_lead, context)


def _lead(table: Table) -> Turns:
    expert = say.EXPERT.format(field=table.case.tags.get("modality") or say.FIELD)
    agents = [table.agent(f"expert {n}", expert) for n in (1, 2)]
    asked = [
        agent.asked(say.READ, temperature=EXPERTS, to="senior, critics, leader", replicate=place)
        for place, agent in enumerate(agents)
    ]
    agents, opinions = yield from table.opine(agents, asked)
    if len(table.answers) < len(agents):
        silent = next(agent.role for agent in agents if agent.role not in table.answers)
        raise Broken(f"{silent}: declined to answer")
    hypotheses = [opinion.answer for opinion in opinions]
    if (yield from _same(table, *hypotheses)):
        senior = table.agent("senior", say.SENIOR)
        words = say.VERIFY.format(reports=_reports(agents, opinions))
        [senior], [verified] = yield from table.opine(
            [senior], [senior.asked(words, temperature=SENIOR, to="critics, leader")]
        )
        if not verified.answer:
            raise Broken("senior: declined to answer")
        if (yield from _same(table, hypotheses[0], verified.answer)):
            return table.closed(table.answers["senior"])
        hypotheses = [hypotheses[0], verified.answer]
        agents, opinions = [*agents, senior], [*opinions, verified]
    return (yield from _audit(table, hypotheses, _reports(agents, opinions)))


def _same(table: Table, first: str, second: str) -> Asking[bool]:
    """Whether two answers say the same: as the benchmark judges them, else, in words, as a clerk does."""
    if table.agree([first, second]):
        return True
    if table.case.kind not in WORDED:
        return False
    answers = say.ANSWERS.format(question=table.case.question, first=first, second=second)
    about = replace(table.question, messages=(Message(role="user", parts=(answers,)),))
    asked = Agent(role="clerk", question=about, system=say.CLERK).asked(say.SAME, temperature=0)
    [(same, _)] = yield from table.hear([asked], partial(one_of, words=("yes", "no")))
    return same == "yes"


def _audit(table: Table, hypotheses: Sequence[str], reports: str) -> Asking[Response]:
    """The third level: a critic for each answer, the leader's questions to them, and its verdict."""
    critics = [table.agent(f"critic {number + 1}", say.CRITIC) for number in range(len(hypotheses))]
    words = [say.CRITICISE.format(reports=reports, answer=answer) for answer in hypotheses]
    reads = partial(sections, headings=("Flaws", "Counter-evidence"))
    critics, critiques = yield from _ask(table, critics, words, reads, CRITICS)
    shown = _numbered(say.CRITIQUE, critiques, hypotheses)
    form = "\n".join(say.INQUIRY.format(number=number + 1) for number in range(len(critics)))
    words = [say.INQUIRE.format(reports=reports, critiques=shown, form=form)]
    leader = table.agent("leader", say.LEADER)
    [leader], [said] = yield from _ask(table, [leader], words, partial(inquiries, n=len(critics)), LED)
    words = [say.ANSWER.format(inquiry=inquiry) for inquiry in inquiries(said, len(critics))]
    critics, rebuttals = yield from _ask(table, critics, words, prose, LED)
    verdict = say.VERDICT.format(rebuttals=_numbered(say.REBUTTAL, rebuttals, hypotheses))
    yield from table.opine([leader], [leader.asked(verdict, temperature=LED)])
    decided = table.answers.pop(leader.role, None)
    if decided is None:
        raise Broken("leader: declined to answer")
    return table.closed(decided)


def inquiries(text: str, n: int) -> list[str]:
    """One question to each of n critics, in their order.

    Raises:
        Malformed: a critic is asked nothing or more than once, or is not there.
    """
    _, *found = _INQUIRY.split(text)
    asked = {int(number): words.strip("*_ \n") for number, words in zip(found[::2], found[1::2], strict=True)}
    if len(found) != 2 * n or asked.keys() != set(range(1, n + 1)) or not all(asked.values()):
        raise Malformed(f"it does not put exactly one question to each of the critics 1 to {n}")
    return [asked[number] for number in sorted(asked)]


def _ask(
    table: Table,
    agents: Sequence[Agent],
    words: Sequence[str],
    grammar: Callable[[str], object],
    temperature: float,
) -> Asking[tuple[list[Agent], list[str]]]:
    """Say to each agent its words; the agents who remember, and what they replied."""
    to = "critics" if agents[0].role == "leader" else "leader"
    asked = [a.asked(told, temperature=temperature, to=to) for a, told in zip(agents, words, strict=True)]
    heard = yield from table.hear(asked, grammar)
    texts = [text.strip() for _, text in heard]
    return [a.after(r, text) for a, r, text in zip(agents, asked, texts, strict=True)], texts


def _reports(agents: Sequence[Agent], opinions: Sequence[Opinion]) -> str:
    held = zip(agents, opinions, strict=True)
    return "\n\n".join(say.REPORT.format(role=agent.role, opinion=opinion) for agent, opinion in held)


def _numbered(form: str, texts: Sequence[str], answers: Sequence[str]) -> str:
    """What the critics said, each with its number and the answer that it audits."""
    held = enumerate(zip(texts, answers, strict=True), 1)
    return "\n\n".join(form.format(number=n, text=text, answer=answer) for n, (text, answer) in held)
