"""A run's folder: one run at a time, whole files only.

manifest.json  rows.parquet  estimates.parquet  estimates.csv  reliability.csv  report.html  report.md
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from medassay import codec
from medassay.errors import DataError, StoreError
from medassay.reporting.files import write_text

MANIFEST = "manifest.json"
ROWS = "rows.parquet"
PROGRESS = "progress.json"  # how far a run is, while it goes on or where it was interrupted


class RunFolder:
    """The folder of one run, held by one process at a time. A context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        from filelock import FileLock, Timeout

        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(self.path / ".lock")
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise StoreError(
                f"{self.path} is held by another run: wait for it, or choose another --out"
            ) from error
        except OSError as error:
            raise StoreError(f"{self.path} cannot be written: {error.strerror or error}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def claim(self, manifest: Mapping[str, Any]) -> None:
        """Make the folder this run's.

        Raises:
            StoreError: it holds another run.
        """
        path = self.path / MANIFEST
        if path.exists():
            there = read_manifest(self.path)
            if there.get("id") != manifest["id"]:
                raise StoreError(
                    f"{self.path} holds another run ({_difference(there, manifest)}): choose another --out"
                )
        self.write_manifest(manifest)

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Replace the manifest, whole or not at all."""
        write_text(self.path / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run folder.

    Raises:
        DataError: there is none, or it is damaged.
    """
    path = folder / MANIFEST
    try:
        held = codec.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise DataError(f"{folder} is no run folder: it has no {MANIFEST}") from error
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read ({error}): run again into another folder") from error
    if not isinstance(held, dict) or "protocol" not in held:
        raise DataError(f"{path} is not a run's manifest")
    return held


def _difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    if one["model"]["fingerprint"] != other["model"]["fingerprint"]:
        return f"of the model {one['model']['name']!r}"
    parts = [k for k, v in other["protocol"].items() if k != "id" and one["protocol"].get(k) != v]
    return f"with another {', '.join(parts)}" if parts else "with another seed"
