"""Split a benchmark's questions into reasoning and understanding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from medassay.errors import DataError
from medassay.splits.classifier import Validated, cross_validate, fit, text_of, validated
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
from medassay.types import Sample
from medassay.workflows.resolve import resolve_benchmark

TRAINING = "medxpertqa-mm"
_SKILL = "skill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The tags of a benchmark, and what their classifier is worth on its own training questions."""

    benchmark: str
    validated: Validated
    tags: Sequence[Tag]

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
        }


def split(
    benchmark: str, *, data: str | None, training: str | None, out: Path | None, uncertain: Band | None = None
) -> Split:
    """Tag every sample of a benchmark by a classifier of the training benchmark's own labels.

    A benchmark whose authors label the skill keeps their labels.

    Args:
        benchmark: its name.
        data: the folder of its files.
        training: the folder of MedXpertQA MM's questions; `data` where that is the benchmark.
        out: where to write the tags (CSV).
        uncertain: the probabilities at which a question is called neither.

    Raises:
        DataError: files are missing, or not as described.
    """
    task = resolve_benchmark(benchmark, data=data).without_pictures()
    taught = resolve_benchmark(TRAINING, data=training or (data if task.benchmark.name == TRAINING else None))
    known = list(taught.without_pictures().samples())
    texts = [text_of(sample) for sample in known]
    labels = np.array([sample.tags[_SKILL] == REASONING for sample in known])
    held = families(known)
    worth = validated(cross_validate(texts, labels, held), labels, held)
    samples = list(task.samples())
    if not samples:
        raise DataError(f"{task.title}: no samples to split")
    tags = _labelled(samples) or _predicted(samples, fit(texts, labels, held), uncertain)
    found = Split(benchmark=task.title, validated=worth, tags=tags)
    if out is not None:
        write_tags(out, tags)
    return found


def _labelled(samples: Sequence[Sample]) -> list[Tag]:
    """The authors' labels, empty where any sample lacks one."""
    said = [sample.tags.get(_SKILL, "") for sample in samples]
    if not set(said) <= set(PARTS) - {UNCERTAIN}:
        return []
    return [
        Tag(id=s.id, part=part, probability=float(part == REASONING), source=AUTHORS)
        for s, part in zip(samples, said, strict=True)
    ]


def _predicted(samples: Sequence[Sample], classifier: Any, uncertain: Band | None) -> list[Tag]:
    probability = classifier.predict_proba([text_of(sample) for sample in samples])[:, 1]
    return [
        Tag(id=s.id, part=part_of(p, uncertain), probability=float(p), source=NOT_VALIDATED)
        for s, p in zip(samples, probability, strict=True)
    ]
