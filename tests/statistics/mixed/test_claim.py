"""Mixed models against statsmodels and against the balanced analysis of variance by hand."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from medassay.errors import UsageError
from medassay.statistics.mixed import Cells, claim, claim_effect
from medassay.statistics.mixed.design import crossed
from medassay.statistics.mixed.reml import fit

MODELS, DATASETS = 10, 7


def table(seed=0, models=MODELS, datasets=DATASETS, *, effect=0.1, by_model=0.05, by_dataset=0.04, cell=0.03):
    """A balanced table, (models, datasets): the first half of the models is of the first side."""
    rng = np.random.default_rng(seed)
    side = (np.arange(models) < models // 2).astype(float)
    scores = 0.6 + rng.normal(0, by_model, (models, 1)) + rng.normal(0, 0.15, (1, datasets))
    scores = scores + (side[:, None] - 0.5) * (effect + rng.normal(0, by_dataset, (1, datasets)))
    return scores + rng.normal(0, cell, (models, datasets)), side


def cells_of(scores, side, shape="between", known=None):
    models, datasets = scores.shape
    return Cells(
        shape=shape,
        scores=scores.ravel(),
        predictor=np.repeat(side, datasets),
        models=tuple(f"m{i}" for i in range(models) for _ in range(datasets)),
        datasets=tuple(f"d{k}" for _ in range(models) for k in range(datasets)),
        known=known,
    )


def design_of(cells):
    factors = {"model": cells.models, "dataset": cells.datasets}
    known = np.zeros(len(cells.scores)) if cells.known is None else cells.known
    return crossed(cells.scores, cells.predictor - 0.5, factors, known)


def test_balanced_tables_give_the_mean_squares_of_the_analysis_of_variance():
    """Expected mean squares of the models of each side, of sides by dataset and of the rest, by hand."""
    for seed in range(5):
        scores, side = table(seed, by_dataset=0.1)
        m, j = MODELS // 2, DATASETS
        parts = scores.reshape(2, m, j)
        by_model, by_dataset, by_side = parts.mean(2), parts.mean(1), parts.mean((1, 2))
        residual = parts - by_model[:, :, None] - by_dataset[:, None, :] + by_side[:, None, None]
        cell = (residual**2).sum() / (2 * (m - 1) * (j - 1))
        first, second = j * ((by_model - by_side[:, None]) ** 2).sum(1) / (m - 1)
        interaction = by_dataset - by_side[:, None] - by_dataset.mean(0) + by_dataset.mean()
        slope = m * (interaction**2).sum() / (j - 1)
        assert min(first, second, slope) > cell  # else REML stands at 0 and the two differ
        held = fit(design_of(cells_of(scores, side)))
        assert held.effect == pytest.approx(by_side[0] - by_side[1], abs=1e-9)
        expected = {
            "(0 + first | model)": (first - cell) / j,
            "(0 + second | model)": (second - cell) / j,
            "(0 + x | dataset)": 2 * (slope - cell) / m,
            "cell": cell,
        }
        found = {term: held.variances[term] for term in expected}
        assert found == pytest.approx(expected, rel=2e-3)
        variance = (first + second + 2 * slope - 2 * cell) / (m * j)
        assert held.error == pytest.approx(np.sqrt(variance), rel=1e-3)
        squares = first**2 / (m - 1) + second**2 / (m - 1)
        squares += 4 * slope**2 / (j - 1) + 4 * cell**2 / (2 * (m - 1) * (j - 1))
        satterthwaite = (variance * m * j) ** 2 / squares
        assert held.freedom == pytest.approx(min(satterthwaite, 2 * m - 2, j - 1), rel=1e-3)


@pytest.mark.parametrize("holes", [0, 14])
def test_statsmodels_finds_the_same_components_and_effect(holes):
    import pandas as pd  # type: ignore[import-untyped]
    from statsmodels.regression.mixed_linear_model import MixedLM

    scores, side = table(3)
    cells = cells_of(scores, side)
    kept = np.sort(np.random.default_rng(1).permutation(len(cells.scores))[holes:])
    columns = {
        "y": cells.scores[kept],
        "x": cells.predictor[kept] - 0.5,
        "first": cells.predictor[kept],
        "second": 1 - cells.predictor[kept],
        "model": np.array(cells.models)[kept],
        "dataset": np.array(cells.datasets)[kept],
    }
    parts = {
        "(0 + first | model)": "0 + C(model):first",
        "(0 + second | model)": "0 + C(model):second",
        "(1 | dataset)": "0 + C(dataset)",
        "(0 + x | dataset)": "0 + C(dataset):x",
    }
    frame = pd.DataFrame(columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = MixedLM.from_formula("y ~ x", frame, groups=np.ones(len(frame)), vc_formula=parts).fit(
            reml=True, method=["bfgs", "powell"], gtol=1e-10
        )
    factors = {name: list(columns[name]) for name in ("model", "dataset")}
    ours = fit(crossed(columns["y"], columns["x"], factors, np.zeros(len(kept))))
    found = {**dict(zip(theirs.model.exog_vc.names, theirs.vcomp, strict=True)), "cell": theirs.scale}
    assert ours.log_likelihood == pytest.approx(theirs.llf, abs=1e-4)
    assert ours.effect == pytest.approx(theirs.fe_params["x"], abs=1e-5)
    assert ours.variances == pytest.approx(found, rel=0.02)


def test_differences_on_a_balanced_table_are_a_two_way_layout():
    """With one component alone at work the interval is that of a t-test on its levels' means."""
    rng = np.random.default_rng(2)
    scores = 0.2 + rng.normal(0, 0.2, (1, 8)) + rng.normal(0, 0.001, (5, 8))
    held = claim(cells_of(scores, np.ones(5), "difference"))
    by_hand = scipy.stats.ttest_1samp(scores.mean(0), 0)
    assert held.effect.value == pytest.approx(scores.mean())
    assert held.effect.p == pytest.approx(by_hand.pvalue, rel=1e-2)
    assert held.effect.freedom == pytest.approx(7, rel=1e-2)
    assert held.formula == "score ~ 1 + (1 | model) + (1 | dataset)"


