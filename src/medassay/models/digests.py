"""Requests with the digests of their images: what an answer that is drawn is seeded by."""

from __future__ import annotations

from dataclasses import replace

from medassay.images import resolve
from medassay.types import Image, Request


def resolved(request: Request) -> Request:
    """The request with the digests of its images, which a generator is seeded by.

    Raises:
        ImageError: an image cannot be read.
    """
    messages = tuple(
        replace(m, parts=tuple(resolve(p) if isinstance(p, Image) else p for p in m.parts))
        for m in request.messages
    )
    return replace(request, messages=messages)
