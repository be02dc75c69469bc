"""Other people's pictures: for each sample the images of others, so that a model sees the wrong ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from medassay.types import UNKNOWN_CLUSTER, Case, Image, Sample, fingerprint


def apart(one: Case, other: Case) -> bool:
    """Whether two cases are of different patients and share no image, as far as is known.

    An image without a digest is known by where it lies.
    """
    same_patient = one.cluster == other.cluster and one.cluster != UNKNOWN_CLUSTER
    return one.id != other.id and not same_patient and not _contents(one) & _contents(other)


def strangers(samples: Sequence[Sample], seed: int) -> dict[str, tuple[Image, ...]]:
    """By the id of each sample the images of others, as many as its own.

    They are of other patients, and of samples with another right answer while there is one. Which ones is
    drawn by hash of the seed and the id. A sample without images, or without strangers, is left out.
    """
    drawn = sorted((s for s in samples if s.images), key=lambda s: fingerprint([seed, s.id]))
    answers = {_answer(sample) for sample in drawn}
    found = {}
    for sample in drawn:
        start = int(fingerprint([seed, "stranger", sample.id])[:16], 16) % len(drawn)
        images = tuple(islice(_images(sample, drawn, start, answers), len(sample.images)))
        if len(images) == len(sample.images):
            found[sample.id] = images
    return found


def _images(sample: Sample, drawn: Sequence[Sample], start: int, answers: set[object]) -> Iterator[Image]:
    """Distinct images of those apart from the sample: first of other answers, then of the same."""
    seen: set[Image] = set()
    for same in (False, True):
        if not same and len(answers) < 2:
            continue
        for place in range(len(drawn)):
            other = drawn[(start + place) % len(drawn)]
            if (_answer(other) == _answer(sample)) is same and apart(sample, other):
                yield from (image for image in other.images if image not in seen)
                seen.update(other.images)


def _answer(sample: Sample) -> object:
    target = sample.target
    return tuple(text.lower() for text in target.texts), target.number, target.boxes


def _contents(case: Case) -> frozenset[str]:
    return frozenset(image.digest or image.uri for image in case.images)
