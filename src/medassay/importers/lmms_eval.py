"""lmms-eval: `{date}_samples_{task}.jsonl`, with `{date}_results.json` beside it.

The document is not written, its prompt is (`input`); scores stand in fields of their own names, as numbers
or as an object with `score` or `is_correct`.
"""

from __future__ import annotations

from medassay.importers.harness import read_samples, summary
from medassay.importers.imported import Imported
from medassay.importers.source import Record, Source, json_beside, numbers

NAME = "lmms-eval"
_OURS = frozenset(
    {"doc_id", "target", "input", "resps", "filtered_resps", "token_counts", "doc_hash", "input_media"}
)


def detect(source: Source) -> bool:
    """Whether a line has responses and the hash of a document that is not there."""
    keys = source.first.keys()
    return {"doc_id", "filtered_resps", "doc_hash"} <= keys and "doc" not in keys


def read(source: Source) -> Imported:
    """Read the samples, and the numbers of the results file.

    Raises:
        DataError: a line is malformed; names it.
    """
    date, _, task = source.path.stem.partition("_samples_")
    beside = json_beside(source.path.with_name(f"{date}_results.json")) if task else {}
    return read_samples(
        source,
        name=NAME,
        claims=_claims,
        claimed=summary(beside, task),
        model=str(beside.get("model_name") or ""),
    )


def _claims(record: Record) -> dict[str, float]:
    held = {name: value for name, value in record.items() if name not in _OURS and not isinstance(value, str)}
    return numbers({name: _number(value) for name, value in held.items()})


def _number(value: object) -> object:
    if isinstance(value, dict):
        return next((value[name] for name in ("score", "is_correct") if name in value), None)
    return value
