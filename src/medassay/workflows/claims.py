"""What a file claims of its answers, beside what we make of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from medassay.importers import Answer
from medassay.types import Estimate, Row

_ALIKE = 1e-6  # scores that differ by less are one
_EXAMPLES = 3
_NAMES = {
    "accuracy": ("acc", "accuracy", "overall", "hit", "judge", "if_right", "is_correct", "exact_match"),
    "auroc": ("auc", "auroc", "roc_auc"),
    "token_f1": ("f1",),
    "bleu_1": ("bleu1", "bleu_1"),
    "rouge_l": ("rougel", "rouge_l"),
}
"""Our metric, and the names that others give to what comes nearest. Definitions may differ: that is what a
difference shows."""


def metric_of(claim: str) -> str:
    """Our metric nearest to a claim ("a.xlsx: test/Overall", "acc,none", "match/accuracy"); "" for none."""
    name = claim.rpartition(": ")[2].rpartition("/")[2].partition(",")[0].strip().lower()
    return next((ours for ours, names in _NAMES.items() if name == ours or name in names), "")


@dataclass(slots=True)
class _Rows:
    """One score that the file gives its rows."""

    agree: int = 0
    higher: list[str] = field(default_factory=list)  # samples at which the file gives more than we do
    lower: list[str] = field(default_factory=list)
    total: float = 0.0
    failed: int = 0

    @property
    def n(self) -> int:
        return self.agree + len(self.higher) + len(self.lower) + self.failed


class Watch:
    """Compares the scores of rows with those that the file gives them, as they pass.

    Args:
        answers: by the id of the sample.
        primary: the metric beside which a score of no known name is put.
    """

    def __init__(self, answers: Mapping[str, Answer], primary: str) -> None:
        self._answers, self._primary = answers, primary
        self._rows: dict[str, _Rows] = defaultdict(_Rows)

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass the rows through."""
        for row in rows:
            answer = self._answers.get(row.sample.id)
            for name, claimed in (answer.claimed if answer else {}).items():
                self._add(self._rows[name], row, claimed, metric_of(name) or self._primary)
            yield row

    @staticmethod
    def _add(held: _Rows, row: Row, claimed: float, metric: str) -> None:
        held.total += claimed
        if row.score.status == "failed":
            held.failed += 1
            return
        ours = row.score.values.get(metric, 0.0)
        if abs(ours - claimed) < _ALIKE:
            held.agree += 1
        else:
            (held.higher if claimed > ours else held.lower).append(row.sample.id)

    def rows(self) -> dict[str, Any]:
        """By score: on how many rows we agree, and where only they, or only we, see more right."""
        return {
            name: {
                "metric": metric_of(name) or self._primary,
                "n": held.n,
                "mean": held.total / held.n,
                "agree": held.agree,
                "only_they": len(held.higher),
                "only_we": len(held.lower),
                "failed": held.failed,
                "examples": {"only_they": held.higher[:_EXAMPLES], "only_we": held.lower[:_EXAMPLES]},
            }
            for name, held in self._rows.items()
        }


def side_by_side(
    claimed: Mapping[str, float], rows: Mapping[str, Mapping[str, Any]], estimates: Sequence[Estimate]
) -> list[dict[str, Any]]:
    """Each number that the file claims over all rows: the mean of its own rows, and ours, where there are.

    A claim above 1 is taken as percent where ours is a fraction. The claims of several files of one folder
    are of other rows than ours: they stand alone.
    """
    ours: dict[str, float] = {}
    for estimate in estimates:
        if estimate.slice in {"all", ""}:
            ours.setdefault(estimate.metric.partition("_multilabel")[0], estimate.value)
    return [_one(name, value, rows, ours) for name, value in claimed.items()]


def _one(
    name: str, value: float, rows: Mapping[str, Mapping[str, Any]], ours: Mapping[str, float]
) -> dict[str, Any]:
    metric = metric_of(name) if ": " not in name else ""
    means = [held["mean"] for held in rows.values() if metric and held["metric"] == metric]
    recomputed = ours.get(metric)
    percent = recomputed is not None and value > 1 and recomputed <= 1
    return {
        "claim": name,
        "claimed": value / 100 if percent else value,
        "of_its_rows": means[0] if len(means) == 1 else None,
        "metric": metric,
        "recomputed": recomputed,
    }
