"""Which images, how hard, and for whom."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from medassay.benchmarks.phantom import load
from medassay.benchmarks.phantom.drawing import Recipe, render
from medassay.benchmarks.phantom.loading import WORSE
from medassay.errors import UnknownName, UsageError
from medassay.types import Sample, Where


def recipe_of(sample: Sample) -> Recipe:
    return Recipe.parse(sample.images[0].uri)


def test_samples_stream():
    first = list(islice(load(Where(), n=10**9), 3))
    assert [s.cluster for s in first] == ["phantom-0-0"] * 3


def test_difficulty_lowers_contrast_and_lesions_and_raises_noise():
    easy, hard = (recipe_of(next(load(Where(), difficulty=d))) for d in (0.0, 1.0))
    assert (easy.contrast, easy.noise, easy.scale) == pytest.approx((1.0, 0.02, 1.0))
    assert (hard.contrast, hard.noise, hard.scale) == pytest.approx((0.3, 0.15, 0.6))


@pytest.mark.parametrize("coupled", ["sex", "age_group", "skin_tone"])
def test_coupling_changes_quality_in_one_group_only(coupled: Any):
    fair, unfair = (
        {s.id: s for s in load(Where(variant="report"), n=48, coupling=c, coupled=coupled)}
        for c in (0.0, 1.0)
    )
    changed = {key for key in fair if fair[key].images != unfair[key].images}
    assert changed == {key for key, s in fair.items() if s.tags.get(coupled) == WORSE[coupled]}
    assert 0 < len(changed) < len(fair)
    for key in fair:
        assert fair[key].target == unfair[key].target
        before, after = recipe_of(fair[key]), recipe_of(unfair[key])
        if key in changed:
            assert (after.contrast, after.noise) == pytest.approx((0.4, 0.14))
            assert (render(before.uri) != render(after.uri)).mean() > 0.5


def test_without_coupling_quality_is_the_same_for_everyone():
    recipes = [recipe_of(s) for s in load(Where(variant="report"), n=48)]
    assert len({(r.contrast, r.noise, r.scale) for r in recipes}) == 1


@pytest.mark.parametrize(
    "options",
    [{"difficulty": 1.1}, {"coupling": -0.1}, {"coupled": "height"}, {"n": -1}, {"size": 4}, {"resized": -1}],
)
def test_an_option_out_of_range_is_refused(options: dict[str, Any]):
    with pytest.raises(UsageError, match=next(iter(options))):
        load(Where(), **options)


def test_an_unknown_variant_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'detection'"):
        load(Where(variant="detektion"))
