"""What a run was: the protocol, the model and the environment, each with an id of its own.

Two runs compare when their protocols are equal; the model and the machine are what is compared.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from heapq import nsmallest
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from pathlib import Path
from typing import Any

from medassay import __version__
from medassay.images import POLICY
from medassay.prompts import styled
from medassay.protocols import STRICT
from medassay.types import UNKNOWN_CLUSTER, Benchmark, Sample, Style, canonical, fingerprint
from medassay.workflows.exposing import exposed
from medassay.workflows.named import Named
from medassay.workflows.resolve import Task

SCHEMA_VERSION = 1
EXTRACTION = "strict 2"
_ASKED = frozenset({"on", "wordings", "chosen"})
_PACKAGES = (
    "nibabel",
    "numpy",
    "openai",
    "pillow",
    "pyarrow",
    "pydicom",
    "pyjpegls",
    "pylibjpeg-openjpeg",
    "python-gdcm",
    "sacrebleu",
    "rouge-score",
    "scipy",
    "torch",
    "transformers",
    "tokenizers",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one pass over the samples tells before anything is asked.

    `data_sha256` is of ids, questions, options, targets and clusters in order, and of the words in which
    they are asked; images enter it by the digests that are kept in the rows.
    """

    n: int
    n_clusters: int
    n_images: int
    characters: int
    data_sha256: str
    limit: int | None
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """All samples of a task, or those of the `limit` lowest hashes of (seed, cluster), in their own order.

    Not the first ones: a benchmark's file is often sorted. Selections of one seed are nested as the limit
    grows, and clusters are taken one after the other as far as the limit goes. Streams anew each time.
    """

    task: Task
    limit: int | None
    seed: int
    n: int

    def __len__(self) -> int:
        return self.n

    def __iter__(self) -> Iterator[Sample]:
        return select(self.task.samples(), limit=self.limit, seed=self.seed)


def cluster_of(sample: Sample) -> str:
    """Where the cluster is unknown each sample stands alone."""
    return sample.cluster if sample.cluster != UNKNOWN_CLUSTER else sample.id


def select(
    samples: Iterator[Sample], *, limit: int | None, seed: int, by: Callable[[Sample], str] = cluster_of
) -> Iterator[Sample]:
    """What `Selection` says, of a stream; `by` is what is hashed."""
    if limit is None:
        yield from samples
        return
    order = count()
    keyed = ((hashed(seed, by(s)), next(order), s) for s in samples)
    for _, _, sample in sorted(nsmallest(limit, keyed, key=lambda k: k[:2]), key=lambda k: k[1]):
        yield sample


def plan(task: Task, *, limit: int | None, seed: int) -> Plan:
    """Walk through the samples once, without their images."""
    state, clusters = hashlib.sha256(), set[str]()
    n = images = characters = 0
    for sample in select(task.samples(), limit=limit, seed=seed):
        request = styled(task.benchmark.prompt(sample.case), Style())
        state.update(_content(sample, request.text).encode())
        clusters.add(cluster_of(sample))
        n, images, characters = n + 1, images + len(sample.images), characters + len(request.text)
    return Plan(
        n=n,
        n_clusters=len(clusters),
        n_images=images,
        characters=characters,
        data_sha256=state.hexdigest(),
        limit=limit,
        seed=seed,
    )


