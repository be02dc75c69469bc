import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medassay.errors import StoreError
from medassay.store.vectors import VectorStore
from medassay.types import fingerprint


def made(n, width=5, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(n, width)).astype(np.float32)
    return {fingerprint([seed, i]): vector for i, vector in enumerate(vectors)}


def test_what_was_put_is_there_for_others_and_after_reopening(tmp_path):
    first, second = VectorStore(tmp_path / "f"), VectorStore(tmp_path / "f")
    ours, theirs = made(3), made(4, seed=1)
    first.put(ours)
    second.put(theirs)
    for store in (second, VectorStore(tmp_path / "f")):
        assert len(store) == 7
        for key, vector in {**ours, **theirs}.items():
            np.testing.assert_array_equal(store.get(key), vector)
    assert first.get(fingerprint("absent")) is None


@settings(deadline=None, max_examples=30)
@given(cut_vectors=st.integers(0, 60), cut_keys=st.integers(1, 36))
def test_what_a_killed_write_left_is_written_over(tmp_path_factory, cut_vectors, cut_keys):
    folder = tmp_path_factory.mktemp("v")
    held, lost, next_one = made(4), made(3, seed=1), made(2, seed=2)
    VectorStore(folder).put(held)
    whole_keys, whole_vectors = (folder / "keys.bin").stat().st_size, (folder / "vectors.f32").stat().st_size
    VectorStore(folder).put(lost)
    os.truncate(folder / "vectors.f32", whole_vectors + cut_vectors)  # killed within the vectors
    os.truncate(folder / "keys.bin", whole_keys + 36 - cut_keys)  # or within the first key
    store = VectorStore(folder)
    assert len(store) == 4
    store.put(next_one)
    for key, vector in {**held, **next_one}.items():
        np.testing.assert_array_equal(VectorStore(folder).get(key), vector)


def test_a_flipped_byte_is_no_vector(tmp_path):
    held = made(2)
    VectorStore(tmp_path).put(held)
    path = tmp_path / "vectors.f32"
    content = bytearray(path.read_bytes())
    content[3] ^= 1
    path.write_bytes(content)
    first, second = held
    store = VectorStore(tmp_path)
    assert store.get(first) is None
    np.testing.assert_array_equal(store.get(second), held[second])


def test_a_file_that_was_cut_loses_only_what_was_cut(tmp_path):
    held = made(3)
    VectorStore(tmp_path).put(held)
    os.truncate(tmp_path / "vectors.f32", 2 * 5 * 4 + 7)
    store = VectorStore(tmp_path)
    assert [store.get(key) is not None for key in held] == [True, True, False]
    store.put(held)
    np.testing.assert_array_equal(store.get([*held][2]), held[[*held][2]])


def test_vectors_of_another_width_are_refused(tmp_path):
    VectorStore(tmp_path).put(made(1))
    with pytest.raises(StoreError, match="5 numbers, not of 6"):
        VectorStore(tmp_path).put(made(1, width=6))
