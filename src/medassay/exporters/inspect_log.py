"""A run as an `.eval` log of inspect_ai, written through its own log API, for `inspect view` and its tools.

Each estimate is a metric of the results, with all that doubts it as metadata; the headline comes first, its
error and interval beside it as `stderr`, `ci_lower` and `ci_upper`. The log is written in one piece: the rows
of a run lie in memory while it is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medassay.errors import MissingExtra
from medassay.exporters.exported import Exported, facts, gold_of, judgement, label, named, worth
from medassay.reporting.files import write_whole
from medassay.reporting.manifest import branch, date
from medassay.types import Benchmark, Estimate, Image, Message, Part, Response, Row

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalMetric, EvalSample, EvalScore
    from inspect_ai.model import ChatMessage, Content, ModelOutput
    from inspect_ai.scorer import Score

SCORER = "medassay"
Encoded = Callable[[Image], str]
"""Gives the data URI of an image."""


def write(exported: Exported, folder: Path, *, encoded: Encoded | None = None) -> list[Path]:
    """Write `FOLDER/BENCHMARK_MODEL_ID.eval`.

    Args:
        exported: the run; without its rows the log holds numbers only.
        folder: where.
        encoded: puts the images into the log; without it their digests stand for them.

    Raises:
        MissingExtra: inspect_ai is not installed.
        StoreError: the file cannot be written.
    """
    try:
        from inspect_ai.log import write_eval_log
    except ImportError as error:
        raise MissingExtra("inspect_ai", "inspect") from error
    log = eval_log(exported, encoded=encoded)
    name = f"{exported.name}_{exported.model.replace('/', '--')}_{exported.id[:8]}.eval"
    return [
        write_whole(folder / name, lambda draft: write_eval_log(log, str(draft.absolute()), format="eval"))
    ]


def eval_log(exported: Exported, *, encoded: Encoded | None = None) -> EvalLog:
    """The log as inspect_ai's own value."""
    from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalResults, EvalSpec, EvalStats

    manifest, card = exported.manifest, exported.record.benchmark
    environment = branch(manifest, "environment")
    samples = [_sample(exported, row, encoded) for row in (exported.rows() if exported.rows else ())]
    return EvalLog(
        status="success" if manifest["status"] == "complete" else "error",
        eval=EvalSpec(
            eval_id=exported.id,
            run_id=exported.id,
            task_id=branch(manifest, "protocol")["id"],
            created=date(exported.record),
            task=f"medassay/{card.name}",
            task_version=card.version,
            task_args={k: v for k, v in exported.part("benchmark").items() if k in {"variant", "split"}},
            dataset=EvalDataset(
                name=card.name,
                location=card.source,
                samples=manifest["n"],
                sample_ids=[sample.id for sample in samples],
            ),
            model=exported.model,
            config=EvalConfig(),
            packages={"medassay": environment["medassay"], **branch(environment, "packages")},
            metadata={key: manifest[key] for key in ("protocol", "model", "environment", "counts")},
        ),
        results=EvalResults(
            total_samples=manifest["n"],
            completed_samples=manifest["n"] - manifest["counts"].get("failed", 0),
            scores=[_score(exported)] if exported.record.estimates else [],
        ),
        stats=EvalStats(
            started_at=environment["started"],
            completed_at=environment.get("finished") or date(exported.record),
        ),
        samples=samples or None,
    )


def _score(exported: Exported) -> EvalScore:
    """One score, that of the samples: the headline with its error and interval, then the other estimates."""
    from inspect_ai.log import EvalMetric, EvalScore

    first, *others = exported.estimates()
    failed = first.counts.get("failed", 0)
    bounds = {"stderr": first.se, "ci_lower": first.low, "ci_upper": first.high}
    metrics = [
        _metric(exported, first),
        *(EvalMetric(name=name, value=value) for name, value in bounds.items() if value is not None),
        *(_metric(exported, other) for other in others),
    ]
    return EvalScore(
        name=exported.record.benchmark.primary,
        scorer=SCORER,
        scored_samples=first.n - failed,  # unparsed and refused rows count: they are wrong
        unscored_samples=failed,
        metrics={metric.name: metric for metric in metrics},
    )


