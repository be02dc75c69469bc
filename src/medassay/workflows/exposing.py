"""Whether a model has seen a benchmark, with the models that it was trained from."""

from __future__ import annotations

from collections.abc import Iterator

from medassay import registry
from medassay.models.exposure import Exposure, exposure
from medassay.types import Benchmark, ModelCard


def exposed(card: ModelCard | None, benchmark: Benchmark) -> Exposure:
    """What the card of a model, and those of its bases, say of a benchmark."""
    return exposure(card, benchmark, bases=tuple(_bases(card)) if card else ())


def _bases(card: ModelCard) -> Iterator[ModelCard]:
    """The card of what a model was trained from, and of what that was trained from."""
    seen = {card.name}
    while card.base and card.base not in seen:
        seen.add(card.base)
        card = registry.find("model", card.base)
        yield card