def protocol(
    task: Task,
    held: Plan,
    *,
    solver: str,
    decoding: Mapping[str, Any],
    uses: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """All that must be equal for two runs to compare, with its hash as "id".

    `uses` is what the solver was handed beside what is asked: a training part, an encoder.
    """
    benchmark = task.benchmark
    body = {
        "benchmark": {
            "name": benchmark.name,
            "version": benchmark.version,
            "variant": task.where.variant,
            "split": task.where.split,
            "options": dict(task.options),
            "data_sha256": held.data_sha256,
            "revision": task.revision if task.files else None,  # files of one's own have none to show
        },
        "selection": {
            "limit": held.limit,
            "seed": held.seed if held.limit is not None else None,
            "n": held.n,
            "n_clusters": held.n_clusters,
        },
        "prompt": _name(benchmark.prompt),
        "solver": solver,
        **({"solver_uses": dict(uses)} if uses else {}),
        "decoding": dict(decoding),
        "images": POLICY,
        "asked": benchmark.asked,
        **judging(benchmark),
    }
    return {"id": fingerprint(body), **body}


def judging(benchmark: Benchmark) -> dict[str, str]:
    """The part of the protocol that says how answers are read and judged: what judging again renews."""
    ours = benchmark.protocol == STRICT
    return {
        "rules": benchmark.protocol,
        "extraction": EXTRACTION if ours else benchmark.protocol,
        "scoring": f"{_name(benchmark.scorer)} 1" if ours else benchmark.protocol,
    }


def judged_again(held: Mapping[str, Any], benchmark: Benchmark) -> dict[str, Any]:
    """The manifest of a run whose stored answers were judged anew, with the ids that follow from that.

    Of wordings it keeps what was asked and chosen: what they are worth is judged where their rows lie.
    """
    body = {k: v for k, v in held["protocol"].items() if k != "id"} | judging(benchmark)
    policy = {"id": fingerprint(body), **body}
    run = fingerprint([policy["id"], held["model"]["fingerprint"], held["seed"]])
    asked = (
        {"prompts": {k: v for k, v in held["prompts"].items() if k in _ASKED}} if "prompts" in held else {}
    )
    return {**held, "id": run, "protocol": policy, "primary": benchmark.primary, **asked}


def manifest(
    task: Task,
    named: Named,
    held: Mapping[str, Any],
    *,
    seed: int,
    started: datetime,
    permit: Collection[str] = (),
) -> dict[str, Any]:
    """The manifest of a run that begins. Its "id" is the hash of protocol, model and seed."""
    return {
        "schema_version": SCHEMA_VERSION,
        "id": fingerprint([held["id"], named.model.fingerprint, seed]),
        "status": "running",
        "protocol": dict(held),
        "model": {
            "word": named.word,
            "name": named.name,
            "fingerprint": named.model.fingerprint,
            "identity": canonical(dict(named.model.identity)),
            "style": canonical(asdict(named.model.style)),
            "card": canonical(asdict(named.card)) if named.card else None,
        },
        "exposure": canonical(asdict(exposed(named.card, task.benchmark))),
        "environment": environment(started),
        "benchmark_word": task.name,
        "files": dict(task.files),
        "permitted": sorted(permit),
        "seed": seed,
        "primary": task.benchmark.primary,
    }


def environment(started: datetime) -> dict[str, Any]:
    """The code, the packages, the machine and the date: identity, never compared."""
    packages: dict[str, str] = {}
    for name in _PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "medassay": __version__,
        "code": code_sha256(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "device": _device(),
        "packages": packages,
        "started": started.isoformat(timespec="seconds"),
        "finished": None,
    }


@lru_cache(maxsize=1)
def code_sha256() -> str:
    """The hash of the package's own source: a changed scorer shows even where the version stands still."""
    state, root = hashlib.sha256(), Path(__file__).resolve().parents[1]
    for path in sorted(root.rglob("*.py")):
        state.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return state.hexdigest()


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


def _device() -> str:
    torch = sys.modules.get("torch")  # asked only where something else has loaded it
    if torch is None:
        return "cpu"
    return str(torch.cuda.get_device_name(0)) if torch.cuda.is_available() else "cpu"


def _content(sample: Sample, words: str) -> str:
    target = sample.target
    return fingerprint(
        [
            [
                sample.id,
                sample.kind,
                sample.question,
                words,
                sample.cluster,
                sample.group,
                len(sample.images),
            ],
            [[c.label, list(c.texts)] for c in sample.choices],
            [
                list(target.texts),
                list(target.unknown),
                [list(asdict(b).values()) for b in target.boxes],
                target.number,
                target.unit,
            ],
        ]
    )


def hashed(seed: int, text: str) -> bytes:
    """A place in an order that nobody chose: 32 bytes."""
    return hashlib.sha256(f"{seed}\0{text}".encode()).digest()


def _name(function: Any) -> str:
    function = getattr(function, "func", function)  # of a partial
    return f"{function.__module__}:{function.__qualname__}".removeprefix("medassay.")
