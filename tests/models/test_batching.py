from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from medassay.errors import ImageError
from medassay.models.batching import Batcher, Failure


@settings(deadline=None)  # the first failure imports torch
@given(
    st.lists(st.integers(0, 50), max_size=30),
    st.integers(1, 9),
    st.sets(st.integers(0, 50)),
    st.integers(1, 9),
)
def test_every_item_once_and_only_bad_ones_fail(
    items: list[int], size: int, bad: set[int], fits: int
) -> None:
    batches: list[list[int]] = []

    def run(batch: list[int]) -> list[int]:
        batches.append(batch)
        if len(batch) > fits:
            raise MemoryError
        if bad & set(batch):
            raise ValueError(f"{bad & set(batch)}")
        return [2 * item for item in batch]

    found = list(Batcher(size).each(items, run, order=lambda item: item))
    assert sorted(index for index, _ in found) == list(range(len(items)))
    for index, result in found:
        if items[index] in bad:
            assert isinstance(result, Failure)
        else:
            assert result == 2 * items[index]
    assert all(len(batch) <= size for batch in batches)
    assert all(batch == sorted(batch) for batch in batches)


def test_after_memory_ran_out_later_batches_keep_to_what_fitted() -> None:
    sizes = []

    def run(batch: list[int]) -> list[int]:
        sizes.append(len(batch))
        if len(batch) > 2:
            raise MemoryError
        return batch

    batcher = Batcher(8)
    assert [index for index, _ in batcher.each(range(12), run)] == list(range(12))
    assert sizes == [8, 4, 2, 2, 2, 2, 2, 2]
    sizes.clear()
    assert len(list(batcher.each(range(8), run))) == 8
    assert sizes == [2, 2, 2, 2]


def test_one_outlier_does_not_slow_the_rest_of_a_run_down() -> None:
    sizes = []

    def run(batch: list[int]) -> list[int]:
        sizes.append(len(batch))
        if 0 in batch:
            raise MemoryError
        return batch

    found = dict(Batcher(8).each(range(400), run))
    assert [index for index, result in found.items() if isinstance(result, Failure)] == [0]
    assert sizes[:4] == [8, 4, 2, 1]
    assert sizes[-1] == 8


def test_a_failure_says_its_kind_in_one_line() -> None:
    def run(batch: list[Exception]) -> list[int]:
        raise batch[0]

    errors = [ImageError("a.png: no such file"), ValueError("two\nlines"), MemoryError("no")]
    found = [result for _, result in Batcher(1).each(errors, run)]
    assert found == [
        Failure("ImageError: a.png: no such file"),
        Failure("ValueError: two"),
        Failure("OutOfMemory: a batch of one does not fit; use smaller images or fewer tokens (no)"),
    ]
