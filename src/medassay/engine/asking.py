"""Putting requests to a model: in which order, and what holds whatever the model does."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from medassay.types import Decoding, Image, Model, Request, Response, Usage


def failure(kind: str, cause: str | Exception) -> Response:
    """A response that says why there is none; never stored, and asked again on the next run."""
    words = f"{type(cause).__name__}: {cause}" if isinstance(cause, Exception) else cause
    return Response(error=f"{kind}: {words}", finish_reason="error")


class Question(NamedTuple):
    """A request with its key, which is costly to take."""

    key: str
    request: Request


def batches(questions: Iterable[Question]) -> list[list[Question]]:
    """The questions by decoding, those on the same images side by side, else in their order."""
    groups: dict[Decoding, dict[tuple[Image, ...], list[Question]]] = {}
    for question in questions:
        request = question.request
        groups.setdefault(request.decoding, {}).setdefault(request.images, []).append(question)
    return [[q for same in by_images.values() for q in same] for by_images in groups.values()]


def portions(questions: Iterable[Question], images: int) -> Iterator[list[Question]]:
    """The questions in order, cut before a portion would hold more than so many distinct images."""
    portion: list[Question] = []
    held: set[Image] = set()
    for question in questions:
        if portion and len(held.union(question.request.images)) > images:
            yield portion
            portion, held = [], set()
        portion.append(question)
        held.update(question.request.images)
    if portion:
        yield portion


def ask(model: Model, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
    """Every index exactly once, whatever the model does; what it leaves out becomes a failure.

    Only an interruption (Ctrl-C) passes. After an index that makes no sense no later one is believed.
    """
    left = dict.fromkeys(range(len(requests)))
    cause = ""
    try:
        for index, response in model.answer(requests):
            if index not in left:
                known = index in range(len(requests))
                cause = f"answered request {index} twice" if known else f"answered a request {index!r}"
                break
            del left[index]
            yield index, checked(response, requests[index])
    except Exception as error:  # noqa: BLE001  a model is foreign code: its bug costs its own rows only
        cause = f"{type(error).__name__}: {error}"
    if left:
        answered = f"model answered {len(requests) - len(left)} of {len(requests)}"
        failed = failure("model", f"{cause} ({answered})" if cause else answered)
        yield from ((index, failed) for index in left)


def checked(response: Response, request: Request) -> Response:
    """The response, or a failure where it cannot be one of this request."""
    if not isinstance(response, Response):
        return failure("model", f"gave {type(response).__name__} for a Response")
    if response.error is None and (misfit := _misfit(response)):
        return failure("model", misfit)
    if response.probs is None or response.error is not None:
        return response
    probs = tuple(float(p) for p in response.probs)
    if len(probs) != len(request.choices):
        return failure("model", f"{len(probs)} probabilities for {len(request.choices)} choices")
    if not all(map(math.isfinite, probs)):
        return failure("model", "a probability is not a number")
    return replace(response, probs=probs)


_KINDS: dict[str, type | tuple[type, ...]] = {
    "text": str,
    "thinking": str,
    "finish_reason": str,
    "usage": Usage,
    "seconds": (int, float),
    "served_model": str,
    "served_at": int,
}


def _misfit(response: Response) -> str:
    """What of a response is not what its field says: it would be stored, and break the run that reads it."""
    for name, kind in _KINDS.items():
        value = getattr(response, name)
        if not isinstance(value, kind):
            return f"its {name} is {type(value).__name__}"
    counted: tuple[object, ...] = (response.usage.input_tokens, response.usage.output_tokens)
    for tokens in counted:
        if not isinstance(tokens, int) or tokens < 0:
            return f"it counts {tokens!r} tokens"
    return "" if math.isfinite(response.seconds) else f"it took {response.seconds} seconds"
