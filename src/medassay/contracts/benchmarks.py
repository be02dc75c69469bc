"""Contracts of a benchmark: its card, its samples, its prompt and its scorer."""

from __future__ import annotations

import inspect
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace

from medassay.contracts.finding import Finding, examine
from medassay.contracts.targets import fault, gold_answer
from medassay.errors import ImageError
from medassay.images import Prefetcher
from medassay.types import UNKNOWN_CLUSTER, Benchmark, Kind, Request, Response, Sample, Where

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_REVISION = re.compile(r"[0-9a-f]{40}|md5:[0-9a-f]{32}|sha256:[0-9a-f]{64}|generated")
_WORDS = ("title", "task", "modality", "source", "licence", "citation", "cluster", "primary")
_ALIKE: tuple[Kind, ...] = ("closed", "yes/no", "open")


def check_benchmark(
    benchmark: Benchmark,
    samples: Iterable[Sample],
    *,
    training: Iterable[Sample] = (),
    others: Iterable[Sample] = (),
    whole: Where | None = None,
) -> list[Finding]:
    """Run every contract of a benchmark over some of its samples.

    Args:
        benchmark: the card.
        samples: of one split and variant; held in memory.
        training: of the training split of the same variant, where there is one.
        others: of other variants: an id that occurs there as well must be the same sample.
        whole: given where `samples` is the whole of this split (and `training` of that one), so that they
            can be counted; names split and variant.
    """
    held, train, elsewhere = list(samples), list(training), list(others)
    findings = [examine("the card is complete", _card(benchmark))]
    findings += [examine(check, work(benchmark, held)) for check, work in _CHECKS.items()]
    findings.append(examine("ids name one sample in all variants", _same_ids(held, elsewhere)))
    findings.append(
        examine("train and test share what the card says", _overlap(benchmark, held, train, whole))
    )
    if whole is not None:
        findings.append(examine("there are as many samples as stated", _count(benchmark, held, whole)))
    return findings


def _card(benchmark: Benchmark) -> Iterator[str]:
    if not _NAME.fullmatch(benchmark.name):
        yield f"the name {benchmark.name!r} is not in-kebab-case"
    if benchmark.version < 1:
        yield f"version {benchmark.version} is not 1 or more"
    yield from (f"{word} is empty" for word in _WORDS if not getattr(benchmark, word).strip())
    if benchmark.revision is not None and not _REVISION.fullmatch(benchmark.revision):
        yield f"the revision {benchmark.revision!r} is neither a commit nor a checksum"
    names = {m.metric if isinstance(m.metric, str) else m.metric.name for m in benchmark.measures}
    if benchmark.primary not in names:
        yield f"the primary metric {benchmark.primary!r} is not among the measures"
    if not benchmark.splits:
        yield "there is no split"
    parts = {s for split in benchmark.splits for s in (split, *(f"{v}/{split}" for v in benchmark.variants))}
    yield from (f"counts name {key!r}, which is no split" for key in benchmark.counts if key not in parts)
    if not benchmark.kinds:
        yield "kinds are empty: say which kinds of samples it has"
    if benchmark.access == "credentialed" and benchmark.may_leave:
        yield "credentialed data may not leave, but may_leave is true"
    yield from (
        f"the variant {name!r} is offered and absent" for name in {*benchmark.absent} & {*benchmark.variants}
    )
    yield from (
        f"the variant {name!r} is absent without a reason"
        for name, why in benchmark.absent.items()
        if not why
    )
    yield from _unverified(benchmark)
    known = {*benchmark.variants, ""}
    yield from (
        f"overlap names {key!r}, which is no variant" for key in benchmark.overlap if key not in known
    )
    _, *options = inspect.signature(benchmark.load).parameters.values()
    for option in options:
        typed = inspect.Parameter.empty not in {option.default, option.annotation}
        if option.kind is not inspect.Parameter.KEYWORD_ONLY or not typed:
            yield f"the option {option.name!r} of load is not keyword-only with a type and a default"


def _unverified(benchmark: Benchmark) -> Iterator[str]:
    known = {f.name for f in fields(benchmark)} | {f"counts:{key}" for key in benchmark.counts}
    yield from (
        f"unverified names {name!r}, which is not on the card" for name in {*benchmark.unverified} - known
    )


def _kinds(benchmark: Benchmark, samples: Sequence[Sample]) -> Iterator[str]:
    for sample in samples:
        if sample.kind not in benchmark.kinds:
            yield f"{sample.id}: its kind {sample.kind!r} is not on the card ({', '.join(benchmark.kinds)})"


def _some(_: Benchmark, samples: Sequence[Sample]) -> Iterator[str]:
    if not samples:
        yield "no sample was loaded"


def _unique(_: Benchmark, samples: Sequence[Sample]) -> Iterator[str]:
    yield from (f"{key} occurs {n} times" for key, n in Counter(s.id for s in samples).items() if n > 1)


def _targets(_: Benchmark, samples: Sequence[Sample]) -> Iterator[str]:
    for sample in samples:
        if wrong := fault(sample):
            yield f"{sample.id}: {wrong}"


def _gold(benchmark: Benchmark, samples: Sequence[Sample]) -> Iterator[str]:
    for sample in samples:
        score = benchmark.scorer(sample, Response(text=gold_answer(sample)))
        if score.status != "scored":
            yield f"{sample.id}: {gold_answer(sample)!r} is {score.status}"
        for name, value in score.values.items():
            if not math.isclose(value, 0.0 if name.endswith("_error") else 1.0, abs_tol=1e-9):
                yield f"{sample.id}: {gold_answer(sample)!r} gets {name} {value}"


