"""Pieces of a YAML file that know where they stand, so that every mistake names its line.

All scalars stay text: `no`, `1.0` and `2024-01-01` are labels as often as they are anything else.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medassay.errors import DataError

_LISTED = 30
_YES, _NO = frozenset({"yes", "true"}), frozenset({"no", "false"})


def nearest(word: str, known: Collection[str]) -> str:
    """How to go on after an unknown word: the nearest known one, and all of them."""
    lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), list(lower), n=1, cutoff=0.6)
    return (f"did you mean {lower[near[0]]!r}? " if near else "") + f"There are: {listed(known)}"


def listed(names: Collection[str]) -> str:
    """Some names in one line, without the line breaks that headers of Excel have."""
    more = f", and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(" ".join(name.split()) for name in [*names][:_LISTED]) + more


@dataclass(frozen=True, slots=True)
class Piece:
    """A node of a YAML file (`yaml.Node`, whose kinds only `id` tells apart without loading yaml)."""

    path: Path
    node: Any

    @property
    def place(self) -> str:
        """File and line, as editors take them."""
        return f"{self.path}:{self.node.start_mark.line + 1}"

    def fail(self, why: str) -> DataError:
        """The error to raise: `why` says what is wrong and what to write instead."""
        return DataError(f"{self.place}: {why}")

    def text(self) -> str:
        """One word or sentence.

        Raises:
            DataError: it is empty, a list or a mapping.
        """
        if self.node.id != "scalar" or not self.node.value.strip():
            raise self.fail("one word or sentence belongs here")
        return str(self.node.value).strip()

    def raw(self) -> str:
        """A text that may be a blank: a separator.

        Raises:
            DataError: it is empty, a list or a mapping.
        """
        if self.node.id != "scalar" or not self.node.value:
            raise self.fail("a text in quotes belongs here, such as ';'")
        return str(self.node.value)

    def flag(self) -> bool:
        """Yes or no.

        Raises:
            DataError: it is neither.
        """
        word = self.text().lower()
        if word not in _YES | _NO:
            raise self.fail(f"{word!r} should be yes or no")
        return word in _YES

    def one_of(self, known: Collection[str]) -> str:
        """One of some words.

        Raises:
            DataError: it is none of them.
        """
        word = self.text()
        if word not in known:
            raise self.fail(f"{word!r} is not known: {nearest(word, known)}")
        return word

    def texts(self) -> tuple[str, ...]:
        """A list of words, or one word as a list of one. Members may be empty text in quotes.

        Raises:
            DataError: it is a mapping, or a member is not a word.
        """
        if self.node.id == "scalar":
            return (self.text(),)
        if self.node.id != "sequence" or any(member.id != "scalar" for member in self.node.value):
            raise self.fail("a word or a list of words belongs here: [one, two]")
        return tuple(str(member.value).strip() for member in self.node.value)

    def members(self) -> list[Piece]:
        """The members of a list, at least one.

        Raises:
            DataError: it is no list, or empty.
        """
        if self.node.id != "sequence" or not self.node.value:
            raise self.fail("a list belongs here, each member behind a hyphen")
        return [Piece(self.path, member) for member in self.node.value]

    def entries(self, known: Collection[str] = ()) -> dict[str, Piece]:
        """The values of a mapping by key, in order; `known` are the keys that it may have (none named: any).

        Raises:
            DataError: it is no mapping, or a key is not known or occurs twice.
        """
        if self.node.id != "mapping":
            raise self.fail("`key: value` lines belong here")
        found: dict[str, Piece] = {}
        for key, value in self.node.value:
            name = Piece(self.path, key).text()
            if known and name not in known:
                raise Piece(self.path, key).fail(f"unknown key {name!r}: {nearest(name, known)}")
            if name in found:
                raise Piece(self.path, key).fail(f"the key {name!r} occurs twice: keep one")
            found[name] = Piece(self.path, value)
        return found

    @property
    def is_empty(self) -> bool:
        """Whether nothing follows the key."""
        return self.node.id == "scalar" and not self.node.value.strip()

    @property
    def is_mapping(self) -> bool:
        """Whether `key: value` lines follow."""
        return bool(self.node.id == "mapping")


def read_pieces(path: Path, *, example: str = "`medassay data new` writes a first one") -> Piece:
    """The whole of a YAML file; `example` says where there is one, to those who have none.

    Raises:
        DataError: it is missing, empty, not UTF-8 or not YAML; names the line.
    """
    import yaml

    try:
        node = yaml.compose(path.read_text("utf-8-sig"), Loader=yaml.BaseLoader)
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file: {example}") from error
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 text ({error}): save it as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        why = error.problem or error.context
        raise DataError(
            f"{path}:{line}: not YAML ({why}): put texts with : or # or tabs in quotes"
        ) from error
    except RecursionError as error:
        raise DataError(f"{path}: nested too deeply to be read: {example}") from error
    except yaml.YAMLError as error:
        why = str(error).partition("\n")[0]
        raise DataError(f"{path}: not YAML ({why}): save it as plain text") from error
    if node is None:
        raise DataError(f"{path}: empty: {example}")
    return Piece(path, node)
