"""Contracts of a model: one answer for each request, whatever stands beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from medassay.contracts.finding import Finding, examine
from medassay.images import resolve
from medassay.types import Image, Message, Model, Request, Response, fingerprint

_CORRUPT = Image(uri="inline:bm90IGFuIGltYWdl", digest="sha256:" + "0" * 64)  # "not an image"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far a batch may be from one by one: nothing in fp32 on a CPU, rounding elsewhere.

    `probs` is the largest difference of a probability, `rate` the share of answers that may differ.
    """

    probs: float = 1e-5
    rate: float = 0.0


def check_model(
    model: Model,
    requests: Sequence[Request],
    *,
    variants: Sequence[Model] = (),
    tolerance: Tolerance | None = None,
) -> list[Finding]:
    """Run every contract of a model over those requests that share the decoding of the first.

    Args:
        model: the model.
        requests: at least two, best of unequal length (padding), some with images.
        variants: the same model with other weights, another adapter or another dtype: each has a
            fingerprint of its own.
        tolerance: for models whose arithmetic depends on the batch; exact when None.

    Raises:
        ImageError: an image of a request cannot be read.
    """
    asked = [_with_images(r, resolve) for r in requests if r.decoding == requests[0].decoding]
    allowed = tolerance or Tolerance()

    def compare(check: str, problems: Callable[[Comparison], Iterator[str]]) -> Finding:
        comparison = Comparison(allowed)
        return examine(check, problems(comparison), measured=comparison.measured)

    return [
        examine("there are requests to ask", _enough(asked)),
        examine("the fingerprint is the hash of the identity", _identity(model)),
        examine("the fingerprint changes with the model", _distinct(model, variants)),
        examine("no requests, no answers", _nothing(model)),
        examine("every request is answered, and once", _once(model, asked)),
        compare("a second time gives the same", partial(_again, model, asked)),
        compare("a batch gives what one by one gives", partial(_alone, model, asked)),
        compare("answers follow the request, not its place", partial(_reversed, model, asked)),
        examine("probabilities are over the choices", _probabilities(model, asked)),
        compare("a corrupt image spoils no neighbour", partial(_corrupt, model, asked)),
    ]


class Comparison:
    """Compares two series of answers; where a tolerance is allowed it writes down what was measured."""

    def __init__(self, allowed: Tolerance) -> None:
        self._allowed = allowed
        self.measured: list[str] = []

    def __call__(self, expected: Sequence[Response], found: Sequence[Response]) -> Iterator[str]:
        """Yield the answers that differ, if more do than are allowed."""
        pairs = list(enumerate(zip(expected, found, strict=True)))
        different = [(i, a, b) for i, (a, b) in pairs if not _same(a, b, self._allowed)]
        if self._allowed != Tolerance():
            said = f"{len(different)} of {len(pairs)} answers changed, {self._allowed.rate:.1%} may"
            if any(a.probs for a in expected):
                furthest = max(_distance(a, b) for _, (a, b) in pairs)
                said += f"; probabilities moved by at most {furthest:.2g}"
            self.measured.append(said)
        if len(different) > self._allowed.rate * len(pairs):
            yield from (f"answer {i}: {_show(a)} became {_show(b)}" for i, a, b in different)


def _enough(requests: Sequence[Request]) -> Iterator[str]:
    if len(requests) < 2:
        yield f"{len(requests)} with one decoding; at least 2 are needed"


def _identity(model: Model) -> Iterator[str]:
    if not _SHA256.fullmatch(model.fingerprint):
        yield f"{model.fingerprint!r} is not 64 hex digits"
    if not model.identity:
        yield "the identity is empty"
    if model.fingerprint != fingerprint(dict(model.identity)):
        yield "it is of something else"


def _distinct(model: Model, variants: Sequence[Model]) -> Iterator[str]:
    seen = {model.fingerprint}
    for variant in variants:
        if variant.fingerprint in seen:
            yield f"two have {variant.fingerprint}: {dict(variant.identity)}"
        seen.add(variant.fingerprint)


def _nothing(model: Model) -> Iterator[str]:
    yield from (f"answered {index}: {response.text!r}" for index, response in model.answer([]))


def _once(model: Model, requests: Sequence[Request]) -> Iterator[str]:
    answers = list(model.answer(requests))
    yield from (f"answer {index}: {response.error}" for index, response in answers if response.error)
    indices = [index for index, _ in answers]
    if sorted(indices) != list(range(len(requests))):
        yield f"{len(requests)} requests got the indices {indices}"


def _again(model: Model, requests: Sequence[Request], compare: Comparison) -> Iterator[str]:
    yield from compare(_ask(model, requests), _ask(model, requests))


def _alone(model: Model, requests: Sequence[Request], compare: Comparison) -> Iterator[str]:
    alone = [_ask(model, [request])[0] for request in requests]
    yield from compare(alone, _ask(model, requests))


def _reversed(model: Model, requests: Sequence[Request], compare: Comparison) -> Iterator[str]:
    backwards = _ask(model, requests[::-1])[::-1]
    yield from compare(_ask(model, requests), backwards)


def _probabilities(model: Model, requests: Sequence[Request]) -> Iterator[str]:
    for index, (request, response) in enumerate(zip(requests, _ask(model, requests), strict=True)):
        probs = response.probs
        if probs is None:
            continue
        if len(probs) != len(request.choices):
            yield f"request {index}: {len(probs)} probabilities for {len(request.choices)} choices"
        if not all(0.0 <= p <= 1.0 for p in probs):
            yield f"request {index}: {probs} are not in 0..1"


def _corrupt(model: Model, requests: Sequence[Request], compare: Comparison) -> Iterator[str]:
    place = next((i for i, r in enumerate(requests) if r.images), None)
    if place is None:
        return
    corrupt = _with_images(requests[place], lambda _: _CORRUPT)
    spoiled = [*requests[:place], corrupt, *requests[place + 1 :]]
    before, after = _ask(model, requests), _ask(model, spoiled)
    if model.wants_pixels and after[place].error is None:
        yield f"request {place} has an image that cannot be read, and was answered {after[place].text!r}"
    del before[place], after[place]
    yield from compare(before, after)


def _with_images(request: Request, change: Callable[[Image], Image]) -> Request:
    messages = tuple(
        Message(role=m.role, parts=tuple(change(p) if isinstance(p, Image) else p for p in m.parts))
        for m in request.messages
    )
    return replace(request, messages=messages)


def _ask(model: Model, requests: Sequence[Request]) -> list[Response]:
    answers = dict(model.answer(requests))
    return [answers[index] for index in range(len(requests))]


def _same(a: Response, b: Response, allowed: Tolerance) -> bool:
    if (a.text, a.thinking, a.finish_reason, a.error) != (b.text, b.thinking, b.finish_reason, b.error):
        return False
    if a.probs is None or b.probs is None:
        return a.probs is b.probs
    return len(a.probs) == len(b.probs) and _distance(a, b) <= allowed.probs


def _distance(a: Response, b: Response) -> float:
    """The largest difference of a probability."""
    return max((abs(p - q) for p, q in zip(a.probs or (), b.probs or (), strict=False)), default=0.0)


def _show(response: Response) -> str:
    return repr(response.error or response.text or response.probs)
