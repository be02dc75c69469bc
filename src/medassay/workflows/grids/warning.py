"""What must be said of a grid's numbers before anybody claims something by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medassay.reporting.grids import Outcome, Worth

ENOUGH_SEEDS = 3


def cautions(cells: Sequence[Outcome], worths: Sequence[Worth]) -> list[str]:
    """In sentences, the most important first."""
    return list(_said(cells, worths))


def _said(cells: Sequence[Outcome], worths: Sequence[Worth]) -> Iterator[str]:
    left = [cell for cell in cells if cell.status != "done"]
    if left:
        yield f"{len(left):,} of {len(cells):,} cells are not done: what is missing is in no number here."
    fewest = min((len(worth.seeds) for worth in worths), default=0)
    if worths and fewest < ENOUGH_SEEDS:
        yield (
            f"{fewest} seeds at the fewest: give at least {ENOUGH_SEEDS}, else nobody knows how much another "
            "training would differ; one has no interval."
        )
    if alike := sum(worth.adapted.between == 0 for worth in worths):
        yield (
            f"In {alike:,} of {len(worths):,} groups every seed gave the same value (all of the data, and a "
            "recipe that draws nothing): their intervals are of the test part alone."
        )
    if len({worth.model for worth in worths}) > 1:
        yield _between_models(fewest, len({worth.fraction for worth in worths}))
    gains = [worth for worth in worths if worth.gain and worth.gain.low is not None]
    if len(gains) > 1:
        yield (
            f"{len(gains):,} intervals of gains, each by itself: of as many, about {0.05 * len(gains):.2g} "
            "miss the truth."
        )
    if constant := sum(not worth.above_majority for worth in worths):
        yield (
            f"{constant:,} of {len(worths):,} adapted values are not shown to be above always giving the "
            "commonest answer (marked *)."
        )
    yield from dict.fromkeys(note for worth in worths for note in worth.adapted.note.split("; ") if note)


def _between_models(seeds: int, fractions: int) -> str:
    if seeds < ENOUGH_SEEDS or fractions < 2:
        return (
            f"With {seeds} seeds and {fractions} fractions nothing can be claimed of which model adapts "
            f"better: that takes {ENOUGH_SEEDS} seeds and a curve over fractions."
        )
    return (
        "Each gain is over the model's own original. Whether one family of models adapts better than another "
        "is a question for models and datasets as random effects: `medassay claims`."
    )
