"""Labelled images as arrays: what recipes for encoders learn from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from medassay.errors import DataError, UsageError
from medassay.models.batching import Failure
from medassay.models.encoded import Encoded
from medassay.types import UNKNOWN_CLUSTER, Choice, FloatArray, Image, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Samples with their labels.

    Attributes:
        ids: of the samples, (n,).
        clusters: patient or what else a cluster is; samples of unknown cluster have their own id.
        images: of each sample.
        choices: the labels, with the texts that stand for them.
        exclusive: exactly one label is right.
        truth: (n, labels): 1 right, 0 wrong, NaN nobody knows.
        vectors: (n, d), not normalised, the mean over the images of a sample; empty until encoded.
    """

    ids: tuple[str, ...]
    clusters: tuple[str, ...]
    images: tuple[tuple[Image, ...], ...]
    choices: tuple[Choice, ...]
    exclusive: bool
    truth: FloatArray
    vectors: FloatArray = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the labels."""
        return tuple(choice.label for choice in self.choices)

    @property
    def classes(self) -> FloatArray:
        """(n,) the index of the right label; of exclusive labels only."""
        return np.asarray(np.argmax(self.truth, axis=1))

    def take(self, places: Sequence[int]) -> Examples:
        """Only the examples at these places, in this order."""
        return replace(
            self,
            ids=tuple(self.ids[i] for i in places),
            clusters=tuple(self.clusters[i] for i in places),
            images=tuple(self.images[i] for i in places),
            truth=self.truth[list(places)],
            vectors=self.vectors[list(places)] if len(self.vectors) else self.vectors,
        )


def labelled(samples: Iterable[Sample], *, what: str) -> Examples:
    """Samples of kind label or multilabel as examples; a target "unknown" counts neither way.

    Raises:
        UsageError: they are questions of another kind, or their labels differ from row to row.
        DataError: there are none.
    """
    held = list(samples)
    if not held:
        raise DataError(f"{what}: no samples to learn from")
    kinds = {sample.kind for sample in held}
    if len(kinds) > 1 or not kinds <= {"label", "multilabel"}:
        raise UsageError(
            f"{what} asks {', '.join(sorted(kinds))}: this recipe learns labels of images, not answers"
        )
    choices = held[0].choices
    if any(sample.choices != choices for sample in held):
        raise UsageError(f"{what}: the labels differ from sample to sample, so that no head fits all")
    exclusive = held[0].kind == "label"
    return Examples(
        ids=tuple(sample.id for sample in held),
        clusters=tuple(s.id if s.cluster == UNKNOWN_CLUSTER else s.cluster for s in held),
        images=tuple(sample.images for sample in held),
        choices=choices,
        exclusive=exclusive,
        truth=np.array([_truth(sample, choices) for sample in held], np.float32),
    )


def _truth(sample: Sample, choices: Sequence[Choice]) -> list[float]:
    right, unknown = set(sample.target.texts), set(sample.target.unknown)
    return [np.nan if c.label in unknown else float(c.label in right) for c in choices]


def encoded(examples: Examples, encoder: Encoded) -> tuple[Examples, list[str]]:
    """The examples with their vectors, and why some were left out (an image that cannot be read).

    Raises:
        DataError: no image can be read.
        ModelError: the weights cannot be loaded.
    """
    distinct = list(dict.fromkeys(image for held in examples.images for image in held))
    seen = {distinct[place]: vector for place, vector in encoder.each(distinct)}
    kept, vectors, lost = [], [], []
    for place, images in enumerate(examples.images):
        found = [seen[image] for image in images]
        failed = [one.error for one in found if isinstance(one, Failure)]
        if failed or not found:
            lost.append(f"{examples.ids[place]}: {failed[0] if failed else 'no image'}")
            continue
        kept.append(place)
        vectors.append(np.mean([one for one in found if not isinstance(one, Failure)], axis=0))
    if not kept:
        raise DataError(f"no image of {len(examples.ids)} samples can be read; the first: {lost[0]}")
    return replace(examples.take(kept), vectors=np.stack(vectors).astype(np.float32)), lost
