"""Reading a store whose pages may be damaged: all rows but those that lie on a bad page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress

from medassay.store.sealing import SEALED

STEP = 1000  # rows read at once while all is well
SMALLEST = 40  # bytes of a row at the least: its key and its header

_SELECT = f"SELECT model, ifnull(CAST(key AS BLOB), x''), {SEALED} FROM responses"  # noqa: S608

Sealed = tuple[int, bytes, bytes, int]  # model, key, value, checksum


def rows(connection: sqlite3.Connection) -> Iterator[list[Sealed]]:
    """The rows of `responses` that can be read, by the thousand; not checked against their checksums.

    A plain scan goes as far as the first bad page; then all is sought by row number, and some comes twice.
    """
    try:
        found = connection.execute(_SELECT)
        while held := found.fetchmany(STEP):
            yield held
    except sqlite3.DatabaseError:
        last = _last(connection)
        for low in range(1, last + 1, STEP):
            yield from _between(connection, low, min(low + STEP - 1, last))


def _between(connection: sqlite3.Connection, low: int, high: int) -> Iterator[list[Sealed]]:
    try:
        found = connection.execute(f"{_SELECT} WHERE rowid BETWEEN ? AND ?", (low, high)).fetchall()
    except sqlite3.DatabaseError:
        if low < high:
            middle = (low + high) // 2
            yield from _between(connection, low, middle)
            yield from _between(connection, middle + 1, high)
        return
    if found:
        yield found


def _last(connection: sqlite3.Connection) -> int:
    """The highest row number, from the table, else from its index; else no lower than it can be."""
    for table in ("responses", "responses INDEXED BY responses_by_name"):
        with suppress(sqlite3.DatabaseError):
            [last] = connection.execute(f"SELECT max(rowid) FROM {table}").fetchone()  # noqa: S608
            return last or 0
    [pages], [size] = (connection.execute(f"PRAGMA {p}").fetchone() for p in ("page_count", "page_size"))
    return int(pages * size // SMALLEST)
