"""Requests made of requests: another sentence, another turn, other images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from medassay.types import Decoding, Image, Message, Part, Request


def instructed(request: Request, words: str) -> Request:
    """The request with a paragraph at the end of what the user says last."""
    last = max(place for place, message in enumerate(request.messages) if message.role == "user")
    message = request.messages[last]
    *before, end = message.parts
    parts = (*before, f"{end}\n\n{words}") if isinstance(end, str) else (*message.parts, words)
    told = replace(message, parts=parts)
    return replace(request, messages=(*request.messages[:last], told, *request.messages[last + 1 :]))


def continued(request: Request, reply: str, words: str) -> Request:
    """The request with the reply to it, and what the user says then. No reply is shown as "(no reply)"."""
    turns = (
        Message(role="assistant", parts=(reply.strip() or "(no reply)",)),
        Message(role="user", parts=(words,)),
    )
    return replace(request, messages=(*request.messages, *turns))


def preceded(request: Request, turns: Sequence[Message]) -> Request:
    """The request with turns before its own, behind what the system says."""
    system = [message for message in request.messages if message.role == "system"]
    own = [message for message in request.messages if message.role != "system"]
    return replace(request, messages=(*system, *turns, *own))


def pictured(request: Request, change: Callable[[Image], tuple[Image, ...]]) -> Request:
    """The request with other images in the place of each image, or with none."""

    def parts(part: Part) -> tuple[Part, ...]:
        return (part,) if isinstance(part, str) else change(part)

    return replace(
        request,
        messages=tuple(
            replace(message, parts=tuple(new for part in message.parts for new in parts(part)))
            for message in request.messages
        ),
    )


def roomy(request: Request, tokens: int) -> Request:
    """The request with so many tokens for its reply, where nobody has said how many."""
    if request.decoding.max_tokens != Decoding().max_tokens:
        return request
    return replace(request, decoding=replace(request.decoding, max_tokens=tokens))
