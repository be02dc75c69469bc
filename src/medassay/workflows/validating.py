"""What a split is worth on its own benchmark: blind sheets for two readers, and what they say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from medassay import gate, splits
from medassay.errors import DataError
from medassay.splits.labels import Label, band_of, stands_for, write_labels
from medassay.splits.tags import (
    AUTHORS,
    NOT_VALIDATED,
    REASONING,
    UNCERTAIN,
    UNDERSTANDING,
    Tag,
    read_tags,
    write_tags,
)
from medassay.statistics.agreement import Agreement, Rate, against, kappa_rate, rate
from medassay.statistics.clusters import Codes
from medassay.types import UNKNOWN_CLUSTER, FloatArray, Sample
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.sheets import Mark, drawn, read_marks, shuffled, write_sheet

COLUMNS = ("id", "cluster", "question", "options", "images", "label")
UNSURE = "unsure"
_WORDS = {word: word for word in (REASONING, UNDERSTANDING, UNSURE)}
_SEED = "label read"
_FEWER = 0.5  # power of a band's size: rare probabilities are asked more often than in proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A question on which the readers do not agree, or are both unsure."""

    id: str
    first: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """How far two readers agree, and the classifier with what was settled.

    Every rate counts a question as often as it stands for others. `classifier` is None, and no label is
    written, while `open` disputes are left; `undecided` are those that stay unsure.
    """

    readers: tuple[str, str]
    n: int
    agreement: Rate
    kappa: Rate
    open: Sequence[Dispute]
    settled: int
    undecided: int
    classifier: Agreement | None

    @property
    def word(self) -> str:
        """What the tags say of themselves from now on."""
        if self.classifier is None:
            return NOT_VALIDATED
        return (
            f"validated here: kappa {_shown(self.kappa)}, sensitivity {_shown(self.classifier.sensitivity)}, "
            f"specificity {_shown(self.classifier.specificity)}, n {self.classifier.agreement.n}"
        )

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {"schema_version": 1, **asdict(self)}


def make_sheets(  # noqa: PLR0913  these are the options of the command line
    benchmark: str,
    *,
    data: str | None,
    tags: Path,
    n: int,
    out: tuple[Path, Path],
    seed: int = 0,
    permit: Collection[str] = (),
) -> int:
    """Write the same questions, drawn by hash, in two orders to be labelled blindly.

    The draw is stratified by the fifth of the classifier's probability, in proportion to the roots of their
    sizes. The sheets say nothing of the classifier; beside each lies what the words mean (`.md`).

    Args:
        benchmark: its name.
        data: the folder of its files.
        tags: its file of `medassay split make`.
        n: how many questions.
        out: a sheet for each reader (CSV).
        seed: of the draw and of the orders.
        permit: see `medassay.run`; "export" for data that must not leave.

    Returns:
        The number of questions drawn.

    Raises:
        DataError: the tags are another benchmark's, or of its authors.
        NotPermitted: the data must not leave, and may not be exported.
    """
    task = resolve_benchmark(benchmark, data=data).without_pictures()
    gate.require(task.benchmark, "export", permitted=permit)
    held = {tag.id: tag for tag in read_tags(tags)}
    samples = {sample.id: sample for sample in task.samples()}
    if lacking := sorted(held.keys() ^ samples.keys()):
        raise DataError(
            f"{tags}: {len(lacking)} ids are not of both {task.title} and the tags ({lacking[0]})"
        )
    if all(tag.source == AUTHORS for tag in held.values()):
        raise DataError(f"{tags}: the tags are the authors' own labels: there is no classifier to validate")
    chosen = drawn({name: band_of(tag) for name, tag in held.items()}, n, seed=seed, power=_FEWER)
    words = (files(splits) / "instructions.md").read_text("utf-8")
    for reader, path in enumerate(out):
        order = shuffled(chosen, seed=seed, order=f"reader {reader}")
        write_sheet(path, COLUMNS, [_line(samples[name]) for name in order])
        path.with_suffix(".md").write_text(words.format(sheet=path.name), encoding="utf-8")
    return len(chosen)


