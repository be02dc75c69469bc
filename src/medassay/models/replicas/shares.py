"""Requests cut into shares: what one replica is handed at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medassay.types import Image, Request


@dataclass(slots=True, eq=False)
class Share:
    """Places of requests that are asked together; `left` are those not answered yet, in order."""

    left: list[int]
    deaths: int = 0  # replicas that died while they worked on it
    asked: tuple[int, ...] = ()  # what was handed over last: answers are counted in it

    def hand_over(self) -> tuple[int, ...]:
        """The places that are asked now."""
        self.asked = tuple(self.left)
        return self.asked

    def settle(self, position: int) -> int:
        """The place of the answer to the `position`-th request handed over, which is left no more.

        Raises:
            ValueError: it was answered before, or never asked.
        """
        if position not in range(len(self.asked)):
            raise ValueError(f"answered a request {position!r} of {len(self.asked)}")
        place = self.asked[position]
        self.left.remove(place)
        return place


def size_of(requests: int, replicas: int, most: int) -> int:
    """How many requests a share holds: at most `most`, so that each replica gets four shares if it can."""
    return max(1, min(most, requests // (4 * replicas)))


def cut(requests: Sequence[Request], size: int) -> Iterator[Share]:
    """Shares of about `size` requests; questions on the same images stay together.

    A share ends once it holds `size` requests. Only where one set of images alone has more than twice as
    many is it cut, so that no replica is left with it at the end.
    """
    groups: dict[tuple[Image, ...] | int, list[int]] = {}
    for place, request in enumerate(requests):
        groups.setdefault(request.images or place, []).append(place)
    held: list[int] = []
    for group in groups.values():
        step = size if len(group) > 2 * size else len(group)
        for start in range(0, len(group), step):
            held += group[start : start + step]
            if len(held) >= size:
                yield Share(left=held)
                held = []
    if held:
        yield Share(left=held)
