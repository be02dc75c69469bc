"""lm-evaluation-harness: `samples_{task}_{date}.jsonl`, with `results_{date}.json` beside it."""

from __future__ import annotations

import re

from medassay.importers.harness import read_samples, summary
from medassay.importers.imported import Imported
from medassay.importers.source import Record, Source, json_beside, numbers

NAME = "lm-eval"
_NAME = re.compile(r"samples_(?P<task>.+)_(?P<date>\d{4}-\d\d-\d\dT[^_]+)$")


def detect(source: Source) -> bool:
    """Whether a line has the document itself, its responses, and which filter read them."""
    return {"doc_id", "doc", "filtered_resps", "filter"} <= source.first.keys()


def read(source: Source) -> Imported:
    """Read the samples of all filters, and the numbers of the results file.

    Raises:
        DataError: a line is malformed; names it.
    """
    named = _NAME.match(source.path.stem)
    beside = json_beside(source.path.with_name(f"results_{named['date']}.json")) if named else {}
    return read_samples(
        source,
        name=NAME,
        claims=_claims,
        claimed=summary(beside, named["task"]) if named else {},
        model=str(beside.get("model_name") or ""),
    )


def _claims(record: Record) -> dict[str, float]:
    held = numbers({name: record.get(name) for name in record.get("metrics", ())})
    return {f"{name},{record['filter']}": value for name, value in held.items()}
