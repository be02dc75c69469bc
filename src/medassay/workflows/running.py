"""Evaluate a model on a benchmark: the main job."""

from __future__ import annotations

import errno
import json
import logging
import math
import os
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from medassay import gate
from medassay.engine import Progress, evaluate
from medassay.errors import StoreError
from medassay.models.replicas import Replicas
from medassay.models.restyled import Restyled
from medassay.protocols import STRICT
from medassay.reporting.files import write_text
from medassay.rows import write_rows
from medassay.solvers.context import Scheme
from medassay.store import Store
from medassay.types import Benchmark, Case, Model, Prompt, Request, Row, Solver
from medassay.workflows.dialect import heard
from medassay.workflows.folder import PROGRESS, ROWS, RunFolder
from medassay.workflows.manifest import Selection, manifest, now, plan
from medassay.workflows.manifest import protocol as policy_of
from medassay.workflows.named import ModelLike, Named, resolve_model
from medassay.workflows.preparing import stated_count
from medassay.workflows.prompting import family_of, require_reader
from medassay.workflows.resolve import Task, resolve_benchmark
from medassay.workflows.results import Run, Tally, finish
from medassay.workflows.solving import TRAINING, Surroundings, resolve_solver
from medassay.workflows.sounding import choose

_log = logging.getLogger(__name__)
DEFAULT_STORE = Path(".medassay") / "responses.db"


