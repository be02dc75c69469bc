"""How often the interval of a drawn wording, and that of the variance between wordings, cover.

    python benchmarks/prompt_coverage.py [--runs 1000]

An answer is right where `ease + effect of its wording + of its cluster + of its row + noise` is above 0.
All are normal; wordings and clusters are drawn anew in each run. The best wording of the validation part is
asked on a test part of other clusters, and the truths are those of endless items: the value of the chosen
wording, and of one more wording drawn from the same distribution.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import ndtr

from medassay.statistics.clusters import clustered_error
from medassay.statistics.intervals import Interval, korn_graubard
from medassay.statistics.prompted import component, drawn, effect

ROWS = 2  # of each cluster
CLUSTER = 0.8  # standard deviation of the clusters' effects; the noise has 1
TEST = 200  # clusters


@dataclass(frozen=True)
class Design:
    wordings: int
    validation: int  # clusters
    ease: float
    spread: float  # standard deviation of the wordings' effects


DESIGNS = tuple(Design(*parts) for parts in product((3, 5, 10), (50, 100, 250), (0.3, 1.8), (0.0, 0.1, 0.3)))


def answers(ease: float, effects: np.ndarray, clusters: int, rng: np.random.Generator) -> np.ndarray:
    """1 where right: (rows, wordings), the rows of a cluster together."""
    own = np.repeat(rng.normal(0, CLUSTER, clusters), ROWS)[:, None]
    item = rng.normal(0, 0.7, (len(own), 1))  # what makes a row hard in all wordings
    noise = rng.normal(0, np.sqrt(1 - 0.7**2), (len(own), len(effects)))
    return (ease + effects + own + item + noise > 0).astype(float)


def truth(ease: float, effects: np.ndarray) -> np.ndarray:
    """The accuracy of wordings over endless items."""
    return np.asarray(ndtr((ease + effects) / np.sqrt(1 + CLUSTER**2)))


def items_only(right: np.ndarray) -> Interval:
    codes = np.repeat(np.arange(len(right) // ROWS), ROWS)
    share = float(right.mean())
    error = clustered_error(right, codes)
    return korn_graubard(share, error, len(right), len(right) // ROWS)


def run(design: Design, rng: np.random.Generator) -> tuple[bool, bool, bool, bool, bool, float]:
    effects = rng.normal(0, design.spread, design.wordings)
    seen = answers(design.ease, effects, design.validation, rng)
    pseudo = seen.reshape(design.validation, ROWS, -1).mean(axis=1)
    held = component(pseudo)
    assert held is not None
    values = seen.mean(axis=0)
    chosen = int(values.argmax())
    tested = answers(design.ease, effects[[chosen]], TEST, rng)[:, 0]
    interval = items_only(tested)
    found = drawn(float(tested.mean()), interval, held, effect(held, values, chosen))
    one_more = float(truth(design.ease, rng.normal(0, design.spread, 1))[0])
    many = truth(design.ease, design.spread * NORMAL)
    return (
        interval[0] <= truth(design.ease, effects)[chosen] <= interval[1],
        found.low <= one_more <= found.high,
        interval[0] <= one_more <= interval[1],
        held.low <= many.var() <= held.high,
        held.truncated,
        float(found.high - found.low),
    )


NORMAL = np.random.default_rng(0).normal(size=20_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    runs = parser.parse_args().runs
    heads = (
        "wordings",
        "clusters",
        "accuracy",
        "SD",
        "chosen",
        "drawn",
        "width",
        "drawn, items only",
        "variance",
        "taken as 0",
    )
    print("| " + " | ".join(heads) + " |")
    print("|" + "--:|" * len(heads))
    for position, design in enumerate(DESIGNS):
        rng = np.random.default_rng([position, runs])
        share = np.mean([run(design, rng) for _ in range(runs)], axis=0)
        many = truth(design.ease, design.spread * NORMAL)
        print(
            f"| {design.wordings} | {design.validation} | {many.mean():.2f} | {many.std():.3f} | "
            f"{share[0]:.3f} | {share[1]:.3f} | {share[5]:.3f} | {share[2]:.3f} | {share[3]:.3f} | "
            f"{share[4]:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
