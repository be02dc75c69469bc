"""The parts that a recipe learns from, and what they share with the part that it is judged on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from medassay.contracts.targets import fault
from medassay.errors import DataError, UsageError
from medassay.hygiene.findings import Finding
from medassay.hygiene.overlap import overlap
from medassay.hygiene.parts import Album, Part
from medassay.types import UNKNOWN_CLUSTER, Sample, fingerprint
from medassay.workflows.locked import refuse_locked
from medassay.workflows.resolve import Task, resolve_benchmark

Shared = Literal["stop", "drop", "allow"]
SHARED: tuple[Shared, ...] = ("stop", "drop", "allow")
_VALIDATION = ("validation", "val", "valid", "dev")
_LEAKS = ("sample id", "exact image", "cluster")  # checks that stop a training


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How what is learned from is cut out of the training part.

    Attributes:
        shared: what happens where train or validation share a sample id, an image or a patient with test:
            "stop" names it and ends, "drop" leaves these samples out, "allow" goes on and records it.
        share: of the training clusters that become the validation part where the benchmark has none.
        fraction: of the training clusters that are learned from, in (0, 1]; of one seed a smaller fraction
            is part of a larger one. Validation stays whole.
        only: tags that a sample must have to be learned from; empty: all samples.
        replay: with `only`, how many of the other samples are learned from too, for each that has the tags,
            so that what the model could do before is not forgotten. Validation is mixed alike.
        seed: of all draws, and of training.
    """

    shared: Shared = "stop"
    share: float = 0.2
    fraction: float = 1.0
    only: Mapping[str, str] = field(default_factory=dict)
    replay: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.fraction <= 1:
            raise UsageError(f"a fraction of {self.fraction:g} cannot be had: give one above 0, up to 1")
        if self.replay < 0 or (self.replay and not self.only):
            raise UsageError("replay is of the samples that --only leaves out, and not below 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is learned from and chosen on, and how it was cut and cleaned.

    `validation_from` says where the validation part comes from. `findings` are what it shares with the
    test part; `dropped` are training samples that were left out for it. `unread`: why an image of a sample
    cannot be opened, by the sample's id.
    """

    train: tuple[Sample, ...]
    validation: tuple[Sample, ...]
    validation_from: str
    findings: Sequence[Finding]
    dropped: Sequence[str]
    unread: Mapping[str, str]

    def only(self, ids: Collection[str]) -> Parts:
        """The same with these samples alone."""
        held = set(ids)
        train, validation = (
            tuple(s for s in samples if s.id in held) for samples in (self.train, self.validation)
        )
        return replace(self, train=train, validation=validation)


def parts_of(
    test: Task, *, data: str | None, cut: Cut | None = None, brought: Sequence[Sample] = ()
) -> Parts:
    """The training and validation parts of the benchmark of a test task, checked against it.

    Args:
        test: what the result will be judged on.
        data: the benchmark's folder, as for a run.
        cut: how they are cut; `Cut()` if None.
        brought: what is learned from in place of the benchmark's parts.

    Raises:
        UsageError: the benchmark has no training part.
        DataError: parts share what they must not, or nothing is left.
    """
    cut = cut or Cut()
    benchmark = test.benchmark
    word = benchmark.name + (f"@{test.where.variant}" if test.where.variant else "")
    sources, passed_over = ([("brought", tuple(brought))], "") if brought else _own(test, data, word)
    with Album() as album:
        judged = album.part(f"{word}/{test.where.split}", test.samples(), fault, unit=benchmark.cluster)
        learned = [
            album.part(f"{word}/{split}", samples, fault, unit=benchmark.cluster)
            for split, samples in sources
        ]
    refuse_locked({key for part in learned for key in part.images}, doing="training")
    findings = [finding for part in learned for finding in overlap(judged, replace(part, name="train"))]
    leaks = [f for f in findings if f.count and f.check.startswith(_LEAKS)]
    if leaks and cut.shared == "stop":
        said = " ".join(finding.sentence for finding in leaks)
        raise DataError(
            f"{said} A model trained on them would be tested on what it has seen: --shared drop leaves these "
            "samples out of training, --shared allow goes on and records it"
        )
    dropped = _known(judged, learned) if cut.shared == "drop" else set()
    clean = [_without(samples, dropped) for _, samples in sources]
    if len(clean) == 2:
        learned_from, validation = clean
        origin = f"the benchmark's own, {sources[1][0]}"
    else:
        validation, learned_from = _drawn(clean[0], cut.share, cut.seed)
        origin = f"{cut.share:.0%} of the training clusters, drawn by hash (seed {cut.seed}){passed_over}"
        if not validation or not learned_from:
            raise DataError(
                f"{len(clean[0])} samples cannot be parted into training and validation by cluster"
            )
    if {cluster_of(sample) for sample in learned_from} & {cluster_of(sample) for sample in validation}:
        origin += "; it shares clusters with the training part"
    fewer, _ = _drawn(learned_from, cut.fraction, f"fraction {cut.seed}")
    return Parts(
        train=_chosen(fewer, cut, "training"),
        validation=_chosen(validation, cut, "validation"),
        validation_from=origin,
        findings=[finding for finding in findings if finding.count],
        dropped=sorted(dropped),
        unread={name: why for part in learned for name, why in _unread(part)},
    )


def described(test: Task, parts: Parts, cut: Cut, lost: Sequence[str]) -> dict[str, Any]:
    """What is recorded of the data; `lost` says which samples could not be learned from."""
    return {
        "benchmark": test.title,
        "licence": test.benchmark.licence,
        "fraction": cut.fraction,
        "only": dict(cut.only),
        "replay": cut.replay,
        "train": len(parts.train),
        "train_clusters": len({cluster_of(sample) for sample in parts.train}),
        "train_sha256": fingerprint(sorted(sample.id for sample in parts.train)),
        "validation": len(parts.validation),
        "validation_sha256": fingerprint(sorted(sample.id for sample in parts.validation)),
        "validation_from": parts.validation_from,
        "shared": [finding.sentence for finding in parts.findings],
        "dropped": list(parts.dropped),
        "unreadable": list(lost),
    }


def cluster_of(sample: Sample) -> str:
    """The patient, or whatever a cluster is; a sample of unknown cluster stands for itself."""
    return sample.id if sample.cluster == UNKNOWN_CLUSTER else sample.cluster


def _own(test: Task, data: str | None, word: str) -> tuple[list[tuple[str, tuple[Sample, ...]]], str]:
    """Its splits to learn from, train and where there is one validation; and which was passed over."""
    splits = test.benchmark.splits
    if "train" not in splits:
        raise UsageError(f"{test.benchmark.name} has no training part: it has {', '.join(splits)}")
    held = [("train", _samples(_task(test, data, "train"), word))]
    passed_over = ""
    for name in (one for one in _VALIDATION if one in splits and one != test.where.split):
        try:
            held.append((name, _samples(_task(test, data, name), word)))
        except (DataError, UsageError) as error:  # a variant may lack a part that its card names
            passed_over = f"; passed over: {error}"
        break
    return held, passed_over


def _task(test: Task, data: str | None, split: str) -> Task:
    """Another split of what a test task is of: the same variant, options and files."""
    task = resolve_benchmark(test.benchmark, data=data, split=split, fetch=False)
    return replace(task, options=test.options, where=replace(task.where, variant=test.where.variant))


def _samples(task: Task, word: str) -> tuple[Sample, ...]:
    held = tuple(task.samples())
    if not held:
        raise DataError(f"{word}: its {task.where.split} part has no samples to learn from")
    return held


def _unread(part: Part) -> Iterator[tuple[str, str]]:
    """Each sample with an image that cannot be opened, and why."""
    problems = {key: seen.problem for key, seen in part.images.items() if seen.problem}
    for item in part.items if problems else ():
        found = [problems[key] for key in item.images if key in problems]
        if found:
            yield item.sample.id, found[0]


def _known(judged: Part, learned: Sequence[Part]) -> set[str]:
    """The ids of samples to learn from that share an id, an image or a patient with what is judged."""
    ids = {item.sample.id for item in judged.items}
    images = {key for key, seen in judged.images.items() if seen.read}
    return {
        item.sample.id
        for part in learned
        for item in part.items
        if item.sample.id in ids or images & set(item.images) or (item.sample.cluster in judged.clusters)
    }


def _without(samples: tuple[Sample, ...], dropped: set[str]) -> tuple[Sample, ...]:
    kept = tuple(sample for sample in samples if sample.id not in dropped)
    if not kept:
        raise DataError("every sample to learn from shares an id, an image or a patient with the test part")
    return kept


def _drawn(
    samples: tuple[Sample, ...], share: float, salt: int | str
) -> tuple[tuple[Sample, ...], tuple[Sample, ...]]:
    """The samples of a share of the clusters, drawn by the hash of their names, and the rest."""
    order = sorted({cluster_of(s) for s in samples}, key=lambda name: fingerprint([salt, name]))
    chosen = set(order[: round(share * len(order))])
    inside = tuple(sample for sample in samples if cluster_of(sample) in chosen)
    outside = tuple(sample for sample in samples if cluster_of(sample) not in chosen)
    return inside, outside


def _chosen(samples: tuple[Sample, ...], cut: Cut, what: str) -> tuple[Sample, ...]:
    """The samples with the tags of `only`, and the replay."""
    wanted = [s.id for s in samples if all(s.tags.get(tag) == value for tag, value in cut.only.items())]
    if not wanted:
        said = " and ".join(f"{tag}={value}" for tag, value in cut.only.items()) or f"{cut.fraction:g} of it"
        raise DataError(f"no sample is left of the {what} part: {said}")
    others = sorted(
        {sample.id for sample in samples} - set(wanted), key=lambda name: fingerprint([cut.seed, name])
    )
    kept = {*wanted, *others[: round(cut.replay * len(wanted))]}
    return tuple(sample for sample in samples if sample.id in kept)
