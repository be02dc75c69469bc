"""What a described dataset holds, before any model is asked."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from medassay.benchmarks.described.card import card_of, describe
from medassay.benchmarks.described.loading import Source, open_source, repeated
from medassay.contracts import Finding, check_benchmark
from medassay.errors import DataError
from medassay.types import Sample
from medassay.workflows.describing.drawing import drawn
from medassay.workflows.describing.pictures import Pictures, look_at
from medassay.workflows.describing.seen import Seen, warnings

WIDTH = 80
_SHOWN, _ANSWERS = 5, 20  # problems and values of a tag; right answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A described dataset as it was understood.

    `problems` are mistakes in rows (`n_problems` of them, the first few in words), `warnings` what is no
    mistake and makes numbers worth less, `findings` the contracts. `balance` counts the right answers of
    kinds with few of them, `labels` are in the order in which they are offered, `answer_words` are the
    smallest, median and largest number of words.
    """

    path: str
    title: str
    task: str
    may_leave: bool
    rows: int
    kinds: Mapping[str, int]
    splits: Mapping[str, int]
    patients: Mapping[str, int]
    pictures: Pictures
    balance: Mapping[str, int]
    labels: Sequence[str]
    answer_words: tuple[int, float, int]
    tags: Mapping[str, Mapping[str, int]]
    problems: Sequence[str]
    n_problems: int
    warnings: Sequence[str]
    findings: Sequence[Finding]
    sample: str

    @property
    def ok(self) -> bool:
        """Whether it can be run as it is."""
        sound = not (self.n_problems or self.pictures.missing or self.pictures.unreadable)
        return sound and self.rows > 0 and all(finding.ok for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """All of it by name, without the picture of the sample."""
        held = {name: value for name, value in asdict(self).items() if name != "sample"}
        return {"schema_version": 1, "ok": self.ok, **held}

    def text(self) -> str:
        """All of it in words, 80 columns wide."""
        return "\n".join(_wrapped(_text(self)))


def check(path: Path, *, data: Path | None = None, every_image: bool = False) -> Understood:
    """Go through a described dataset: a YAML file, or a table whose header says enough.

    Mistakes in rows are collected, not raised.

    Args:
        path: the file.
        data: the folder that its paths are seen from; the file's own by default.
        every_image: open every image (else all are looked for, and a few are opened).

    Raises:
        DataError: a mistake in the file itself, or in the header of its table.
    """
    described = describe(path)
    card, source = card_of(described), open_source(described, data)
    seen, problems = Seen(), list[str]()
    for found in _walk(source):
        if isinstance(found, DataError):
            problems.append(str(found))
        else:
            seen.add(*found)
    pictures = look_at(seen.images, every=every_image)
    few = [s for s in seen.few if not {i.uri for i in s.images} & pictures.lost]
    lengths = sorted(seen.lengths) or [0]
    return Understood(
        path=str(path),
        title=card.title,
        task=card.task,
        may_leave=card.may_leave,
        rows=seen.splits.total(),
        kinds=dict(seen.kinds.most_common()),
        splits=dict(seen.splits),
        patients={split: len(found) for split, found in seen.patients.items()},
        pictures=pictures,
        balance=dict(seen.balance.most_common()),
        labels=[choice.label for choice in source.labels],
        answer_words=(lengths[0], median(lengths), lengths[-1]),
        tags={tag: dict(found.most_common()) for tag, found in seen.tags.items()},
        problems=problems[:_SHOWN],
        n_problems=len(problems),
        warnings=[*warnings(card, seen), *pictures.warnings()],
        findings=check_benchmark(card, few) if few else (),
        sample=drawn(card, few[0]) if few else "",
    )


def _walk(source: Source) -> Iterator[tuple[str, Sample] | DataError]:
    """Every row as a sample with its split, or what is wrong with it; a damaged table ends the walk."""
    before: dict[str, str] = {}
    lines = source.table.lines()
    while True:
        try:
            line = next(lines)
        except StopIteration:
            return
        except DataError as error:
            yield error
            return
        try:
            split, sample = source.split(line), source.sample(line)
            if sample.id in before:
                raise repeated(line, sample.id, before[sample.id])
            before[sample.id] = line.place
            yield split, sample
        except DataError as error:
            yield error


# ---- in words


def _text(held: Understood) -> Iterator[str]:
    local = "may leave this machine" if held.may_leave else "local only"
    yield f"{held.title} ({held.path}): {held.task}; {local}"
    yield f"rows       {held.rows:,}: {_counts(held.splits)}; asked as {_counts(held.kinds)}"
    yield from held.pictures.text()
    yield from _rows(held)
    for problem in held.problems:
        yield f"PROBLEM    {problem}"
    if held.n_problems > len(held.problems):
        yield f"PROBLEM    and {held.n_problems - len(held.problems):,} more rows"
    for finding in held.findings:
        if not finding.ok:
            yield f"BROKEN     {finding.check} ({finding.detail})"
    for warning in held.warnings:
        yield f"warning    {warning}"
    yield held.sample
    yield "It can be run as it is." if held.ok else "It cannot be run as it is: see PROBLEM and BROKEN above."


def _rows(held: Understood) -> Iterator[str]:
    """What is in the rows."""
    if held.patients:
        total = sum(held.patients.values())
        yield f"patients   {_counts(held.patients)}; {held.rows / total:.1f} rows each on average"
    if held.balance:
        whole = sum(held.balance.values())
        shares = [f"{name}: {n:,} ({n / whole:.0%})" for name, n in [*held.balance.items()][:_ANSWERS]]
        more = f", and {len(held.balance) - _ANSWERS} more" if len(held.balance) > _ANSWERS else ""
        yield f"answers    {', '.join(shares)}{more}"
    elif held.answer_words[-1]:
        low, middle, high = held.answer_words
        yield f"answers    {low} to {high} words, half of them up to {middle:g}"
    if held.labels:
        last = f"; of the two, {held.labels[1]!r} is the finding" if len(held.labels) == 2 else ""
        yield f"labels     offered as {', '.join(held.labels)}{last}"
    for tag, found in held.tags.items():
        more = f", and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        yield f"tag        {tag}: {_counts(dict([*found.items()][:_SHOWN]))}{more}"


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in found.items()) or "none"


def _wrapped(paragraphs: Iterator[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        if "\n" in paragraph:  # the sample: its lines stay as they are drawn
            yield paragraph
            continue
        yield from textwrap.wrap(paragraph, WIDTH, subsequent_indent=" " * 11, break_on_hyphens=False)
