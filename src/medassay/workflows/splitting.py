"""Split a benchmark's questions into reasoning and understanding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from medassay.errors import DataError
from medassay.splits.classifier import Gain, Items, Validated, cross_validate, fit, gain, predicted, validated
from medassay.splits.counting import Counter, text_of
from medassay.splits.families import families
from medassay.splits.tags import (
    AUTHORS,
    NOT_VALIDATED,
    PARTS,
    REASONING,
    UNCERTAIN,
    Band,
    Tag,
    part_of,
    write_tags,
)
from medassay.types import FloatArray, Sample
from medassay.workflows.embedding import Encoder, embedded
from medassay.workflows.resolve import resolve_benchmark

TRAINING = "medxpertqa-mm"
_SKILL = "skill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The tags of a benchmark, and what their classifier is worth on its own training questions.

    With joint embeddings, theirs are the tags; `embedded` is what they are worth on the same folds, and
    `gain` their AUROC less that of the words.
    """

    benchmark: str
    validated: Validated
    tags: Sequence[Tag]
    embedded: Validated | None = None
    gain: Gain | None = None

    @property
    def note(self) -> str:
        """Whose word the tags are."""
        sources = sorted({tag.source for tag in self.tags})
        return ", ".join(sources)

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints: all but the tags themselves."""
        return {
            "benchmark": self.benchmark,
            "n": len(self.tags),
            **{part: sum(tag.part == part for tag in self.tags) for part in PARTS},
            "expected_reasoning": sum(tag.probability for tag in self.tags),
            "source": self.note,
            "cross_validated_on": TRAINING,
            "cross_validation": asdict(self.validated),
            "embeddings": None if self.embedded is None else asdict(self.embedded),
            "gain": None if self.gain is None else asdict(self.gain),
        }


def split(
    benchmark: str,
    *,
    data: str | None,
    training: str | None,
    out: Path | None,
    uncertain: Band | None = None,
    encoder: Encoder | None = None,
) -> Split:
    """Tag every sample of a benchmark by a classifier of the training benchmark's own labels.

    A benchmark whose authors label the skill keeps their labels.

    Args:
        benchmark: its name.
        data: the folder of its files.
        training: the folder of MedXpertQA MM's questions; `data` where that is the benchmark.
        out: where to write the tags (CSV).
        uncertain: the probabilities at which a question is called neither.
        encoder: what makes vectors of questions with their images; None: words alone, and no image is read.

    Raises:
        DataError: files are missing, or not as described.
        ImageError: an image is not there, with an encoder.
    """
    task = resolve_benchmark(benchmark, data=data)
    taught = resolve_benchmark(TRAINING, data=training or (data if task.benchmark.name == TRAINING else None))
    if encoder is None:
        task, taught = task.without_pictures(), taught.without_pictures()
    samples, known = list(task.samples()), list(taught.samples())
    if not samples:
        raise DataError(f"{task.title}: no samples to split")
    labels, held = np.array([s.tags[_SKILL] == REASONING for s in known]), families(known)
    counter = Counter(_texts(known))
    words = counter(_texts(known))
    by_words = cross_validate(words, labels, held)
    found = Split(benchmark=task.title, validated=validated(by_words, labels, held), tags=_labelled(samples))
    items: Items = words
    if encoder is not None:
        items = embedded(known, encoder=encoder)
        by_vectors = cross_validate(items, labels, held)
        worth, more = validated(by_vectors, labels, held), gain(by_vectors, by_words, labels, held)
        found = replace(found, embedded=worth, gain=more)
    if not found.tags:
        asked = counter(_texts(samples)) if encoder is None else embedded(samples, encoder=encoder)
        probability = predicted(fit(items, labels, held), asked)
        found = replace(found, tags=_predicted(samples, probability, uncertain))
    if out is not None:
        write_tags(out, found.tags)
    return found


def _texts(samples: Sequence[Sample]) -> list[str]:
    return [text_of(sample) for sample in samples]


def _labelled(samples: Sequence[Sample]) -> list[Tag]:
    """The authors' labels, empty where any sample lacks one."""
    said = [sample.tags.get(_SKILL, "") for sample in samples]
    if not set(said) <= set(PARTS) - {UNCERTAIN}:
        return []
    return [
        Tag(id=s.id, part=part, probability=float(part == REASONING), source=AUTHORS)
        for s, part in zip(samples, said, strict=True)
    ]


def _predicted(samples: Sequence[Sample], probability: FloatArray, uncertain: Band | None) -> list[Tag]:
    return [
        Tag(id=s.id, part=part_of(p, uncertain), probability=float(p), source=NOT_VALIDATED)
        for s, p in zip(samples, probability, strict=True)
    ]
