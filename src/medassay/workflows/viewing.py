"""Runs as pages in a browser: served on this machine, or written out as files."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from medassay import codec, gate
from medassay.errors import DataError, MissingExtra, UsageError
from medassay.reporting.record import FULL_MARKS
from medassay.reporting.table import read_parquet
from medassay.rows import RowFile
from medassay.view.shown import Shown
from medassay.workflows.folder import MANIFEST, PROGRESS, ROWS, read_manifest
from medassay.workflows.resolve import benchmark_of
from medassay.workflows.results import ESTIMATES

THUMBNAILS = Path(".medassay") / "thumbnails"
MARKS = (*FULL_MARKS, "absolute_error")
_KEY = 12  # characters of a run's id that name it in addresses
_FILES = (MANIFEST, ROWS, ESTIMATES, PROGRESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: the page to open, and the benchmarks of which only numbers went."""

    page: Path
    withheld: tuple[str, ...] = ()


class Shelf:
    """The runs in some folders, read again where their files have changed."""

    def __init__(self, folders: Sequence[str | Path]) -> None:
        """Look for runs: in each folder itself, else anywhere below it.

        Raises:
            DataError: a folder is not there, or holds no run.
        """
        self._places = [Path(folder) for folder in folders]
        self._held: dict[Path, tuple[object, Shown]] = {}
        self._folders: dict[str, Path] = {}
        for place in self._places:
            if not run_folders(place):
                raise DataError(f"{place} holds no run: `medassay run` makes one")
        self()

    def __call__(self) -> Mapping[str, Shown]:
        """The runs by key, as their files are now.

        Raises:
            DataError: the manifest of one is damaged.
            UsageError: the benchmark of one is not there any more.
        """
        folders: dict[str, Path] = {}
        for folder in dict.fromkeys(found for place in self._places for found in run_folders(place)):
            folders[_free(self._run(folder).key, folders)] = folder
        self._folders = folders
        return {key: replace(self._run(folder), key=key) for key, folder in folders.items()}

    def get(self, key: str) -> Shown | None:
        """One of the runs that were there when all were last looked for; None where it was not."""
        folder = self._folders.get(key)
        return None if folder is None else replace(self._run(folder), key=key)

    def _run(self, folder: Path) -> Shown:
        state = [_state(folder / name) for name in _FILES]
        held = self._held.get(folder)
        if held is None or held[0] != state:
            held = self._held[folder] = (state, read_shown(folder))
        return held[1]


def run_folders(place: Path) -> list[Path]:
    """The folder itself where it is a run's, else the runs below it; none within a run."""
    found: list[Path] = []
    for manifest in sorted(place.rglob(MANIFEST), key=lambda path: len(path.parts)):
        if not any(manifest.is_relative_to(run) for run in found):
            found.append(manifest.parent)
    return sorted(found)


def read_shown(folder: Path) -> Shown:
    """A run as the viewer takes it; without rows or estimates while it goes on.

    Raises:
        DataError: its manifest or estimates are damaged.
        UsageError: its benchmark is not there any more.
    """
    manifest = read_manifest(folder)
    whole = (folder / ROWS).is_file()
    return Shown(
        key=str(manifest["id"])[:_KEY],
        path=folder,
        manifest=manifest,
        benchmark=benchmark_of(manifest),
        estimates=read_parquet(folder / ESTIMATES) if (folder / ESTIMATES).is_file() else (),
        rows=RowFile(folder / ROWS) if whole else None,
        marks=MARKS,
        progress=_progress(folder / PROGRESS) if manifest["status"] == "running" else {},
    )


def serve(
    runs: Sequence[str | Path],
    *,
    host: str = "127.0.0.1",
    port: int = 8421,
    permit: Collection[str] = (),
    ready: Callable[[str], None] = lambda _address: None,
) -> None:
    """Serve the viewer until it is stopped.

    Args:
        runs: run folders, or folders that hold some.
        host: the address to listen on. A token is needed, on this machine too: `ready` is told it.
        port: of the address; 0 takes a free one.
        permit: "export" lets data that must not leave be looked at from other machines.
        ready: is called with the address to open, once it answers.

    Raises:
        NotPermitted: it would be reached from other machines and holds data that must not leave.
        DataError: a folder holds no run.
        UsageError: the port is taken, or the address is not this machine's.
        MissingExtra: fastapi or uvicorn is not installed.
    """
    shelf, name = Shelf(runs), f"[{host}]" if ":" in host else host
    if not gate.is_local(name):
        for run in shelf().values():
            gate.require(run.benchmark, "export", permitted=permit)
    try:
        import uvicorn

        from medassay.view.server import make
    except ImportError as error:
        raise MissingExtra(error.name or "fastapi", "view") from None
    token = secrets.token_urlsafe(24)
    app = make(shelf, thumbnails=THUMBNAILS, token=token)
    with _listening(host, port) as listener:
        ready(f"http://{name}:{listener.getsockname()[1]}/?token={token}")
        settings = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        uvicorn.Server(settings).run(sockets=[listener])


def export(runs: Sequence[str | Path], out: str | Path, *, permit: Collection[str] = ()) -> Exported:
    """Write the viewer over finished runs as files for a web server.

    Args:
        runs: run folders, or folders that hold some.
        out: a folder that is empty, or not there yet.
        permit: "export" lets the rows and images of data that must not leave into the files; else its
            numbers alone go.

    Raises:
        DataError: a folder holds no run, or rows are damaged.
        UsageError: there is something in `out`.
    """
    from medassay.view.exporting import write

    out = Path(out)
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty: choose another folder for the export")
    held = list(Shelf(runs)().items())
    kept = [key for key, run in held if not gate.open_to(run.benchmark, "export", permitted=permit)]
    write(held, out, without_rows=kept)
    named = dict.fromkeys(run.benchmark.name for key, run in held if key in kept)
    return Exported(page=out / "index.html", withheld=tuple(named))


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else error  # its own words name the address again
        raise UsageError(
            f"cannot listen on {host} port {port} ({reason}): choose another --host or --port"
        ) from error
    with listener:
        yield listener


def _free(key: str, taken: Mapping[str, Any]) -> str:
    """The key, with a number behind it where another folder holds the same run."""
    keys = (key if n == 1 else f"{key}-{n}" for n in count(1))
    return next(one for one in keys if one not in taken)


def _state(path: Path) -> tuple[int, int] | None:
    """What changes when a file is written again; None where it is not there."""
    try:
        held = path.stat()
    except FileNotFoundError:
        return None
    return held.st_mtime_ns, held.st_size


def _progress(path: Path) -> dict[str, Any]:
    """How far a run said it was; nothing where it has not said yet."""
    try:
        held: dict[str, Any] = codec.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return held
