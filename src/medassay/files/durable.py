"""Putting bytes on the disk so that neither a kill nor a power cut leaves half of them."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def put_in_place(draft: Path, path: Path) -> None:
    """Rename a finished draft; after a power cut there is the old file or the new one, whole.

    Raises:
        OSError: the disk says no; `path` is as it was, or is the new file.
    """
    with draft.open("r+b") as file:
        os.fsync(file.fileno())
    draft.replace(path)
    if os.name == "posix":  # elsewhere a folder cannot be synced, nor need be
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def append(path: Path, line: bytes) -> None:
    """Add a line and return when it is on the disk. For one writer at a time.

    Raises:
        OSError: the disk says no; the file holds what it held before.
    """
    with path.open("ab", buffering=0) as file:
        before = file.tell()
        try:
            written = file.write(line)
            if written != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())
        except OSError:
            os.truncate(path, before)
            raise
