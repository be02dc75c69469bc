"""CIDEr-D: n-grams weighted by how few of the evaluated rows have them (Vedantam et al. 2015).

Equal to `pycocoevalcap` given equal tokens. All texts are counted at once: an n-gram is a number, made of the
number of its first n - 1 tokens and of its last token.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.types import FloatArray

_ORDERS = 4
_SIGMA = 6.0  # of the penalty on lengths
Numbers = NDArray[np.int64]


def cider_d(answers: Sequence[str], accepted: Sequence[Sequence[str]], rows: NDArray[Any]) -> FloatArray:
    """CIDEr-D of each answer; the frequencies of n-grams are counted on the accepted texts of all rows given.

    Mean over n = 1 to 4 of the clipped cosine of TF-IDF vectors, times exp(-d^2 / 72) for a difference of d
    bigrams, mean over the accepted texts, times 10.

    Args:
        answers: n texts, tokens parted by blanks.
        accepted: of each row, one or more such texts.
        rows: (n,) the row's name: what has the same name counts once in the frequencies.

    Returns:
        (n,) values in [0, 10]; all 0 where there is a single row, since nothing is then rare.
    """
    if not len(answers):
        return np.zeros(0)
    held = np.array([len(texts) for texts in accepted])
    owner = np.repeat(np.arange(len(answers)), held)  # (m,) the row of each accepted text
    texts = [*answers, *(text for golds in accepted for text in golds)]
    row_of = np.unique(rows, return_inverse=True)[1]
    similar = np.zeros(len(owner))
    apart = np.zeros(len(owner))
    for order, (text, gram) in enumerate(_grams(texts), start=1):
        if order == 2:
            pairs = np.bincount(text, minlength=len(texts))
            apart = (pairs[owner] - pairs[len(answers) :]).astype(np.float64)
        similar += _cosine(text, gram, owner, row_of)
    similar *= np.exp(-(apart**2) / (2 * _SIGMA**2)) / _ORDERS
    value: FloatArray = 10.0 * np.bincount(owner, weights=similar, minlength=len(answers)) / held
    return value


def _grams(texts: Sequence[str]) -> Iterator[tuple[Numbers, Numbers]]:
    """For n = 1 to 4, each n-gram that stands anywhere: (k,) which text it stands in, (k,) its number."""
    known: dict[str, int] = {}
    parts = [[known.setdefault(token, len(known)) for token in text.split()] for text in texts]
    text = np.repeat(np.arange(len(texts)), [len(part) for part in parts])
    token = np.array([number for part in parts for number in part], dtype=np.int64)
    gram = token
    yield text, gram
    for order in range(2, _ORDERS + 1):
        last = np.arange(order - 1, len(token))
        whole = text[last] == text[last - order + 1]
        # `gram` has a number for every place where the shorter one starts, sound where it lies in one text
        numbers = gram[: len(last)] * (len(known) + 1) + token[last]
        gram = np.unique(numbers, return_inverse=True)[1].astype(np.int64)
        yield text[last][whole], gram[whole]


def _cosine(text: Numbers, gram: Numbers, owner: Numbers, row_of: Numbers) -> FloatArray:
    """(m,) clipped cosine of each accepted text with the answer of its row, for n-grams of one length."""
    size, answers = int(gram.max(initial=0)) + 1, len(row_of)
    entry, count = np.unique(text * size + gram, return_counts=True)  # sorted: answers first
    text, gram = entry // size, entry % size
    first = int(np.searchsorted(text, answers))  # where the accepted texts begin
    of = owner[text[first:] - answers]  # the row of each of their entries
    seen = np.unique(row_of[of] * size + gram[first:]) % size
    frequency = np.bincount(seen, minlength=size)
    rarity = np.log(row_of.max() + 1) - np.log(np.maximum(1, frequency))
    weight = count * rarity[gram]
    norm = np.sqrt(np.bincount(text, weights=weight**2, minlength=answers + len(owner)))
    wanted = of * size + gram[first:]
    place = np.minimum(np.searchsorted(entry[:first], wanted), max(first - 1, 0))
    found = (entry[:first].take(place) == wanted) if first else np.zeros(len(wanted), dtype=bool)
    ours = np.where(found, weight.take(place), 0.0) if len(weight) else np.zeros(0)
    product = np.minimum(ours, weight[first:]) * weight[first:]
    total = np.bincount(text[first:] - answers, weights=product, minlength=len(owner))
    length = norm[owner] * norm[answers:]
    cosine: FloatArray = np.divide(total, length, out=np.zeros(len(owner)), where=length > 0)
    return cosine
