"""Reading files: what is wrong is named by its row, what is optional may be missing."""

from __future__ import annotations

import pytest
from tests.benchmarks.drawing import write_parquet

from medassay.benchmarks.shared.files import read_parquet
from medassay.errors import DataError


def test_optional_columns_may_be_missing_or_empty(tmp_path):
    path = tmp_path / "a.parquet"
    write_parquet(path, [{"id": "1", "note": None, "other": 1}, {"id": "2", "note": "x", "other": 2}])
    rows = list(read_parquet(path, ("id",), optional=("note", "nowhere")))
    assert rows == [{"id": "1", "note": None}, {"id": "2", "note": "x"}]
    with pytest.raises(DataError, match=r"no column nowhere; is it"):
        list(read_parquet(path, ("id", "nowhere")))


def test_an_empty_cell_is_named_by_its_row_in_the_file(tmp_path):
    path = tmp_path / "a.parquet"
    write_parquet(path, [{"id": str(n) if n != 5 else None} for n in range(7)])
    with pytest.raises(DataError, match=r"record 5 has no id"):
        list(read_parquet(path, ("id",), batch=2))
