"""The lines beside a record: one for each row that has a number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from medassay.exporters.every_eval_ever.words import SCHEMA_VERSION, model_id, strings
from medassay.exporters.exported import Exported, gold_of, judgement, label, question_of, text_of
from medassay.reporting.record import is_wrong
from medassay.types import Row


def instances(exported: Exported, evaluation: str) -> Iterator[dict[str, Any]]:
    """One line a row; unparsed and refused answers are wrong.

    Rows without a number are left out, since the schema demands one: those that failed, those of a kind that
    the headline does not take, and unread measurements, whose error has no size.
    """
    for row in exported.rows() if exported.rows else ():
        worth = exported.worth(row)
        if worth is not None:
            yield _instance(exported, row, evaluation, worth)


def _instance(exported: Exported, row: Row, evaluation: str, worth: float) -> dict[str, Any]:
    sample, response, score = row.sample, row.response, row.score
    gold = gold_of(sample)
    raw = question_of(sample)
    usage = response.usage
    return {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": evaluation,
        "model_id": model_id(exported),
        "evaluation_name": exported.name,
        "evaluation_result_id": f"{exported.name}/{label(exported.estimates()[0])}",
        "sample_id": sample.id,
        "sample_hash": hashlib.sha256((raw + "".join(gold)).encode()).hexdigest(),
        "interaction_type": "single_turn",
        "input": {
            "raw": raw,
            "formatted": "\n".join(text_of(message.parts) for message in exported.messages(sample)),
            "reference": gold,
            "choices": [choice.label for choice in sample.choices] or None,
        },
        "output": {
            "raw": [response.text],
            "reasoning_trace": [response.thinking] if response.thinking else None,
        },
        "messages": None,
        "answer_attribution": [
            {
                "turn_idx": 0,
                "source": "output.raw",
                "extracted_value": score.answer or "",
                "extraction_method": score.rule or score.status,
                "is_terminal": True,
            }
        ],
        "evaluation": {
            "score": worth,
            "is_correct": score.status == "scored" and not is_wrong(row),
        },
        "token_usage": {
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "total_tokens": usage.input_tokens + usage.output_tokens,
        },
        "performance": {"latency_ms": 1000 * response.seconds},
        "error": score.status if score.status != "scored" else None,
        "metadata": strings(judgement(row)),
    }
