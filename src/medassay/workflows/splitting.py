"""Split a benchmark's questions into reasoning and understanding, and the scores of runs by that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from medassay.errors import DataError
from medassay.metrics.verdicts import UNREAD
from medassay.reporting.split import RunParts
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
    read_tags,
    write_tags,
)
from medassay.statistics.parts import parted
from medassay.types import UNKNOWN_CLUSTER, Row, Sample
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.results import load_run

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


def by_parts(runs: Sequence[Path], tags: Sequence[Path]) -> list[RunParts]:
    """The accuracy of runs, whole and by part.

    Failed rows, and rows without an accuracy, are left out and counted.

    Raises:
        DataError: a sample of a run has no tag, or no row has an accuracy; an id has tags in two files; two
            runs would stand in one cell.
    """
    known: dict[str, Tag] = {}
    for path in tags:
        for tag in read_tags(path):
            if known.setdefault(tag.id, tag) != tag:
                raise DataError(f"{path}: {tag.id} has another tag in an earlier file: report them apart")
    found = [_of_run(folder, known) for folder in runs]
    cells = dict[tuple[str, str], Path]()
    for folder, one in zip(runs, found, strict=True):
        before = cells.setdefault((one.model, one.benchmark), folder)
        if before is not folder:
            raise DataError(f"{folder}: {before} is of {one.model} on {one.benchmark} too: report them apart")
    return found


def _of_run(folder: Path, known: Mapping[str, Tag]) -> RunParts:
    run = load_run(folder)
    rows = list(run.rows())
    lacking = [row.sample.id for row in rows if row.sample.id not in known]
    if lacking:
        raise DataError(
            f"{folder}: {len(lacking)} samples have no tag ({lacking[0]}): split the same benchmark"
        )
    held = [row for row in rows if row.score.status != "failed" and row.score.rule != UNREAD]
    judged = [row for row in held if row.score.status != "scored" or "accuracy" in row.score.values]
    if not judged:
        raise DataError(f"{folder}: no row has an accuracy, which is what the parts are of")
    score = np.array([row.score.values.get("accuracy", 0.0) for row in judged], dtype=np.float64)
    chosen = [known[row.sample.id] for row in judged]
    said = np.array([tag.part for tag in chosen])
    _, codes = np.unique([_cluster(row) for row in judged], return_inverse=True)
    return RunParts(
        model=run.manifest["model"]["name"],
        benchmark=run.benchmark.name,
        failed=len(rows) - len(held),
        without=len(held) - len(judged),
        hard=parted(score, (said == REASONING).astype(np.float64), codes, said == UNCERTAIN),
        weighted=parted(score, np.array([tag.probability for tag in chosen]), codes),
        source=", ".join(sorted({tag.source for tag in chosen})),
    )


def _cluster(row: Row) -> str:
    known = row.sample.cluster != UNKNOWN_CLUSTER
    return row.sample.cluster if known else f"\0{row.sample.id}"
