"""Which solved cases are shown for a case: never its own, nor any of its patient or its images."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from medassay.errors import DataError, MissingExtra
from medassay.solvers.context import Context, Embed, Solved
from medassay.solvers.strangers import apart
from medassay.splits.counting import text_of
from medassay.types import Case, FloatArray, Kind, fingerprint

Order = Callable[[Case], Iterable[Solved]]
"""All solved cases, those to show first first."""

_ALIKE: dict[Kind, str] = dict.fromkeys(("closed", "yes/no", "open"), "in words")
"""Kinds that only the right answer may tell apart: examples of just the one that is asked would tell it."""


def exemplars(order: Order, k: int, case: Case) -> list[Solved]:
    """The k cases to show for a case, the first in order last: next to the question.

    They are of the case's kind (closed, yes/no and open questions are one), of patients and images that are
    neither the case's nor each other's.

    Raises:
        DataError: there are fewer than k.
    """
    found = list(islice(_apart(order, case), k))
    if len(found) < k:
        raise DataError(f"{case.id}: {len(found)} examples of other patients and images, fewer than {k}")
    return found[::-1]


def _apart(order: Order, case: Case) -> Iterator[Solved]:
    shown = [case]
    for solved in order(case):
        if _kind(solved.case) == _kind(case) and all(apart(solved.case, other) for other in shown):
            shown.append(solved.case)
            yield solved


def drawn(context: Context) -> Order:
    """In an order drawn for each case."""
    examples = context.examples()
    return lambda case: (examples[place] for place in _permutation(len(examples), context.seed, case))


def by_class(context: Context) -> Order:
    """As drawn, one of each answer before the second of any, whatever is right here."""
    examples = context.examples()

    def order(case: Case) -> list[Solved]:
        before: defaultdict[str, int] = defaultdict(int)
        ranked = []
        for place in _permutation(len(examples), context.seed, case):
            answer = examples[place].answer.lower()
            ranked.append((before[answer], examples[place]))
            before[answer] += 1
        return [solved for _, solved in sorted(ranked, key=lambda pair: pair[0])]

    return order


def by_image(context: Context, encoder: str) -> Order:
    """By cosine of the mean vectors of their images, the highest first. Cases without images are left out."""
    examples = [solved for solved in _shuffled(context) if solved.case.images]
    asked = [case for case in context.cases() if case.images]
    embed = context.encoder(encoder)
    known = _vectors([solved.case for solved in examples], embed)
    vectors = dict(zip((case.id for case in asked), _vectors(asked, embed), strict=True))
    return lambda case: _nearest(examples, known @ vectors[case.id]) if case.id in vectors else ()


def by_text(context: Context) -> Order:
    """By cosine of TF-IDF weights of the words of question and options, the highest first.

    Raises:
        MissingExtra: scikit-learn is not installed.
    """
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as error:
        raise MissingExtra("scikit-learn", "report") from error
    examples = _shuffled(context)
    weigh = TfidfVectorizer()
    known = weigh.fit_transform([text_of(solved.case) for solved in examples])
    return lambda case: _nearest(examples, (known @ weigh.transform([text_of(case)]).T).toarray()[:, 0])


def _kind(case: Case) -> str:
    return _ALIKE.get(case.kind, case.kind)


def _permutation(n: int, seed: int, case: Case) -> list[int]:
    return random.Random(fingerprint([seed, case.id])).sample(range(n), n)  # noqa: S311  no secret


def _shuffled(context: Context) -> list[Solved]:
    """The examples in an order of the seed's, which decides between the equally near."""
    return sorted(context.examples(), key=lambda solved: fingerprint([context.seed, solved.case.id]))


def _nearest(examples: Sequence[Solved], similarity: FloatArray) -> Iterator[Solved]:
    return (examples[place] for place in np.argsort(-similarity, kind="stable"))


def _vectors(cases: Sequence[Case], embed: Embed) -> FloatArray:
    """(n, d) for each case the mean of its images' vectors, of unit length."""
    images = list(dict.fromkeys(image for case in cases for image in case.images))
    if not images:
        return np.zeros((len(cases), 0), np.float32)
    row = dict(zip(images, embed(images), strict=True))
    means = np.stack([np.mean([row[image] for image in case.images], axis=0) for case in cases])
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True))
