"""What a run would take, before anything is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from medassay import codec
from medassay.protocols import STRICT
from medassay.workflows.folder import MANIFEST
from medassay.workflows.manifest import plan
from medassay.workflows.prompting import family_of
from medassay.workflows.resolve import Task, resolve_benchmark
from medassay.workflows.solving import resolve_solver

CHARACTERS_PER_TOKEN = 4  # of English text, a rule of thumb
BYTES_PER_ROW = 320  # of a short answer: VQA-RAD's 451 take 245 bytes each in the store and 72 in the rows


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """Figures of a run that was not made. `seconds` is None where no earlier run of the model tells."""

    benchmark: str
    model: str
    samples: int
    clusters: int
    requests: int
    images: int
    text_tokens: int
    disk_bytes: int
    seconds: float | None
    euros: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The figures by name."""
        return asdict(self)

    def text(self) -> str:
        """The figures in words."""
        time = (
            f"about {self.seconds:,.0f} s, at the pace of the model's last run"
            if self.seconds is not None
            else "unknown before a first run: try --limit 20"
        )
        cost = (
            [f"cost      about {self.euros:.2f} euros, as the model's last run"]
            if self.euros is not None
            else []
        )
        return "\n".join(
            (
                f"{self.model} on {self.benchmark}: nothing was asked.",
                f"samples   {self.samples:,} in {self.clusters:,} clusters",
                f"requests  {self.requests:,} at least, with {self.images:,} images",
                f"tokens    about {self.text_tokens:,} of text; images by the model",
                f"disk      about {self.disk_bytes / 1e6:,.1f} MB, if the answers are short",
                f"time      {time}",
                *cost,
            )
        )


def dry_run(  # noqa: PLR0913  as for `run`
    *,
    model: str,
    benchmark: str,
    data: str | Path | None = None,
    split: str | None = None,
    protocol: str = STRICT,
    solver: str = "direct",
    limit: int | None = None,
    prompts: int = 1,
    seed: int = 0,
    runs: Path = Path("runs"),
) -> DryRun:
    """Walk through the samples without loading the model.

    The time is taken from the newest run of a model of that name below `runs`. Solvers that ask more than
    once make more requests than samples.
    """
    task = resolve_benchmark(benchmark, data=data, split=split, protocol=protocol)
    resolve_solver(solver)
    other_split = partial(_split, benchmark, data=data, protocol=protocol)
    family = family_of(prompts, task, other_split=other_split, limit=limit, seed=seed)
    held = plan(family.test, limit=limit, seed=seed)
    choosing = family.part.held if family.part else replace(held, n=0, n_images=0, characters=0)
    requests = held.n + prompts * choosing.n
    before = _newest(runs, model)
    pace, euros = before.get("pace"), before.get("usage", {}).get("euros")
    return DryRun(
        benchmark=task.title,
        model=model,
        samples=held.n,
        clusters=held.n_clusters,
        requests=requests,
        images=held.n_images + prompts * choosing.n_images,
        text_tokens=(held.characters + prompts * choosing.characters) // CHARACTERS_PER_TOKEN,
        disk_bytes=requests * BYTES_PER_ROW,
        seconds=requests / pace if pace else None,
        euros=requests * euros / before["n"] if euros is not None and before.get("n") else None,
    )


def _split(benchmark: str, split: str, **where: Any) -> Task:
    return resolve_benchmark(benchmark, split=split, **where)


def _newest(runs: Path, model: str) -> dict[str, Any]:
    """The manifest of the newest run of the model that asked for anything; empty without one."""
    found = [m for m in _manifests(runs) if m["model"]["word"] == model]
    return max(found, key=lambda m: str(m["environment"]["finished"]), default={})


def _manifests(runs: Path) -> Iterator[dict[str, Any]]:
    for path in runs.rglob(MANIFEST):
        try:
            held = codec.loads(path.read_text("utf-8"))
            if held["pace"] and held["environment"]["finished"]:
                yield held
        except (OSError, ValueError, KeyError, TypeError):
            continue  # not a run of ours, or one under way: it only cannot help to estimate
