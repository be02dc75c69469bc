"""The replicas at work: who is there, who is missing, and what each of them was handed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from medassay.errors import MedassayError, ModelError
from medassay.images import providers
from medassay.models.replicas.cluster import Cluster
from medassay.models.replicas.shares import Share
from medassay.models.replicas.worker import Facts, Make, Worker

_log = logging.getLogger(__name__)
_AHEAD = 2  # shares that a replica has: one is answered, the images of the next are decoded
_SPARE = 3  # for each replica: how many that died are replaced


@dataclass(slots=True, eq=False)
class Hand:
    """One replica: its actor, and a stream of answers for each share it has. `facts` None: it starts."""

    actor: Any
    ready: Any
    until: float  # when it must have started
    facts: Facts | None = None
    streams: dict[Any, Share] = field(default_factory=dict)

    @property
    def free(self) -> bool:
        """Whether it can take one more share."""
        return self.facts is not None and len(self.streams) < _AHEAD


class Crew:
    """Keeps so many replicas alive as can be had.

    One that dies is replaced, three times for each replica in all; one that cannot be placed in `patience`
    seconds, is not the same model, or is on a machine that `may_ask` excludes is done without. `reason` is
    why the last one is not there.
    """

    def __init__(  # noqa: PLR0913  what a replica needs, and where it may be
        self,
        cluster: Cluster,
        make: Make,
        n: int,
        *,
        gpus: float,
        cpus: float,
        patience: float,
        may_ask: Callable[[str], bool],
    ) -> None:
        self._cluster, self._ray = cluster, cluster.ray
        self._wanted, self._spare = n, _SPARE * n
        self._patience, self._may_ask = patience, may_ask
        self._needs = f"{gpus:g} GPUs and {cpus:g} CPUs"
        # max_restarts 0: a replacement is started here, where the shares are known.
        self._start = cluster.ray.remote(Worker).options(
            num_gpus=gpus,
            num_cpus=cpus,
            max_concurrency=_AHEAD,
            max_restarts=0,
            max_task_retries=0,
            scheduling_strategy="SPREAD",
        )
        self._arguments = (make, _importable(providers()), max(1, int(cpus)))
        self._hands: list[Hand] = []
        self.facts: Facts | None = None
        self.reason = ""

    def first(self) -> Facts:
        """Start one and learn from it what the model is.

        Raises:
            MedassayError: what kept the model from being built.
            ModelError: it cannot be placed, or dies at once.
        """
        hand = self._hire()
        try:
            self.facts = hand.facts = self._ray.get(hand.ready, timeout=self._patience)
        except self._ray.exceptions.GetTimeoutError:
            raise ModelError(self._not_placed()) from None
        except self._ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, MedassayError):
                raise error.cause from None
            raise ModelError(f"a replica cannot be built: {_words(error)}") from None
        except self._ray.exceptions.RayError as error:  # its machine may have died in this moment
            self.lose(hand, _words(error))
            if self.gone:
                raise ModelError(f"no replica lives until it is asked anything: {self.reason}") from None
            return self.first()
        if not self._fits(hand.facts):
            self._dismiss(hand)
        return self.facts

    def fill(self) -> None:
        """Start the replicas that are missing."""
        while len(self._hands) < self._wanted:
            self._hire()

    def free(self) -> Iterator[Hand]:
        """Those that can take a share, the least busy first."""
        while free := [hand for hand in self._hands if hand.free]:
            yield min(free, key=lambda hand: len(hand.streams))

    def hand(self, hand: Hand, share: Share, requests: Any) -> None:
        """Let a replica work on a share."""
        stream = hand.actor.answer.options(num_returns="streaming").remote(requests)
        hand.streams[stream] = share

    def events(self) -> Iterator[tuple[Hand, Any]]:
        """Replicas with the stream that has something to say, or with None once they have started or failed.

        Waits for a second at most.
        """
        waiting = {hand.ready: (hand, None) for hand in self._hands if hand.facts is None}
        waiting |= {stream: (hand, stream) for hand in self._hands for stream in hand.streams}
        ready, _ = self._ray.wait(list(waiting), num_returns=1, timeout=1.0)
        yield from (waiting[reference] for reference in ready)
        for hand in [h for h in self._hands if h.facts is None and time.monotonic() > h.until]:
            self._do_without(hand, self._not_placed())

    def greet(self, hand: Hand) -> None:
        """Let a replica that has started take part, if it is the same model in a place that may be asked."""
        try:
            facts = self._ray.get(hand.ready)
        except self._ray.exceptions.RayTaskError as error:
            self._do_without(hand, f"cannot be built: {_words(error)}")
        except self._ray.exceptions.RayError as error:
            self.lose(hand, _words(error))
        else:
            if self._fits(facts):
                hand.facts = facts
            else:
                self._do_without(hand, self.reason)

    def lose(self, hand: Hand, reason: str) -> list[Share]:
        """Strike a replica off that died; it will be replaced while there are spares. Returns its shares."""
        _log.warning("a replica died: %s", reason)
        shares = list(hand.streams.values())
        self.reason = f"it died: {reason}"
        self._dismiss(hand)
        self._spare -= 1
        if self._spare < 0:
            self._wanted = max(len(self._hands), 0)
        return shares

    def rest(self) -> None:
        """Stop those that still work: nobody waits for their answers. The next call starts others."""
        for hand in [hand for hand in self._hands if hand.streams]:
            self._dismiss(hand)

    def dismiss(self) -> None:
        """Stop them all."""
        for hand in list(self._hands):
            self._dismiss(hand)

    @property
    def gone(self) -> bool:
        """Whether none is there and none will come."""
        return not self._hands and not self._wanted

    @property
    def working(self) -> bool:
        """Whether a share is in anybody's hands."""
        return any(hand.streams for hand in self._hands)

    def _hire(self) -> Hand:
        actor = self._start.remote(*self._arguments)
        hand = Hand(actor, actor.hello.remote(), time.monotonic() + self._patience)
        self._hands.append(hand)
        return hand

    def _fits(self, facts: Facts) -> bool:
        if facts.address != self._cluster.here and not self._may_ask(facts.address):
            self.reason = f"the data may not be sent to {facts.address}"
        elif self.facts is not None and facts.fingerprint != self.facts.fingerprint:
            self.reason = (
                f"on {facts.address} it is another model: {dict(facts.identity)}, not "
                f"{dict(self.facts.identity)}; set dtype and device, and give a function an id"
            )
        else:
            return True
        return False

    def _do_without(self, hand: Hand, reason: str) -> None:
        _log.warning("one replica less: %s", reason)
        self.reason = reason
        self._dismiss(hand)
        self._wanted -= 1

    def _dismiss(self, hand: Hand) -> None:
        self._hands.remove(hand)
        self._ray.kill(hand.actor)

    def _not_placed(self) -> str:
        there = f"{self._cluster.total('GPU'):g} GPUs and {self._cluster.total('CPU'):g} CPUs"
        return (
            f"no room for a replica in {self._patience:g} s: each asks Ray for {self._needs}, and the "
            f"cluster has {there} in all"
        )


def _importable(modules: tuple[str, ...]) -> tuple[str, ...]:
    """Those that another process finds by name; a file of the user's own has none there."""
    return tuple(m for m in modules if not m.startswith("medassay_file_"))


def _words(error: BaseException) -> str:
    """The last line of an error of Ray: the first ones are of its own machinery."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, BaseException):
        return f"{type(cause).__name__}: {cause}"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
