"""How often simultaneous intervals cover, and the permutation test rejects, where the truth is known.

    python benchmarks/fairness_coverage.py [--runs 400] [--design NAME]

Patients have one to three rows and an effect of their own; scores are binormal. "null": all groups alike.
"unequal": the last group's images are worse. The truth is the value over 400,000 rows of each group.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np

from medassay.statistics.fairness import People, parity


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
    from medassay.statistics.fairness.quantities import QUANTITIES

    found, group = people(design, np.random.default_rng(1), (200_000,) * len(design.patients))
    truth = {}
    for quantity in QUANTITIES:
        if quantity.name in WATCHED:
            parts = [np.flatnonzero((group == k) & quantity.rows(found)) for k in range(len(design.patients))]
            values = np.array([quantity.value(found.choose(part)) for part in parts])
            truth[quantity.name] = values - (values.sum() - values) / (len(values) - 1)
    return truth


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--runs", type=int, default=400)
    asked.add_argument("--design", default="", help="only those whose name holds this")
    given = asked.parse_args()
    runs = given.runs
    print(
        "design | quantity | all intervals cover | p < .05 | differs | gap [null expectation] | no interval"
    )
    print("--- | --- | --: | --: | --: | --: | --:")
    for design in (each for each in DESIGNS if given.design in each.name):
        truth = differences(design)
        seen: dict[str, list[tuple[float, ...]]] = {name: [] for name in WATCHED}
        for run in range(runs):
            held, group = people(design, np.random.default_rng((run, 7)), design.patients)
            names = [str(k) for k in range(len(design.patients))]
            for each in parity(held, group, names, attribute="group", seed=str(run)).quantities:
                if each.name in seen and each.gap is not None and len(each.contrasts) == len(names):
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
