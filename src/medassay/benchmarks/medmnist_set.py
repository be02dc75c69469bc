"""The shape of a MedMNIST 2D set, and what its file says of one image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.benchmarks.shared.labels import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """One of the sets.

    `labels`: the classes, of two the positive one second. `codes`: what the file calls them, in the same
    order, where that is not 0, 1, 2 ... `counts`: of train, val and test. `images`: whose they are.
    `ordered`: the classes are grades, the lowest first. `cut_by_image`: the splits do not respect patients.
    `read`: its file has been read, not only its description.
    """

    name: str
    title: str
    task: str
    modality: str
    question: str
    labels: tuple[Label, ...]
    counts: tuple[int, int, int]
    md5_224: str
    images: str
    templates: tuple[str, ...] = ()
    codes: tuple[int, ...] = ()
    colour: bool = False
    multilabel: bool = False
    ordered: bool = False
    cut_by_image: bool = False
    licence: str = "CC-BY-4.0"
    read: bool = False
    notes: str = ""

    @property
    def published(self) -> bool:
        """Does a published protocol (MedVLMBench) name single prompts for its classes?"""
        return any(label.published for label in self.labels)

    def fits(self, labels: NDArray[Any]) -> bool:
        """Whether an array of labels (N, k) can be of this set."""
        width, codes = (len(self.labels), 2) if self.multilabel else (1, len(self.labels))
        return labels.ndim == 2 and labels.shape[1] == width and bool(np.isin(labels, range(codes)).all())

    def texts(self, row: NDArray[Any]) -> tuple[str, ...]:
        """The right labels of one row (k,) of the file."""
        if self.multilabel:
            return tuple(label.name for label, there in zip(self.labels, row, strict=True) if there)
        code = int(row[0])
        return (self.labels[self.codes.index(code) if self.codes else code].name,)
