"""The ledger of a study: each event once, who, when and why, chained by hash so that none can be taken out.

A line is one entry in its one spelling; it holds the sha256 of the line before it (the first: of the lock).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Literal

from medassay.errors import DataError, StoreError
from medassay.files import durable
from medassay.workflows.studies.attest import spelled

Kind = Literal["locked", "chosen", "look begun", "look ended", "deviation", "reported"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event. `files` are what it made, by name, with their sha256."""

    number: int
    kind: Kind
    when: str
    who: str
    why: str
    files: Mapping[str, str]
    previous: str

    @property
    def line(self) -> bytes:
        """The entry as it stands in the file."""
        return spelled(asdict(self)) + b"\n"

    @property
    def sha256(self) -> str:
        """What the next entry holds of this one."""
        return sha256(self.line).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What is to be entered: see `Entry`."""

    kind: Kind
    when: str
    who: str
    why: str
    files: Mapping[str, str] = field(default_factory=dict)


def append(path: Path, event: Event, *, lock: str) -> Entry:
    """Enter an event, on the disk before it returns. `lock` is the sha256 of the study's lock.

    Raises:
        DataError: what stands there does not hold together.
        StoreError: it cannot be written.
    """
    held = read(path, lock=lock) if path.exists() else []
    entry = Entry(
        number=len(held) + 1,
        kind=event.kind,
        when=event.when,
        who=event.who,
        why=event.why,
        files=dict(event.files),
        previous=held[-1].sha256 if held else lock,
    )
    try:
        durable.append(path, entry.line)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from error
    return entry


def read(path: Path, *, lock: str) -> list[Entry]:
    """All entries in order.

    Raises:
        DataError: it cannot be read, or a line was changed, taken out or put in; names the line.
    """
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    held: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        entry = _entry(path, number, line)
        if entry.previous != (held[-1].sha256 if held else lock) or entry.number != number:
            raise DataError(
                f"{path}:{number}: does not follow from what stands before it: a line was changed"
            )
        held.append(entry)
    if not held or held[0].kind != "locked":
        raise DataError(f"{path}: does not begin with the lock")
    return held


def looks(entries: Sequence[Entry]) -> list[tuple[Entry, Entry | None]]:
    """Every look at the locked part that was begun, with its end; None where it did not come to one."""
    ends = {entry.why: entry for entry in entries if entry.kind == "look ended"}
    return [(entry, ends.get(str(entry.number))) for entry in entries if entry.kind == "look begun"]


def _entry(path: Path, number: int, line: bytes) -> Entry:
    try:
        entry = Entry(**json.loads(line))
        same = entry.line == line
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(f"{path}:{number}: is no entry as medassay writes it: it was changed") from error
    if not same:
        raise DataError(f"{path}:{number}: is no entry as medassay writes it: it was changed")
    return entry
