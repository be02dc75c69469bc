"""The question without its images: what can be had from the words alone."""

from __future__ import annotations

from medassay.solvers.messages import pictured
from medassay.types import Case, Request, Turns


def blind(_case: Case, request: Request) -> Turns:
    """Ask once, without images: the control that belongs beside every headline."""
    [response] = yield [pictured(request, lambda _image: ())]
    return response
