"""Whether something is there, asked by a name that a file of others gave."""

from __future__ import annotations

import os
from pathlib import Path


def is_file(path: Path) -> bool:
    """Whether there is such a file; there is none of a name that is too long."""
    return os.path.isfile(path)  # noqa: PTH113  Path.is_file raises where a name is too long


def is_folder(path: Path) -> bool:
    """Whether there is such a folder, as `is_file`."""
    return os.path.isdir(path)  # noqa: PTH112  Path.is_dir raises where a name is too long
