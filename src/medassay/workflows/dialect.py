"""Boxes are read in the dialect that the model's card names."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from medassay.errors import UsageError
from medassay.metrics import score
from medassay.text import DIALECTS
from medassay.types import Benchmark


def heard(benchmark: Benchmark, dialect: str) -> Benchmark:
    """The benchmark with its boxes read in `dialect`; itself where none is named or it has its own scorer.

    The dialect is the model's (`Style.boxes`), so it stands in the manifest under the model and keeps runs of
    models with different dialects comparable.

    Raises:
        UsageError: there is no such dialect.
    """
    if dialect and dialect not in DIALECTS:
        raise UsageError(f"no dialect of boxes {dialect!r} in the model's card: one of {', '.join(DIALECTS)}")
    if not dialect or benchmark.scorer is not score:
        return benchmark
    return replace(benchmark, scorer=partial(score, boxes=dialect))
