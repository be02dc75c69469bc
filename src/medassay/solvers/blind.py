"""The question without its images: what can be had from the words alone."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import Case, Image, Request, Turns


def blind(_case: Case, request: Request) -> Turns:
    """Ask once, without images: the control that belongs beside every headline."""
    messages = tuple(
        replace(m, parts=tuple(p for p in m.parts if not isinstance(p, Image))) for m in request.messages
    )
    [response] = yield [replace(request, messages=messages)]
    return response
