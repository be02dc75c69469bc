"""Score answers that were made elsewhere."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from medassay.errors import DataError
from medassay.gate import open_to
from medassay.protocols import STRICT
from medassay.rows import write_rows
from medassay.types import Benchmark, Request, Response, Row, Style, fingerprint
from medassay.workflows.folder import ROWS, RunFolder
from medassay.workflows.manifest import manifest, now, plan
from medassay.workflows.manifest import protocol as policy_of
from medassay.workflows.resolve import Named, Task, resolve_benchmark
from medassay.workflows.results import Run, Tally, estimate_benchmark, finish
from medassay.workflows.ruling import Answers

MISSING = "missing: the file has no answer with this id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """Answers from a file, in the place of a model: what made them, only the file's name tells."""

    responses: Mapping[str, Response]
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
) -> Run:
    """Judge the answers of a JSONL file: one object a line with `id`, `response` and, if known, `probs`.

    A sample without an answer is failed, not wrong: the result is then incomplete. The manifest's
    "predictions" says how many ids matched, were missing, or belong to no sample.

    Args:
        benchmark: as in `run`.
        predictions: the file.
        data: the folder with the dataset's own files.
        split: a split of the benchmark; its first by default.
        out: where to write rows and report; nothing is written without it.
        name: what to call the model; the file's name by default.
        protocol: the published rules under which the answers are judged.
        permit: as in `run`.

    Raises:
        DataError: the file is missing or malformed (names the line), or no id matches.
    """
    started, path = now(), Path(predictions)
    task = resolve_benchmark(benchmark, data=data, split=split, protocol=protocol, asking=False)
    model = read_predictions(path)
    named = Named(model=model, name=name or path.stem, word=path.name)
    held = plan(task, limit=None, seed=0)
    policy = policy_of(task, held, solver="made elsewhere", decoding={})
    begun = manifest(task, named, policy, seed=0, started=started, permit=permit)
    tally = Tally(names=open_to(task.benchmark, "log", permitted=permit))
    matched = _Matched(model.responses)
    rows = tally.watch(matched.rows(task))
    if out is None:
        estimates = estimate_benchmark(task.benchmark, rows)
        done = _ended(begun, tally, matched, held.n_clusters)
        return Run(path=None, benchmark=task.benchmark, manifest=done, estimates=estimates)
    with RunFolder(Path(out)) as folder:
        folder.claim(begun)
        write_rows(folder.path / ROWS, rows)
        done = _ended(begun, tally, matched, held.n_clusters)
        folder.write_manifest(done)
        return finish(folder.path, task.benchmark, done)


def answers(
    *,
    benchmark: str | Benchmark,
    predictions: str | Path,
    data: str | Path | None = None,
    split: str | None = None,
    name: str | None = None,
) -> Answers:
    """The answers of a file beside their samples, to be judged under several protocols; as for `score`."""
    task, path = resolve_benchmark(benchmark, data=data, split=split), Path(predictions)
    responses = read_predictions(path).responses
    missing = Response(error=MISSING)
    return Answers(
        name=name or path.stem,
        benchmark=task.benchmark,
        title=task.title,
        asked="words that the file does not tell",
        pairs=lambda: ((sample, responses.get(sample.id, missing)) for sample in task.samples()),
    )


def read_predictions(path: Path) -> Predictions:
    """Read a JSONL file of answers.

    Raises:
        DataError: it is missing, or a line is malformed or repeats an id; names the line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    responses: dict[str, Response] = {}
    for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        identity, response = _read_line(f"{path}:{number}", line)
        if identity in responses:
            raise DataError(
                f"{path}:{number}: the id {identity!r} was given before: keep one answer for each sample"
            )
        responses[identity] = response
    digest = sha256(content).hexdigest()
    return Predictions(responses=responses, identity={"kind": "predictions", "sha256": digest})


def _read_line(where: str, line: str) -> tuple[str, Response]:
    try:
        held = json.loads(line)
    except ValueError as error:
        raise DataError(f"{where}: not JSON ({error}): one object a line, with id and response") from error
    if not isinstance(held, dict) or not isinstance(held.get("response"), str) or "id" not in held:
        raise DataError(f"{where}: needs an object with id and response (a text)")
    probs = held.get("probs")
    if probs is not None and not (
        isinstance(probs, list) and all(isinstance(p, (int, float)) for p in probs)
    ):
        raise DataError(f"{where}: probs should be a list of numbers, one for each option")
    return str(held["id"]), Response(text=held["response"], probs=tuple(map(float, probs)) if probs else None)


class _Matched:
    """Joins answers to samples and counts what does not join."""

    def __init__(self, responses: Mapping[str, Response]) -> None:
        self._responses, self._used = responses, set[str]()
        self._missing: list[str] = []

    def rows(self, task: Task) -> Iterator[Row]:
        example = ""
        for sample in task.samples():
            example = example or sample.id
            response = self._responses.get(sample.id)
            (self._missing.append if response is None else self._used.add)(sample.id)
            response = response or Response(error=MISSING)
            yield Row(sample=sample, response=response, score=task.benchmark.scorer(sample, response))
        if not self._used:
            given = next(iter(self._responses), "none at all")
            raise DataError(f"no id matches: {task.title} has ids like {example!r}, the file has {given!r}")

    def summary(self) -> dict[str, Any]:
        foreign = [i for i in self._responses if i not in self._used]
        return {
            "matched": len(self._used),
            "missing": len(self._missing),
            "foreign": len(foreign),
            "examples": {"missing": self._missing[:3], "foreign": foreign[:3]},
        }


def _ended(begun: Mapping[str, Any], tally: Tally, matched: _Matched, n_clusters: int) -> dict[str, Any]:
    return {**begun, **tally.summary(n_clusters), "predictions": matched.summary()}
