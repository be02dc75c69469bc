"""What no input may bring about, watched inside the process that reads it, and the branches it reaches."""

from __future__ import annotations

import os
import resource
import signal
import sys
import typing
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import medassay

MEMORY = 2 * 2**30
SECONDS = 10
_SOURCE = str(Path(medassay.__file__).parent)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NEVER = {  # audit events (docs.python.org/3/library/audit_events.html) that no file may cause
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "pickle.find_class",
    "socket.connect",
    "socket.getaddrinfo",
    "subprocess.Popen",
    "urllib.Request",
}
_CHANGING = {  # events that change files: where their arguments name a path, and the folder it is seen from
    "os.chmod": ((0, 2),),
    "os.link": ((1, 3),),
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, 0),),
}

_DECODER = "medassay.images.apart"  # the one process that reading may begin

Branch = tuple[int, int, int]


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let the system end this process when a step takes longer, whatever it is in."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _of_the_source() -> bool:
    """Whether code that is made comes of a module's source: of its dataclasses, or its annotations."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith("<frozen importlib"):
            return True
        if code.co_filename == typing.__file__ and code.co_name == "_evaluate":
            return True
        frame = frame.f_back
    return False


class Guard:
    """Limits on this process, and what was done in it that should not be.

    Args:
        folder: where files may be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = os.path.realpath(folder)
        self._armed = False
        self.forbidden: list[str] = []
        self.branches: set[Branch] = set()
        self._codes: dict[CodeType, int] = {}
        sys.dont_write_bytecode = True
        sys.addaudithook(self._audit)

    def limit(self) -> None:
        """Bound the memory of this process; to be called when everything is imported.

        What libraries map and never touch does not count: the bound is on what comes to be used.
        """
        mapped, resident = (
            int(n) * resource.getpagesize() for n in Path("/proc/self/statm").read_text().split()[:2]
        )
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY + mapped - resident,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    @contextmanager
    def watching(self, *, traced: bool) -> Iterator[None]:
        """Watch what is done, and if `traced` by which branches, which takes twice the time."""
        self.forbidden.clear()
        self._armed = True
        if traced:
            sys.settrace(self._entered)
        try:
            yield
        finally:
            sys.settrace(None)
            self._armed = False

    def reached(self) -> list[str]:
        """The branches, named so that those of several processes can be counted together."""
        names = {
            number: f"{code.co_filename.removeprefix(_SOURCE)}:{code.co_firstlineno}"
            for code, number in self._codes.items()
        }
        return [f"{names[number]}:{before}:{line}" for number, before, line in sorted(self.branches)]

    def _entered(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        number = self._codes.get(code)
        if number is None:
            number = len(self._codes) if code.co_filename.startswith(_SOURCE) else -1
            self._codes[code] = number
        if number < 0:
            return None
        branches, before = self.branches, 0

        def step(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal before
            if event == "line":
                branches.add((number, before, frame.f_lineno))
                before = frame.f_lineno
            return step

        return step

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._armed:
            return
        if event == "subprocess.Popen" and _DECODER in arguments[1]:
            return
        if event in _NEVER:
            self.forbidden.append(f"{event} {arguments!r:.200}")
        elif event == "exec":
            name = getattr(arguments[0], "co_filename", "")
            if (
                not name.startswith(("<frozen", sys.prefix, sys.base_prefix, _SOURCE))
                and not _of_the_source()
            ):
                self.forbidden.append(f"ran the code {name!r}")
        elif event == "open":
            path, mode, flags = arguments
            writes = set(mode or "") & set("wax+") if mode else (flags or 0) & _WRITING
            if writes:
                self._changed(event, path)
        elif event in _CHANGING:
            for path, within in _CHANGING[event]:
                self._changed(event, arguments[path], arguments[within] if within else -1)

    def _changed(self, event: str, path: Any, within: int = -1) -> None:
        if isinstance(path, int):  # a file that is open already
            return
        base = Path(f"/proc/self/fd/{within}").readlink() if within >= 0 else Path()
        place = os.path.realpath(base / os.fsdecode(path))
        if place != os.devnull and not place.startswith(self._folder + os.sep):
            self.forbidden.append(f"{event} outside the folder: {place}")
