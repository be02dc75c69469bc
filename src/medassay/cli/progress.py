"""How far a run is, on standard error: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import typer

LINE_EVERY_SECONDS = 30.0
INTERRUPTED = 130


@contextmanager
def stoppable() -> Iterator[None]:
    """Ctrl-C ends in a sentence; the store has what was answered."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(
            "medassay: stopped. What was answered is kept: the same command goes on from there.", err=True
        )
        raise typer.Exit(INTERRUPTED) from None


class Display:
    """Shows the states of runs one after another. A context manager; silent if quiet."""

    def __init__(self, *, quiet: bool) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._lines = not quiet and not sys.stderr.isatty()
        self._shown = time.monotonic()
        self._title, self._announced = "", False
        if not quiet and not self._lines:
            self._bar = _bar()

    def start(self, title: str) -> None:
        """Begin with another run."""
        self._title, self._announced = title, False
        if self._bar is not None:
            self._task = self._bar.add_task(title, total=None, counts="")

    def show(self, state: Any) -> None:
        """Show a `medassay.engine.Progress`."""
        counts = f"{state.rate:.1f}/s, {state.unparsed} unparsed, {state.failed} failed"
        if self._bar is not None:
            self._bar.update(self._task, completed=state.done, total=state.total, counts=counts)
        elif self._lines and not self._announced:
            self._announced = True
            typer.echo(f"{self._title}: {state.total or 'unknown number of'} samples", err=True)
        elif self._lines and time.monotonic() - self._shown > LINE_EVERY_SECONDS:
            self._shown = time.monotonic()
            typer.echo(f"{self._title}: {state.done} of {state.total}, {counts}", err=True)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.__exit__(kind, error, trace)


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[counts]}"),
        console=Console(stderr=True),
    )
