"""The response store: the one durable thing. What was answered once is never asked again.

A SQLite file in WAL mode with synchronous FULL: when `put` returns, the answers survive a crash of the
process and of the machine. Several processes may use one file at a time. Every row carries a checksum,
because a flipped byte passes SQLite's own checks; a row that fails it is set aside and counts as absent.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from medassay import codec
from medassay.errors import StoreError
from medassay.types import Response

APPLICATION_ID = 0x6D656461  # "meda", in the header of the file
CHUNK = 500  # keys in one query; SQLite before 3.32 takes 999 parameters
LONG = 512  # bytes from which compressing a value pays
PATIENCE = 60  # seconds to wait for another process's commit

# fmt: off
NETWORK_FILE_SYSTEMS = frozenset([
    "afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.gcsfuse", "fuse.glusterfs", "fuse.juicefs",
    "fuse.s3fs", "fuse.sshfs", "gfs2", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs",
    "pvfs2", "smb2", "smb3", "smbfs", "wekafs",
])
# fmt: on

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
                    f"SELECT key, value, checksum FROM responses WHERE model = ? AND key IN ({marks})",  # noqa: S608
                    (model, *chunk),
                ):
                    response = _open(fingerprint, key, value, checksum)
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
        rows = [(bytes.fromhex(key), *_seal(fingerprint, key, r)) for key, r in responses.items()]
        with self._lock, self._transaction():
            model = self._model(fingerprint, make=True)
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
                    "SELECT key FROM responses WHERE key > ? AND model ="
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

        Returns:
            How many came.

        Raises:
            StoreError: `other` does not exist or is not a store.
        """
        if not Path(other).is_file():
            raise StoreError(f"{other} does not exist: name the store file to merge from")
        before = self._count()
        with Store(other) as source:
            for model in source.fingerprints():
                for keys in _chunks(source.keys(model)):
                    self.put(model, source.get(model, keys))
            self.damaged += source.damaged
        return self._count() - before

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
        [version] = execute("PRAGMA user_version").fetchone()
        [application] = execute("PRAGMA application_id").fetchone()
        [tables] = execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application != APPLICATION_ID and (application or version or tables):
            raise StoreError(f"{self.path} is not a medassay store: give another path")
        if version > len(MIGRATIONS):
            raise StoreError(f"{self.path} was written by a later medassay: upgrade, or give another path")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = FULL")
        execute("PRAGMA fullfsync = ON")  # macOS: a plain fsync stays in the drive's cache
        execute("PRAGMA cache_size = -65536")  # 64 MiB: the index of a million answers stays in memory
        if version < len(MIGRATIONS):
            with self._transaction():
                [version] = execute("PRAGMA user_version").fetchone()  # another process may have been first
                for script in MIGRATIONS[version:]:
                    for statement in script:
                        execute(statement)
                execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def _model(self, fingerprint: str, *, make: bool = False) -> int | None:
        if fingerprint not in self._models:
            if make:
                self._connection.execute(
                    "INSERT INTO models (fingerprint) VALUES (?) ON CONFLICT DO NOTHING", (fingerprint,)
                )
            row = self._connection.execute(
                "SELECT id FROM models WHERE fingerprint = ?", (fingerprint,)
            ).fetchone()
            if row is None:
                return None
            if make and self._connection.in_transaction:
                return int(row[0])  # not remembered: the transaction may yet fail
            self._models[fingerprint] = int(row[0])
        return self._models[fingerprint]

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
            raise StoreError(
                f"{self.path}: {_advice(str(error))}; what was answered before is kept"
            ) from error


def network_file_system(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str | None:
    """The name of the network file system that holds `path`; None if it is local or cannot be told."""
    try:
        lines = mounts.read_text(errors="replace").splitlines()
    except OSError:
        return None
    place = path.resolve()
    best, system = -1, None
    for line in lines:
        left, _, right = line.partition(" - ")
        point = Path(
            re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), left.split()[4])
        )  # "\040": a blank
        if place.is_relative_to(point) and len(point.parts) >= best:  # a later mount hides an earlier one
            best, system = len(point.parts), right.split()[0]
    return system if system in NETWORK_FILE_SYSTEMS else None


def _seal(fingerprint: str, key: str, response: Response) -> tuple[bytes, int]:
    if response.error is not None:
        raise ValueError(f"a failure is never stored: {response.error}")
    value = codec.dumps(codec.plain(response)).encode()
    if len(value) >= LONG:
        value = zlib.compress(value)  # begins with "x", JSON with "{"
    return value, _checksum(fingerprint, bytes.fromhex(key), value)


def _open(fingerprint: str, key: bytes, value: bytes, checksum: int) -> Response | None:
    """The response, or None where the row is damaged."""
    if _checksum(fingerprint, key, value) != checksum:
        return None
    return codec.restore(Response, json.loads(zlib.decompress(value) if value[:1] == b"x" else value))


def _checksum(fingerprint: str, key: bytes, value: bytes) -> int:
    return zlib.crc32(value, zlib.crc32(key, zlib.crc32(fingerprint.encode())))


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _advice(message: str) -> str:
    known = {
        "full": "no space left: free some and run again",
        "No space": "no space left: free some and run again",
        "readonly": "cannot be written: check its permissions",
        "read-only": "cannot be written: check its permissions",
        "Permission denied": "cannot be written: check its permissions",
        "unable to open": "cannot be opened: check that the folder exists and may be written",
        "locked": f"another process held it for more than {PATIENCE} s: wait for it and run again",
        "malformed": "is damaged: move it away, merge what can be read, and run again",
        "not a database": "is not a medassay store: give another path",
    }
    return next((advice for word, advice in known.items() if word in message), message)