def _status(response: Response, status: str) -> Callable[[Benchmark, Sequence[Sample]], Iterator[str]]:
    def check(benchmark: Benchmark, samples: Sequence[Sample]) -> Iterator[str]:
        for sample in samples:
            score = benchmark.scorer(sample, response)
            if score.status != status or score.values:
                yield f"{sample.id}: {score.status} with {dict(score.values)}"

    return check


def _order(benchmark: Benchmark, samples: Sequence[Sample]) -> Iterator[str]:
    answers = {s.id: Response(text=gold_answer(s)) for s in samples}
    first = {s.id: benchmark.scorer(s, answers[s.id]) for s in samples}
    for sample in reversed(samples):
        if benchmark.scorer(sample, answers[sample.id]) != first[sample.id]:
            yield f"{sample.id}: another score when the samples come in reverse"


def _prompt(benchmark: Benchmark, samples: Sequence[Sample]) -> Iterator[str]:
    for sample, other in zip(samples, (*samples[1:], *samples[:1]), strict=True):
        asked = benchmark.prompt(sample.case)
        # a whole sample is a case, too: a prompt that looks for the target finds a wrong one here
        if asked != benchmark.prompt(replace(sample, target=other.target)):
            yield f"{sample.id}: the prompt depends on the target"
        if set(asked.images) != set(sample.images):
            yield f"{sample.id}: the prompt does not show its images"
    if benchmark.kinds_follow == "answer":
        yield from _alike(benchmark.prompt, [s for s in samples if s.kind in _ALIKE])


def _alike(prompt: Callable[[Sample], Request], samples: Sequence[Sample]) -> Iterator[str]:
    """Kinds that follow the gold answer must show neither in the options nor in the words."""
    kinds = [kind for kind in _ALIKE if kind in {s.kind for s in samples}]
    if len({bool(s.choices) for s in samples}) > 1:
        yield f"{' and '.join(kinds)} are told apart by their choices: the answer leaks"
    for sample in samples:
        first, *others = (prompt(replace(sample, kind=kind)) for kind in kinds)
        if any(other != first for other in others):
            yield f"{sample.id}: {' and '.join(kinds)} are asked in different words: the answer leaks"


def _clusters(benchmark: Benchmark, samples: Sequence[Sample]) -> Iterator[str]:
    unknown = benchmark.cluster == UNKNOWN_CLUSTER
    for sample in samples:
        if not sample.cluster or (sample.cluster == UNKNOWN_CLUSTER) != unknown:
            yield f"{sample.id}: the cluster is {sample.cluster!r}, the card says {benchmark.cluster!r}"


def _groups(_: Benchmark, samples: Sequence[Sample]) -> Iterator[str]:
    """What is scored together must be resampled together."""
    clusters: dict[str, str] = {}
    for sample in samples:
        if sample.group and clusters.setdefault(sample.group, sample.cluster) != sample.cluster:
            yield f"{sample.id}: its group {sample.group!r} lies in several clusters"


def _images(_: Benchmark, samples: Sequence[Sample]) -> Iterator[str]:
    with Prefetcher() as prefetcher:
        found = prefetcher.fetch([i for s in samples for i in s.images], pixels=False)
    yield from (str(result) for result in found.values() if isinstance(result, ImageError))


def _same_ids(samples: Sequence[Sample], others: Sequence[Sample]) -> Iterator[str]:
    held = {s.id: s for s in samples}
    yield from (f"{s.id} is another sample there" for s in others if held.get(s.id, s) != s)


def _overlap(
    benchmark: Benchmark, samples: Sequence[Sample], training: Sequence[Sample], whole: Where | None
) -> Iterator[str]:
    ids = {s.id for s in training}
    yield from (f"{s.id} is in the training split, too" for s in samples if s.id in ids)
    shared = ({s.cluster for s in samples} & {s.cluster for s in training}) - {UNKNOWN_CLUSTER}
    if shared and not benchmark.overlap:
        yield f"{len(shared)} clusters are in both ({min(shared)}), the card says none"
    if whole is not None and training:
        stated = benchmark.overlap.get(_variant(benchmark, whole), 0)
        if stated is not None and stated != len(shared):
            yield f"{len(shared)} clusters are in both, the card says {stated}"


def _count(benchmark: Benchmark, samples: Sequence[Sample], whole: Where) -> Iterator[str]:
    key = f"{_variant(benchmark, whole)}/{whole.split}".lstrip("/")
    stated = benchmark.counts.get(key, benchmark.counts.get(whole.split))
    if stated is not None and stated != len(samples):
        yield f"{key} has {len(samples)} samples, the card says {stated}"


def _variant(benchmark: Benchmark, where: Where) -> str:
    found = benchmark.detect(where) if benchmark.detect else where.variant
    return found or ""


_CHECKS: dict[str, Callable[[Benchmark, Sequence[Sample]], Iterator[str]]] = {
    "there are samples": _some,
    "ids are unique": _unique,
    "kinds are what the card says": _kinds,
    "targets fit their kind": _targets,
    "the gold answer scores full marks": _gold,
    "an empty answer is unparsed": _status(Response(text=""), "unparsed"),
    "an error is failed": _status(Response(error="timeout: no answer"), "failed"),
    "scores do not depend on the order": _order,
    "prompts show the images and not the target": _prompt,
    "clusters are what the card says": _clusters,
    "a group lies in one cluster": _groups,
    "images can be read": _images,
}
