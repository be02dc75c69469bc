"""The forms in which agents speak. Each reads a whole reply or raises `Malformed`; none guesses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from medassay import codec
from medassay.solvers.context import Context
from medassay.solvers.grammar import Malformed
from medassay.text.label import declines
from medassay.types import Case

_PLACEHOLDER = re.compile(r"<[^<>]*>")
_FENCE = re.compile(r"\s*```\w*\n(.*)\n```\s*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What an agent thinks. `answer` is "" where it declines to answer: it then has no voice."""

    reasoning: str
    answer: str = ""

    def __str__(self) -> str:
        """As other agents read it."""
        return f"Reasoning: {self.reasoning}\nAnswer: {self.answer or '(declined to answer)'}"


def opinion(text: str, context: Context, case: Case) -> Opinion:
    """A reasoning and an answer under their headings, the answer such that the benchmark can read it.

    Raises:
        Malformed: a heading is missing, or the answer cannot be read. To decline is an opinion.
    """
    try:
        parts = sections(text, ("Reasoning", "Answer"))
        answer = parts["Answer"]
        if context.read(case, answer) is None and not declines(answer):
            raise Malformed(f"the answer {answer[:80]!r} is not in the form that the question asks for")
    except Malformed:
        if declines(text):
            return Opinion(reasoning=text.strip())
        raise
    return Opinion(reasoning=parts["Reasoning"], answer="" if declines(answer) else answer)


def sections(text: str, headings: Sequence[str]) -> dict[str, str]:
    """What stands under each heading, which begins a line and ends with a colon.

    The last line that begins with a heading counts, so that "Answer:" inside a reasoning does not cut it.

    Raises:
        Malformed: a heading is missing, out of order, or has nothing (or the words of the form) under it.
    """
    places = []
    for heading in headings:
        found = list(
            re.finditer(rf"^[\W_]*{re.escape(heading)}[*_\s]*:[*_]*", text, re.IGNORECASE | re.MULTILINE)
        )
        if not found:
            raise Malformed(f'no line begins with "{heading}:"')
        places.append(found[-1] if heading == headings[-1] else found[0])
    starts = [place.start() for place in places]
    if starts != sorted(starts):
        raise Malformed(f"the headings are not in the order {', '.join(headings)}")
    ends = [*starts[1:], len(text)]
    parts = {
        heading: text[place.end() : end].strip().strip("*_").strip()
        for heading, place, end in zip(headings, places, ends, strict=True)
    }
    for heading, part in parts.items():
        if not part or _PLACEHOLDER.fullmatch(part):
            raise Malformed(f'nothing stands after "{heading}:"')
    return parts


def prose(text: str) -> str:
    """Any words.

    Raises:
        Malformed: there are none.
    """
    if not text.strip():
        raise Malformed("it is empty")
    return text.strip()


def one_of(text: str, words: Sequence[str]) -> str:
    """One of the words, and nothing beside it but punctuation.

    Raises:
        Malformed: the reply is something else.
    """
    said = text.strip(" \t\r\n.!*_\"'`").lower()
    if said not in words:
        raise Malformed(f"it is not one of the words {', '.join(words)}")
    return said


def unfenced(text: str) -> str:
    """The text without a code fence round all of it."""
    fenced = _FENCE.fullmatch(text)
    return fenced[1] if fenced else text


def json_list(text: str, keys: Sequence[str], length: int) -> list[dict[str, Any]]:
    """A JSON list of so many objects that each have the keys; a code fence round it is allowed.

    Raises:
        Malformed: it is something else.
    """
    try:
        held = codec.loads(unfenced(text))
    except ValueError as error:
        raise Malformed(f"it is no JSON ({error})") from error
    return entries(held, keys, length)


def entries(held: object, keys: Sequence[str], length: int) -> list[dict[str, Any]]:
    """What `json_list` reads, of JSON that is read already.

    Raises:
        Malformed: it is something else.
    """
    if not isinstance(held, list) or not all(isinstance(entry, dict) for entry in held):
        raise Malformed("it is no JSON list of objects")
    if len(held) != length:
        raise Malformed(f"it has {len(held)} entries and should have {length}")
    for key in keys:
        if not all(key in entry for entry in held):
            raise Malformed(f'an entry has no "{key}"')
    return held


def words_of(entry: dict[str, Any], key: str) -> str:
    """The text under a key.

    Raises:
        Malformed: there is none.
    """
    held = entry[key]
    if not isinstance(held, str) or not held.strip():
        raise Malformed(f'"{key}" should be a text that is not empty')
    return held.strip()


def distinct(names: Sequence[str], what: str) -> None:
    """Raises `Malformed` where two names are the same but for case."""
    lowered = [name.lower() for name in names]
    for name in lowered:
        if lowered.count(name) > 1:
            raise Malformed(f"two {what} are called {name!r}")
