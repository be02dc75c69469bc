"""Options of a question with choices, and the letter of the right one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import ascii_uppercase
from typing import Any

from medassay.errors import DataError
from medassay.types import Choice, Target


class NotAnOption(DataError):
    """The answer of a row is none of its options."""


Lettered = tuple[tuple[Choice, ...], Target]


def by_letter(options: Mapping[str, Any], gold: str, row: str) -> Lettered:
    """The options of a row whose answer is a letter.

    Args:
        options: letter to text in the file's order; what is empty is no option, and the next move up.
        gold: the letter of the right one.
        row: the file and the row, for the error.

    Raises:
        NotAnOption: the letter is none of the options.
    """
    held = _present(options)
    letter = gold.strip().upper()
    if letter not in held:
        raise NotAnOption(f"{row}: the answer {gold!r} is none of its options {', '.join(held)}.")
    return _choices(held), Target(texts=(ascii_uppercase[list(held).index(letter)],))


def by_text(options: Mapping[str, Any], gold: str, row: str) -> Lettered:
    """The options of a row whose answer is the text of an option.

    Equal texts decide; if there are none, texts that are equal without case, then without punctuation. Where
    several options bear the right text each of their letters is right.

    Args:
        options: letter to text in the file's order; what is empty is no option, and the next move up.
        gold: the text of the right one.
        row: the file and the row, for the error.

    Raises:
        NotAnOption: no option has that text.
    """
    held = _present(options)
    for form in (str.strip, str.casefold, _letters_and_digits):
        wanted = form(gold.strip())
        right = [ascii_uppercase[i] for i, text in enumerate(held.values()) if form(text) == wanted]
        if right and wanted:
            return _choices(held), Target(texts=tuple(right))
    raise NotAnOption(f"{row}: the answer {gold!r} is none of its options {', '.join(held.values())}.")


def _present(options: Mapping[str, Any]) -> dict[str, str]:
    texts = {letter: str(text).strip() for letter, text in options.items() if text is not None}
    return {letter: text for letter, text in texts.items() if text}


def _choices(held: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(label=text) for text in held.values())


def _letters_and_digits(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
