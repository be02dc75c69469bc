"""What every form of export is made of: a run, its rows where they may leave, and what each number needs."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medassay import codec, registry
from medassay.benchmarks.errata import SUFFIX
from medassay.reporting import RunRecord
from medassay.reporting.arrange import headline, overall
from medassay.reporting.manifest import branch, model_name, protocol_id
from medassay.reporting.record import deciding_value
from medassay.statistics.frame import Wanted
from medassay.types import (
    Benchmark,
    Choice,
    Estimate,
    Image,
    Measure,
    Message,
    Metric,
    Part,
    Prompt,
    Row,
    Sample,
)

LEVEL = 0.95
"""Of every interval."""

HUB = "hf://"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A run on its way out.

    `rows` streams its rows anew at each call; None where the data must not leave. `prompt` puts a case into
    the words in which it was asked; None where they are not known (answers made elsewhere, a solver that asks
    otherwise): the question and its options then stand for them.
    """

    record: RunRecord
    rows: Callable[[], Iterator[Row]] | None = None
    prompt: Prompt | None = None

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest of the run."""
        return self.record.manifest

    @property
    def id(self) -> str:
        """The id of the run, 64 hex digits."""
        return str(self.manifest["id"])

    @property
    def name(self) -> str:
        """The benchmark with its variant: `vqa-rad@mevf`."""
        variant = self.part("benchmark").get("variant")
        return self.record.benchmark.name + (f"@{variant}" if variant else "")

    @property
    def model(self) -> str:
        """What the model was called."""
        return model_name(self.record)

    @property
    def repository(self) -> str:
        """The hub repository of the model, "" where its card names none."""
        return hub_repository(str(branch(branch(self.manifest, "model"), "card").get("source") or ""))

    def part(self, name: str) -> Mapping[str, Any]:
        """A part of the protocol: benchmark, selection, decoding."""
        return branch(branch(self.manifest, "protocol"), name)

    def estimates(self) -> tuple[Estimate, ...]:
        """All estimates, the headline first, each metric and slice once."""
        first = headline(self.record)
        held: dict[tuple[str, str], Estimate] = {}
        for estimate in (*([first] if first else []), *self.record.estimates):
            held.setdefault((estimate.metric, estimate.slice), estimate)
        return tuple(held.values())

    def wholes(self) -> tuple[Estimate, ...]:
        """Those estimates that are of all rows which a measure is meant for: no slices by tag."""
        table = overall(self.record)
        kept = {id(line.estimate) for block in table.blocks for line in block.lines} if table else set[int]()
        return tuple(e for e in self.estimates() if id(e) in kept)

    def metric(self, name: str) -> Metric:
        """The metric of that name, as `metric_of`."""
        return metric_of(self.record.benchmark, name)

    def messages(self, sample: Sample) -> tuple[Message, ...]:
        """What the model was sent, as far as it is known."""
        if self.prompt is not None:
            return self.prompt(sample.case).messages
        return (Message(role="user", parts=(*sample.images, question_of(sample))),)

    def worth(self, row: Row) -> float | None:
        """What a row counts for, as `worth`."""
        return worth(self.record.benchmark, row)


def metric_of(benchmark: Benchmark, name: str) -> Metric:
    """The metric of that name: the benchmark's own, or the registered one; on a corrected key the same.

    Raises:
        UnknownName: a metric of an older version that is not there any more.
    """
    name = name.removesuffix(SUFFIX)
    own = (m.metric for m in benchmark.measures if isinstance(m.metric, Metric))
    held: Metric = next((m for m in own if m.name == name), None) or registry.find("metric", name)
    return held


def worth(benchmark: Benchmark, row: Row) -> float | None:
    """What a row counts for in the headline: its value of the primary metric, else whether it is right.

    Unparsed and refused rows count 0. None where there is no such number: the row failed, the headline does
    not take it, or it was not read where the metric is an error, which then has no size.
    """
    metric = metric_of(benchmark, benchmark.primary)
    if not Wanted(metric=metric, wheres=(_taken(benchmark),)).takes(row):
        return None
    if row.score.status in {"unparsed", "refused"}:
        return 0.0 if metric.higher_is_better else None
    key = benchmark.primary
    key = key if key in row.score.values else (deciding_value(row) or "")
    return row.score.values.get(key)


def well_formed(row: Row) -> Row:
    """The row, with "?" for each lone surrogate: what a broken server sent cannot stand in UTF-8."""
    text = json.dumps(codec.plain(row), ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return codec.restore(Row, codec.loads(text.encode("utf-8", "replace")))
    return row


def facts(exported: Exported, estimate: Estimate) -> dict[str, Any]:
    """All that must stand beside a number for it to be believed; what does not exist is left out."""
    held: dict[str, Any] = {
        "protocol": protocol_id(exported.record),
        "rules": branch(exported.manifest, "protocol").get("rules", exported.record.benchmark.protocol),
        "slice": estimate.slice,
        "n": estimate.n,
        "n_clusters": estimate.n_clusters,
        "cluster": exported.record.benchmark.cluster,
        "se": estimate.se,
        "low": estimate.low,
        "high": estimate.high,
        "level": LEVEL if estimate.low is not None else None,
        "method": estimate.method,
        "counts": dict(estimate.counts),
        "chance": estimate.chance,
        "majority": estimate.majority,
        "worst": estimate.worst,
        "best": estimate.best,
        "note": estimate.note,
    }
    return {key: value for key, value in held.items() if value not in (None, "") and not _undefined(value)}


def label(estimate: Estimate) -> str:
    """`accuracy`, or `accuracy (kind=open)` for a slice."""
    return estimate.metric if estimate.slice == "all" else f"{estimate.metric} ({estimate.slice})"


def hub_repository(source: str) -> str:
    """`org/name` of a source on the hub (`hf://org/name/data/*.parquet`), "" for any other."""
    return "/".join(source.removeprefix(HUB).split("/")[:2]) if source.startswith(HUB) else ""


def question_of(sample: Sample) -> str:
    """The question, with its options in a line each."""
    return "\n".join((sample.question, *_options(sample.choices)))


def gold_of(sample: Sample) -> list[str]:
    """What is right, in words."""
    target = sample.target
    if target.number is not None:
        return [f"{target.number!r} {target.unit}".strip()]
    boxes = [f"[{b.x0}, {b.y0}, {b.x1}, {b.y1}]{f' {b.label}' if b.label else ''}" for b in target.boxes]
    return [*target.texts, *boxes]


def judgement(row: Row) -> dict[str, Any]:
    """The score of a row in plain values: status, answer, the rule that read it, where, flags, values."""
    score = row.score
    return {
        "status": score.status,
        "answer": score.answer,
        "rule": score.rule,
        "span": list(score.span) if score.span else None,
        "flags": list(score.flags),
        "values": dict(score.values),
        "cluster": row.sample.cluster,
        "group": row.sample.group,
        "kind": row.sample.kind,
        "tags": dict(row.sample.tags),
    }


def text_of(parts: Sequence[Part]) -> str:
    """The words of a message; each image as its digest in brackets."""
    return "\n".join(named(part) if isinstance(part, Image) else part for part in parts)


def named(image: Image) -> str:
    """An image by its digest, if it was read: what stands for it where the picture is left out."""
    return f"[image {image.digest}]" if image.digest else "[image]"


def _undefined(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _taken(benchmark: Benchmark) -> Mapping[str, str]:
    """The tags of the rows that the headline is of: all rows if a measure of the primary metric takes all."""
    wheres = [m.where for m in benchmark.measures if _name(m) == benchmark.primary]
    return {} if not wheres or {} in wheres else wheres[0]


def _name(measure: Measure) -> str:
    return measure.metric if isinstance(measure.metric, str) else measure.metric.name


def _options(choices: Sequence[Choice]) -> list[str]:
    return [f"- {choice.label}" for choice in choices]
