"""Evaluate a model on a benchmark: the main job."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from medassay.engine import Progress, evaluate
from medassay.errors import StoreError
from medassay.rows import write_rows
from medassay.store import Store
from medassay.types import Benchmark, Solver, Style
from medassay.workflows.folder import ROWS, RunFolder
from medassay.workflows.manifest import manifest, now, plan, protocol, select
from medassay.workflows.resolve import (
    ModelLike,
    Named,
    Task,
    resolve_benchmark,
    resolve_model,
    resolve_solver,
)
from medassay.workflows.results import Run, Tally, finish

DEFAULT_STORE = Path(".medassay") / "responses.db"


def run(
    *,
    model: ModelLike,
    benchmark: str | Benchmark,
    data: str | Path | None = None,
    split: str | None = None,
    solver: str | Solver = "direct",
    decoding: Mapping[str, Any] | None = None,
    limit: int | None = None,
    seed: int = 0,
    out: str | Path | None = None,
    store: str | Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Run:
    """Ask a model every question of a benchmark, judge the answers, and write the run's folder.

    Answers are kept in the store as they arrive: running again asks only for what is missing.

    Args:
        model: a card's name, a folder, a hub id, `module:attribute`, a Model, or any callable from a list
            of requests to a list of texts.
        benchmark: `name@variant:option=value`, a path to a Python file, or a Benchmark.
        data: the folder with the dataset's own files, or "NAME=FOLDER".
        split: a split of the benchmark; its first by default.
        solver: a way of asking; "direct" asks once, "blind" leaves the images out.
        decoding: fields of `Decoding` that hold for every request, above the model's card.
        limit: take the samples of the `limit` lowest hashes of (seed, cluster).
        seed: of the selection and of sampled decoding.
        out: the run's folder; `runs/<benchmark>/<model>/<id8>` by default.
        store: the response store; `$MEDASSAY_STORE`, else `.medassay/responses.db`.
        progress: is called with the state of the run every so often.

    Returns:
        The finished run; `complete` is False while requests have failed.

    Raises:
        MedassayError: see `medassay.errors`; nothing already answered is lost.
    """
    started = now()
    task = resolve_benchmark(benchmark, data=data, split=split)
    named = resolve_model(model)
    solve, solver_word = resolve_solver(solver)
    held = plan(task, limit=limit, seed=seed)
    policy = protocol(task, held, solver=solver_word, decoding=decoding or {})
    begun = manifest(named, policy, seed=seed, primary=task.benchmark.primary, started=started)
    folder = Path(out) if out is not None else _default_folder(task, named, begun["id"])
    samples = select(task.samples(), limit=limit, seed=seed)
    with RunFolder(folder) as held_folder, _disk(folder):
        held_folder.claim(begun)
        tally = Tally()
        try:
            with Store(_store_path(store)) as answers:
                rows = evaluate(
                    samples,
                    named.model,
                    answers,
                    prompt=task.benchmark.prompt,
                    solver=solve,
                    scorer=task.benchmark.scorer,
                    style=_overridden(named, decoding or {}),
                    seed=seed,
                    total=held.n,
                    progress=progress,
                )
                write_rows(folder / ROWS, tally.watch(rows))
        except BaseException:
            held_folder.write_manifest({**begun, "status": "interrupted"})
            raise
        ended = {**begun["environment"], "finished": now().isoformat(timespec="seconds")}
        done = {**begun, **tally.summary(held.n_clusters), "environment": ended}
        held_folder.write_manifest(done)
        return finish(folder, task.benchmark, done)


def _overridden(named: Named, decoding: Mapping[str, Any]) -> Style:
    """The card's style with what the user says above it."""
    style = named.model.style
    return replace(style, decoding={**style.decoding, **decoding}) if decoding else style


def _default_folder(task: Task, named: Named, identity: str) -> Path:
    return Path("runs") / _plain(task.title) / _plain(named.name) / identity[:8]


def _plain(name: str) -> str:
    return re.sub(r"[^\w.@-]+", "-", name).strip("-") or "model"


def _store_path(store: str | Path | None) -> Path:
    return Path(store or os.environ.get("MEDASSAY_STORE") or DEFAULT_STORE)


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """Turn a full disk into a sentence; what was answered is in the store."""
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}:
            raise
        raise StoreError(
            f"{folder}: {error.strerror}. Answers so far are kept: make room and give the same command again"
        ) from error
