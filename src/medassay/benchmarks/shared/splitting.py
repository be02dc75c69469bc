"""Splits for datasets that come without one: by the hash of the patient, the lesion or the image."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

SHARES: Mapping[str, float] = {"train": 0.7, "validation": 0.1, "test": 0.2}


def part_of(cluster: str, *, salt: str, shares: Mapping[str, float] = SHARES) -> str:
    """The split of a cluster: the same on every machine, for ever, and whatever else is in the file.

    All rows of a cluster fall together, so train and test share none. The shares are met on average.

    Args:
        cluster: what may not be split: a patient, a lesion.
        salt: the name of the dataset and the version of its split.
        shares: the splits in order with their share; they add up to 1.
    """
    digest = hashlib.sha256(f"{salt}\0{cluster}".encode()).digest()
    place, reached = int.from_bytes(digest[:8], "big") / 2**64, 0.0
    for name, share in shares.items():
        reached += share
        if place < reached:
            return name
    return name
