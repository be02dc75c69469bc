"""Vectors that were computed once, by the content they were computed from: memory-mapped, append-only.

    <folder>/vectors.f32   one float32 row after another
    <folder>/keys.bin      for each row its key (32 bytes) and a checksum of the row (4 bytes)
    <folder>/about.json    how wide a row is

A row counts once its key is written; what a killed process left behind is written over. Several processes
may use one folder.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from medassay import codec
from medassay.errors import StoreError
from medassay.types import FloatArray

_KEY, _CHECK = 32, 4
_RECORD = _KEY + _CHECK


class VectorStore:
    """The vectors of one encoder by 64 hex digits.

    Args:
        folder: Made on the first write.

    Raises:
        StoreError: the folder holds something else.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: dict[bytes, tuple[int, int]] = {}
        self._seen = 0  # rows whose keys have been read
        self._width = self._read_width()
        self._vectors: FloatArray | None = None
        self._refresh()

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: str) -> FloatArray | None:
        """The vector, (d,), float32; None if it was never put, or is damaged."""
        held = self._rows.get(bytes.fromhex(key))
        if held is None or self._vectors is None:
            return None
        row, check = held
        vector = np.asarray(self._vectors[row])
        return vector if zlib.crc32(vector.tobytes()) == check else None

    def put(self, vectors: Mapping[str, FloatArray]) -> None:
        """Keep vectors, all of one width; they survive a crash when this returns.

        Raises:
            StoreError: the folder cannot be written, or its vectors have another width.
        """
        if not vectors:
            return
        from filelock import FileLock

        width = len(next(iter(vectors.values())))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder / ".lock"):
                self._width = self._read_width() or self._write_width(width)
                if self._width != width:
                    raise StoreError(
                        f"{self._folder} holds vectors of {self._width} numbers, not of {width}: remove it"
                    )
                self._refresh()
                self._append(vectors)
        except OSError as error:
            raise StoreError(f"{self._folder} cannot be written: {error.strerror or error}") from error
        self._refresh()

    def _append(self, vectors: Mapping[str, FloatArray]) -> None:
        rows = [np.ascontiguousarray(vector, np.float32).tobytes() for vector in vectors.values()]
        keys = [
            bytes.fromhex(key) + zlib.crc32(row).to_bytes(_CHECK)
            for key, row in zip(vectors, rows, strict=True)
        ]
        self._write("vectors.f32", self._seen * self._width * 4, b"".join(rows))
        self._write("keys.bin", self._seen * _RECORD, b"".join(keys))  # last: it makes the rows count

    def _write(self, name: str, start: int, content: bytes) -> None:
        path = self._folder / name
        path.touch()
        with path.open("r+b") as file:
            file.truncate(start)  # what a killed process wrote and did not finish
            file.seek(start)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _refresh(self) -> None:
        """Take in the rows that were written since, by us or by others."""
        keys, vectors = self._folder / "keys.bin", self._folder / "vectors.f32"
        if not self._width or not keys.exists():
            return
        with keys.open("rb") as file:
            file.seek(self._seen * _RECORD)
            new = file.read()
        whole = vectors.stat().st_size // (4 * self._width) - self._seen
        for start in range(0, min(len(new) // _RECORD, whole) * _RECORD, _RECORD):
            record = new[start : start + _RECORD]
            self._rows[record[:_KEY]] = self._seen, int.from_bytes(record[_KEY:])
            self._seen += 1
        if self._seen:
            self._vectors = np.memmap(vectors, np.float32, mode="r", shape=(self._seen, self._width))

    def _read_width(self) -> int:
        path = self._folder / "about.json"
        if not path.exists():
            return 0
        try:
            return int(codec.loads(path.read_text("utf-8"))["width"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path} is no description of kept vectors: remove {self._folder}") from error

    def _write_width(self, width: int) -> int:
        (self._folder / "about.json").write_text(json.dumps({"width": width}) + "\n", "utf-8")
        return width
