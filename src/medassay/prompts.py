"""Words around a question. A prompt sees a case, never its target."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from functools import partial
from inspect import signature
from itertools import groupby
from string import ascii_uppercase

from medassay.errors import DataError
from medassay.types import Case, Decoding, Image, Kind, Message, Part, Prompt, Request, Style
from medassay.wordings import OWN, Wording

_LETTERED = frozenset[Kind]({"choice", "multi-choice"})
_ANY_NUMBER = frozenset[Kind]({"multi-choice", "multilabel"})
_LISTED = frozenset[Kind]({"label", "multilabel"})


def plain(case: Case, wording: Wording = OWN) -> Request:
    """The question, its options and the form of the answer."""
    return _request(case, wording, tell=True)


def brief(case: Case, wording: Wording = OWN) -> Request:
    """As `plain`, but closed, yes/no and open questions are asked in the same words.

    For datasets that tell these kinds apart by the gold answer: the words must not give it away.
    """
    return _request(case, wording, tell=False)


def interleaved(case: Case, wording: Wording = OWN) -> Request:
    """As `plain`, with each image where the words `<image n>` first name it.

    The words stay, so that a model whose style puts all images first can still tell which is meant. Images
    that nothing names come first, in their order.

    Raises:
        DataError: a placeholder names an image that is not there.
    """
    request = plain(case, wording)
    (message,) = request.messages
    parts, shown = list[Part](), set[int]()
    for piece in re.split(r"(<image \d+>)", request.text):
        match = re.fullmatch(r"<image (\d+)>", piece)
        index = int(match[1]) - 1 if match else -1
        if match and not 0 <= index < len(case.images):
            raise DataError(f"{case.id}: it names {piece} and has {len(case.images)} images: mend its loader")
        parts.append(piece)
        if match and index not in shown:
            parts.append(case.images[index])
            shown.add(index)
    unnamed = tuple(image for index, image in enumerate(case.images) if index not in shown)
    return replace(request, messages=(replace(message, parts=(*unnamed, *_joined(parts))),))


def worded(prompt: Prompt, wording: Wording) -> Prompt | None:
    """The prompt in another wording; None for one that has only its own words (no parameter `wording`)."""
    if "wording" not in signature(prompt).parameters:
        return None
    takes_wording: Callable[..., Request] = prompt
    return partial(takes_wording, wording=wording)


def styled(request: Request, style: Style) -> Request:
    """The request as a model's card wants it: system prompt, place of the images, decoding, thinking."""
    messages = request.messages
    if style.images_first:
        messages = tuple(replace(m, parts=_images_first(m.parts)) for m in messages)
    if style.system and not any(m.role == "system" for m in messages):
        messages = (Message(role="system", parts=(style.system,)), *messages)
    decoding = _decoding(request.decoding, style)
    ending = " ".join(filter(None, (style.closing, style.no_think if decoding.thinking is False else "")))
    if ending:
        messages = _ended(messages, ending)
    return replace(request, messages=messages, decoding=decoding)


def _request(case: Case, wording: Wording, *, tell: bool) -> Request:
    text = wording.text(case, _options(case, wording), tell=tell)
    message = Message(role="user", parts=(*case.images, text))
    return Request(messages=(message,), choices=case.choices, exclusive=case.kind not in _ANY_NUMBER)


def _options(case: Case, wording: Wording) -> str:
    labels = [c.label for c in case.choices]
    if case.kind in _LETTERED:
        lettered = zip(ascii_uppercase, labels, strict=False)
        return "\n".join(wording.option.format(letter=letter, label=label) for letter, label in lettered)
    return wording.listed.format(labels=", ".join(labels)) if case.kind in _LISTED and labels else ""


def _joined(parts: Iterable[Part]) -> Iterator[Part]:
    """Neighbouring texts as one."""
    for is_text, group in groupby(parts, key=lambda part: isinstance(part, str)):
        if is_text:
            yield "".join(str(part) for part in group)
        else:
            yield from group


def _images_first(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: not isinstance(part, Image)))


def _ended(messages: tuple[Message, ...], word: str) -> tuple[Message, ...]:
    """The messages with `word` as the last of the user; once, however often it is asked for."""
    last = max((place for place, message in enumerate(messages) if message.role == "user"), default=None)
    if last is None or str(messages[last].parts[-1]).endswith(word):
        return messages
    ended = replace(messages[last], parts=tuple(_joined((*messages[last].parts, f" {word}"))))
    return (*messages[:last], ended, *messages[last + 1 :])


def _decoding(decoding: Decoding, style: Style) -> Decoding:
    if not style.decoding:
        return decoding
    default = Decoding()
    untouched = {f.name for f in fields(Decoding) if getattr(decoding, f.name) == getattr(default, f.name)}
    return replace(decoding, **{k: v for k, v in style.decoding.items() if k in untouched})
