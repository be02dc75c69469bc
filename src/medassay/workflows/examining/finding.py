"""One check of a doctor: what was looked at, what was found, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from medassay.errors import MedassayError

Level = Literal["sound", "note", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check: what was looked at, what was found, and what to do where it is not sound."""

    place: str
    check: str
    level: Level
    said: str


Sayer = Callable[[str, Level, str], Finding]


def sayer(place: Path) -> Sayer:
    """What makes findings about one place."""
    return lambda check, level, said: Finding(place=str(place), check=check, level=level, said=said)


def words(error: Exception) -> str:
    """An error in a line."""
    return str(error) if isinstance(error, MedassayError) else f"{type(error).__name__}: {error}"
