"""Writing a file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from medassay.errors import StoreError
from medassay.files.durable import put_in_place


def write_whole(path: Path, write: Callable[[Path], object]) -> Path:
    """Let `write` fill a file beside `path`, then put it there: a reader never sees half of one.

    Raises:
        StoreError: it cannot be written; names the file and the reason.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(draft)
            put_in_place(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(
            f"{path}: cannot be written ({reason}): free space or choose another folder"
        ) from error
    return path


def write_text(path: Path, text: str) -> Path:
    """Put `text` at `path` as UTF-8 with plain newlines.

    Raises:
        StoreError: it cannot be written.
    """
    return write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> Path:
    """Put `content` at `path`.

    Raises:
        StoreError: it cannot be written.
    """
    return write_whole(path, lambda draft: draft.write_bytes(content))
