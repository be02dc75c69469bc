"""What is wrong with answers that no score shows: failures that pose as answers, stubs, copies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from medassay.importers.imported import Answer, Imported
from medassay.types import Response


@dataclass(frozen=True, slots=True)
class Failure:
    """A text that a harness writes where there is no answer. `pattern` must match from the first letter."""

    harness: str
    pattern: re.Pattern[str]


FAILURES = (
    Failure("VLMEvalKit", re.compile(r"fail(?:ed)? to obtain answer\b[^\n]*\Z", re.IGNORECASE)),
    Failure("lmms-eval", re.compile(r"\[LMMS_EVAL_(?:REQUEST_FAILED|BUDGET_EXCEEDED)")),
    Failure("lmms-eval", re.compile(r"\[(?:REQUEST FAILED|GENERATION_FAILED)\]")),
    Failure("MedXpertQA", re.compile(r"no answer provided\.?\Z", re.IGNORECASE)),
    Failure("a traceback", re.compile(r"Traceback \(most recent call last\):")),
    Failure("an exception", re.compile(r"#?ERROR#?[.!]?\Z", re.IGNORECASE)),
    Failure("pandas", re.compile(r"nan\Z", re.IGNORECASE)),
)
"""By the harness that writes it. VLMEvalKit: `fail_msg` of its API classes; lmms-eval: its API and world
models; MedXpertQA: after ten tries. The last three are what Python and pandas write."""

_SHOWN = 60  # characters of a failure that are shown


def failure(text: str) -> Failure | None:
    """The harness whose failure string the whole text is, if any."""
    held = text.strip()
    return next((known for known in FAILURES if known.pattern.match(held)), None)


def flagged(held: Imported) -> Imported:
    """The same answers, those that are failure strings as failures, with notes on all that is odd."""
    answers, failures = [], Counter[str]()
    for answer in held.answers:
        known = failure(answer.response.text) if answer.response.error is None else None
        if known:
            failures[known.harness] += 1
            shown = answer.response.text.strip()[:_SHOWN]
            answers.append(
                replace(answer, response=Response(error=f"failure string of {known.harness}: {shown}"))
            )
        else:
            answers.append(answer)
    notes = [
        *held.notes,
        *(f"{n} answers are failure strings of {name}: failed, not wrong" for name, n in failures.items()),
        *_odd(answers),
    ]
    return replace(held, answers=tuple(answers), notes=tuple(notes))


def _odd(answers: Sequence[Answer]) -> Iterable[str]:
    if not answers:
        yield "a stub: it has no answers"
        return
    said = [answer for answer in answers if answer.response.error is None]
    empty = sum(not a.response.text.strip() and a.response.probs is None and a.number is None for a in said)
    if empty:
        yield f"{empty} of {len(answers)} answers are empty"
    if len(said) > 1 and empty < len(said) and len({_content(answer) for answer in said}) == 1:
        yield f"all {len(said)} answers are equal"
    met = Counter(answer.id for answer in answers)
    repeated = [identity for identity, n in met.items() if n > 1]
    if repeated:
        yield f"{len(repeated)} ids occur more than once: {', '.join(repeated[:3])}"


def _content(answer: Answer) -> tuple[object, ...]:
    return answer.response.text, answer.response.probs, answer.number


def same_answers(named: Sequence[tuple[str, Imported]]) -> list[str]:
    """Which of several files hold the same answers under another name.

    Of equal ids and equal answers to all of them; files without answers, or with one, are not compared.
    """
    contents = [
        (name, held.sha256, frozenset((a.id, *_content(a), a.response.error) for a in held.answers))
        for name, held in named
        if len(held.answers) > 1
    ]
    return [
        f"{one} and {other} are {'one file' if a == b else 'the same answers'} under two names"
        for (one, a, first), (other, b, second) in combinations(contents, 2)
        if a == b or first == second
    ]
