"""Requests made of requests: another sentence, another turn, other images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from medassay.types import Decoding, Image, Message, Part, Request


def instructed(request: Request, words: str) -> Request:
    """The request with a paragraph at the end of what the user says last."""
    return _last_said(request, lambda parts: (*parts[:-1], *_paragraphs(parts[-1], words)))


def introduced(request: Request, words: str) -> Request:
    """The request with a paragraph before the first words of what the user says last."""

    def change(parts: tuple[Part, ...]) -> tuple[Part, ...]:
        first = next((place for place, part in enumerate(parts) if isinstance(part, str)), len(parts))
        return (*parts[:first], *_paragraphs(words, *parts[first : first + 1]), *parts[first + 1 :])

    return _last_said(request, change)


def _paragraphs(one: Part, *others: Part) -> tuple[Part, ...]:
    """Texts as one, with a blank line between them; an image stands by itself."""
    parts = (one, *others)
    if all(isinstance(part, str) for part in parts):
        return ("\n\n".join(str(part) for part in parts),)
    return parts


def _last_said(request: Request, change: Callable[[tuple[Part, ...]], tuple[Part, ...]]) -> Request:
    last = max(place for place, message in enumerate(request.messages) if message.role == "user")
    said = replace(request.messages[last], parts=change(request.messages[last].parts))
    return replace(request, messages=(*request.messages[:last], said, *request.messages[last + 1 :]))


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