def _metric(exported: Exported, estimate: Estimate) -> EvalMetric:
    from inspect_ai.log import EvalMetric

    return EvalMetric(name=label(estimate), value=estimate.value, metadata=facts(exported, estimate))


def _sample(exported: Exported, row: Row, encoded: Encoded | None) -> EvalSample:
    from inspect_ai.log import EvalError, EvalSample

    asked = [chat_message(message, encoded) for message in exported.messages(row.sample)]
    said, output = _output(exported.model, row.response)
    failed, card = row.score.status == "failed", exported.record.benchmark
    told = judgement(row)
    return EvalSample(
        id=row.sample.id,
        epoch=1,
        input=asked,
        choices=[choice.label for choice in row.sample.choices] or None,
        target=gold_of(row.sample),
        messages=[*asked, *([] if failed else [said])],
        output=output,
        scores=None if failed else {card.primary: sample_score(card, row)},
        metadata={key: told[key] for key in ("cluster", "group", "kind", "tags", "status")},
        error=_error(EvalError, row.response.error or "failed") if failed else None,
        total_time=row.response.seconds,
    )


def sample_score(benchmark: Benchmark, row: Row) -> Score:
    """The score of a sample: its worth, or "N" (no answer, which counts 0) where it was not read.

    A row without a worth (failed, or of a kind that the headline does not take) has no value: inspect leaves
    it out of its metrics.
    """
    from inspect_ai.scorer import NOANSWER, Score

    value = worth(benchmark, row)
    told: dict[str, Any] = {
        "answer": row.score.answer,
        "explanation": row.score.rule or None,
        "metadata": judgement(row),
    }
    if value is None:
        reason = "not in the headline" if row.score.status == "scored" else row.score.status
        return Score.unscored(reason=reason, **told)
    return Score(value=value if row.score.status == "scored" else NOANSWER, **told)


def _error(kind: Any, message: str) -> Any:
    return kind(message=message, traceback="", traceback_ansi="")


def _output(model: str, response: Response) -> tuple[ChatMessage, ModelOutput]:
    from inspect_ai.model import ChatCompletionChoice as Choice
    from inspect_ai.model import ChatMessageAssistant, ContentReasoning, ContentText, ModelOutput, ModelUsage

    content: str | list[Any] = response.text
    if response.thinking:
        content = [ContentReasoning(reasoning=response.thinking), ContentText(text=response.text)]
    said = ChatMessageAssistant(content=content, model=model, source="generate")
    reasons: dict[str, Any] = {"length": "max_tokens", "refusal": "content_filter"}
    usage = response.usage
    output = ModelOutput(
        model=response.served_model or model,
        choices=[]
        if response.error
        else [Choice(message=said, stop_reason=reasons.get(response.finish_reason, "stop"))],
        usage=ModelUsage(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            total_tokens=usage.input_tokens + usage.output_tokens,
        ),
        time=response.seconds,
        error=response.error,
    )
    return said, output


def chat_message(message: Message, encoded: Encoded | None) -> ChatMessage:
    """A message as inspect_ai's; without `encoded` the digest of an image stands for it."""
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

    if all(isinstance(part, str) for part in message.parts):
        content: str | list[Content] = "\n".join(str(part) for part in message.parts)
    else:
        content = [_content(part, encoded) for part in message.parts]
    if message.role == "assistant":
        return ChatMessageAssistant(content=content)
    kind = ChatMessageSystem if message.role == "system" else ChatMessageUser
    return kind(content=content)


def _content(part: Part, encoded: Encoded | None) -> Content:
    from inspect_ai.model import ContentImage, ContentText

    if isinstance(part, str):
        return ContentText(text=part)
    return ContentText(text=named(part)) if encoded is None else ContentImage(image=encoded(part))
