"""Verify: answer, have the answer checked against the images, and revise it where the check says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from medassay.errors import UsageError
from medassay.solvers.agents.grammars import one_of, sections
from medassay.solvers.agents.table import Table, seated
from medassay.solvers.agents.texts import verify as say
from medassay.solvers.context import Context
from medassay.types import Solver, Turns


class Check(NamedTuple):
    """What a check found, and whether the answer may stay."""

    findings: str
    keep: bool


@dataclass(frozen=True, kw_only=True)
class Verify:
    """An author and a checker who has not seen how the answer came about.

    After Self-Refine (Madaan et al., NeurIPS 2023, arXiv 2303.17651), with the check by a memory of its own.
    The first answer is that of `direct`, so what the checks change is what the scheme is worth. All are
    greedy. Calls: 2 where the answer is kept, else up to 1 + 2 · `rounds`.

    Attributes:
        rounds: How often the answer is checked at most; the last revision is not checked again.
    """

    rounds: int = 2

    def begin(self, context: Context) -> Solver:
        """The solver for a run.

        Raises:
            UsageError: no round.
        """
        if self.rounds < 1:
            raise UsageError(f"verify checks once at least: rounds={self.rounds}")
        return seated(self._verify, context)

    def _verify(self, table: Table) -> Turns:
        asked = replace(table.question, role="author", to="checker")
        [answered] = yield [asked]
        table.answers["author"] = answered
        author = table.agent("author").after(asked, answered.text)
        for _ in range(self.rounds):
            words = say.CHECK.format(answer=answered.text.strip() or "(nothing)")
            request = table.agent("checker", say.CHECKER).asked(words, temperature=0, to="author")
            [(check, _)] = yield from table.hear([request], _check)
            if check.keep:
                break
            asked = author.asked(say.REVISE.format(findings=check.findings), temperature=0, to="checker")
            [answered] = yield [asked]
            table.answers["author"] = answered
            author = author.after(asked, answered.text)
        return answered


def _check(text: str) -> Check:
    parts = sections(text, ("Findings", "Verdict"))
    return Check(parts["Findings"], one_of(parts["Verdict"], ("keep", "revise")) == "keep")
