"""Get a benchmark's files ready: fetch what may be fetched, go through every split, and count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from medassay import lock
from medassay.errors import DataError, ImageError
from medassay.images import Prefetcher
from medassay.types import UNKNOWN_CLUSTER, Benchmark, Sample
from medassay.workflows.manifest import plan
from medassay.workflows.resolve import Task, resolve_benchmark

_SHOWN = 3  # reasons in a message
_WINDOW = 512  # samples whose images are read together


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One split. `stated` is None where the card names no count; `n` where the split does not lie there."""

    split: str
    stated: int | None
    sure: bool  # whether somebody has confirmed what is stated
    n: int | None = None
    n_clusters: int = 0  # 0 where the dataset does not tell
    n_images: int = 0  # distinct ones; 0 where they were not looked at
    missing: int = 0  # those of them that cannot be read
    examples: Sequence[str] = ()
    data_sha256: str = ""
    reason: str = ""  # why it was not looked at

    @property
    def differs(self) -> bool:
        """Whether it holds another number of samples than the card says."""
        return self.n is not None and self.stated is not None and self.n != self.stated

    def text(self) -> str:
        """The split in a line."""
        if self.n is None:
            return f"{self.split}: not looked at ({self.reason})"
        stated = "the card states no number" if self.stated is None else f"the card says {self.stated:,}"
        said = "as the card says" if self.stated == self.n else stated
        unsure = "" if self.sure or self.stated is None else ", unverified"
        clusters = f", {self.n_clusters:,} clusters" if self.n_clusters else ""
        lines = [f"{self.split}: {self.n:,} samples ({said}{unsure}){clusters}, {self.n_images:,} images"]
        if self.missing:
            lines += [f"  {self.missing:,} images cannot be read:", *(f"  {e}" for e in self.examples)]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """A benchmark whose files were gone through."""

    title: str
    folder: str
    parts: Sequence[Part]
    accepted: Sequence[str]

    @property
    def ok(self) -> bool:
        """Whether every image of what lies there can be read."""
        return not any(part.missing for part in self.parts)

    def to_json(self) -> dict[str, Any]:
        """The splits with their figures."""
        return {"schema_version": 1, "ok": self.ok, **asdict(self)}

    def text(self) -> str:
        """A line for each split."""
        accepted = [f"accepted as they are: {', '.join(self.accepted)}"] if self.accepted else []
        return "\n".join([f"{self.title} in {self.folder}", *(part.text() for part in self.parts), *accepted])


def prepare(
    benchmark: str,
    *,
    data: str | Path | None = None,
    accept_counts: bool = False,
    images: bool = True,
    held: Path = lock.LOCK,
) -> Preparation:
    """Fetch where that is allowed, go through every split, compare the counts with the card, and record them.

    Args:
        benchmark: `name@variant:option=value`.
        data: the folder with the dataset's own files; without it they are fetched, where they may be.
        accept_counts: take splits whose count is not the card's, and record that: from then on they are
            taken as long as they stay what they are.
        images: read every image once, too.
        held: the lock file that records what was found.

    Raises:
        DataError: no files, damaged files, or a count that is not the card's and was not accepted.
        UsageError: an unknown name, variant or option.
    """
    task = resolve_benchmark(benchmark, data=data)
    card = task.benchmark
    parts = [_part(split, _of(task, benchmark, data, split), card, images) for split in card.splits]
    if all(part.n is None for part in parts):
        raise DataError(f"{task.title}: {parts[0].reason}")
    before = lock.prepared(held).get(task.title)
    known = {split: before.counts[split] for split in before.accepted} if before else {}
    differing = [part for part in parts if part.differs]
    if not accept_counts and any(known.get(part.split) != part.n for part in differing):
        lines = "; ".join(f"{p.split} has {p.n:,} samples, the card says {p.stated:,}" for p in differing)
        raise DataError(
            f"{task.title} in {task.where.root}: {lines}. It is another version of the data, or not all of "
            "it. If you want it as it is: --accept-counts"
        )
    done = Preparation(
        title=task.title,
        folder=str(task.where.root or card.source),
        parts=parts,
        accepted=[part.split for part in differing],
    )
    there = [part for part in parts if part.n is not None]
    entry = lock.Prepared(
        counts={p.split: p.n for p in there if p.n is not None},
        data_sha256={p.split: p.data_sha256 for p in there},
        accepted=done.accepted,
    )
    lock.record(task.title, entry, lock=held)
    return done


def stated_count(task: Task) -> int | None:
    """How many samples the card says that the split has; None where it says nothing of this selection."""
    key = _key(task.benchmark, task.where.variant, task.where.split)
    return None if task.options else task.benchmark.counts.get(key)


def _key(card: Benchmark, variant: str | None, split: str) -> str:
    return next((k for k in (f"{variant}/{split}", split) if k in card.counts), split)


def _of(task: Task, benchmark: str, data: str | Path | None, split: str) -> Task | str:
    """The task of a split, or why there is none."""
    if split == task.where.split:
        return task
    try:
        return resolve_benchmark(benchmark, data=data, split=split)
    except DataError as error:
        return str(error)


def _part(split: str, task: Task | str, card: Benchmark, images: bool) -> Part:
    if isinstance(task, str):
        return Part(split=split, stated=card.counts.get(split), sure=False, reason=task)
    key = _key(card, task.where.variant, split)
    stated = stated_count(task)
    sure = not {"counts", f"counts:{key}"} & set(card.unverified)
    try:
        found = plan(task, limit=None, seed=0)
        n_images, lost = read_images(task.samples()) if images else (0, [])
    except DataError as error:
        return Part(split=split, stated=stated, sure=sure, reason=str(error))
    return Part(
        split=split,
        stated=stated,
        sure=sure,
        n=found.n,
        n_clusters=found.n_clusters if card.cluster != UNKNOWN_CLUSTER else 0,
        n_images=n_images,
        missing=len(lost),
        examples=tuple(lost[:_SHOWN]),
        data_sha256=found.data_sha256,
    )


def read_images(samples: Iterator[Sample]) -> tuple[int, list[str]]:
    """How many images there are, and why some cannot be read. Their content is read, not decoded."""
    seen, lost = set[int](), list[str]()
    with Prefetcher() as prefetcher:
        while window := list(islice(samples, _WINDOW)):
            fresh = [i for s in window for i in s.images if hash(i.uri) not in seen]
            seen.update(hash(i.uri) for i in fresh)
            found = prefetcher.fetch(fresh, pixels=False)
            lost += [str(result) for result in found.values() if isinstance(result, ImageError)]
    return len(seen), lost
