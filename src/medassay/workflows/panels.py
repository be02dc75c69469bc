"""What a judge's verdicts are worth: agreement with people and with rules, and corrected scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.judges import Rubric
from medassay.judges.reading import ACCURACY
from medassay.judges.scoring import FIRST_PLACE, FLIPPED, SECOND_PLACE
from medassay.metrics.verdicts import UNREAD
from medassay.reporting.verdicts import Difference, Judged, Panel, Swapped
from medassay.statistics.agreement import Rate, against, rate
from medassay.statistics.clusters import clustered_error
from medassay.statistics.intervals import student_quantile
from medassay.statistics.judged import Corrected, labels_alone, prediction_powered, rogan_gladen
from medassay.types import UNKNOWN_CLUSTER, FloatArray, Kind, Row, Scorer
from medassay.workflows.comparing import differences
from medassay.workflows.labelling import Labels
from medassay.workflows.results import Run

DECIDABLE: frozenset[Kind] = frozenset({"choice", "multi-choice", "yes/no", "label", "multilabel"})
"""The kinds on which our rules know right from wrong whenever they can read the answer at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdicts:
    """The rows of a judged run as arrays, (n,) each; NaN where there is no verdict, label or rule."""

    ids: tuple[str, ...]
    clusters: NDArray[np.str_]
    verdict: FloatArray
    label: FloatArray
    rule: FloatArray
    counts: Counter[str]
    flags: Counter[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A judged run. `kin` says how the judge and its model are related; `rules` is our own scorer."""

    name: str
    run: Run
    kin: str
    rules: Scorer


def panel_of(heard: Sequence[Heard], *, rubric: Rubric, judge: str, people: Labels | None) -> Panel:
    """Put judged runs side by side.

    Args:
        heard: the judged runs.
        rubric: under which they were judged.
        judge: its name.
        people: the labels, None without.
    """
    held = [_verdicts(one, people, by_sample=len(heard) == 1) for one in heard]
    lines = [_line(one, of, rubric) for one, of in zip(heard, held, strict=True)]
    pairs = [
        _difference(heard[i].name, heard[k].name, held[i], held[k])
        for i, k in combinations(range(len(heard)), 2)
        if rubric.decides and not differences(heard[i].run, heard[k].run)
    ]
    return Panel(
        judge=judge,
        rubric=rubric.word,
        scale=rubric.scale,
        right=rubric.right,
        runs=lines,
        differences=[pair for pair in pairs if pair is not None],
        labels=_words(people, held) if people else "",
        notes=[f"Unverified of the rubric {rubric.name}: {one}." for one in rubric.unverified],
    )


def _verdicts(heard: Heard, people: Labels | None, *, by_sample: bool) -> _Verdicts:
    ids, clusters, numbers = list[str](), list[str](), list[tuple[float, float, float]]()
    counts, flags = Counter[str](), Counter[str]()
    for row in heard.run.rows():
        ids.append(row.sample.id)
        known = row.sample.cluster != UNKNOWN_CLUSTER
        clusters.append(row.sample.cluster if known else f"\0{row.sample.id}")
        label = people.of(row, by_sample=by_sample) if people else np.nan
        numbers.append((_verdict(row), label, _rule(row, heard.rules)))
        scored = row.score.status in {"scored", "failed"}
        counts[row.score.status if scored else row.score.rule] += 1
        flags.update(row.score.flags)
    table = np.array(numbers, dtype=np.float64).reshape(len(numbers), 3)
    return _Verdicts(
        ids=tuple(ids),
        clusters=np.array(clusters),
        verdict=table[:, 0],
        label=table[:, 1],
        rule=table[:, 2],
        counts=counts,
        flags=flags,
    )


def _verdict(row: Row) -> float:
    """1 where the judge calls the answer right, else 0; NaN where it says nothing that can be read."""
    if row.score.status == "failed" or row.score.rule == UNREAD:
        return np.nan
    return row.score.values.get(ACCURACY, np.nan) if row.score.status == "scored" else 0.0


def _rule(row: Row, rules: Scorer) -> float:
    """What our rules say of the answer, NaN where they cannot tell."""
    if row.sample.kind not in DECIDABLE:
        return np.nan
    try:
        score = rules(row.sample, row.response)
    except Exception:  # noqa: BLE001  a scorer is foreign code; where it raises it decides nothing
        return np.nan
    return score.values.get("accuracy", np.nan) if score.status == "scored" else np.nan


def _line(heard: Heard, of: _Verdicts, rubric: Rubric) -> Judged:
    estimate = next((e for e in heard.run.estimates if e.metric == rubric.metric and e.slice == "all"), None)
    told, ruled = ~np.isnan(of.verdict), ~np.isnan(of.rule)
    verdict, label, codes = of.verdict[told], of.label[told], _codes(of.clusters[told])
    labelled = ~np.isnan(label)
    agreement = None
    corrected: tuple[Corrected, ...] = ()
    if rubric.decides and labelled.any():
        agreement = against(label[labelled], verdict[labelled], codes[labelled], seed=heard.name)
        powered, rates = prediction_powered(verdict, label, codes), rogan_gladen(verdict, label, codes)
        corrected = (powered, rates, labels_alone(label, codes))
    both = told & ruled
    return Judged(
        name=heard.name,
        estimate=estimate,
        counts=dict(sorted(of.counts.items())),
        kin=heard.kin,
        rules=rate((of.verdict[both] == of.rule[both]).astype(np.float64), _codes(of.clusters[both])),
        agreement=agreement,
        labelled_clusters=len(np.unique(codes[labelled])),
        corrected=corrected,
        swapped=_swapped(of) if rubric.pairwise else None,
    )


def _swapped(of: _Verdicts) -> Swapped:
    return Swapped(
        pairs=of.counts["scored"],
        flipped=of.flags[FLIPPED],
        first_place=of.flags[FIRST_PLACE],
        second_place=of.flags[SECOND_PLACE],
    )


def _difference(first: str, second: str, one: _Verdicts, other: _Verdicts) -> Difference | None:
    """The first minus the second on the samples that both have a verdict for; None below two clusters."""
    place = {name: k for k, name in enumerate(other.ids)}
    pairs = [(i, place[name]) for i, name in enumerate(one.ids) if name in place]
    ours, theirs = np.array(pairs, dtype=np.int64).reshape(len(pairs), 2).T
    verdict, label = one.verdict[ours] - other.verdict[theirs], one.label[ours] - other.label[theirs]
    told = ~np.isnan(verdict)
    verdict, label, codes = verdict[told], label[told], _codes(one.clusters[ours][told])
    clusters = len(np.unique(codes))
    if clusters < 2:
        return None
    value, half = float(verdict.mean()), student_quantile(clusters - 1) * clustered_error(verdict, codes)
    corrected = (prediction_powered(verdict, label, codes), labels_alone(label, codes))
    return Difference(
        first=first,
        second=second,
        uncorrected=Rate(value=value, low=value - half, high=value + half, n=len(verdict)),
        corrected=corrected if not np.isnan(label).all() else (),
    )


def _codes(clusters: NDArray[np.str_]) -> NDArray[np.integer[Any]]:
    _, codes = np.unique(clusters, return_inverse=True)
    return codes


def _words(people: Labels, held: Sequence[_Verdicts]) -> str:
    """What labels there were, and how far the people who gave them agree."""
    used = sum(int((~np.isnan(of.label)).sum()) for of in held)
    said = f"Labels: {len(people.truth)} ids, {used} rows carry one"
    if len(people.raters) > 1:
        said += f"; {len(people.raters)} raters"
        said += f", Krippendorff's alpha {people.alpha:.3f}" if people.alpha is not None else ""
        said += f", Cohen's kappa {people.kappa:.3f}" if people.kappa is not None else ""
        said += f"; {people.tied} ids left out, on which they are even" if people.tied else ""
    return said + "."
