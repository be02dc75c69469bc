"""Every benchmark as a task of inspect_ai, found through its entry point `medassay`.

    inspect eval medassay/vqa-rad --model openai/gpt-4o -T data=DIR -T variant=mevf

A model of inspect's is asked in our words and shown our images, and judged by our scorer; samples have our
ids. A task loads its benchmark when it is called: listing tasks loads none. inspect logs what it asks and
sends it to whichever model it is given, so that data which must not leave needs `-T permit=export`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset
from inspect_ai.dataset import Sample as InspectSample
from inspect_ai.model import ContentReasoning, GenerateConfig, ModelOutput
from inspect_ai.scorer import Score, Target, accuracy, scorer, stderr
from inspect_ai.scorer import Scorer as InspectScorer
from inspect_ai.solver import Generate, TaskState, generate, solver
from inspect_ai.solver import Solver as InspectSolver

from medassay import registry
from medassay.errors import UsageError
from medassay.exporters.exported import gold_of
from medassay.exporters.inspect_log import chat_message, sample_score
from medassay.gate import require
from medassay.images import read_bytes
from medassay.models.server.payload import data_uri
from medassay.prompts import styled
from medassay.protocols import STRICT
from medassay.types import (
    UNKNOWN_CLUSTER,
    Benchmark,
    Decoding,
    Image,
    Request,
    Response,
    Row,
    Sample,
    Style,
    Usage,
)
from medassay.workflows.manifest import select
from medassay.workflows.resolve import resolve_benchmark

_SAID = ("max_tokens", "temperature", "top_p", "stop")  # of a decoding, what inspect has words for


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What names the samples of a task, as inspect's log keeps it: `inspect score` finds them again by it."""

    benchmark: str
    data: str | None = None
    split: str | None = None
    protocol: str = STRICT
    limit: int | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A benchmark with its samples by id."""

    benchmark: Benchmark
    samples: dict[str, Sample]

    def request(self, sample: Sample) -> Request:
        """What a model is asked: images first, where the words do not place them."""
        return styled(self.benchmark.prompt(sample.case), Style())


@lru_cache(maxsize=2)
def load(wanted: Wanted) -> Held:
    """Load the samples of a task; solver and scorer share them.

    Raises:
        UsageError: an unknown name, variant, split, option or protocol.
        DataError: the files are missing or not as described.
    """
    found = resolve_benchmark(
        wanted.benchmark, data=wanted.data, split=wanted.split, protocol=wanted.protocol
    )
    chosen = select(found.samples(), limit=wanted.limit, seed=wanted.seed)
    return Held(benchmark=found.benchmark, samples={sample.id: sample for sample in chosen})


@solver
def ask(**wanted: Any) -> InspectSolver:
    """Put the messages in place of the sample's input: our words, and the images as they are read now."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001  inspect calls it by name
        held = load(Wanted(**wanted))
        request = held.request(held.samples[str(state.sample_id)])
        state.messages = [chat_message(message, _data_uri) for message in request.messages]
        return state

    return solve


@scorer(metrics=[accuracy(), stderr(cluster="cluster")])
def judged(**wanted: Any) -> InspectScorer:
    """Judge an answer as `medassay score` does; status, rule and span are the metadata of the score.

    The value is that of the benchmark's primary metric where it is one per sample, else whether the answer is
    right. Unparsed and refused answers have the value "N", which counts 0.
    """

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001  inspect calls it by name
        held = load(Wanted(**wanted))
        sample, response = held.samples[str(state.sample_id)], response_of(state.output)
        judgement = held.benchmark.scorer(sample, response)
        return sample_score(held.benchmark, Row(sample=sample, response=response, score=judgement))

    return score


def response_of(output: ModelOutput) -> Response:
    """An answer of inspect's as ours."""
    if output.error is not None or output.empty:
        return Response(error=f"inspect: {output.error or 'no answer'}", finish_reason="error")
    content = output.choices[0].message.content
    parts = content if isinstance(content, list) else []
    used = output.usage
    return Response(
        text=output.completion,
        thinking="\n".join(part.reasoning for part in parts if isinstance(part, ContentReasoning)),
        finish_reason={"max_tokens": "length", "content_filter": "refusal"}.get(output.stop_reason, "stop"),
        usage=Usage(input_tokens=used.input_tokens, output_tokens=used.output_tokens) if used else Usage(),
        seconds=output.time or 0.0,
        served_model=output.model,
    )


def _config(requests: list[Request]) -> GenerateConfig:
    """The decoding that all requests share, in inspect's words; its own options replace it.

    Raises:
        UsageError: they share none, or it says what inspect has no word for.
    """
    shared = {request.decoding for request in requests} or {Decoding()}
    decoding = next(iter(shared))
    plain = replace(Decoding(), **{name: getattr(decoding, name) for name in _SAID})
    if len(shared) > 1 or decoding != plain:
        raise UsageError(f"{decoding} cannot be asked for through inspect: use `medassay run`")
    return GenerateConfig(
        max_tokens=decoding.max_tokens,
        temperature=decoding.temperature,
        top_p=decoding.top_p if decoding.top_p != 1 else None,
        stop_seqs=list(decoding.stop) or None,
    )


def _sample(sample: Sample, request: Request) -> InspectSample:
    return InspectSample(
        id=sample.id,
        input=request.text,
        target=gold_of(sample),
        choices=[choice.label for choice in sample.choices] or None,
        metadata={
            "cluster": sample.cluster if sample.cluster != UNKNOWN_CLUSTER else sample.id,
            "group": sample.group,
            "kind": sample.kind,
            **sample.tags,
        },
    )


def _data_uri(image: Image) -> str:
    return data_uri(read_bytes(image))


def task_of(name: str) -> Callable[..., Task]:
    """Register the benchmark of that name as a task; nothing is loaded before the task is called."""

    @task(name=name)
    def benchmark(  # noqa: PLR0913  one argument for each option of `medassay run` that inspect has none for
        *,
        data: str | None = None,
        variant: str | None = None,
        split: str | None = None,
        options: str = "",
        protocol: str = STRICT,
        limit: int | None = None,
        seed: int = 0,
        permit: str = "",
    ) -> Task:
        """A benchmark of medassay.

        Args:
            data: the folder with the dataset's own files.
            variant: of the benchmark.
            split: its first, unless given.
            options: of its loader: KEY=VALUE,KEY=VALUE.
            protocol: whose words and rules.
            limit: this many samples, chosen by hash (inspect's own `--limit` takes the first).
            seed: of that choice.
            permit: "export" lets data out that must not leave.
        """
        word = name + (f"@{variant}" if variant else "") + (f":{options}" if options else "")
        wanted = Wanted(benchmark=word, data=data, split=split, protocol=protocol, limit=limit, seed=seed)
        held = load(wanted)
        require(held.benchmark, "export", permitted=permit.split(","))
        requests = {sample.id: held.request(sample) for sample in held.samples.values()}
        samples = [_sample(sample, requests[sample.id]) for sample in held.samples.values()]
        return Task(
            dataset=MemoryDataset(samples, name=held.benchmark.name, location=held.benchmark.source),
            setup=ask(**asdict(wanted)),
            solver=generate(),
            scorer=judged(**asdict(wanted)),
            config=_config(list(requests.values())),
            version=held.benchmark.version,
        )

    made: Callable[..., Task] = benchmark
    return made


for _name in registry.names("benchmark"):
    task_of(_name)
