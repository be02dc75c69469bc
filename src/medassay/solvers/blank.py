"""The question with an empty image: what can be had from the words and the mere presence of a picture."""

from __future__ import annotations

from dataclasses import replace

from medassay.solvers.messages import pictured
from medassay.types import Case, Image, Op, Request, Turns

BLANK = Op(name="blank")


def blank(_case: Case, request: Request) -> Turns:
    """Ask once, each image replaced by an even grey one of the same size."""

    def emptied(image: Image) -> tuple[Image, ...]:
        return (replace(image, ops=(*image.ops, BLANK)),)

    [response] = yield [pictured(request, emptied)]
    return response
