"""How far a run is, as a value, told at most ten times a second."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from medassay.types import Status

INTERVAL = 0.1  # seconds between two reports
MEMORY = 30.0  # seconds over which the rate is taken: a resumed run soon forgets its fast start


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Rows done of the total (None: not known), with the unparsed and the failed among them.

    `from_store` and `asked` count requests by where the answer came from; `rate` is rows per second of late.
    """

    done: int
    total: int | None
    from_store: int
    asked: int
    unparsed: int
    failed: int
    rate: float


class Tally:
    """The counts behind `Progress`."""

    def __init__(self, total: int | None, tell: Callable[[Progress], None] | None) -> None:
        self._total, self._tell = total, tell
        self.done = self.from_store = self.asked = self.unparsed = self.failed = 0
        self._told = monotonic()
        self._past = deque([(self._told, 0)])

    def row(self, status: Status) -> None:
        """Count a finished row."""
        self.done += 1
        self.unparsed += status == "unparsed"
        self.failed += status == "failed"
        if self._tell is not None and monotonic() - self._told >= INTERVAL:
            self.tell()

    def tell(self) -> None:
        """Report now."""
        if self._tell is None:
            return
        now = self._told = monotonic()
        self._past.append((now, self.done))
        while len(self._past) > 2 and now - self._past[1][0] > MEMORY:
            self._past.popleft()
        since, before = self._past[0]
        self._tell(
            Progress(
                done=self.done,
                total=self._total,
                from_store=self.from_store,
                asked=self.asked,
                unparsed=self.unparsed,
                failed=self.failed,
                rate=(self.done - before) / max(now - since, 1e-9),
            )
        )
