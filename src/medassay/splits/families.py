"""Questions that must not lie on both sides of a fold: one stem, or one image."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from medassay.types import Case

_WORDS = re.compile(r"[^\W\d_]+")


def stem(question: str) -> str:
    """The words of a question in lower case; numbers, signs and spacing make no other question."""
    return " ".join(_WORDS.findall(question.casefold()))


def families(cases: Sequence[Case]) -> NDArray[np.int64]:
    """(n,) the family of each case, 0 to F - 1: one stem or image, also over others."""
    parent = list(range(len(cases)))
    first: dict[tuple[str, str], int] = {}
    for i, case in enumerate(cases):
        words = stem(case.question)
        keys = [("stem", words)] if words else []
        keys += [("image", image.digest or image.uri) for image in case.images]
        for key in keys:
            parent[_root(parent, i)] = _root(parent, first.setdefault(key, i))
    _, codes = np.unique([_root(parent, i) for i in range(len(cases))], return_inverse=True)
    return codes.astype(np.int64)


def _root(parent: list[int], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i
