"""Estimates as files: `estimates.csv` for spreadsheets, `estimates.parquet` to be read back exactly."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from medassay.errors import DataError
from medassay.reporting import manifest, words
from medassay.reporting.files import write_text, write_whole
from medassay.reporting.record import RunRecord
from medassay.types import STATUSES, Estimate

COUNTS = (*STATUSES, "truncated")
_NUMBERS = ("value", "se", "low", "high", "chance", "majority", "constant", "worst", "best")
_FIELDS = tuple(f.name for f in fields(Estimate))


def write_csv(path: Path, records: Sequence[RunRecord]) -> Path:
    """One line per estimate: the run it is of, then every field; the counts are a column each.

    Numbers are written in full (they read back to the same float), what does not exist is empty.

    Raises:
        StoreError: the file cannot be written.
    """
    buffer = io.StringIO()
    plain = [name for name in _FIELDS if name != "counts"]
    writer = csv.DictWriter(
        buffer, ["run", "benchmark", "model", "protocol", *plain, *COUNTS], lineterminator="\n"
    )
    writer.writeheader()
    for record in records:
        head = {
            "run": record.manifest.get("id", ""),
            "benchmark": record.benchmark.name,
            "model": manifest.model_name(record),
            "protocol": manifest.branch(record.manifest, "protocol").get("id", ""),
        }
        for estimate in record.estimates:
            counts = {k: estimate.counts.get(k, 0) for k in COUNTS}
            writer.writerow({k: _cell(v) for k, v in (head | _flat(estimate) | counts).items()})
    return write_text(path, words.printable(buffer.getvalue()))


def write_parquet(path: Path, estimates: Sequence[Estimate]) -> Path:
    """All fields of the estimates, in order, one row each; `counts` is a map.

    Raises:
        StoreError: the file cannot be written.
    """
    import pyarrow as pa
    from pyarrow import parquet

    kinds: Mapping[str, Any] = {
        **dict.fromkeys(_FIELDS, pa.string()),
        **dict.fromkeys(_NUMBERS, pa.float64()),
        **dict.fromkeys(("n", "n_clusters"), pa.int64()),
        "counts": pa.map_(pa.string(), pa.int64()),
    }
    schema = pa.schema([(name, kinds[name]) for name in _FIELDS])
    rows = [_flat(e) | {"counts": list(e.counts.items())} for e in estimates]
    table = pa.Table.from_pylist(rows, schema=schema)
    return write_whole(path, lambda draft: parquet.write_table(table, draft))


def read_parquet(path: Path) -> list[Estimate]:
    """The estimates that `write_parquet` wrote, equal to the last bit.

    Raises:
        DataError: the file is missing, damaged or of another shape.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        rows = parquet.ParquetFile(path).read().to_pylist()
        return [Estimate(**(row | {"counts": dict(row["counts"])})) for row in rows]
    except (OSError, pa.ArrowException, TypeError, KeyError, ValueError) as error:
        raise DataError(
            f"{path}: not a file of estimates ({error}): run `medassay report` to write it anew"
        ) from error


def _flat(estimate: Estimate) -> dict[str, Any]:
    return {name: getattr(estimate, name) for name in _FIELDS if name != "counts"}


def _cell(value: Any) -> Any:
    return repr(value) if isinstance(value, float) else value
