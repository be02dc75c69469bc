"""A model addressed in another way than its card says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medassay.types import Model, Request, Response, Style


@dataclass(frozen=True, slots=True)
class Restyled:
    """`model` with `style` in place of its own; the same model otherwise, so answers are shared."""

    model: Model
    style: Style

    @property
    def identity(self) -> Mapping[str, Any]:
        """The model's own."""
        return self.model.identity

    @property
    def fingerprint(self) -> str:
        """The model's own."""
        return self.model.fingerprint

    @property
    def wants_pixels(self) -> bool:
        """The model's own."""
        return self.model.wants_pixels

    def answer(self, requests: Sequence[Request], /) -> Iterator[tuple[int, Response]]:
        """The model's own."""
        return self.model.answer(requests)
