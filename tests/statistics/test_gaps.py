import numpy as np
import pytest

from medassay.statistics.gaps import at_once, gap_of
from medassay.statistics.parts import parted


def run(generator, models=1, clusters=60, truth=0.0):
    """Scores of models on the same questions, three to a cluster, and which of them ask for reasoning."""
    names = np.repeat([f"c{i}" for i in range(clusters)], 3)
    asked = generator.random(len(names)) < 0.4
    hard = np.repeat(generator.normal(size=clusters), 3) + generator.normal(size=len(names))
    scores = [(hard + generator.normal(size=len(names)) > truth * asked) * 1.0 for _ in range(models)]
    return names, asked.astype(float), scores


def test_one_gap_alone_has_nearly_its_own_interval():
    names, asked, (score,) = run(np.random.default_rng(0))
    gap = gap_of(score, asked, 1 - asked, names, seed="b")
    assert gap is not None
    own = parted(score, asked, np.unique(names, return_inverse=True)[1]).gap
    (both,) = at_once([gap])
    assert gap.value == pytest.approx(own.value)
    assert both == pytest.approx((own.low, own.high), abs=0.02)


def test_gaps_without_a_difference_are_all_held_in_95_of_100():
    generator, held = np.random.default_rng(1), 0
    for k in range(300):
        names, asked, scores = run(generator, models=4)
        gaps = [gap_of(score, asked, 1 - asked, names, seed=str(k)) for score in scores]
        held += all(b is not None and b[0] <= 0 <= b[1] for b in at_once(gaps, draws=500))
    assert 0.92 <= held / 300 <= 0.985


def test_a_gap_that_is_not_there_widens_no_other():
    names, asked, scores = run(np.random.default_rng(2), models=2)
    first, second = (gap_of(score, asked, 1 - asked, names, seed="b") for score in scores)
    assert gap_of(scores[0], np.zeros_like(asked), 1 - asked, names, seed="b") is None
    assert at_once([first, None, second]) == [
        *at_once([first, second])[:1],
        None,
        at_once([first, second])[1],
    ]
    assert at_once([None]) == [None]