def test_known_errors_are_not_counted_as_differences_between_cells():
    scores, side = table(4, cell=0.0)
    noise = np.random.default_rng(5).normal(0, 0.03, scores.shape)
    without, held = (
        fit(design_of(cells_of(scores + noise, side, known=known)))
        for known in (None, np.full(scores.size, 0.03**2))
    )
    assert without.variances["cell"] == pytest.approx(0.03**2, rel=0.5)
    assert held.variances["cell"] < 0.2 * without.variances["cell"]
    assert held.effect == pytest.approx(without.effect, abs=0.002)


def test_verdicts_and_their_direction():
    scores, side = table(6, effect=0.4)
    assert claim(cells_of(scores, side)).effect.verdict == "win"
    assert claim(cells_of(scores, 1 - side)).effect.verdict == "loss"
    assert claim(cells_of(scores, side), higher_is_better=False).effect.verdict == "loss"
    scores, side = table(7, effect=0.0)
    assert claim(cells_of(scores, side)).effect.verdict == "inconclusive"
    assert claim(cells_of(scores, side), margin=0.3).effect.verdict == "equivalent"


def test_a_claim_that_hangs_on_one_dataset_says_which():
    rng = np.random.default_rng(8)
    side = (np.arange(10) < 5).astype(float)
    scores = rng.normal(0, 0.01, (10, 6))
    scores[:5, 2] += 0.6
    scores[:5] -= 0.03
    held = claim(cells_of(scores, side))
    turning = [(one.factor, one.level) for one in held.left_out if one.turns(held.effect)]
    assert turning == [("dataset", "d2")]
    assert len(held.left_out) == 10 + 6
    assert [one.effect.verdict for one in held.left_out if one.effect and one.level == "d2"] == ["loss"]
    assert held.new_low < held.effect.low < held.effect.high < held.new_high


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ([(0, 0), (0, 1)], "side of one model"),
        ([(0, 0), (1, 0)], "side of one dataset"),
        ([], "one side"),
    ],
)
def test_a_domain_of_one_model_or_dataset_is_refused(inside, why):
    scores, _ = table(9)
    cells = cells_of(scores, np.zeros(MODELS), "within")
    for model, dataset in inside:
        cells.predictor[model * DATASETS + dataset] = 1
    with pytest.raises(UsageError, match=why):
        claim(cells)


@pytest.mark.parametrize(
    ("models", "datasets", "why"),
    [(2, 5, "side of one model"), (6, 1, "one dataset"), (1, 5, "too few models")],
)
def test_too_little_for_a_claim_is_refused(models, datasets, why):
    scores, side = table(1, models, datasets)
    with pytest.raises(UsageError, match=why):
        claim(cells_of(scores, side))


def test_the_interval_covers_where_levels_are_few():
    """4 models on 5 datasets: normal quantiles cover 82 to 90 % here (benchmarks/claims_coverage.py)."""
    held = [fit(design_of(cells_of(*table(s, 4, 5, effect=0, by_model=0.1)))) for s in range(150)]
    inside = [abs(f.effect) < scipy.stats.t.ppf(0.975, f.freedom) * f.error for f in held]
    assert np.mean(inside) > 0.92


def test_a_varied_small_side_does_not_make_claims():
    """One variance for both sides claims an effect in 15 % of such tables."""
    held = []
    for seed in range(200):
        scores, side = table(seed, effect=0, by_model=0.03, by_dataset=0)
        side[:6], side[6:] = 1, 0
        scores[6:] += np.random.default_rng((seed, 1)).normal(0, 0.1, (4, 1))
        held.append(fit(design_of(cells_of(scores, side))))
    claimed = [abs(f.effect) > scipy.stats.t.ppf(0.975, f.freedom) * f.error for f in held]
    assert np.mean(claimed) < 0.09


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), shift=st.floats(-0.5, 0.5), factor=st.floats(0.2, 5))
def test_the_effect_follows_the_scores_and_their_sides(seed, shift, factor):
    """Adding to all scores changes nothing, scaling scales, exchanging the sides turns; no order matters."""
    scores, side = table(seed, 6, 5)
    held = claim_effect(cells_of(scores, side))
    moved = claim_effect(cells_of(factor * scores + shift, side))
    assert moved.value == pytest.approx(factor * held.value, abs=2e-3 * factor * held.error)
    assert moved.error == pytest.approx(factor * held.error, rel=5e-3)
    order = np.random.default_rng(seed).permutation(6)
    turned = claim_effect(cells_of(scores[order], 1 - side[order]))
    assert (turned.low, turned.high) == pytest.approx((-held.high, -held.low), abs=5e-3 * held.error)
