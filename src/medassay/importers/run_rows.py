"""The rows of a run of ours (`rows.parquet`), with the manifest beside them where it is there."""

from __future__ import annotations

from medassay.importers.imported import Answer, Imported
from medassay.importers.source import Source, json_beside
from medassay.rows import read_rows
from medassay.types import Row

NAME = "rows"


def detect(source: Source) -> bool:
    """Whether it is a Parquet file with the columns of our rows."""
    if not source.head.startswith(b"PAR1"):
        return False
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = set(pq.read_schema(source.path).names)
    except (pa.ArrowException, OSError, ValueError):
        return False
    return {"id", "sample_json", "response_json"} <= names


def read(source: Source) -> Imported:
    """Read the rows: their scores are claims, whoever made them.

    Raises:
        DataError: the file is damaged.
    """
    manifest = json_beside(source.path.with_name("manifest.json"))
    return Imported(
        format=NAME,
        answers=tuple(
            _answer(f"{source.path.name}:{n}", row) for n, row in enumerate(read_rows(source.path))
        ),
        sha256=source.sha256,
        model=str(manifest.get("model", {}).get("name", "")),
        asked=str(manifest.get("protocol", {}).get("asked", "")),
    )


def _answer(where: str, row: Row) -> Answer:
    sample = row.sample
    texts = sample.target.texts
    return Answer(
        id=sample.id,
        response=row.response,
        where=where,
        question=sample.question,
        gold=texts[0] if len(texts) == 1 else "",
        claimed=row.score.values,
    )
