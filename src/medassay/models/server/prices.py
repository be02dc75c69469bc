"""What tokens cost, from a table of the user's, and a limit on what is spent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medassay.errors import UsageError, reason
from medassay.types import Request, Usage

DEFAULT = Path(".medassay") / "prices.yaml"
EXAMPLE = """kind: prices
schema: 1
# euros for a million tokens; look them up at your provider and keep the date beside them
models:
  some-model-2026-01-01: {input: 2.00, output: 8.00}
"""
_CHARACTERS_PER_TOKEN = 2  # fewer than any tokenizer needs for English: a bound, not a guess
_TOKENS_PER_IMAGE = 4000  # until a first answer tells


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Euros for one token."""

    input: float
    output: float

    def of(self, usage: Usage) -> float:
        """What an answer cost."""
        return usage.input_tokens * self.input + usage.output_tokens * self.output


def price_of(name: str, table: str | None) -> Price | None:
    """The price of a model from the table that is named, else `$MEDASSAY_PRICES`, else .medassay/prices.yaml.

    Raises:
        UsageError: a table that was named is missing, or is none.
    """
    named = table or os.environ.get("MEDASSAY_PRICES")
    path = Path(named) if named else DEFAULT
    if not path.is_file():
        if named:
            raise UsageError(f"{path}: no such table of prices. It should read:\n{EXAMPLE}")
        return None
    return _read(path).get(name)


def _read(path: Path) -> Mapping[str, Price]:
    import yaml

    try:
        held: Any = yaml.safe_load(path.read_text("utf-8"))
        if held["kind"] != "prices" or held["schema"] != 1:
            raise ValueError("it does not open with `kind: prices` and `schema: 1`")
        return {
            name: Price(input=float(p["input"]) / 1e6, output=float(p["output"]) / 1e6)
            for name, p in held["models"].items()
        }
    except (
        OSError,
        yaml.YAMLError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise UsageError(
            f"{path}: no table of prices ({reason(error)}). It should read:\n{EXAMPLE}"
        ) from error


class Budget:
    """A sum in euros that is never passed: what an answer can cost is held back before it is asked."""

    def __init__(self, limit: float, price: Price) -> None:
        self._limit, self._price = limit, price
        self._spent = self._held = 0.0
        self._holders = 0
        self._longest_input = 0  # tokens of the longest input beyond its text, for each of its images

    def decided(self, request: Request) -> bool:
        """Whether waiting changes nothing: the request fits, or nobody holds what could come back."""
        return not self._holders or self._spent + self._held + self._most(request) <= self._limit

    def hold(self, request: Request) -> float | None:
        """Hold back what the request can cost; None if that is not left."""
        most = self._most(request)
        if self._spent + self._held + most > self._limit:
            return None
        self._held += most
        self._holders += 1
        return most

    def settle(self, held: float, usage: Usage, request: Request) -> None:
        """Give back what was held and note what was spent."""
        self._held -= held
        self._holders -= 1
        self._spent += self._price.of(usage)
        if request.images and usage.input_tokens:
            self._longest_input = max(self._longest_input, -(-usage.input_tokens // len(request.images)))

    @property
    def spent(self) -> float:
        """Euros so far."""
        return self._spent

    def _most(self, request: Request) -> float:
        images = len(request.images) * max(self._longest_input, _TOKENS_PER_IMAGE)
        tokens = len(request.text) / _CHARACTERS_PER_TOKEN + images
        return tokens * self._price.input + request.decoding.max_tokens * self._price.output
