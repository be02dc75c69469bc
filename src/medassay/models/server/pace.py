"""How many requests are under way at once: more while the server keeps up, half as many when it does not.

Additive increase and multiplicative decrease, as TCP does it (Chiu and Jain 1989), with a fast start.
"""

from __future__ import annotations

from collections import deque

START = 8
PATIENCE = 1.5  # latency may grow by this factor over the best one before the pace stays as it is
_RECENT = 16  # answers over which latency is judged
_FORGET = 1.001  # a best latency of long ago, of shorter answers, must not hold back the pace for ever


class Pace:
    """The number of requests that may be under way. Holds no clock and waits for nothing."""

    def __init__(self, ceiling: int) -> None:
        self._limit, self._ceiling = float(min(START, ceiling)), float(ceiling)
        self._starting = True  # until the first sign of trouble the limit doubles with every round
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._best = float("inf")
        self._answers_since_cut = ceiling  # the first sign of trouble counts

    @property
    def limit(self) -> int:
        """How many, 1 at least."""
        return int(self._limit)

    def answered(self, seconds: float, *, under_way: int) -> None:
        """An answer came after so many seconds, while so many requests were under way."""
        self._answers_since_cut += 1
        self._recent.append(seconds)
        middle = sorted(self._recent)[len(self._recent) // 2]
        self._best = min(self._best * _FORGET, middle)
        if middle > PATIENCE * self._best:
            self._starting = False
        elif under_way >= self.limit:  # places that nobody uses say nothing about the server
            grown = self._limit + (1.0 if self._starting else 1.0 / self._limit)
            self._limit = min(grown, self._ceiling)

    def overloaded(self) -> None:
        """The server said that it is too much. What it says within one round of requests counts once."""
        self._starting = False
        if self._answers_since_cut >= self.limit:
            self._limit = max(1.0, self._limit / 2)
            self._answers_since_cut = 0
            self._recent.clear()