def read_sheets(
    sheets: tuple[Path, Path], *, tags: Path, out: Path, adjudicated: Path | None = None
) -> Validation:
    """Compare two labelled sheets with each other and, once all is settled, the classifier with them.

    While questions are open they are written as a third sheet, beside `out`. When none is, the labels go to
    `out` and the tags say what they are worth here.

    Args:
        sheets: of the two readers.
        tags: the tags that the draw was made from; their source is rewritten.
        out: where to write the labels (CSV).
        adjudicated: the third sheet, labelled.

    Raises:
        DataError: a line without a label, with another word or of another question (names file and line);
            sheets of other questions; tags of another benchmark.
    """
    tagged = {tag.id: tag for tag in read_tags(tags)}
    first, second = (_read(path, tagged) for path in sheets)
    third = _read(adjudicated, tagged) if adjudicated is not None else {}
    if lacking := sorted(first.keys() ^ second.keys()):
        here, there = sheets if lacking[0] in first else sheets[::-1]
        raise DataError(f"{there}: {lacking[0]} of {here} is not there ({len(lacking)} such)")
    names = sorted(first)
    said = np.array([(first[name].word, second[name].word) for name in names])
    disputed = {
        name: Dispute(id=name, first=one, second=other)
        for name, (one, other) in zip(names, said.tolist(), strict=True)
        if one != other or one == UNSURE
    }
    for name, mark in third.items():
        if name not in disputed:
            raise DataError(f"{mark.where}: {name} is not open: both readers agree on it")
    codes = _clusters([first[name] for name in names])
    weight = _weights(tagged, names)
    found = Validation(
        readers=(str(sheets[0]), str(sheets[1])),
        n=len(names),
        agreement=rate((said[:, 0] == said[:, 1]).astype(np.float64), codes, weight),
        kappa=kappa_rate(said[:, 0], said[:, 1], codes, seed=_SEED, weight=weight),
        open=[dispute for name, dispute in disputed.items() if name not in third],
        settled=len(third),
        undecided=sum(mark.word == UNSURE for mark in third.values()),
        classifier=None,
    )
    if found.open:
        write_sheet(third_sheet(out), COLUMNS, [_unlabelled(first[one.id]) for one in found.open])
        return found
    final = {**first, **third}
    decided = [name for name in names if final[name].word != UNSURE]
    if not decided:
        raise DataError(f"{sheets[0]}: every question is unsure: nothing to hold the classifier to")
    labels = [
        Label(id=name, part=str(final[name].word), stands_for=weight, by="third" if name in third else "both")
        for name, weight in zip(decided, _weights(tagged, decided), strict=True)
    ]
    found = replace(found, classifier=_worth(labels, tagged, _clusters([first[name] for name in decided])))
    write_labels(out, labels)
    write_tags(tags, [replace(tag, source=found.word) for tag in tagged.values()])
    return found


def third_sheet(out: Path) -> Path:
    """Where the open questions go, beside the labels."""
    return out.with_name(f"{out.stem}.to-settle.csv")


def _worth(labels: Sequence[Label], tagged: Mapping[str, Tag], codes: Codes) -> Agreement:
    """The classifier's part against people's; an uncertain question is in neither, and so not found."""
    yes = {REASONING: 1.0, UNDERSTANDING: 0.0, UNCERTAIN: 0.5}
    return against(
        np.array([yes[label.part] for label in labels]),
        np.array([yes[tagged[label.id].part] for label in labels]),
        codes,
        seed=_SEED,
        weight=np.array([label.stands_for for label in labels]),
    )


def _weights(tagged: Mapping[str, Tag], names: Sequence[str]) -> FloatArray:
    held = stands_for(list(tagged.values()), names)
    return np.array([held[name] for name in names])


def _clusters(marks: Sequence[Mark[str]]) -> Codes:
    names = [mark.line.get("cluster") or f"\0{mark.id}" for mark in marks]
    return np.unique(names, return_inverse=True)[1]


def _line(sample: Sample) -> dict[str, str]:
    letters = (f"{chr(65 + k)}. {choice.label}" for k, choice in enumerate(sample.choices))
    return {
        "id": sample.id,
        "cluster": "" if sample.cluster == UNKNOWN_CLUSTER else sample.cluster,
        "question": sample.question,
        "options": "\n".join(letters),
        "images": "\n".join(image.uri for image in sample.images),
        "label": "",
    }


def _unlabelled(mark: Mark[str]) -> dict[str, str]:
    return {name: mark.line.get(name, "") for name in COLUMNS} | {"label": ""}


def _read(path: Path, known: Collection[str]) -> dict[str, Mark[str]]:
    """The lines of a sheet by id, each with a label."""
    allowed = f"one of {', '.join(_WORDS)}"
    marks: dict[str, Mark[str]] = {}
    for mark in read_marks(path, _WORDS, allowed=allowed):
        if mark.id not in known:
            raise DataError(f"{mark.where}: {mark.id!r} has no tag: another draw, or its id was changed")
        if mark.word is None:
            raise DataError(f"{mark.where}: {mark.id} has no label yet: write {allowed}")
        if marks.setdefault(mark.id, mark) is not mark:
            raise DataError(f"{mark.where}: {mark.id} stands twice; take one out")
    if not marks:
        raise DataError(f"{path}: no lines")
    return marks


def _shown(held: Rate) -> str:
    return "none" if held.value is None else f"{held.value:.2f}"
