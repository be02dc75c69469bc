"""Each contract of a model finds what it is there to find."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from medassay.contracts import Tolerance, check_model
from medassay.errors import ImageError
from medassay.images import read_bytes
from medassay.models.fakes import Scripted
from medassay.types import Choice, Decoding, Image, Message, Request, Response, Style, fingerprint

# One grey pixel as a GIF.
GOOD = Image(uri="inline:R0lGODdhAQABAIEAAICAgAAAAAAAAAAAACwAAAAAAQABAAAIBAABBAQAOw==")
CHOICES = (Choice(label="a"), Choice(label="b"))


def _request(index: int, *, image: bool = False) -> Request:
    parts = (f"Question {index}{'?' * index}", *((GOOD,) if image else ()))
    return Request(messages=(Message(role="user", parts=parts),), choices=CHOICES)


REQUESTS = [_request(0), _request(1, image=True), _request(2)]


class Careful:
    """Reads its images, answers each request for itself."""

    identity: Mapping[str, Any] = {"loader": "careful"}
    style = Style()
    wants_pixels = True

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.identity)

    def answer(self, requests: Sequence[Request], /) -> Iterator[tuple[int, Response]]:
        for index, request in enumerate(requests):
            yield index, self.say(request, index, requests)

    def say(self, request: Request, index: int, requests: Sequence[Request]) -> Response:
        try:
            size = sum(len(read_bytes(image)) for image in request.images if image.uri == GOOD.uri)
            if any(image.uri != GOOD.uri for image in request.images):
                raise ImageError("not an image")
        except ImageError as error:
            return Response(error=f"image: {error}")
        return Response(text=f"{len(request.text)} {size}", probs=(0.25, 0.75))


def _broken(model: Any, requests: Sequence[Request] = REQUESTS, **arguments: Any) -> set[str]:
    return {f.check for f in check_model(model, requests, **arguments) if not f.ok}


def test_good_models_pass():
    assert _broken(Careful()) == set()
    assert _broken(Scripted(lambda request: request.key), variants=[Scripted(lambda request: "")]) == set()


ALONE = "a batch gives what one by one gives"
ORDER = "answers follow the request, not its place"
SECOND = "a second time gives the same"
NEIGHBOUR = "a corrupt image spoils no neighbour"


class Padded(Careful):
    def say(self, request, index, requests):
        return Response(text=f"{max(len(r.text) for r in requests)}")


class Placed(Careful):
    def say(self, request, index, requests):
        return Response(text=f"{index}")


class Forgetful(Careful):
    calls = itertools.count()

    def say(self, request, index, requests):
        return Response(text=f"{next(self.calls)}")


class Spoiled(Careful):
    def say(self, request, index, requests):
        answers = [super(Spoiled, self).say(r, index, requests) for r in requests]
        return next((a for a in answers if a.error), answers[index])


class Blind(Careful):
    def say(self, request, index, requests):
        return Response(text="fine")


class Short(Careful):
    def answer(self, requests, /):
        yield from list(super().answer(requests))[:2]


class Twice(Careful):
    def answer(self, requests, /):
        yield from super().answer(requests)
        yield from super().answer(requests)


class Raising(Careful):
    def answer(self, requests, /):
        raise RuntimeError("out of luck")


class Talkative(Careful):
    def answer(self, requests, /):
        yield from super().answer(requests or REQUESTS[:1])


class Failing(Careful):
    def say(self, request, index, requests):
        return Response(error="timeout: always")


class Odds(Careful):
    def say(self, request, index, requests):
        return Response(text="a", probs=(0.5,))


class Logits(Careful):
    def say(self, request, index, requests):
        return Response(text="a", probs=(-3.0, 4.0))


class Nameless(Careful):
    fingerprint = "model-1"


class Mislabelled(Careful):
    fingerprint = "0" * 64


@pytest.mark.parametrize(
    ("model", "found"),
    [
        (Padded(), {ALONE}),
        (Placed(), {ALONE, ORDER}),
        (Forgetful(), {ALONE, ORDER, SECOND}),
        (Spoiled(), {NEIGHBOUR}),
        (Blind(), {NEIGHBOUR}),
        (Short(), {"every request is answered, and once"}),
        (Twice(), {"every request is answered, and once"}),
        (Raising(), {"every request is answered, and once", "no requests, no answers"}),
        (Talkative(), {"no requests, no answers"}),
        (Failing(), {"every request is answered, and once"}),
        (Odds(), {"probabilities are over the choices"}),
        (Logits(), {"probabilities are over the choices"}),
        (Nameless(), {"the fingerprint is the hash of the identity"}),
        (Mislabelled(), {"the fingerprint is the hash of the identity"}),
    ],
)
def test_a_model_with_a_fault(model, found):
    assert found <= _broken(model)


def test_a_variant_with_the_same_fingerprint():
    assert _broken(Careful(), variants=[Careful()]) == {"the fingerprint changes with the model"}


def test_one_decoding_at_a_time_and_at_least_two_requests():
    other = [replace(r, decoding=Decoding(max_tokens=3)) for r in REQUESTS]
    assert _broken(Careful(), [REQUESTS[0], *other]) == {"there are requests to ask"}


def test_rounding_is_allowed_where_it_is_said():
    class Rounding(Careful):
        def say(self, request, index, requests):
            return Response(text="a", probs=(0.25 + 1e-3 * len(requests), 0.75 - 1e-3 * len(requests)))

    class Rarely(Careful):
        def say(self, request, index, requests):
            return Response(text=f"{index == 2 and len(requests) > 1}")

    assert ALONE in _broken(Rounding())
    assert ALONE not in _broken(Rounding(), tolerance=Tolerance(probs=0.01))
    assert ALONE in _broken(Rarely())
    assert ALONE not in _broken(Rarely(), tolerance=Tolerance(rate=0.4))


def test_what_was_measured_is_said_within_a_tolerance_too():
    class Rarely(Careful):
        def say(self, request, index, requests):
            far = index == 2 and len(requests) > 1
            return Response(text=f"{far}", probs=(0.25 + 0.001 * far, 0.75))

    found = {f.check: f for f in check_model(Rarely(), REQUESTS, tolerance=Tolerance(probs=0.01, rate=0.4))}
    assert found[ALONE].ok
    assert found[ALONE].detail.startswith(
        "1 of 3 answers changed, 40.0% may; probabilities moved by at most 0.001"
    )
    exact = {f.check: f for f in check_model(Rarely(), REQUESTS)}
    assert "became" in exact[ALONE].detail
    assert "may" not in exact[ALONE].detail
