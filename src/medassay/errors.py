"""What can go wrong, as types. Every message says what happened, where, and what to do.

    MedassayError
     +- UsageError        the command or call is off                       exit 2
     |   +- UnknownName   no such benchmark, model, solver or metric
     |   +- NotPermitted  data that must not leave would
     +- DataError         a dataset's files are missing or not as described  exit 3
     |   +- ImageError    one image cannot be read
     +- ModelError        a model cannot be loaded                         exit 4
     +- StoreError        answers cannot be kept: disk, lock, damage       exit 5
     +- MissingExtra      an optional package is not installed             exit 6

A run that ended but is incomplete (failed rows) exits with 1; Ctrl-C with 130.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_REASON = 200  # characters


def reason(error: BaseException) -> str:
    """Why something went wrong in one line of a bearable length, from an error of any library."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= _REASON else f"{text[:_REASON]}..."


class MedassayError(Exception):
    """The root: shown to the user as one line, without a traceback."""

    exit_code = 1


class UsageError(MedassayError):
    """The command or the call is off."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that nothing answers to; suggests the nearest."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"`medassay list {kind}s` shows them all."
        super().__init__(f"no {kind} is called {name!r}: {hint}")
        self.kind, self.name, self.known = kind, name, tuple(known)


class NotPermitted(UsageError):
    """Data that must not leave would, and the user has not said that it may."""


class DataError(MedassayError):
    """A dataset's files are missing or not as described."""

    exit_code = 3


class ImageError(DataError):
    """One image cannot be read: a failed row, not a dead run."""


class ModelError(MedassayError):
    """A model cannot be loaded."""

    exit_code = 4


class StoreError(MedassayError):
    """Answers cannot be kept: no space, a lock, damage."""

    exit_code = 5


class MissingExtra(MedassayError):
    """An optional package is not installed; names the extra that brings it."""

    exit_code = 6

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed: pip install 'medassay[{extra}]'")
        self.package, self.extra = package, extra
