"""Vectors that were expensive to compute, in one file, by what they are of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from medassay.errors import StoreError
from medassay.types import FloatArray

_AT_ONCE = 500


class Vectors:
    """Vectors in float32 by key; each call is a transaction, so what was put is there after a stop.

    Args:
        path: the file, made where it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, keys: Sequence[str]) -> dict[str, FloatArray]:
        """The vectors that are there, (d,) each.

        Raises:
            StoreError: the file cannot be opened or is no such file.
        """
        found: dict[str, FloatArray] = {}
        with self._opened() as connection:
            for start in range(0, len(keys), _AT_ONCE):
                part = keys[start : start + _AT_ONCE]
                marks = ", ".join("?" * len(part))
                rows = connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)  # noqa: S608
                found |= {key: np.frombuffer(vector, "<f4").astype(np.float64) for key, vector in rows}
        return found

    def put(self, vectors: Mapping[str, FloatArray]) -> None:
        """Keep vectors, (d,) each.

        Raises:
            StoreError: the file cannot be written.
        """
        with self._opened() as connection:
            rows = [(key, np.asarray(vector, "<f4").tobytes()) for key, vector in vectors.items()]
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path)) as connection, connection:
                connection.execute("CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB)")
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{self._path}: {error}; delete it to have the vectors made again") from error
