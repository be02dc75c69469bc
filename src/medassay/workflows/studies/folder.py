"""A study's folder: its plan, its lock, its ledger, and what came of each step."""

from __future__ import annotations

import getpass
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from medassay.errors import DataError, UsageError
from medassay.workflows.studies import attest, ledger
from medassay.workflows.studies.attest import Envelope, digest
from medassay.workflows.studies.items import Item
from medassay.workflows.studies.ledger import Entry, Event, Kind
from medassay.workflows.studies.plan import Plan, read_plan

PLAN, LOCK, LEDGER, ITEMS = "plan.yaml", "lock.json", "ledger.jsonl", "items.json"
READERS = "readers.csv"
OPERATING, SEAL, SUMS, REPORT = "operating.json", "seal.json", "SHA256SUMS", "report"
CHOSEN, LOOKS = "chosen", "looks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A locked study as it was read: what is in it holds together, or it could not be."""

    folder: Path
    plan: Plan
    lock: Envelope
    entries: tuple[Entry, ...]
    items: Mapping[str, Item]

    @property
    def stated(self) -> Mapping[str, Any]:
        """What the lock says beside the hashes."""
        return self.lock.statement.predicate

    @property
    def operating(self) -> Mapping[str, Any]:
        """The operating points, by role.

        Raises:
            UsageError: none was chosen yet.
            DataError: the file is not what the ledger says.
        """
        chosen = [entry for entry in self.entries if entry.kind == "chosen"]
        if not chosen:
            raise UsageError(
                f"{self.folder}: choose the operating point first: medassay study choose {self.folder}"
            )
        path = self.folder / OPERATING
        if digest(path) != chosen[-1].files.get(OPERATING):
            raise DataError(f"{path} is not the one that the ledger names: it was changed")
        return dict(json.loads(path.read_bytes()))

    def add(self, kind: Kind, *, who: str, why: str, files: Mapping[str, str] | None = None) -> Entry:
        """Write an event into the ledger.

        Raises:
            DataError: the ledger does not hold together.
            StoreError: it cannot be written.
        """
        event = Event(kind=kind, when=now(), who=who, why=why, files=files or {})
        return ledger.append(self.folder / LEDGER, event, lock=self.lock.sha256)


def load(folder: Path) -> Study:
    """Read a study, and hold its plan, items and ledger against its lock.

    Raises:
        DataError: it is no study's folder, or a file of it was changed; names it.
    """
    if not (folder / LOCK).exists():
        raise DataError(f"{folder} is no locked study: medassay study lock PLAN.yaml --out {folder}")
    lock = attest.read(folder / LOCK, "study-lock")
    for name in (PLAN, ITEMS, *({READERS} & lock.statement.subjects.keys())):
        if digest(folder / name) != lock.statement.subjects.get(name):
            raise DataError(f"{folder / name} is not what was locked: it was changed")
    return Study(
        folder=folder,
        plan=read_plan(folder / PLAN),
        lock=lock,
        entries=tuple(ledger.read(folder / LEDGER, lock=lock.sha256)),
        items={
            held["id"]: Item(**{**held, "images": tuple(held["images"])})
            for held in json.loads((folder / ITEMS).read_bytes())
        },
    )


def files_of(folder: Path, below: Path) -> dict[str, str]:
    """The sha256 of every file below a path, by its name from the study's folder."""
    return {
        str(path.relative_to(folder).as_posix()): digest(path)
        for path in sorted(below.rglob("*"))
        if path.is_file()
    }


def somebody(who: str | None) -> str:
    """Who acts: as stated, else the name of the account."""
    if who:
        return who
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise UsageError("say who you are: --who NAME") from error


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