def run(  # noqa: PLR0913  the options of a run, named once
    *,
    model: ModelLike,
    benchmark: str | Benchmark,
    data: str | Path | None = None,
    split: str | None = None,
    protocol: str = STRICT,
    solver: str | Solver | Scheme = "direct",
    decoding: Mapping[str, Any] | None = None,
    limit: int | None = None,
    prompts: int = 1,
    seed: int = 0,
    out: str | Path | None = None,
    store: str | Path | None = None,
    permit: Collection[str] = (),
    budget: float | None = None,
    replicas: int | None = None,
    gpus_per_replica: float | None = None,
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
        protocol: published rules: in whose words it is asked, and how answers are judged.
        solver: a way of asking, `name@variant:option=value` (docs/solvers.md); "direct" asks once.
        decoding: fields of `Decoding` that hold for every request, above the protocol and the model's card.
        limit: take the samples of the `limit` lowest hashes of (seed, cluster).
        prompts: so many wordings are asked of rows that are not in the test part, and the best is asked
            there (docs/prompt_sensitivity.md); 1 asks in the benchmark's own.
        seed: of the selection and of sampled decoding.
        out: the run's folder; `runs/<benchmark>/<model>/<id8>` by default.
        store: the response store; `$MEDASSAY_STORE`, else `.medassay/responses.db`.
        permit: for data that must not leave: the hosts it may be sent to, and "report" or "log" if their
            files may show it. It is recorded in the manifest.
        budget: euros that a server may cost: what would pass it is not asked, and fails.
        replicas: so many copies of a model whose weights are here, on Ray: one for each GPU, also of other
            machines (see docs/replicas.md).
        gpus_per_replica: GPUs for each of them, fractions too; by default 1 where there are any.
        progress: is called with the state of the run every so often.

    Returns:
        The finished run; `complete` is False while requests have failed.

    Raises:
        MedassayError: see `medassay.errors`; nothing already answered is lost.
    """
    started = now()
    task = resolve_benchmark(benchmark, data=data, split=split, protocol=protocol)

    def may_ask(address: str) -> bool:
        return gate.open_to(task.benchmark, "node", address=address, permitted=permit)

    resolved = resolve_model(
        model, budget=budget, replicas=replicas, gpus_per_replica=gpus_per_replica, may_ask=may_ask
    )
    with _released(resolved) as named:
        task = replace(task, benchmark=heard(task.benchmark, named.model.style.boxes))
        if address := gate.destination(named.model):
            gate.require(task.benchmark, "model", address=address, permitted=permit)
        for node in gate.nodes(named.model):
            gate.require(task.benchmark, "node", address=node, permitted=permit)
        if prompts > 1:
            require_reader(named.model)
        other_split = partial(_split, benchmark, named=named, data=data, protocol=protocol)
        family = family_of(prompts, task, other_split=other_split, limit=limit, seed=seed)
        task = family.test
        way = resolve_solver(solver)
        held = plan(task, limit=limit, seed=seed)
        samples = Selection(task=task, limit=limit, seed=seed, n=held.n)
        around = Surroundings(samples, training=partial(other_split, TRAINING), seed=seed)
        solve = way.begin(around.context(task.benchmark.prompt))
        policy = policy_of(task, held, solver=way.word, decoding=decoding or {}, uses=around.used)
        policy = family.policy(policy)
        begun = {
            **manifest(task, named, policy, seed=seed, started=started, permit=permit),
            **family.manifest(),
        }
        folder = Path(out) if out is not None else _default_folder(task, named, begun["id"])
        _log.info(
            "%s on %s: %d samples in %d clusters, into %s",
            named.name,
            task.title,
            held.n,
            held.n_clusters,
            folder,
        )
        _log.info(
            "protocol %s, model %s %s", policy["id"], named.model.fingerprint, dict(named.model.identity)
        )
        with RunFolder(folder) as held_folder, _disk(folder):
            held_folder.claim(begun)
            tally = Tally(names=gate.open_to(task.benchmark, "log", permitted=permit))
            watch = Watch(progress, folder)
            try:
                with Store(store_path(store)) as answers:

                    def ask(samples: Selection, prompt: Prompt) -> Iterator[Row]:
                        return evaluate(
                            samples,
                            _addressed(named, decoding or {}),
                            answers,
                            prompt=_decoded(prompt, decoding or {}),
                            solver=solve if family.part is None else way.begin(around.context(prompt)),
                            scorer=task.benchmark.scorer,
                            seed=seed,
                            progress=watch,
                        )

                    prompt, words = choose(family, folder, ask)
                    begun = {**begun, **words}
                    write_rows(folder / ROWS, tally.watch(ask(samples, prompt)))
            except BaseException:
                held_folder.write_manifest({**begun, "status": "interrupted"})
                raise
            ended = {**begun["environment"], "finished": now().isoformat(timespec="seconds")}
            stated = stated_count(task) if limit is None else None
            done = {
                **begun,
                "n_stated": stated,
                **tally.summary(held.n_clusters),
                **watch.summary(),
                "environment": ended,
            }
            held_folder.write_manifest(done)
            (folder / PROGRESS).unlink(missing_ok=True)
            _log.info(
                "%s: %s, %d asked, %d from the store",
                done["status"],
                done["counts"],
                done["asked"],
                done["from_store"],
            )
            if done["exposure"]["level"] not in {"none listed", "no card"}:
                _log.warning("exposure: %s", done["exposure"]["text"])
            return finish(folder, task.benchmark, done)


def _split(benchmark: str | Benchmark, split: str, *, named: Named, **where: Any) -> Task:
    """The task on another split, as it is asked of a model."""
    other = resolve_benchmark(benchmark, split=split, **where)
    return replace(other, benchmark=heard(other.benchmark, named.model.style.boxes))


@contextmanager
def _released(named: Named) -> Iterator[Named]:
    """Give back what a model holds elsewhere once the run has ended, well or not."""
    try:
        yield named
    finally:
        if isinstance(named.model, Replicas):
            named.model.close()


def _decoded(prompt: Prompt, decoding: Mapping[str, Any]) -> Prompt:
    """The prompt with what the user says of decoding in place of what a protocol does."""
    if not decoding:
        return prompt

    def decoded(case: Case) -> Request:
        request = prompt(case)
        return replace(request, decoding=replace(request.decoding, **decoding))

    return decoded


def _addressed(named: Named, decoding: Mapping[str, Any]) -> Model:
    """The model with what the user says of decoding above its card's style."""
    if not decoding:
        return named.model
    style = named.model.style
    return Restyled(named.model, replace(style, decoding={**style.decoding, **decoding}))


class Watch:
    """Passes progress on and remembers the last state, for the pace of the run."""

    def __init__(self, tell: Callable[[Progress], None] | None, folder: Path | None = None) -> None:
        """Also write the state into `folder`, where it can be looked at, a second apart."""
        self._tell, self._started = tell, time.monotonic()
        self._last: Progress | None = None
        self._folder, self._written = folder, -math.inf

    def __call__(self, state: Progress) -> None:
        """Take the state of the run."""
        self._last = state
        if self._folder is not None and time.monotonic() - self._written >= 1:
            self._written = time.monotonic()
            said = {**asdict(state), "at": now().isoformat(timespec="seconds")}
            write_text(self._folder / PROGRESS, json.dumps(said) + "\n")
        if self._tell is not None:
            self._tell(state)

    def summary(self) -> dict[str, Any]:
        """How many answers were asked for and how many were known; answers per second (None: too few)."""
        asked = self._last.asked if self._last else 0
        seconds = time.monotonic() - self._started
        return {
            "asked": asked,
            "from_store": self._last.from_store if self._last else 0,
            "pace": round(asked / seconds, 3) if asked else None,
        }


def _default_folder(task: Task, named: Named, identity: str) -> Path:
    return Path("runs") / plain(task.title) / plain(named.name) / identity[:8]


def plain(name: str) -> str:
    """The name as that of a folder."""
    return re.sub(r"[^\w.@-]+", "-", name).strip("-") or "model"


def store_path(store: str | Path | None) -> Path:
    """Where answers are kept: the user's word, `$MEDASSAY_STORE`, else the default."""
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
