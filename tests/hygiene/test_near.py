"""Near-duplicates: the search finds what comparing all finds, and copies are told from likenesses."""

import io

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medassay.hygiene.near import distance, near_duplicates, within
from medassay.hygiene.perceptual import SIDE, common, correlations, look_of

from .kit import picture

HASHES = st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=8)
FLIPS = st.lists(st.sets(st.integers(0, 63), max_size=14), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(held=HASHES, flips=FLIPS, radius=st.integers(0, 11))
def test_the_search_finds_what_comparing_all_finds(held, flips, radius):
    near = [held[i % len(held)] ^ sum(1 << place for place in places) for i, places in enumerate(flips)]
    first, second = np.array(held, dtype=np.uint64), np.array([*near, *held], dtype=np.uint64)
    expected = [
        (i, j, (int(a) ^ int(b)).bit_count())
        for i, a in enumerate(first)
        for j, b in enumerate(second)
        if (int(a) ^ int(b)).bit_count() <= radius
    ]
    assert [tuple(map(int, found)) for found in zip(*within(first, second, radius), strict=True)] == expected


def test_a_radius_that_a_quarter_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="0 to 11"):
        within(np.zeros(1, dtype=np.uint64), np.zeros(1, dtype=np.uint64), 12)


def test_many_equal_hashes_come_in_pieces(monkeypatch):
    monkeypatch.setattr("medassay.hygiene.near._AT_ONCE", 7)
    zeros = np.zeros(30, dtype=np.uint64)
    rows, columns, apart = within(zeros, zeros, 10)
    assert len(rows) == 900
    assert len(set(zip(rows.tolist(), columns.tolist(), strict=True))) == 900
    assert not apart.any()


def test_distance_counts_bits():
    one, other = np.array([0, 2**63 | 1], dtype=np.uint64), np.array([2**64 - 1, 0], dtype=np.uint64)
    assert distance(one, other).tolist() == [64, 2]


def _changed(held):
    resized = held.resize((90, 90))
    brighter = held.point(lambda value: round(255 * (value / 255) ** 0.7))
    buffer = io.BytesIO()
    held.save(buffer, format="JPEG", quality=30)
    return {
        "resized": resized,
        "brighter": brighter,
        "re-encoded": PIL.Image.open(buffer),
        "grey": held.convert("L"),
    }


@pytest.mark.parametrize("change", ["resized", "brighter", "re-encoded", "grey"])
def test_a_changed_copy_is_found_and_others_are_not(change):
    first = {f"a{seed}": look_of(picture(seed)) for seed in range(20)}
    second = {f"b{seed}": look_of(_changed(picture(seed))[change]) for seed in range(10, 30)}
    found = near_duplicates(first, second)
    assert {(near.first, near.second) for near in found} == {(f"a{s}", f"b{s}") for s in range(10, 20)}


def test_what_a_whole_set_shares_makes_no_copies():
    """Fundus photographs: a bright disc on black in all of them, and little else at 32 pixels."""
    rows, columns = np.mgrid[:128, :128]
    disc = 200.0 * (np.hypot(rows - 64, columns - 64) < 55)
    looks = {}
    for seed in range(100):
        own = np.asarray(picture(seed).convert("L"), dtype=float) - 128
        drawn = np.clip(disc + 0.3 * own * (disc > 0), 0, 255).astype(np.uint8)
        looks[f"eye {seed}"] = look_of(PIL.Image.fromarray(drawn))
    held = list(looks.values())
    plain = correlations(held[:50], held[50:], np.zeros(SIDE * SIDE))
    assert plain.min() > 0.9  # by their pixels alone all of them would be copies
    assert correlations(held[:50], held[50:], common(held)).max() < 0.9
    assert near_duplicates(looks, looks) == []


def test_flat_pictures_are_alike_only_if_of_one_grey():
    black, white = (look_of(PIL.Image.new("L", (64, 64), grey)) for grey in (0, 255))
    drawn = look_of(picture(1))
    none = np.zeros(SIDE * SIDE)
    assert correlations([black, black, black], [black, white, drawn], none).tolist() == [1.0, 0.0, 0.0]


def test_a_set_against_itself_gives_each_pair_once():
    looks = {"a": look_of(picture(1)), "b": look_of(picture(1).resize((100, 100))), "c": look_of(picture(2))}
    assert [(near.first, near.second) for near in near_duplicates(looks, looks)] == [("a", "b")]
