"""Run the contracts over a benchmark, a model, or all benchmarks that can be had."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from medassay import registry
from medassay.contracts import Finding, Tolerance, check_benchmark, check_model
from medassay.errors import DataError
from medassay.prompts import styled
from medassay.types import Model, Request, Sample, Where
from medassay.workflows.named import resolve_model
from medassay.workflows.resolve import Task, resolve_benchmark

REQUESTS = 6
REQUESTS_ROUNDED = 24  # a rate needs more of them
ROUNDING = Tolerance(probs=0.05, rate=0.125)
"""What is allowed where the arithmetic depends on the batch: 3 of 24 answers, 0.05 of a probability."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The findings by the name of what was checked, and what could not be checked, with the reason."""

    findings: Sequence[tuple[str, Finding]]
    left_out: Sequence[tuple[str, str]]

    @property
    def ok(self) -> bool:
        """Whether every contract holds."""
        return all(finding.ok for _, finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """The findings by name."""
        return {
            "ok": self.ok,
            "findings": [{"subject": subject, **asdict(finding)} for subject, finding in self.findings],
            "left_out": [{"subject": subject, "reason": reason} for subject, reason in self.left_out],
        }

    def text(self) -> str:
        """A line for each finding, the broken contracts in capitals."""
        lines = [
            f"{'ok    ' if f.ok else 'BROKEN'}  {subject}: {f.check}{f' ({f.detail})' if f.detail else ''}"
            for subject, f in self.findings
        ]
        lines += [
            f"left   {subject}: {reason.removeprefix(f'{subject}: ')}" for subject, reason in self.left_out
        ]
        broken = sum(not f.ok for _, f in self.findings)
        return "\n".join([*lines, f"{len(self.findings)} contracts checked, {broken} broken"])


def check(*, benchmark: str | None = None, data: str | None = None, model: str | None = None) -> Checked:
    """Run the contracts. Without a name: every benchmark whose files can be found.

    A model is asked questions of `benchmark`, or of phantom. Where `benchmark` alone is given and is the name
    of a model, a folder, a hub id or an address, that model is checked. On a CPU in float32 a batch must give
    exactly what one by one gives; elsewhere `ROUNDING` is allowed, and what was found is said.

    Raises:
        UsageError: an unknown name.
        DataError: the files of a benchmark that was asked for are missing.
        ModelError: the model cannot be loaded.
    """
    if model is None and benchmark is not None and _is_model(benchmark):
        benchmark, model = None, benchmark
    if model is not None:
        return _check_model(model, benchmark or "phantom", data)
    if benchmark is not None:
        return Checked(findings=_findings(resolve_benchmark(benchmark, data=data, fetch=False)), left_out=())
    findings: list[tuple[str, Finding]] = []
    left_out: list[tuple[str, str]] = []
    for name in registry.names("benchmark"):
        try:
            findings += _findings(resolve_benchmark(name, fetch=False))
        except DataError as error:
            left_out.append((name, str(error)))
    return Checked(findings=findings, left_out=left_out)


def tolerance(model: Model) -> Tolerance | None:
    """What a model may differ by from batch to batch: None, nothing, where its arithmetic is exact.

    That is float32 on a CPU, and what has no number format: a function, a scripted model. A server batches
    as it likes, on hardware that nobody here knows.
    """
    loader, dtype = model.identity.get("loader"), model.identity.get("dtype")
    if loader not in {"server", "vllm"} and (dtype is None or (dtype == "float32" and _on_cpu(model))):
        return None
    return ROUNDING


def _on_cpu(model: Model) -> bool:
    """Whether it computes on a CPU; a model that does not say where is taken to use what the machine has."""
    from medassay.models.hardware import pick_device

    return str(getattr(model, "device", None) or pick_device("auto")) == "cpu"


def _is_model(word: str) -> bool:
    """Whether a word that could be either names a model: a benchmark's own name or file goes first."""
    if Path(word).suffix.lower() in registry.FILES:
        return False
    if re.match(r"https?://", word) or Path(word).is_dir():
        return True
    name = registry.parse(word).name
    if name in registry.names("benchmark"):
        return False
    return name in registry.names("model") or "/" in name


def _findings(task: Task) -> list[tuple[str, Finding]]:
    """Every contract on the split, against the training part and the other variants where they lie there."""
    where, card = task.where, task.benchmark
    training = _part(task, replace(where, split="train")) if where.split != "train" else []
    others = [
        s
        for name in card.variants
        if name != where.variant
        for s in _part(task, replace(where, variant=name))
    ]
    whole = None if task.options else where
    found = check_benchmark(card, task.samples(), training=training, others=others, whole=whole)
    return [(task.title, finding) for finding in found]


def _part(task: Task, where: Where) -> list[Sample]:
    """Another split or variant of the same files; nothing where it is not there."""
    if where.split not in task.benchmark.splits:
        return []
    try:
        return list(replace(task, where=where).samples())
    except DataError:
        return []


def _check_model(word: str, benchmark: str, data: str | None) -> Checked:
    named = resolve_model(word)
    task = resolve_benchmark(benchmark, data=data)
    allowed = tolerance(named.model)
    samples = islice(task.samples(), REQUESTS if allowed is None else REQUESTS_ROUNDED)
    requests: list[Request] = [styled(task.benchmark.prompt(s.case), named.model.style) for s in samples]
    found = check_model(named.model, requests, tolerance=allowed)
    return Checked(findings=[(named.name, finding) for finding in found], left_out=())
