"""The file that answers are kept in."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from medassay.errors import StoreError
from medassay.store import salvage
from medassay.store.place import network_file_system
from medassay.store.sealing import SEALED, seal, unseal
from medassay.types import Response

APPLICATION_ID = 0x6D656461  # "meda", in the header of the file
CHUNK = 500  # keys in one query; SQLite before 3.32 takes 999 parameters
SYNCHRONOUS = "FULL"  # a commit waits for the disk
PATIENCE = 60  # seconds to wait for another process's commit

# The n-th script brings a file from version n to n + 1. Scripts are only ever added.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE models (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE)",
        "CREATE TABLE responses (model INTEGER NOT NULL, key BLOB NOT NULL, value BLOB, checksum INTEGER)",
        "CREATE UNIQUE INDEX responses_by_name ON responses (model, key)",
        "CREATE TABLE damaged (model INTEGER NOT NULL, key BLOB NOT NULL, value BLOB, checksum INTEGER)",
        f"PRAGMA application_id = {APPLICATION_ID}",
    ),
)

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a store holds: sound answers, broken ones, those that were set aside, and what SQLite says."""

    models: int
    sound: int
    broken: int
    set_aside: int
    problem: str


class Store:
    """Answers by (model fingerprint, request key). May be shared between threads and processes.

    `damaged` counts the rows that this object found damaged and set aside.
    """

    def __init__(self, path: Path | str) -> None:
        """Open the file at `path`; it and its folder are made where they are missing.

        Raises:
            StoreError: the folder cannot be written or lies on a network file system, or the file is not
                a store, or is of a later version.
        """
        self.path = Path(path)
        self.damaged = 0
        self._lock = threading.RLock()
        self._models: dict[str, int] = {}
        with self._explained():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if system := network_file_system(self.path):
                raise StoreError(
                    f"{self.path} lies on a network file system ({system}), which cannot hold a store: "
                    "choose a folder on a local disk and join the files with `medassay store merge`"
                )
            self._connection = sqlite3.connect(
                self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def get(self, fingerprint: str, keys: Iterable[str]) -> dict[str, Response]:
        """The answers that are there, of those asked for.

        Raises:
            StoreError: the file cannot be read.
        """
        found: dict[str, Response] = {}
        broken: list[bytes] = []
        with self._lock, self._explained():
            model = self._model(fingerprint)
            if model is None:
                return found
            for chunk in _chunks(bytes.fromhex(key) for key in keys):
                marks = ",".join("?" * len(chunk))
                for key, value, checksum in self._connection.execute(
                    f"SELECT CAST(key AS BLOB), {SEALED} FROM responses WHERE model = ? AND key IN ({marks})",  # noqa: S608
                    (model, *chunk),
                ):
                    response = unseal(fingerprint, key, value, checksum)
                    if response is None:
                        broken.append(key)
                    else:
                        found[key.hex()] = response
            if broken:
                self._set_aside(model, broken)
        return found

    def put(self, fingerprint: str, responses: Mapping[str, Response]) -> None:
        """Keep answers; on return they are on the disk. One that is there already stays as it is.

        Raises:
            ValueError: a response is a failure, which is never kept.
            StoreError: the disk is full or cannot be written. What was put before is not touched.
        """
        rows = [(bytes.fromhex(key), *seal(fingerprint, key, r)) for key, r in responses.items()]
        if not rows:
            return
        with self._lock, self._transaction():
            execute = self._connection.execute
            model = self._model(fingerprint)
            if model is None:  # not remembered: the transaction may yet fail
                model = execute("INSERT INTO models (fingerprint) VALUES (?)", (fingerprint,)).lastrowid
            self._connection.executemany(
                "INSERT INTO responses (model, key, value, checksum) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (model, key) DO NOTHING",
                [(model, *row) for row in rows],
            )

    def keys(self, fingerprint: str) -> Iterator[str]:
        """The keys of all that a model has answered, in order."""
        last = b""
        while True:
            with self._lock, self._explained():
                rows = self._connection.execute(
                    "SELECT CAST(key AS BLOB) FROM responses WHERE key > ? AND model ="
                    " (SELECT id FROM models WHERE fingerprint = ?) ORDER BY key LIMIT ?",
                    (last, fingerprint, 20 * CHUNK),
                ).fetchall()
            if not rows:
                return
            yield from (key.hex() for (key,) in rows)
            last = rows[-1][0]

    def fingerprints(self) -> list[str]:
        """The models that have answered."""
        with self._lock, self._explained():
            return [f for (f,) in self._connection.execute("SELECT fingerprint FROM models ORDER BY id")]

    def merge(self, other: Path | str) -> int:
        """Take in the answers of another store; where both have one, this store's stays.

        The other is left as it is. Of one that is damaged, all that can be read is taken.

        Returns:
            How many came.

        Raises:
            StoreError: `other` does not exist or is not a store.
        """
        if not Path(other).is_file():
            raise StoreError(f"{other} does not exist: name the store file to merge from")
        before = self._count()
        with Store(other) as source, source._explained():
            models = dict(source._connection.execute("SELECT id, fingerprint FROM models"))
            for rows in salvage.rows(source._connection):
                for model, sealed in groupby(rows, key=itemgetter(0)):
                    fingerprint = models.get(model, "")
                    self.put(fingerprint, self._sound(fingerprint, (row[1:] for row in sealed)))
        return self._count() - before

    def check(self) -> Health:
        """Read every answer against its checksum, and the file by SQLite's own check; changes nothing.

        Raises:
            StoreError: the file cannot be read at all.
        """
        sound = broken = 0
        with self._lock, self._explained():
            models = dict(self._connection.execute("SELECT id, fingerprint FROM models"))
            [problem] = self._connection.execute("PRAGMA quick_check(1)").fetchone()
            for rows in salvage.rows(self._connection):
                for model, key, value, checksum in rows:
                    known = unseal(models.get(model, ""), key, value, checksum) is not None
                    sound, broken = sound + known, broken + (not known)
            [aside] = self._connection.execute("SELECT count(*) FROM damaged").fetchone()
        return Health(
            models=len(models),
            sound=sound,
            broken=broken,
            set_aside=int(aside),
            problem="" if problem == "ok" else str(problem).splitlines()[0],
        )

    def close(self) -> None:
        """Close the file. What was put is on the disk already."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prepare(self) -> None:
        execute = self._connection.execute
        execute("BEGIN")  # one view of the three, though another process may be preparing the file
        [version] = execute("PRAGMA user_version").fetchone()
        [application] = execute("PRAGMA application_id").fetchone()
        [tables] = execute("SELECT count(*) FROM sqlite_master").fetchone()
        execute("COMMIT")
        if application != APPLICATION_ID and (application or version or tables):
            raise StoreError(f"{self.path} is not a medassay store: give another path")
        if version > len(MIGRATIONS):
            raise StoreError(f"{self.path} was written by a later medassay: upgrade, or give another path")
        execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA fullfsync = ON")  # macOS: a plain fsync stays in the drive's cache
        execute("PRAGMA cache_size = -65536")  # 64 MiB: the index of a million answers stays in memory
        if version < len(MIGRATIONS):
            with self._transaction():
                [version] = execute("PRAGMA user_version").fetchone()  # another process may have been first
                for script in MIGRATIONS[version:]:
                    for statement in script:
                        execute(statement)
                execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def _model(self, fingerprint: str) -> int | None:
        if fingerprint not in self._models:
            row = self._connection.execute(
                "SELECT id FROM models WHERE fingerprint = ?", (fingerprint,)
            ).fetchone()
            if row is None:
                return None
            self._models[fingerprint] = int(row[0])
        return self._models[fingerprint]

    def _sound(self, fingerprint: str, sealed: Iterable[tuple[bytes, bytes, int]]) -> dict[str, Response]:
        """What can be unsealed; the rest is counted as damaged."""
        opened = {key.hex(): unseal(fingerprint, key, value, checksum) for key, value, checksum in sealed}
        self.damaged += sum(response is None for response in opened.values())
        return {key: response for key, response in opened.items() if response is not None}

    def _set_aside(self, model: int, keys: list[bytes]) -> None:
        where = "FROM responses WHERE model = ? AND key = ?"
        with self._transaction():
            for key in keys:
                self._connection.execute(
                    f"INSERT INTO damaged SELECT model, key, value, checksum {where}",
                    (model, key),
                )
                self._connection.execute(f"DELETE {where}", (model, key))
        self.damaged += len(keys)
        _log.warning("%s: %d damaged answers set aside; they will be asked again", self.path, len(keys))

    def _count(self) -> int:
        with self._lock, self._explained():
            return int(self._connection.execute("SELECT count(*) FROM responses").fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One short write: all of it is on the disk afterwards, or nothing."""
        with self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Errors of the system and of SQLite as one line that says what to do."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{self.path}: {_advice(str(error))}") from error


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


_ADVICE = {  # by a word of what the system or SQLite says
    "full": "no space left: free some and run again; what was answered before is kept",
    "No space": "no space left: free some and run again; what was answered before is kept",
    "readonly": "cannot be written: check its permissions; what was answered before is kept",
    "Read-only": "cannot be written: check its permissions; what was answered before is kept",
    "Permission denied": "cannot be written: check its permissions; what was answered before is kept",
    "File exists": "its folder is a file: give another path",
    "Not a directory": "its folder is a file: give another path",
    "unable to open": "cannot be opened: check that its folder exists and may be written",
    "locked": f"another process held it for more than {PATIENCE} s: wait for that and run again",
    "disk I/O": "the disk gives errors: check it, or give another path",
    "malformed": "is damaged: name another store and `medassay store merge` this one into it",
    "not a database": "is not a medassay store: give another path",
}


def _advice(message: str) -> str:
    return next((advice for word, advice in _ADVICE.items() if word in message), message)
