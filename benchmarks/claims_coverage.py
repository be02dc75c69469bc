"""How often the intervals of group claims hold the truth, and claim what is not, where levels are few.

    python benchmarks/claims_coverage.py [--runs 1000] [--design NAME]

Scores are drawn from the mixed model with no effect, for seven sets of standard deviations. A share is that
of 95 % intervals without 0, lowest and highest of the seven; they cover in the rest. Beside: normal quantiles
on the same fits, and Student's t as if cells were independent.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from medassay.statistics.mixed import Cells, claim_effect

DATASET = 0.15
NORMAL = 1.959964
SPREADS = (  # of model, effect by model, effect by dataset, cell
    (0.00, 0.00, 0.00, 0.05),
    (0.03, 0.00, 0.00, 0.05),
    (0.03, 0.03, 0.03, 0.05),
    (0.00, 0.05, 0.05, 0.05),
    (0.10, 0.00, 0.00, 0.03),
    (0.10, 0.10, 0.05, 0.03),
    (0.03, 0.03, 0.10, 0.03),
)


@dataclass(frozen=True)
class Layout:
    name: str
    shape: str
    side: np.ndarray  # (models, datasets): 1 and 0, a size, or 1; NaN where there is no cell
    error: float = 0.0  # of each score, known
    ratio: float = 1.0  # how much more varied the models of the first side are


def between(models: int, first: int, datasets: int, holes: int = 0) -> np.ndarray:
    side = np.repeat((np.arange(models) < first).astype(float)[:, None], datasets, axis=1)
    side.flat[np.random.default_rng(1).permutation(side.size)[:holes]] = np.nan
    return side


def domain() -> np.ndarray:
    """As the authors of arXiv 2506.17337 flag it: 11 of 48 cells, of 5 of 8 models, on 4 of 6 datasets."""
    side = np.zeros((8, 6))
    for model, datasets in ((3, [0]), (4, [1]), (5, [0, 1, 2, 3]), (6, [1]), (7, [0, 1, 2, 3])):
        side[model, datasets] = 1
    return side


SIZES = np.log10([3, 7, 32, 72, 7, 7, 7, 32])
LAYOUTS = (
    Layout("10 x 7", "between", between(10, 6, 7)),
    Layout("10 x 7, known error .03", "between", between(10, 6, 7), 0.03),
    Layout("10 x 6, 7 cells missing", "between", between(10, 7, 6, 7)),
    Layout("10 x 7, first 4 three times as varied", "between", between(10, 4, 7), ratio=3),
    Layout("8 x 6", "between", between(8, 3, 6)),
    Layout("8 x 6, first 3 three times as varied", "between", between(8, 3, 6), ratio=3),
    Layout("6 x 4", "between", between(6, 3, 4)),
    Layout("4 x 5", "between", between(4, 2, 5)),
    Layout("domain, 8 x 6", "within", domain()),
    Layout("domain, 5 x 6", "within", domain()[3:]),
    Layout("scale, 8 x 7", "slope", np.repeat(SIZES[:, None], 7, axis=1)),
    Layout("differences, 8 x 6", "difference", np.ones((8, 6))),
    Layout("differences, 2 x 7", "difference", np.ones((2, 7))),
)


def drawn(layout: Layout, spread: tuple[float, ...], rng: np.random.Generator) -> Cells:
    model, by_model, by_dataset, cell = spread
    rows, columns = layout.side.shape
    centre = np.nanmean(layout.side) if layout.shape == "slope" else 0.5
    x = np.zeros_like(layout.side) if layout.shape == "difference" else layout.side - centre
    of_dataset = by_dataset if layout.shape == "difference" else DATASET
    by_model = by_model if layout.shape == "within" else 0.0
    varied = np.where(x[:, :1] > 0, layout.ratio, 1.0)
    y = varied * rng.normal(0, model, (rows, 1)) + rng.normal(0, of_dataset, (1, columns))
    y = y + x * (rng.normal(0, by_model, (rows, 1)) + rng.normal(0, by_dataset, (1, columns)))
    y = y + rng.normal(0, np.hypot(cell, layout.error), (rows, columns))
    there = np.isfinite(layout.side)
    models, datasets = np.nonzero(there)
    return Cells(
        shape=layout.shape,
        scores=y[there],
        predictor=layout.side[there],
        models=tuple(f"m{i}" for i in models),
        datasets=tuple(f"d{k}" for k in datasets),
        known=np.full(there.sum(), layout.error**2) if layout.error else None,
    )


def naive(cells: Cells) -> bool:
    """Whether least squares on cells as if independent claims an effect."""
    x = np.column_stack([np.ones(len(cells.scores)), cells.predictor])
    if cells.shape == "difference":
        x = x[:, 1:]
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ cells.scores
    freedom = len(cells.scores) - x.shape[1]
    variance = ((cells.scores - x @ beta) ** 2).sum() / freedom * inverse[-1, -1]
    return bool(abs(beta[-1]) > student.ppf(0.975, freedom) * np.sqrt(variance))


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--runs", type=int, default=1000)
    asked.add_argument("--design", default="", help="only those whose name holds this")
    given = asked.parse_args()
    print("| design | claims of nothing | with normal quantiles | cells as if independent |")
    print("|---|--:|--:|--:|")
    for layout in (each for each in LAYOUTS if given.design in each.name):
        shares = np.array([_claiming(layout, spread, given.runs) for spread in SPREADS])
        ranges = (f"{low:.3f} to {high:.3f}" for low, high in zip(shares.min(0), shares.max(0), strict=True))
        print(f"| {layout.name} | {' | '.join(ranges)} |", flush=True)


def _claiming(layout: Layout, spread: tuple[float, ...], runs: int) -> list[float]:
    """The shares of tables without an effect in which one is claimed."""
    found = []
    for run in range(runs):
        cells = drawn(layout, spread, np.random.default_rng((run, 11)))
        effect = claim_effect(cells)
        normal = abs(effect.value) > NORMAL * effect.error
        found.append((effect.low > 0 or effect.high < 0, normal, naive(cells)))
    return list(np.mean(found, axis=0))


if __name__ == "__main__":
    main()
