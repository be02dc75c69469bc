"""The parsers of MMMU, which several harnesses copied, each in its own way."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Literal

Copy = Literal["official", "lmms-eval"]

_STRIPPED = (",", ".", "!", "?", ";", ":", "'")
_TOKENS = 5  # an answer of more words than that may name an option by its text
_KEYS = ("could be ", "so ", "is ", "thus ", "therefore ", "final ", "answer ", "result ")
_TRIVIAL = frozenset({":", ",", ".", "!", "?", ";", "'"})
_COMMAS = re.compile(r"-?\b\d{1,3}(?:,\d{3})+\b")
_SCIENTIFIC = re.compile(r"-?\d+(?:\.\d+)?[eE][+-]?\d+")
_SIMPLE = re.compile(r"-?(?:\d+\.\d+|\.\d+|\d+\b)(?![eE][+-]?\d+)(?![,\d])")


def letter(text: str, options: Sequence[str], *, copy: Copy = "official") -> str | None:
    """The letter that MMMU's parser reads; None where it draws one at random.

    Of several letters the one that stands last wins, an answer that names an option by its text counts from
    six words on, and a boxed or bold letter is not seen.

    Args:
        text: the answer.
        options: the texts of the options in order.
        copy: lmms-eval also takes a letter at the end of any word, and one before a full stop.
    """
    for mark in _STRIPPED:
        text = text.strip(mark)
    text = f" {text} "
    names = [chr(ord("A") + i) for i in range(len(options))]
    forms = ("({})", " {} ") if copy == "official" else ("({})", "{} ", "{}.")
    for place, form in enumerate(forms):
        if found := [name for name in names if form.format(name) in text]:
            last = "({})" if place == 0 else " {} "  # lmms-eval looks for the last place in this form alone
            return _last(found, [text.rfind(last.format(name)) for name in found])
    lower = text.lower()
    if len(text.split()) <= _TOKENS:
        return None
    held = [(name, option.lower()) for name, option in zip(names, options, strict=True)]
    named = [(name, lower.rfind(option)) for name, option in held if option in lower]
    return _last([name for name, _ in named], [place for _, place in named]) if named else None


def drawn(identity: str, options: int) -> str:
    """A letter drawn by the sample's id. The harnesses draw by a generator that the order of rows moves."""
    digest = hashlib.sha256(f"mmmu {identity}".encode()).digest()
    return chr(ord("A") + int.from_bytes(digest[:8], "big") % options)


def candidates(text: str) -> set[str | float]:
    """What an open answer may mean: the shortest tails behind key words, and all numbers in them."""
    keys = _tails(text)
    pieces = [*keys, *(number for key in keys for number in _numbers(key))]
    return {value for piece in pieces for value in normal(piece)}


def normal(text: str) -> list[str | float]:
    """A number as a float of two decimals, else lower case; one character gets a blank on either side."""
    text = text.strip()
    try:
        return [round(float(text.replace(",", "")), 2)]
    except ValueError:
        text = text.lower()
    return [f" {text}", f"{text} "] if len(text) == 1 else [text]


def open_right(text: str, golds: Iterable[str]) -> bool:
    """Whether any candidate of the answer matches."""
    return matched(candidates(text), golds)


def matched(said: Iterable[str | float], golds: Iterable[str]) -> bool:
    """Right where a gold text is part of a candidate, or a gold number equals one."""
    wanted = [value for gold in golds for value in normal(gold)]
    for value in said:
        if isinstance(value, str):
            if any(isinstance(gold, str) and gold in value for gold in wanted):
                return True
        elif value in wanted:
            return True
    return False


def _last(found: Sequence[str], places: Sequence[int]) -> str:
    """The first of those that stand last."""
    return found[places.index(max(places))]


def _tails(text: str) -> list[str]:
    whole = text.strip().strip(".").lower()
    pieces = re.split(r"\.\s(?=[A-Z])|\n", whole)  # in lower case only line ends part it
    tails = []
    for place, piece in enumerate(pieces):
        keys = (*_KEYS, "=") if place == len(pieces) - 1 else _KEYS
        behind = [piece.split(key)[-1].strip() for key in keys if key in piece]
        shortest = ""
        for tail in behind:
            if not shortest or len(tail) < len(shortest):
                shortest = tail
        if shortest and shortest not in _TRIVIAL:
            tails.append(shortest)
    return tails or [whole]


def _numbers(text: str) -> list[str]:
    return [number for form in (_COMMAS, _SCIENTIFIC, _SIMPLE) for number in form.findall(text)]
