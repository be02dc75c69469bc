"""Every Eval Ever, schema 0.3: `{uuid}_samples.jsonl`, with the aggregate `{uuid}.json` beside it.

A sample that several metrics score has a line for each; they tell of one answer.
"""

from __future__ import annotations

from medassay.importers.imported import Answer, Imported
from medassay.importers.source import Record, Source, json_beside, lettered
from medassay.types import Response

NAME = "every-eval-ever"


def detect(source: Source) -> bool:
    """Whether a line has the fields that the schema requires."""
    return {"evaluation_id", "sample_id", "input", "answer_attribution", "evaluation"} <= source.first.keys()


def read(source: Source) -> Imported:
    """Read the single-turn samples, and the results of the aggregate.

    Raises:
        DataError: a line is malformed; names it.
    """
    held: dict[str, tuple[str, Record, dict[str, float]]] = {}
    several = 0
    for where, record in source.records():
        if record.get("output") is None:
            several += 1
            continue
        claims = held.setdefault(str(record["sample_id"]), (where, record, {}))[2]
        name = str(record.get("evaluation_result_id") or record.get("evaluation_name", "score"))
        claims[name] = float(record["evaluation"]["score"])
    beside = json_beside(source.path.with_name(f"{source.path.stem.removesuffix('_samples')}.json"))
    return Imported(
        format=NAME,
        answers=tuple(_answer(*parts) for parts in held.values()),
        sha256=source.sha256,
        model=str(source.first.get("model_id", "")),
        claimed={
            str(result.get("evaluation_result_id") or result["evaluation_name"]): float(
                result["score_details"]["score"]
            )
            for result in beside.get("evaluation_results", ())
        },
        notes=(f"{several} samples of several turns have no single answer and are left out",)
        if several
        else (),
    )


def _answer(where: str, record: Record, claimed: dict[str, float]) -> Answer:
    asked, said = record["input"], record["output"]
    reference = asked.get("reference") or [""]
    return Answer(
        id=str(record["sample_id"]),
        response=Response(text="\n".join(said["raw"]), thinking="\n".join(said.get("reasoning_trace") or ())),
        where=where,
        question=str(asked.get("raw") or ""),
        gold=str(reference[0]),
        options=lettered(asked.get("choices")),
        claimed=claimed,
    )
