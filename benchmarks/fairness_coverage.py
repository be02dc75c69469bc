"""How often simultaneous intervals cover, and the permutation test rejects, where the truth is known.

    python benchmarks/fairness_coverage.py [--runs 400] [--design NAME] [--quantity NAME...]

Patients have one to three rows and an effect of their own; scores are binormal. "null": all groups alike.
"unequal": the last group's images are worse. The truth is the value over 400,000 rows of each group.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from medassay.statistics.fairness import People
from medassay.statistics.fairness.chance import Chance
from medassay.statistics.fairness.findings import Quantified
from medassay.statistics.fairness.quantified import Sorted, quantified
from medassay.statistics.fairness.quantities import QUANTITIES


@dataclass(frozen=True)
class Design:
    name: str
    patients: tuple[int, ...]  # of each group
    prevalence: float
    strength: tuple[float, ...]  # distance of the classes in each group


DESIGNS = (
    Design("2 x 40, null", (40, 40), 0.4, (1.5, 1.5)),
    Design("2 x 100, null", (100, 100), 0.3, (1.5, 1.5)),
    Design("4 x 60, null", (60,) * 4, 0.4, (1.5,) * 4),
    Design("4 x 60, easy, null", (60,) * 4, 0.4, (3.5,) * 4),
    Design("300 + 50, null", (300, 50), 0.4, (1.5, 1.5)),
    Design("4 x 100, unequal", (100,) * 4, 0.4, (2.0, 2.0, 2.0, 1.0)),
    Design("2 x 100, unequal", (100, 100), 0.4, (2.5, 1.0)),
)
WATCHED = ("auroc", "accuracy", "tpr", "fpr", "positive_rate", "calibration_bias", "calibration_slope")


def people(design: Design, rng: np.random.Generator, patients: tuple[int, ...]) -> tuple[People, np.ndarray]:
    group_of = np.repeat(np.arange(len(patients)), patients)
    sizes = rng.integers(1, 4, len(group_of))
    codes = np.repeat(np.arange(len(group_of)), sizes)
    group = group_of[codes]
    truth = (rng.random(len(group_of)) < design.prevalence)[codes].astype(np.int8)
    own = rng.normal(0, 0.5, len(group_of))[codes]
    distance = np.array(design.strength)[group]
    score = rng.normal(0, np.sqrt(0.75), len(codes)) + own + distance * (truth - 0.5)
    prior = np.log(design.prevalence / (1 - design.prevalence))
    prob = 1 / (1 + np.exp(-(score * np.mean(design.strength) + prior)))
    decision = (prob >= 0.5).astype(np.int8)
    none = np.zeros(len(codes), dtype=bool)
    right = (decision == truth).astype(float)
    return People(
        codes=codes, truth=truth, decision=decision, prob=prob, right=right, unparsed=none, refused=none
    ), group


def differences(design: Design) -> dict[str, np.ndarray]:
    """What the groups' differences converge to."""
    found, group = people(design, np.random.default_rng(1), (200_000,) * len(design.patients))
    truth = {}
    for quantity in QUANTITIES:
        if quantity.name in WATCHED:
            parts = [np.flatnonzero((group == k) & quantity.rows(found)) for k in range(len(design.patients))]
            values = np.array([quantity.value(found.choose(part)) for part in parts])
            truth[quantity.name] = values - (values.sum() - values) / (len(values) - 1)
    return truth


def compared(design: Design, run: int, watched: Sequence[str]) -> list[Quantified]:
    """The watched quantities of one data set, as `parity` compares them."""
    held, group = people(design, np.random.default_rng((run, 7)), design.patients)
    width = len(design.patients)
    names = tuple(str(k) for k in range(width))
    parted = Sorted(people=held, groups=group, names=names, seed=str(run))
    chance = Chance(people=held, groups=group, width=width, seed=str(run))
    chosen = [each for each in QUANTITIES if each.name in watched]
    return [quantified(each, parted, chance, incomplete=False) for each in chosen]


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--runs", type=int, default=400)
    asked.add_argument("--design", default="", help="only those whose name holds this")
    asked.add_argument("--quantity", nargs="+", default=WATCHED, choices=WATCHED)
    given = asked.parse_args()
    runs, watched = given.runs, given.quantity
    print(
        "design | quantity | all intervals cover | p < .05 | differs | gap [null expectation] | no interval"
    )
    print("--- | --- | --: | --: | --: | --: | --:")
    for design in (each for each in DESIGNS if given.design in each.name):
        truth = differences(design)
        seen: dict[str, list[tuple[float, ...]]] = {name: [] for name in watched}
        for run in range(runs):
            for each in compared(design, run, watched):
                if each.gap is not None and len(each.contrasts) == len(design.patients):
                    bounds = [(c.difference_low, c.difference_high) for c in each.contrasts]
                    covered = (
                        np.nan
                        if bounds[0][0] is None
                        else float(
                            all(
                                low <= t <= high
                                for (low, high), t in zip(bounds, truth[each.name], strict=True)
                            )
                        )
                    )
                    differs = float(each.verdict == "differs")
                    p = float(each.gap.p < 0.05)
                    seen[each.name].append((covered, p, differs, each.gap.value, each.gap.expected))
        for name, found in seen.items():
            if not found:
                continue
            table = np.array(found)
            cover, p, differs, gap, expected = np.nanmean(table, axis=0)
            without = np.isnan(table[:, 0]).mean()
            print(
                f"{design.name} | {name} | {cover:.3f} | {p:.3f} | {differs:.3f} | "
                f"{gap:.3f} [{expected:.3f}] | {without:.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
