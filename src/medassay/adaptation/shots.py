"""A few examples of each class: whole patients, drawn by hash, the fewer within the more."""

from __future__ import annotations

from collections import defaultdict

from medassay.adaptation.examples import Examples
from medassay.errors import DataError, UsageError
from medassay.types import fingerprint


def few(examples: Examples, shots: int, seed: int) -> Examples:
    """`shots` examples of each class, each of another patient (cluster) within its class.

    Which ones follows from the seed and the ids alone; those of k are among those of a larger k.

    Raises:
        UsageError: labels that do not exclude each other, where a shot of a class has no one meaning.
        DataError: a class has fewer patients than shots; names it.
    """
    if not examples.exclusive:
        raise UsageError("shots are counted by class: these labels do not exclude each other")
    by_class: dict[int, list[int]] = defaultdict(list)
    for place in sorted(range(len(examples.ids)), key=lambda i: fingerprint([seed, examples.ids[i]])):
        by_class[int(examples.classes[place])].append(place)
    chosen: list[int] = []
    for place, label in enumerate(examples.labels):
        first = {
            examples.clusters[i]: i for i in reversed(by_class[place])
        }  # of each patient the first drawn
        drawn = [i for i in by_class[place] if first[examples.clusters[i]] == i][:shots]
        if len(drawn) < shots:
            raise DataError(f"{label!r} has {len(drawn)} patients to learn from, fewer than {shots} shots")
        chosen += drawn
    return examples.take(sorted(chosen))
