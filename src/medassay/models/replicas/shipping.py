"""Requests on their way to a replica: what its machine cannot open travels inside."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace

from medassay.errors import ImageError, MissingExtra
from medassay.images import read_bytes, resolve
from medassay.types import Image, Request


def shipped(requests: Sequence[Request], *, same_machine: bool) -> list[Request]:
    """The requests with images that open where they go: as they are on this machine, else by content.

    The digest and the operations of an image stay, so the request keeps its key. What cannot be read here
    is sent as it is: the replica says so of that request alone.
    """
    if same_machine:
        return list(requests)
    held = {image: _carried(image) for request in requests for image in request.images}
    return [
        replace(
            request,
            messages=tuple(
                replace(m, parts=tuple(held[p] if isinstance(p, Image) else p for p in m.parts))
                for m in request.messages
            ),
        )
        for request in requests
    ]


def _carried(image: Image) -> Image:
    try:
        known = resolve(image)
        content = read_bytes(replace(known, ops=()))
    except (ImageError, MissingExtra):
        return image
    return replace(known, uri=f"inline:{base64.b64encode(content).decode()}")
