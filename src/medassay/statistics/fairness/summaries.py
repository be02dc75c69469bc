"""Numbers over all groups under the names of the literature, each beside its value under chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from medassay.statistics.bootstrap import ROUNDING
from medassay.statistics.fairness.chance import Chance
from medassay.statistics.fairness.findings import Gap
from medassay.statistics.fairness.people import People
from medassay.statistics.fairness.quantities import ACCURACY, AUROC, FPR, POSITIVE_RATE, TPR, Quantity
from medassay.types import FloatArray


def against(
    value: float, chance: FloatArray, *, high_is_fair: bool = False
) -> tuple[float | None, float | None]:
    """The mean under chance, and the share of exchanges as unfair as this, itself counted among them.

    Args:
        value: what was observed.
        chance: (P,) what exchanges give; NaN where undefined.
        high_is_fair: whether small values are the unfair ones.
    """
    defined = chance[np.isfinite(chance)]
    if not len(defined) or not np.isfinite(value):
        return None, None
    unfair = defined <= value + ROUNDING if high_is_fair else defined >= value - ROUNDING
    return float(defined.mean()), (1 + int(unfair.sum())) / (1 + len(defined))


def odds(chance: Chance, groups: Sequence[int]) -> tuple[Gap, ...]:
    """Equalised odds as a difference (0 is fair) and as FairMedFM's score (1 is fair), same groups.

    `max(TPR gap, FPR gap)`, and `1 - (TPR gap + FPR gap) / 2` (the gap in TNR is that in FPR).
    """
    if len(groups) < 2:
        return ()
    seen = [float(np.ptp(chance.observed(each)[list(groups)])) for each in (TPR, FPR)]
    tpr, fpr = (chance.gaps(each, groups) for each in (TPR, FPR))
    difference, score = max(seen), 1 - sum(seen) / 2
    return (
        _gap("equalized_odds_difference", "equalised odds difference", difference, np.maximum(tpr, fpr)),
        _gap(
            "equalized_odds_score",
            "equalised odds score (1 fair)",
            score,
            1 - (tpr + fpr) / 2,
            high_is_fair=True,
        ),
    )


def of_quantity(name: str, people: People, chance: Chance, groups: Sequence[int]) -> Iterator[Gap]:
    """The ratios of accuracy and of the share called positive, and the equity-scaled AUROC.

    `min / max` over groups; `AUROC / (1 + sum_g |AUROC - AUROC_g|)` (Luo et al., Harvard-GF 2024), with the
    AUROC over the rows of those groups. 1, and the AUROC itself, are fair.
    """
    if len(groups) < 2:
        return
    picked = list(groups)
    for quantity, word, title in (
        (ACCURACY, "accuracy_ratio", "accuracy ratio (1 fair)"),
        (POSITIVE_RATE, "disparate_impact", "disparate impact (1 fair)"),
    ):
        if name == quantity.name:
            yield _gap(
                word,
                title,
                float(_ratio(chance.observed(quantity)[None, picked])[0]),
                _ratio(chance.values(quantity)[:, picked]),
                high_is_fair=True,
            )
    if name == AUROC.name:
        whole = _pooled(AUROC, people, chance, picked)
        observed = chance.observed(AUROC)[None, picked]
        yield _gap(
            "equity_scaled_auroc",
            f"equity-scaled AUROC (of {whole:.3f})",
            float(_scaled(whole, observed)[0]),
            _scaled(whole, chance.values(AUROC)[:, picked]),
            high_is_fair=True,
        )


def _pooled(quantity: Quantity, people: People, chance: Chance, groups: Sequence[int]) -> float:
    mask = np.isin(chance.groups, groups) & quantity.rows(people)
    return quantity.value(people.choose(np.flatnonzero(mask)))


def _scaled(whole: float, values: FloatArray) -> FloatArray:
    found: FloatArray = whole / (1 + np.abs(whole - values).sum(axis=1))
    return found


def _ratio(values: FloatArray) -> FloatArray:
    largest = values.max(axis=1)
    blank = np.full(len(values), np.nan)
    found: FloatArray = np.divide(values.min(axis=1), largest, out=blank, where=largest > 0)
    return found


def _gap(name: str, title: str, value: float, chance: FloatArray, *, high_is_fair: bool = False) -> Gap:
    expected, p = against(value, chance, high_is_fair=high_is_fair)
    return Gap(name=name, title=title, value=value, expected=expected, p=p)
