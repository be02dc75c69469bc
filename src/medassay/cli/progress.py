"""How far a run is, on standard error: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import math
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
        self._tell(state.done, state.total, "samples", counts)

    def learn(self, moment: Any) -> None:
        """Show a `medassay.adaptation.generative.lesson.Moment`."""
        counts = f"loss {moment.loss:.3g}, rate {moment.rate:.2g}"
        if not math.isnan(moment.validation):
            counts += f", validation {moment.validation:.3g}"
        if self._lines:  # a bar has a clock of its own
            counts += f", {moment.remaining:.0f} s remain"
        self._tell(moment.step, moment.steps, "steps", counts)

    def _tell(self, done: int, total: int | None, unit: str, counts: str) -> None:
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=total, counts=counts)
        elif self._lines and not self._announced:
            self._announced = True
            typer.echo(f"{self._title}: {total or 'unknown number of'} {unit}", err=True)
        elif self._lines and time.monotonic() - self._shown > LINE_EVERY_SECONDS:
            self._shown = time.monotonic()
            typer.echo(f"{self._title}: {done} of {total}, {counts}", err=True)

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
