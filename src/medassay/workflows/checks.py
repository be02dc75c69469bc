"""Run the contracts over a benchmark, a model, or all benchmarks that can be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from medassay import registry
from medassay.contracts import Finding, check_benchmark, check_model
from medassay.errors import DataError
from medassay.prompts import styled
from medassay.types import Request, Sample, Where
from medassay.workflows.resolve import Task, resolve_benchmark, resolve_model

REQUESTS = 6


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
            f"{'ok    ' if f.ok else 'BROKEN'}  {subject}: {f.check}{'' if f.ok else f' ({f.detail})'}"
            for subject, f in self.findings
        ]
        lines += [f"left   {subject}: {reason}" for subject, reason in self.left_out]
        broken = sum(not f.ok for _, f in self.findings)
        return "\n".join([*lines, f"{len(self.findings)} contracts checked, {broken} broken"])


def check(*, benchmark: str | None = None, data: str | None = None, model: str | None = None) -> Checked:
    """Run the contracts. Without a name: every benchmark whose files can be found.

    Raises:
        UsageError: an unknown name.
        DataError: the files of a benchmark that was asked for are missing.
    """
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
    requests: list[Request] = []
    for sample in task.samples():
        requests.append(styled(task.benchmark.prompt(sample.case), named.model.style))
        if len(requests) == REQUESTS:
            break
    return Checked(findings=[(named.name, f) for f in check_model(named.model, requests)], left_out=())
