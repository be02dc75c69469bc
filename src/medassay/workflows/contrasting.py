"""What each contrast makes of scores: cells with their sides, ready to be judged."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Literal

import numpy as np

from medassay.errors import UsageError
from medassay.reporting.claims import Side
from medassay.statistics.mixed import Cells, Shape
from medassay.types import FloatArray
from medassay.workflows.observing import IN_DOMAIN, OUT_OF_DOMAIN, Observation

Contrast = Literal["group", "domain", "adaptation", "scale"]
FIELDS = ("source", "table", "model", "group", "benchmark", "part", "metric", "relation")
"""What `--where` can ask of a score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """`field=value`, or `field!=value` where not `equal`."""

    field: str
    value: str
    equal: bool = True

    @classmethod
    def read(cls, word: str) -> Condition:
        """The condition as `--where` writes it.

        Raises:
            UsageError: it is no such word, or there is no such field.
        """
        left, equals, value = word.partition("=")
        field = left.removesuffix("!")
        if not equals or field not in FIELDS:
            raise UsageError(
                f"--where {word}: give FIELD=VALUE or FIELD!=VALUE, FIELD of {', '.join(FIELDS)}"
            )
        return cls(field=field, value=value, equal=field == left)

    def holds(self, one: Observation) -> bool:
        """Whether a score meets it."""
        return (getattr(one, self.field) == self.value) is self.equal


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is claimed of which scores. `levels`: the two sides; the claim is what the first has more."""

    contrast: Contrast
    levels: tuple[str, str] | None = None
    metric: str | None = None
    where: Sequence[Condition] = ()
    relations: Path | None = None
    margin: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """The cells of one claim, its sides in plain means, what x is, and what was left out."""

    cells: Cells
    sides: tuple[Side, ...]
    x: str
    notes: tuple[str, ...] = ()


def _by_group(unit: Sequence[Observation], question: Question) -> Posed:
    return _two_sided(unit, lambda one: one.group, question.levels or ("general", "medical"))


def _by_domain(unit: Sequence[Observation], question: Question) -> Posed:
    if not any(one.relation for one in unit):
        raise UsageError("no relation of models to benchmarks is declared (--relations)")
    return _two_sided(unit, lambda one: one.relation, question.levels or (IN_DOMAIN, OUT_OF_DOMAIN))


def _two_sided(
    unit: Sequence[Observation], level_of: Callable[[Observation], str], levels: tuple[str, str]
) -> Posed:
    known = sorted({level_of(one) for one in unit} - {""})
    if missing := [level for level in levels if level not in known]:
        raise UsageError(f"no score is {' or '.join(missing)}, only {', '.join(known) or 'unknown'}")
    held = [one for one in unit if level_of(one) in levels]
    first = np.array([level_of(one) == levels[0] for one in held], dtype=np.float64)
    both = {one.model for one in held if level_of(one) == levels[0]} & {
        one.model for one in held if level_of(one) == levels[1]
    }
    sides = tuple(_side(level, [one for one in held if level_of(one) == level]) for level in levels)
    return Posed(
        cells=_cells("within" if both else "between", held, first),
        sides=sides,
        x=f"x is 1/2 for {levels[0]} (first), −1/2 for {levels[1]} (second)",
        notes=_left(len(unit) - len(held), f"neither {levels[0]} nor {levels[1]}"),
    )


def _by_scale(unit: Sequence[Observation], question: Question) -> Posed:
    if question.levels:
        raise UsageError("--levels: scale has no levels, it is a slope")
    held = [one for one in unit if one.parameters]
    unknown = sorted({one.model for one in unit} - {one.model for one in held})
    sizes = np.array([math.log10(one.parameters or 1) for one in held])
    if not held or np.ptp(sizes) == 0:
        raise UsageError("the cards of these models tell no two sizes")
    said = (f"size not on a card, left out: {', '.join(unknown)}",) if unknown else ()
    return Posed(cells=_cells("slope", held, sizes), sides=(), x="x is log10 of the parameters", notes=said)


def _by_adaptation(unit: Sequence[Observation], question: Question) -> Posed:
    pairs = _of_parts(unit, question.levels) if question.levels else _of_bases(unit)
    levels = question.levels or ("adapted", "base")
    if not pairs:
        what = f"both {levels[0]} and {levels[1]}" if question.levels else "a model and its base"
        raise UsageError(f"no benchmark has {what}; --levels names two parts of a table")
    after, before = zip(*pairs, strict=True)
    of = dict.fromkeys(f"{a.model} of {b.model}" for a, b in pairs)
    variances = [
        None if a.variance is None or b.variance is None else a.variance + b.variance for a, b in pairs
    ]
    differences = [
        replace(b, value=a.value - b.value, variance=v) for (a, b), v in zip(pairs, variances, strict=True)
    ]
    return Posed(
        cells=_cells("difference", differences, np.ones(len(pairs))),
        sides=(_side(levels[0], after), _side(levels[1], before)),
        x=f"score is {levels[0]} minus {levels[1]}, in each cell",
        notes=()
        if question.levels
        else (f"pairs, each counted as the model that is its base: {', '.join(of)}",),
    )


_Pairs = list[tuple[Observation, Observation]]


def _of_parts(unit: Sequence[Observation], levels: tuple[str, str]) -> _Pairs:
    """The scores of one model on one benchmark in two parts."""
    first, second = ({_cell(one): one for one in unit if one.part == level} for level in levels)
    return [(first[key], second[key]) for key in first if key in second]


def _of_bases(unit: Sequence[Observation]) -> _Pairs:
    """Models and what their cards name as their base."""
    held = {(one.card.name, one.benchmark): one for one in unit if one.card}
    keys = [(one, (one.card.base, one.benchmark)) for one in unit if one.card]
    return [(one, held[key]) for one, key in keys if key in held]


POSED: Mapping[Contrast, Callable[[Sequence[Observation], Question], Posed]] = {
    "group": _by_group,
    "domain": _by_domain,
    "adaptation": _by_adaptation,
    "scale": _by_scale,
}
"""What each contrast makes of the scores."""


def _cell(one: Observation) -> tuple[str, str]:
    return one.model, one.benchmark


def _cells(
    shape: Shape,
    held: Sequence[Observation],
    predictor: FloatArray,
) -> Cells:
    variances = [one.variance for one in held if one.variance is not None]
    return Cells(
        shape=shape,
        scores=np.array([one.value for one in held]),
        predictor=predictor,
        models=tuple(one.model for one in held),
        datasets=tuple(one.benchmark for one in held),
        known=np.array(variances) if len(variances) == len(held) else None,
    )


def _side(name: str, held: Sequence[Observation]) -> Side:
    return Side(
        name=name,
        mean=fmean(one.value for one in held),
        cells=len(held),
        models=len({one.model for one in held}),
        datasets=len({one.benchmark for one in held}),
    )


def _left(count: int, why: str) -> tuple[str, ...]:
    return (f"{count} cells left out: {why}",) if count else ()
