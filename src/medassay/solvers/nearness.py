"""Solved cases or texts in the order of their nearness to a case, by exact search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from medassay.errors import MissingExtra
from medassay.solvers.context import Context, Embed, Solved
from medassay.splits.counting import text_of
from medassay.types import Case, FloatArray, fingerprint

Ranking = Callable[[Case], Iterable[tuple[Solved, float]]]
"""All that can be shown for a case, the nearest first, each with its similarity (a cosine, -1 to 1)."""


def by_image(context: Context, among: Sequence[Solved], encoder: str) -> Ranking:
    """By the cosine of the mean vectors of their images. What has no image is left out."""
    held = [solved for solved in _shuffled(context, among) if solved.case.images]
    embed = context.encoder(encoder)
    return _near_images(context, held, _vectors([solved.case for solved in held], embed), embed)


def by_report(context: Context, among: Sequence[Solved], encoder: str) -> Ranking:
    """By the cosine of the case's images and the text, for an encoder that puts both in one space."""
    held = [solved for solved in _shuffled(context, among) if solved.answer.strip()]
    embed = context.encoder(encoder)
    known = embed([solved.answer for solved in held]) if held else np.zeros((0, 0), np.float32)
    return _near_images(context, held, known, embed)


def by_words(context: Context, among: Sequence[Solved]) -> Ranking:
    """By the cosine of TF-IDF weights of the words: question and options, or the text where no question is.

    Raises:
        MissingExtra: scikit-learn is not installed.
    """
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as error:
        raise MissingExtra("scikit-learn", "report") from error
    held = _shuffled(context, among)
    weigh = TfidfVectorizer()
    known = weigh.fit_transform([text_of(solved.case).strip() or solved.answer for solved in held])
    return lambda case: _nearest(held, (known @ weigh.transform([text_of(case)]).T).toarray()[:, 0])


def _near_images(context: Context, held: Sequence[Solved], known: FloatArray, embed: Embed) -> Ranking:
    """What is held by the cosine of its vectors and those of a case's images; nothing without images."""
    asked = [case for case in context.cases() if case.images]
    vectors = dict(zip((case.id for case in asked), _vectors(asked, embed), strict=True))
    return lambda case: _nearest(held, known @ vectors[case.id]) if case.id in vectors and held else ()


def _shuffled(context: Context, among: Sequence[Solved]) -> list[Solved]:
    """In an order of the seed's, which decides between the equally near."""
    return sorted(among, key=lambda solved: fingerprint([context.seed, solved.case.id]))


def _nearest(held: Sequence[Solved], similarity: FloatArray) -> Iterator[tuple[Solved, float]]:
    return ((held[place], float(similarity[place])) for place in np.argsort(-similarity, kind="stable"))


def _vectors(cases: Sequence[Case], embed: Embed) -> FloatArray:
    """(n, d) for each case the mean of its images' vectors, of unit length."""
    images = list(dict.fromkeys(image for case in cases for image in case.images))
    if not images:
        return np.zeros((len(cases), 0), np.float32)
    row = dict(zip(images, embed(images), strict=True))
    means = np.stack([np.mean([row[image] for image in case.images], axis=0) for case in cases])
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True))
