"""A run's folder: what it claims is computed again from its protocol, its rows and their scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Any

from medassay.errors import MedassayError
from medassay.reporting.table import read_parquet
from medassay.rows import read_rows
from medassay.types import Benchmark, Estimate, fingerprint
from medassay.workflows.examining.finding import Finding, Sayer, sayer, words
from medassay.workflows.folder import ROWS, read_manifest
from medassay.workflows.manifest import judging
from medassay.workflows.resolve import benchmark_of
from medassay.workflows.results import ESTIMATES, estimate_benchmark

_REPORTS = ("report.html", "report.md", "estimates.csv")
_SHOWN = 3


def examine_run(folder: Path) -> Iterator[Finding]:
    """A run's folder, check by check; one that cannot go on ends it."""
    say = sayer(folder)
    try:
        manifest = read_manifest(folder)
        benchmark = benchmark_of(manifest)
    except (MedassayError, KeyError, TypeError) as error:
        yield say("manifest", "wrong", words(error))
        return
    yield from _state(manifest, say)
    yield from _ids(manifest, benchmark, say)
    if not (folder / ROWS).exists():
        told = manifest.get("status") in {"running", "interrupted"}
        yield say("rows", "note" if told else "wrong", f"{ROWS} is not there yet: the same command goes on")
        return
    try:
        yield from _rows(manifest, folder / ROWS, say)
        yield from _estimates(benchmark, folder, say)
    except MedassayError as error:
        yield say("rows", "wrong", str(error))
    yield from _files(folder, say)


def _state(manifest: Mapping[str, Any], say: Sayer) -> Iterator[Finding]:
    status = manifest.get("status")
    if status == "complete":
        yield say("state", "sound", "complete")
    elif status == "incomplete":
        failed = manifest.get("counts", {}).get("failed", 0)
        yield say("state", "note", f"{failed:,} rows failed: the same command asks them again")
    else:
        yield say("state", "note", f"{status}: the same command goes on with what is missing")


def _ids(manifest: Mapping[str, Any], benchmark: Benchmark, say: Sayer) -> Iterator[Finding]:
    body = {key: value for key, value in manifest["protocol"].items() if key != "id"}
    if fingerprint(body) != manifest["protocol"]["id"]:
        yield say("protocol", "wrong", "its id is not the hash of what it says: the manifest was changed")
    elif (
        fingerprint([manifest["protocol"]["id"], manifest["model"]["fingerprint"], manifest["seed"]])
        != (manifest["id"])
    ):
        yield say("protocol", "wrong", "the run's id is not that of its protocol, model and seed")
    else:
        yield say("protocol", "sound", manifest["protocol"]["id"][:16])
    ours = judging(benchmark)
    if other := [name for name, value in ours.items() if body.get(name, value) != value]:
        yield say(
            "rules",
            "note",
            f"judged by another {' and '.join(other)} than this version has: `medassay score` judges again",
        )


def _rows(manifest: Mapping[str, Any], path: Path, say: Sayer) -> Iterator[Finding]:
    """The rows, counted and hashed as the run did."""
    counts: Counter[str] = Counter()
    ids: Counter[str] = Counter()
    images = sha256()
    for row in read_rows(path):
        ids[row.sample.id] += 1
        counts[row.score.status] += 1
        counts["truncated"] += "truncated" in row.score.flags
        for image in row.sample.images:
            images.update((image.digest or "unread").encode())
    n = ids.total()
    if twice := [name for name, often in ids.items() if often > 1]:
        yield say("rows", "wrong", f"{len(twice):,} samples stand there twice, the first {twice[0]}")
    expected = {"n": n, "counts": dict(sorted(counts.items())), "images_sha256": images.hexdigest()}
    for name, value in expected.items():
        if name in manifest and _plain(manifest[name]) != _plain(value):
            yield say(name, "wrong", f"the manifest says {manifest[name]}, the rows give {value}")
    planned = manifest["protocol"].get("selection", {}).get("n", n)
    if planned != n:
        yield say("rows", "wrong", f"{n:,} rows of {planned:,} samples")
    yield say("rows", "sound", f"{n:,} rows read to the end")


def _plain(value: Any) -> Any:
    """Counts without what was counted as none."""
    return {k: v for k, v in value.items() if v} if isinstance(value, Mapping) else value


def _estimates(benchmark: Benchmark, folder: Path, say: Sayer) -> Iterator[Finding]:
    if not (folder / ESTIMATES).exists():
        yield say("estimates", "note", f"{ESTIMATES} is missing: `medassay score {folder}` writes it")
        return
    there = read_parquet(folder / ESTIMATES)
    again = estimate_benchmark(benchmark, read_rows(folder / ROWS))
    other = [
        f"{(one or two).metric} {(one or two).slice or ''}".strip()
        for one, two in zip_longest(there, again)
        if one is None or two is None or not _same(one, two)
    ]
    if other:
        named = ", ".join(other[:_SHOWN])
        yield say(
            "estimates",
            "wrong",
            f"{len(other):,} of {len(there):,} do not follow from the rows ({named}): "
            f"`medassay score {folder}` computes them again",
        )
    else:
        yield say("estimates", "sound", f"all {len(there):,} follow from the rows, to the last bit")


def _same(one: Estimate, other: Estimate) -> bool:
    """Equal in every field, NaN like NaN."""
    return repr(one) == repr(other)


def _files(folder: Path, say: Sayer) -> Iterator[Finding]:
    missing = [name for name in _REPORTS if not (folder / name).exists()]
    if missing:
        yield say("reports", "note", f"{', '.join(missing)} missing: `medassay score {folder}` writes them")
    drafts = [p.name for p in folder.iterdir() if p.suffix == ".part" or p.name.startswith(".report")]
    if drafts:
        yield say("files", "note", f"left of a killed process, may be removed: {', '.join(drafts)}")
