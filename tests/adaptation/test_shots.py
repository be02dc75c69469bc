import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.adaptation.examples import Examples
from medassay.adaptation.shots import few
from medassay.errors import DataError
from medassay.types import Choice


def examples(classes, patients):
    return Examples(
        ids=tuple(f"i{i}" for i in range(len(classes))),
        clusters=tuple(f"p{p}" for p in patients),
        images=((),) * len(classes),
        choices=(Choice(label="no"), Choice(label="yes")),
        exclusive=True,
        truth=np.eye(2, dtype=np.float32)[list(classes)],
    )


@given(st.integers(0, 5), st.integers(1, 4), st.lists(st.integers(0, 9), min_size=60, max_size=60))
def test_shots_are_of_distinct_patients_and_nested(seed, k, patients):
    held = examples([i % 2 for i in range(60)], patients)
    most = min(len({p for i, p in enumerate(patients) if i % 2 == c}) for c in (0, 1))
    if k + 1 > most:
        with pytest.raises(DataError, match="fewer than"):
            few(held, most + 1, seed)
        return
    fewer, more = few(held, k, seed), few(held, k + 1, seed)
    assert set(fewer.ids) < set(more.ids)
    for place in (0, 1):
        mine = [c for c, right in zip(fewer.clusters, fewer.classes, strict=True) if right == place]
        assert len(mine) == len(set(mine)) == k
