"""The response store: the one durable thing. What was answered once is never asked again.

A SQLite file in WAL mode with synchronous FULL: when `put` returns, the answers survive a crash of the
process and of the machine. Several processes may use one file at a time. Every row carries a checksum,
because a flipped byte passes SQLite's own checks; a row that fails it is set aside and counts as absent.
"""

from medassay.store.database import Store

__all__ = ["Store"]
