"""A run as an `.eval` log of inspect_ai, written through its own log API, for `inspect view` and its tools.

Each estimate is a score of the results: its value, `stderr`, `ci_lower` and `ci_upper`, and all that doubts
it as metadata. The log is written in one piece: the rows of a run lie in memory while it is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medassay.errors import MissingExtra
from medassay.exporters.exported import Exported, facts, gold_of, judgement, label, named
from medassay.reporting.files import write_whole
from medassay.reporting.manifest import branch, date
from medassay.types import Estimate, Image, Message, Part, Response, Row

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample, EvalScore
    from inspect_ai.model import ChatMessage, Content, ModelOutput

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
            scores=[_score(exported, estimate) for estimate in exported.estimates()],
        ),
        stats=EvalStats(
            started_at=environment["started"],
            completed_at=environment.get("finished") or date(exported.record),
        ),
        samples=samples or None,
    )


def _score(exported: Exported, estimate: Estimate) -> EvalScore:
    from inspect_ai.log import EvalMetric, EvalScore

    held = {
        estimate.metric: estimate.value,
        "stderr": estimate.se,
        "ci_lower": estimate.low,
        "ci_upper": estimate.high,
    }
    told = facts(exported, estimate)
    return EvalScore(
        name=label(estimate),
        scorer=SCORER,
        scored_samples=estimate.n - estimate.unscored,
        unscored_samples=estimate.unscored,
        metrics={
            name: EvalMetric(name=name, value=value, metadata=told if name == estimate.metric else None)
            for name, value in held.items()
            if value is not None
        },
        metadata=told,
    )


def _sample(exported: Exported, row: Row, encoded: Encoded | None) -> EvalSample:
    from inspect_ai.log import EvalError, EvalSample
    from inspect_ai.scorer import NOANSWER, Score

    asked = [chat_message(message, encoded) for message in exported.messages(row.sample)]
    said, output = _output(exported.model, row.response)
    failed = row.score.status == "failed"
    worth = exported.worth(row)
    told = judgement(row)
    value = worth if row.score.status == "scored" and worth is not None else NOANSWER
    score = Score(value=value, answer=row.score.answer, explanation=row.score.rule, metadata=told)
    return EvalSample(
        id=row.sample.id,
        epoch=1,
        input=asked,
        choices=[choice.label for choice in row.sample.choices] or None,
        target=gold_of(row.sample),
        messages=[*asked, *([] if failed else [said])],
        output=output,
        scores=None if failed else {exported.record.benchmark.primary: score},
        metadata={key: told[key] for key in ("cluster", "group", "kind", "tags", "status")},
        error=_error(EvalError, row.response.error or "failed") if failed else None,
        total_time=row.response.seconds,
    )


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
