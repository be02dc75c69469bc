"""What lm-eval and lmms-eval share: a line for each document and filter, with `doc_id` and responses."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from medassay.importers.imported import Answer, Imported
from medassay.importers.source import Record, Source, lettered
from medassay.types import Response


def read_samples(
    source: Source,
    *,
    name: str,
    claims: Callable[[Record], Mapping[str, float]],
    claimed: Mapping[str, float],
    model: str,
) -> Imported:
    """Read the lines; the lines of several filters tell of one answer, and each adds its scores.

    Raises:
        DataError: a line is malformed; names it.
    """
    held: dict[str, tuple[str, Record, dict[str, float]]] = {}
    for where, record in source.records():
        identity = str(record.get("doc_id"))
        held.setdefault(identity, (where, record, {}))[2].update(claims(record))
    return Imported(
        format=name,
        answers=tuple(_answer(identity, *parts) for identity, parts in held.items()),
        sha256=source.sha256,
        model=model,
        claimed=claimed,
    )


def summary(results: Mapping[str, Any], task: str) -> dict[str, float]:
    """The numbers that a results file claims for a task, without their standard errors."""
    held = results.get("results", {}).get(task, {})
    return {
        name: float(value)
        for name, value in held.items()
        if isinstance(value, (int, float)) and "stderr" not in name and name not in {"sample_len", "samples"}
    }


def _answer(identity: str, where: str, record: Record, claimed: Mapping[str, float]) -> Answer:
    doc = record.get("doc")
    doc = doc if isinstance(doc, dict) else {}
    return Answer(
        id=identity,
        response=_response(record),
        where=where,
        question=str(doc.get("question") or _prompt(record)),
        gold=_gold(record.get("target")),
        options=lettered(doc.get("options") or doc.get("choices")),
        claimed=claimed,
    )


def _response(record: Record) -> Response:
    """The text as the model gave it; what a filter made of it only where nothing else was kept."""
    held = record["resps"] if "resps" in record else record.get("filtered_resps", "")
    likelihoods = _likelihoods(held)
    if likelihoods:
        largest = max(likelihoods)
        weights = [math.exp(value - largest) for value in likelihoods]
        return Response(probs=tuple(weight / sum(weights) for weight in weights))
    while isinstance(held, list) and held:
        held = held[0]
    return Response(text="" if held is None or held == [] else str(held))


def _likelihoods(held: Any) -> list[float]:
    """The log-likelihood of each option, where the options were ranked: pairs with whether it was greedy."""
    if not isinstance(held, list) or len(held) < 2:
        return []
    pairs = [item[0] if isinstance(item, list) and len(item) == 1 else item for item in held]
    if not all(isinstance(p, list) and len(p) == 2 and str(p[1]) in {"True", "False"} for p in pairs):
        return []
    return [float(p[0]) for p in pairs]


def _gold(target: Any) -> str:
    while isinstance(target, list) and target:
        target = target[0]
    return "" if target is None or target == [] else str(target)


def _prompt(record: Record) -> str:
    held = record.get("input")
    if held is None:
        arguments = record.get("arguments")
        while isinstance(arguments, (list, dict)) and arguments:
            arguments = next(iter(arguments.values())) if isinstance(arguments, dict) else arguments[0]
        held = arguments
    return held if isinstance(held, str) else ""
