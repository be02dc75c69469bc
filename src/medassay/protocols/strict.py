"""Our own rules: what the benchmark's card says, read without guessing, all rows in the denominator."""

from __future__ import annotations

from medassay.protocols.protocol import STRICT, Bugs, Protocol, Rules
from medassay.types import Benchmark


def rules(benchmark: Benchmark, _bugs: Bugs) -> Rules:
    """The card's own prompt, scorer and measures."""
    return Rules(
        scorer=benchmark.scorer,
        measures=benchmark.measures,
        primary=benchmark.primary,
        prompt=benchmark.prompt,
    )


PROTOCOL = Protocol(
    name=STRICT,
    title="Strict",
    source="medassay",
    definition=(
        "Answers are read by ordered rules that never guess; unparsed and refused answers count as wrong, "
        "failed requests bound the value; intervals are over clusters."
    ),
    rules=rules,
    bugs={},
)
