"""Where a scheme ended on each row, how good it is there, and what it made of its agents' first opinions."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby

from medassay.reporting.price import Exit
from medassay.solvers.agents.grammars import opinion
from medassay.solvers.context import Context
from medassay.solvers.grammar import Malformed
from medassay.solvers.voting import vote
from medassay.types import Response, Row
from medassay.workflows.results import Run
from medassay.workflows.ways import way_of

_ASIDE = "clerk"  # compares words, and ends nothing
_FAILED, _ALONE = "failed", "one call"
_AUTHOR = "author"  # gives the benchmark's own answer, without the form of an opinion


def exits(run: Run) -> list[Exit]:
    """The exits of a run that asked more than once, those of most rows first; none of any other run.

    An exit is the role that had the last word, "one call" where nobody else was asked, "fallback" where the
    scheme broke, "failed" where a call did.
    The first opinions of a row are those that its agents gave before they had read each other; their
    majority, judged as an answer, is held to the answer of the scheme.
    """
    metric = run.manifest["primary"]
    context = Context(prompt=run.benchmark.prompt, scorer=run.benchmark.scorer)
    values: dict[str, list[float]] = defaultdict(list)
    moved: dict[str, list[float]] = defaultdict(list)
    for row in run.rows():
        name, value = _exit(row.response), row.score.values.get(metric, 0.0)
        values[name].append(value)
        first = _first(row, context)
        if first is not None and name != _FAILED:
            before = run.benchmark.scorer(row.sample, Response(text=first)).values.get(metric, 0.0)
            moved[name].append(value - before)
    found = [
        Exit(
            scheme=way_of(run),
            name=name,
            rows=len(held),
            value=None if name == _FAILED else sum(held) / len(held),
            opinions=len(moved[name]),
            mended=sum(change > 0 for change in moved[name]),
            ruined=sum(change < 0 for change in moved[name]),
        )
        for name, held in values.items()
    ]
    if values.keys() <= {_ALONE, _FAILED}:
        return []
    return sorted(found, key=lambda one: (-one.rows, one.name))


def _exit(response: Response) -> str:
    if response.error is not None:
        return _FAILED
    if response.fallback:
        return "fallback"
    roles = [step.role for step in response.trace if step.round and step.role != _ASIDE]
    return roles[-1].split(" (")[0].rstrip("0123456789 ") if roles else _ALONE


def _first(row: Row, context: Context) -> str | None:
    """The majority of the first round in which opinions were given; None where there was none."""
    case = row.sample.case
    for _, steps in groupby(row.response.trace, key=lambda step: step.round):
        answers = []
        for step in steps:
            if step.role == _AUTHOR:
                return step.text
            try:
                answers.append(opinion(step.text, context, case).answer)
            except Malformed:
                continue
        found = vote(context, case, answers) if answers else None
        if found is not None and found.winner is not None:
            return answers[found.winner]
    return None
