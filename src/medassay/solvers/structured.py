"""An answer held to a JSON schema, for servers that can."""

from __future__ import annotations

import json
from dataclasses import replace
from string import ascii_uppercase
from typing import Any

from medassay import codec
from medassay.solvers.grammar import Malformed, read_all
from medassay.solvers.messages import instructed, roomy
from medassay.types import Case, Request, Turns

ASK = "Reply with a JSON object and nothing else: {fields}."


def structured(case: Case, request: Request, *, steps: bool = False, tokens: int = 1024) -> Turns:
    """Ask for a JSON object with the answer, its form given as a schema; read again at most twice.

    Where no reply can be read the last one stands as it is, as a fallback. An engine that cannot hold its
    answers to a schema (local weights without vLLM) fails every row, and says so.

    Args:
        case: its options are what the schema allows.
        request: the question.
        steps: whether a field for reasoning step by step comes before the answer.
        tokens: of the object, unless the user or the prompt says how many.
    """
    fields = {**({"reasoning": {"type": "string"}} if steps else {}), "answer": _form(case)}
    schema = {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }
    asked = roomy(instructed(request, ASK.format(fields=_described(steps))), tokens)
    held = replace(asked.decoding, schema=json.dumps(schema))
    [reply] = yield from read_all([replace(asked, decoding=held)], _answer)
    if reply.value is None:
        return replace(reply.response, fallback=f"no JSON: {reply.problem}")
    return replace(reply.response, text=reply.value)


def _described(steps: bool) -> str:
    reasoning = '"reasoning" (step by step), then ' if steps else ""
    return f'{reasoning}"answer" (in the form asked for above)'


def _form(case: Case) -> dict[str, Any]:
    """The schema of the answer. Closed, yes/no and open share theirs: it must not tell what is right."""
    among = {"type": "string", "enum": [choice.label for choice in case.choices]}
    letters = {"type": "string", "enum": list(ascii_uppercase[: len(case.choices)])}
    forms: dict[str, dict[str, Any]] = {
        "choice": letters,
        "multi-choice": {"type": "array", "items": letters},
        "label": among,
        "multilabel": {"type": "array", "items": among},
        "number": {"type": "number"},
        "box": {"type": "array", "items": {"type": "number"}},
    }
    return forms.get(case.kind, {"type": "string"})


def _answer(text: str) -> str:
    try:
        held = codec.loads(text)
    except ValueError as error:
        raise Malformed(f"it is no JSON ({error})") from error
    if not isinstance(held, dict) or "answer" not in held:
        raise Malformed('it is no object with the field "answer"')
    answer = held["answer"]
    if isinstance(answer, list) and not any(isinstance(part, float | int) for part in answer):
        return ", ".join(map(str, answer)) or "none"
    return answer if isinstance(answer, str) else json.dumps(answer)
