"""Copies of a model on many GPUs and machines, by Ray: one model to whoever asks it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from medassay.errors import UsageError
from medassay.models.replicas.cluster import join
from medassay.models.replicas.crew import Crew, Hand
from medassay.models.replicas.shares import Share, cut, size_of
from medassay.models.replicas.shipping import shipped
from medassay.models.replicas.worker import Make
from medassay.types import Request, Response

_DEATHS = 3  # a share that this many replicas died of is given up: its requests are likely the cause


class Replicas:
    """`n` copies of one model. Requests go to them in shares, by image; answers come as they are made.

    What a replica that dies had not answered is asked again of another; nothing is answered twice. Identity,
    fingerprint and style are the model's, read from the first copy; one that differs is not asked.
    Images are opened beside the model: by their handle on this machine, sent by content to another.

    Args:
        make: Builds one copy; picklable. The files it names must be there on every machine, by that path.
        n: How many copies.
        gpus: GPUs for each, fractions too; None: 1 where the cluster has any. A model of device=balanced
            is laid over all of its own.
        cpus: CPUs for each, which is also how many threads torch uses.
        share: The most requests that a copy is handed at a time.
        patience: Seconds that Ray has to find room for a copy.
        may_ask: Whether requests may be sent to the machine at an address; this one always may be.

    Raises:
        MissingExtra: ray is not installed.
        ModelError: the model cannot be built, or no copy finds room.
        UsageError: fewer than one copy, or more than a cluster of this machine alone has GPUs for.
    """

    wants_pixels = False  # by whoever asks: each copy decodes its own

    def __init__(  # noqa: PLR0913  the sizes of a copy
        self,
        make: Make,
        n: int,
        *,
        gpus: float | None = None,
        cpus: float = 1.0,
        share: int = 32,
        patience: float = 600.0,
        may_ask: Callable[[str], bool] = lambda _address: True,
    ) -> None:
        if n < 1:
            raise UsageError(f"{n} replicas answer nothing; at least 1 is needed")
        self._n, self._share = n, share
        self._cluster = join(int(n * cpus) + 1)
        try:
            there = self._cluster.total("GPU")
            each = min(1.0, there) if gpus is None else gpus
            if self._cluster.ours and n * each > there:
                raise UsageError(
                    f"{n} replicas of {each:g} GPUs, and this machine has {there:g}: ask for fewer, or for a "
                    "part of a GPU each"
                )
            self._crew = Crew(
                self._cluster, make, n, gpus=each, cpus=cpus, patience=patience, may_ask=may_ask
            )
            facts = self._crew.first()
        except BaseException:
            self._cluster.leave()
            raise
        self.identity: Mapping[str, Any] = facts.identity
        self.fingerprint, self.style = facts.fingerprint, facts.style

    @property
    def destinations(self) -> tuple[str, ...]:
        """The addresses of the cluster's other machines, to which requests may be sent."""
        return self._cluster.destinations()

    def answer(self, requests: Sequence[Request], /) -> Iterator[tuple[int, Response]]:
        """Yield (index, response) as each is done; a failure for what no replica could answer."""
        waiting = deque(cut(requests, size_of(len(requests), self._n, self._share)))
        try:
            while waiting or self._crew.working:
                self._crew.fill()
                if self._crew.gone:
                    yield from _failed(waiting, f"none is left ({self._crew.reason})")
                    return
                self._hand_out(waiting, requests)
                for hand, stream in self._crew.events():
                    if stream is None:
                        self._crew.greet(hand)
                    else:
                        yield from self._hear(hand, stream, waiting)
        finally:
            self._crew.rest()

    def close(self) -> None:
        """Stop the replicas, and the cluster if it was started for them."""
        self._crew.dismiss()
        self._cluster.leave()

    def _hand_out(self, waiting: deque[Share], requests: Sequence[Request]) -> None:
        for hand in self._crew.free() if waiting else ():
            share = waiting.popleft()
            asked = [requests[place] for place in share.hand_over()]
            same = hand.facts is not None and hand.facts.address == self._cluster.here
            self._crew.hand(hand, share, shipped(asked, same_machine=same))
            if not waiting:
                return

    def _hear(self, hand: Hand, stream: Any, waiting: deque[Share]) -> Iterator[tuple[int, Response]]:
        """Take the next answer from a stream, its end, or the news that the replica is dead."""
        ray, share = self._cluster.ray, hand.streams[stream]
        try:
            position, response = ray.get(next(stream))
            yield share.settle(position), response
        except StopIteration:
            del hand.streams[stream]
            answered = len(share.asked) - len(share.left)
            yield from _failed([share], f"the model answered {answered} of {len(share.asked)}")
        except (ray.exceptions.RayTaskError, ValueError) as error:
            del hand.streams[stream]  # the model raised, as it would have without Ray
            cause = getattr(error, "cause", None) or error
            yield from _failed([share], f"{type(cause).__name__}: {cause}")
        except ray.exceptions.RayError as error:
            for left in self._crew.lose(hand, str(error).splitlines()[0]):
                left.deaths += 1
                if left.deaths < _DEATHS:
                    waiting.appendleft(left)
                else:
                    yield from _failed([left], f"{_DEATHS} died while they answered this or its neighbours")


def _failed(shares: Sequence[Share] | deque[Share], cause: str) -> Iterator[tuple[int, Response]]:
    for share in shares:
        for place in share.left:
            yield place, Response(error=f"replica: {cause}", finish_reason="error")
        share.left = []
