"""MedVLMBench's UCAgent: the levels of UCAgents without memory, with the mistakes of the published wrapper.

Kept on purpose, as docs/agents.md names them: the leader reads who criticised what and not the critiques; the
verdict is given without the case; a dissent of the senior always ends in a plain question; what looks like a
letter or like "Answer:" is taken for it; answers in words are the same only as equal strings; nothing is
tried again. Put right, as no number could be believed otherwise: a plain question in its place is a fallback
and counted, and the two experts are two draws.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import NamedTuple

from medassay.solvers.agents.texts import ucagents_medvlmbench as say
from medassay.solvers.messages import roomy
from medassay.types import Case, Request, Response, Turns

TOKENS = 512
_TYPE = re.compile(r"Question Type:(.*)", re.IGNORECASE)
_REASONING = re.compile(r"Reasoning:(.*?)(?=#?\s*Answer:|\Z)", re.IGNORECASE | re.DOTALL)
_ANSWER = re.compile(r"Answer:(.*)", re.IGNORECASE)
_INQUIRY = re.compile(r"@([^:@]*):([^@]*)")

Asked = Generator[Sequence[Request], Sequence[Response], Response]


class _FormatError(Exception):
    """What the published code raises, and answers with a plain question."""


class _Report(NamedTuple):
    kind: str
    reasoning: str
    answer: str


def ucagents_medvlmbench(_case: Case, request: Request) -> Turns:
    """Walk the published levels: 3 calls on agreement, 8 where experts differ, 6 where the senior dissents.

    Whatever cannot be read ends in the question asked once, as a fallback.

    Args:
        _case: not looked at: the model says of which type the question is.
        request: the question.
    """
    try:
        return (yield from _levels(request))
    except _FormatError as error:
        [response] = yield [replace(request, role="zero-shot")]
        return replace(response, fallback=str(error))


def _levels(request: Request) -> Asked:
    question = request.text
    experts = []
    for number in (1, 2):
        words = say.EXPERT.format(question=question)
        said = yield from _call(request, f"expert {number}", words, 0.7, replicate=number - 1)
        experts.append(_report(f"expert {number}", said.text))
    reports = "\n\n".join(
        say.REPORT.format(number=n, answer=r.answer, reasoning=r.reasoning) for n, r in enumerate(experts, 1)
    )
    answers = list(dict.fromkeys(report.answer for report in experts))
    if len(answers) == 1:
        words = say.SENIOR.format(question=question, reports=reports)
        said = yield from _call(request, "senior", words, 0.5)
        senior = _report("senior", said.text)
        if senior.answer in answers:
            return replace(said, text=senior.answer)
    prompts = [say.CRITIC.format(question=question, reports=reports, answer=answer) for answer in answers]
    critiques = []
    for number, words in enumerate(prompts, 1):
        said = yield from _call(request, f"critic {number}", words, 0.5)
        critiques.append(said.text)
    named = "\n".join(f"Critic Expert {number}: {answer}" for number, answer in enumerate(answers, 1))
    words = say.LEADER.format(question=question, reports=reports, critiques=named)
    said = yield from _call(request, "leader", words, 0.1)
    rebuttals = []
    for place, inquiry in _inquiries(said.text):
        if place >= len(critiques):
            raise _FormatError(f"leader: asks expert {place + 1}, of {len(critiques)}")
        words = say.REBUT.format(prompt=prompts[place], report=critiques[place], inquiry=inquiry)
        said = yield from _call(request, f"critic {place + 1}", words, 0.1)
        rebuttals.append(f"Critic Expert {place + 1}: {said.text}")
    words = say.VERDICT.format(rebuttals="\n\n".join(rebuttals))
    said = yield from _call(request, "leader", words, 0.1)
    return replace(said, text=_report("leader", said.text).answer)


def _call(request: Request, role: str, words: str, temperature: float, *, replicate: int = 0) -> Asked:
    """One call without memory: the images and these words."""
    message = replace(request.messages[-1], role="user", parts=(*request.images, words))
    decoding = replace(request.decoding, temperature=temperature)
    asked = replace(
        request, messages=(message,), choices=(), decoding=decoding, replicate=replicate, role=role
    )
    [response] = yield [roomy(asked, TOKENS)]
    return response


def _report(role: str, text: str) -> _Report:
    """The published parser: the first "Answer:" anywhere, and what first looks like a letter in it."""
    kind, reasoning, answer = (found.search(text) for found in (_TYPE, _REASONING, _ANSWER))
    if not kind or not reasoning or not answer:
        raise _FormatError(f"{role}: a field is missing")
    named, said = _kind(kind[1].lower(), answer[1].strip()), answer[1].strip()
    if named != "open":
        form, shown = (r"\b(?:yes|no)\b", said.lower()) if named == "yes/no" else (r"\b[A-Z]\b", said.upper())
        found = re.search(form, shown)
        if not found:
            raise _FormatError(f"{role}: no answer of type {named} in {said[:80]!r}")
        said = found[0]
    if not said:
        raise _FormatError(f"{role}: the answer is empty")
    return _Report(named, reasoning[1].strip(), said)


def _kind(stated: str, answer: str) -> str:
    """The type that the model states, by the first of these words in it; else guessed from the answer."""
    for words, kind in ((("yes",), "yes/no"), (("multi", "choice"), "multi-choice"), (("open",), "open")):
        if any(word in stated for word in words):
            return kind
    if answer.lower() in {"yes", "no"}:
        return "yes/no"
    return "multi-choice" if re.fullmatch(r"[A-Za-z]", answer) else "open"


def _inquiries(text: str) -> list[tuple[int, str]]:
    """To whom, by place, and what: each from an "@" to the next."""
    found = [(header, words.strip()) for header, words in _INQUIRY.findall(text)]
    if len(found) < 2:
        raise _FormatError("leader: fewer than two inquiries")
    numbers = [re.search(r"\d+", header) for header, _ in found]
    if not all(numbers):
        raise _FormatError("leader: an inquiry without the number of an expert")
    return [(int(n[0]) - 1, words) for n, (_, words) in zip(numbers, found, strict=True) if n]
