"""Compare the groups of one attribute in every quantity that their rows allow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.bootstrap import generator
from medassay.statistics.clusters import Codes
from medassay.statistics.fairness import summaries
from medassay.statistics.fairness.calibration import calibrated_error, expected_calibration_error
from medassay.statistics.fairness.chance import Chance
from medassay.statistics.fairness.enough import FEWEST_ROWS
from medassay.statistics.fairness.findings import (
    Calibration,
    Contrast,
    Gap,
    Group,
    Parity,
    Quantified,
)
from medassay.statistics.fairness.people import NOT_KNOWN, People
from medassay.statistics.fairness.quantified import Sorted, quantified
from medassay.statistics.fairness.quantities import FPR, QUANTITIES, TPR, Quantity

__all__ = ["Contrast", "Gap", "Group", "Parity", "Quantified", "parity"]


def parity(
    people: People,
    groups: Codes,
    names: Sequence[str],
    *,
    attribute: str,
    seed: str,
    incomplete: bool = False,
) -> Parity:
    """Every quantity in every group, the groups' differences and gaps, and what chance makes of them.

    A group's difference is its value less the mean of the values of the other compared groups, each counted
    once. Its interval holds together with those of all groups of the quantity (max-T over clusters), not
    over several quantities or attributes. "differs" is said where such an interval excludes 0 and the
    permutation test of the gap has p < 0.05.

    Args:
        people: the rows.
        groups: (n,) index into `names`; -1 where the attribute is not stated.
        names: of the groups.
        attribute: what the groups are of.
        seed: of the draws: the benchmark's name and version.
        incomplete: whether rows have failed: then there is no verdict.
    """
    known = groups != NOT_KNOWN
    described = tuple(
        _describe(name, people.choose(np.flatnonzero(groups == k))) for k, name in enumerate(names)
    )
    enough = np.array([k for k, group in enumerate(described) if group.compared], dtype=np.int64)
    notes = _notes(people, groups, int((~known).sum()))
    if len(enough) < 2:
        reason = f"fewer than two groups of {FEWEST_ROWS} rows: nothing to compare"
        return Parity(
            attribute=attribute,
            groups=described,
            quantities=(),
            summaries=(),
            calibration=(),
            notes=(*notes, reason),
        )
    kept = np.flatnonzero(np.isin(groups, enough))
    sorted_out = Sorted(
        people=people.choose(kept),
        groups=np.searchsorted(enough, groups[kept]),
        names=tuple(names[k] for k in enough),
        seed=seed,
    )
    chance = Chance(people=sorted_out.people, groups=sorted_out.groups, width=len(enough), seed=seed)
    compared = tuple(
        quantified(quantity, sorted_out, chance, incomplete=incomplete)
        for quantity in QUANTITIES
        if _applies(quantity, sorted_out.people)
    )
    return Parity(
        attribute=attribute,
        groups=described,
        quantities=compared,
        summaries=_summaries(sorted_out, chance, compared),
        calibration=_calibration(sorted_out),
        notes=notes,
    )


def _describe(name: str, people: People) -> Group:
    return Group(
        name=name,
        n=people.n,
        n_clusters=len(np.unique(people.codes)),
        positives=int((people.truth == 1).sum()),
        negatives=int((people.truth == 0).sum()),
        compared=people.n >= FEWEST_ROWS,
    )


def _applies(quantity: Quantity, people: People) -> bool:
    """Whether any row takes part; rates of what never happened are left to the counts."""
    if not quantity.rows(people).any():
        return False
    return quantity.name not in {"unparsed_rate", "refused_rate"} or quantity.value(people) > 0


def _summaries(held: Sorted, chance: Chance, compared: Sequence[Quantified]) -> tuple[Gap, ...]:
    """Equalised odds, ratios and the equity-scaled AUROC, over the groups that all of their parts compare."""
    sizes = {each.name: {contrast.group for contrast in each.contrasts} for each in compared}
    both = sizes.get(TPR.name, set()) & sizes.get(FPR.name, set())
    return (
        *summaries.odds(chance, [k for k, name in enumerate(held.names) if name in both]),
        *(
            summary
            for each in compared
            for summary in summaries.of_quantity(
                each.name,
                held.people,
                chance,
                [k for k, name in enumerate(held.names) if name in sizes[each.name]],
            )
        ),
    )


def _calibration(held: Sorted) -> tuple[Calibration, ...]:
    """The expected calibration error of each group with probabilities of two classes."""
    found = []
    for k, name in enumerate(held.names):
        mask = (held.groups == k) & (held.people.truth >= 0) & np.isfinite(held.people.prob)
        part = held.people.choose(np.flatnonzero(mask))
        if part.n >= FEWEST_ROWS:
            rng = generator(f"{held.seed} calibration", np.unique(part.codes))
            value = expected_calibration_error(part.truth.astype(np.float64), part.prob)
            found.append(
                Calibration(group=name, value=value, expected=calibrated_error(part.prob, rng), n=part.n)
            )
    return tuple(found)


def _notes(people: People, groups: NDArray[np.integer], unstated: int) -> tuple[str, ...]:
    """Rows without the attribute, answers that were not read, and clusters in several groups."""
    stated = groups != NOT_KNOWN
    pairs = np.unique(np.stack([people.codes[stated], groups[stated]]), axis=1)
    spanning = int((np.bincount(pairs[0]) > 1).sum()) if pairs.size else 0
    unread = int((stated & (people.truth >= 0) & (people.decision < 0)).sum())
    said = {
        f"{unstated} rows do not state it: in no group": unstated,
        f"{spanning} clusters hold several groups: exchanged within the cluster": spanning,
        f"{unread} answers not read: in no rate of true or false positives": unread,
    }
    return tuple(note for note, count in said.items() if count)
