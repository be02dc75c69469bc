"""Score answers that were made elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from medassay.errors import DataError, UsageError
from medassay.gate import open_to
from medassay.importers import Imported, same_answers
from medassay.importers import read as read_answers
from medassay.protocols import STRICT
from medassay.rows import write_rows
from medassay.types import Benchmark, Estimate, Request, Response, Row, Style, fingerprint
from medassay.workflows.claims import Watch, side_by_side
from medassay.workflows.folder import ROWS, RunFolder
from medassay.workflows.manifest import manifest, now, plan
from medassay.workflows.manifest import protocol as policy_of
from medassay.workflows.matching import MISSING, Matched, match
from medassay.workflows.named import Named
from medassay.workflows.resolve import Task, resolve_benchmark
from medassay.workflows.results import Run, Tally, estimate_benchmark, finish
from medassay.workflows.ruling import Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """Answers from a file, in the place of a model: what made them, only the file tells."""

    identity: Mapping[str, Any]
    style: Style = field(default_factory=Style)
    wants_pixels: bool = False

    @property
    def fingerprint(self) -> str:
        """The hash of the file."""
        return fingerprint(self.identity)

    def answer(self, requests: Sequence[Request], /) -> Iterator[tuple[int, Response]]:
        """Answers are looked up by sample, never asked."""
        return ((index, Response(error=MISSING)) for index, _ in enumerate(requests))


def score(  # noqa: PLR0913  what an import needs, named once
    *,
    benchmark: str | Benchmark,
    predictions: str | Path,
    data: str | Path | None = None,
    split: str | None = None,
    out: str | Path | None = None,
    name: str | None = None,
    protocol: str = STRICT,
    permit: Collection[str] = (),
    format: str = "",
    allow_cut: bool = False,
) -> Run:
    """Judge the answers of a file or folder in any form of `medassay.importers.FORMATS`.

    A sample without an answer is failed, not wrong: the result is then incomplete. The manifest's
    "predictions" says how answers were matched, what could not be, where the file disagrees with the
    benchmark, what it claims beside what we find, and what is odd about it. Images are not needed.

    Args:
        benchmark: as in `run`.
        predictions: the file or folder.
        data: the folder with the dataset's own files.
        split: a split of the benchmark; its first by default.
        out: where to write rows and report; nothing is written without it.
        name: what to call the model; what the file says, else its name, by default.
        protocol: the published rules under which the answers are judged.
        permit: as in `run`.
        format: the form; told by the content by default.
        allow_cut: whether a last line that is cut off is left out; else it is refused.

    Raises:
        DataError: the file is missing or malformed (names the line), or no answer matches.
        UsageError: an unknown format, benchmark, split or protocol.
        MissingExtra: a spreadsheet, and openpyxl is not installed.
    """
    imported = read_answers(Path(predictions), format_name=format, allow_cut=allow_cut)
    task = resolve_benchmark(benchmark, data=data, split=split, protocol=protocol, asking=False)
    return _judged(
        imported,
        task.without_pictures(),
        path=Path(predictions),
        out=Path(out) if out is not None else None,
        name=name,
        permit=permit,
    )


def score_each(
    predictions: Sequence[Path],
    *,
    benchmark: str | Benchmark,
    out: Path | None = None,
    format: str = "",
    allow_cut: bool = False,
    **options: Any,
) -> list[Run]:
    """Judge the answers of several models; each says which others are the same answers. As `score`.

    Raises:
        UsageError: two would be written into one folder.
    """
    stems = [path.stem for path in predictions]
    if out is not None and len(set(stems)) < len(stems):
        raise UsageError(
            "two of the predictions have one name, and --out has a folder by name: score them apart"
        )
    read = {path: read_answers(path, format_name=format, allow_cut=allow_cut) for path in predictions}
    copies = same_answers([(str(path), imported) for path, imported in read.items()])
    permit = options.pop("permit", ())
    runs = []
    for path, imported in read.items():
        noted = replace(imported, notes=(*imported.notes, *(note for note in copies if str(path) in note)))
        task = resolve_benchmark(benchmark, asking=False, **options)
        place = out / path.stem if out is not None else None
        runs.append(_judged(noted, task.without_pictures(), path=path, out=place, name=None, permit=permit))
    return runs


def answers(  # noqa: PLR0913  as `score`
    *,
    benchmark: str | Benchmark,
    predictions: str | Path,
    data: str | Path | None = None,
    split: str | None = None,
    name: str | None = None,
    format: str = "",
    allow_cut: bool = False,
) -> Answers:
    """The answers of a file beside their samples, to be judged under several protocols; as for `score`."""
    task = resolve_benchmark(benchmark, data=data, split=split).without_pictures()
    path = Path(predictions)
    imported = read_answers(path, format_name=format, allow_cut=allow_cut)
    matched = _matched(imported, task)
    return Answers(
        name=name or imported.model or path.stem,
        benchmark=task.benchmark,
        title=task.title,
        asked=imported.asked or "words that the file does not tell",
        pairs=lambda: ((sample, matched.response(sample)) for sample in task.samples()),
    )


def _judged(
    imported: Imported, task: Task, *, path: Path, out: Path | None, name: str | None, permit: Collection[str]
) -> Run:
    started = now()
    matched = _matched(imported, task)
    model = Predictions(identity={"kind": "predictions", "sha256": imported.sha256})
    named = Named(model=model, name=name or imported.model or path.stem, word=path.name)
    held = plan(task, limit=None, seed=0)
    policy = policy_of(task, held, solver="made elsewhere", decoding={})
    begun = manifest(task, named, policy, seed=0, started=started, permit=permit)
    tally = Tally(names=open_to(task.benchmark, "log", permitted=permit))
    watch = Watch(matched.answers, task.benchmark.primary)
    rows = watch.watch(tally.watch(_rows(task, matched)))

    def ended(estimates: Sequence[Estimate]) -> dict[str, Any]:
        told = _told(imported, matched, watch, estimates)
        return {**begun, **tally.summary(held.n_clusters), "predictions": told}

    if out is None:
        estimates = estimate_benchmark(task.benchmark, rows)
        return Run(path=None, benchmark=task.benchmark, manifest=ended(estimates), estimates=estimates)
    with RunFolder(out) as folder:
        folder.claim(begun)
        write_rows(folder.path / ROWS, rows)
        folder.write_manifest(ended(()))
        done = finish(folder.path, task.benchmark, ended(()))
        folder.write_manifest(ended(done.estimates))
        return replace(done, manifest=ended(done.estimates))


def _matched(imported: Imported, task: Task) -> Matched:
    matched = match(imported, task.samples())
    if not matched.answers:
        ours = next(iter(matched.missing), "none at all")
        theirs = imported.answers[0].id if imported.answers else "none at all"
        odd = f" ({'; '.join(imported.notes)})" if imported.notes else ""
        raise DataError(
            f"no id matches, nor does a question: {task.title} has ids like {ours!r}, "
            f"the file has {theirs!r}{odd}"
        )
    return matched


def _rows(task: Task, matched: Matched) -> Iterator[Row]:
    for sample in task.samples():
        response = matched.response(sample)
        yield Row(sample=sample, response=response, score=task.benchmark.scorer(sample, response))


def _told(
    imported: Imported, matched: Matched, watch: Watch, estimates: Sequence[Estimate]
) -> dict[str, Any]:
    """What the manifest says of where the answers come from."""
    rows = watch.rows()
    return {
        "format": imported.format,
        "asked": imported.asked,
        "answers": len(imported.answers),
        **matched.summary(),
        "notes": list(imported.notes),
        "claimed": side_by_side(imported.claimed, rows, estimates),
        "claimed_of_rows": rows,
    }
