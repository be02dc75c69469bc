"""The parts that a recipe learns from, and what they share with the part that it is judged on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from medassay.adaptation.examples import Examples, labelled, parted
from medassay.contracts.targets import fault
from medassay.errors import DataError, UsageError
from medassay.hygiene.findings import Finding
from medassay.hygiene.overlap import overlap
from medassay.hygiene.parts import Album, Part
from medassay.workflows.resolve import Task, resolve_benchmark

Shared = Literal["stop", "drop", "allow"]
SHARED: tuple[Shared, ...] = ("stop", "drop", "allow")
_VALIDATION = ("validation", "val", "valid", "dev")
_LEAKS = ("sample id", "exact image", "cluster")  # checks that stop a training


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is learned from and chosen on, and how it was cut and cleaned.

    `validation_from` says where the validation part comes from. `findings` are what it shares with the
    test part; `dropped` are training samples that were left out for it.
    """

    train: Examples
    validation: Examples
    validation_from: str
    findings: Sequence[Finding]
    dropped: Sequence[str]


def parts_of(
    test: Task,
    *,
    data: str | None,
    shared: Shared = "stop",
    share: float = 0.2,
    seed: int = 0,
) -> Parts:
    """The training and validation parts of the benchmark of a test task, checked against it.

    Args:
        test: what the result will be judged on.
        data: the benchmark's folder, as for a run.
        shared: what happens where train or validation share a sample id, an image or a patient with test:
            "stop" names it and ends, "drop" leaves these samples out, "allow" goes on and records it.
        share: of the training clusters that become the validation part where the benchmark has none.
        seed: of that draw.

    Raises:
        UsageError: the benchmark has no training part, or its samples are not labels of images.
        DataError: parts share what they must not, or nothing is left.
    """
    benchmark = test.benchmark
    if "train" not in benchmark.splits:
        raise UsageError(f"{benchmark.name} has no training part: it has {', '.join(benchmark.splits)}")
    word = benchmark.name + (f"@{test.where.variant}" if test.where.variant else "")
    train = _task(test, data, "train")
    held = [labelled(train.samples(), what=word)]
    tasks = [train]
    passed_over = ""
    for name in (one for one in _VALIDATION if one in benchmark.splits and one != test.where.split):
        try:
            task = _task(test, data, name)
            held.append(labelled(task.samples(), what=word))
            tasks.append(task)
        except (DataError, UsageError) as error:  # a variant may lack a part that its card names
            passed_over = f"; passed over: {error}"
        break
    with Album() as album:
        judged = _part(album, test, f"{word}/{test.where.split}")
        learned = [_part(album, task, f"{word}/{task.where.split}") for task in tasks]
    findings = [finding for part in learned for finding in overlap(judged, replace(part, name="train"))]
    leaks = [f for f in findings if f.count and f.check.startswith(_LEAKS)]
    if leaks and shared == "stop":
        said = " ".join(finding.sentence for finding in leaks)
        raise DataError(
            f"{said} A model trained on them would be tested on what it has seen: --shared drop leaves these "
            "samples out of training, --shared allow goes on and records it"
        )
    dropped = _known(judged, learned) if shared == "drop" else set()
    cut = [_without(examples, dropped) for examples in held]
    if len(cut) == 2:
        learned_from, validation = cut
        origin = f"the benchmark's own, {tasks[1].where.split}"
    else:
        learned_from, validation = parted(cut[0], share, seed)
        origin = f"{share:.0%} of the training clusters, drawn by hash (seed {seed}){passed_over}"
    if set(learned_from.clusters) & set(validation.clusters):
        origin += "; it shares clusters with the training part"
    return Parts(
        train=learned_from,
        validation=validation,
        validation_from=origin,
        findings=[finding for finding in findings if finding.count],
        dropped=sorted(dropped),
    )


def _task(test: Task, data: str | None, split: str) -> Task:
    """Another split of what a test task is of: the same variant, options and files."""
    task = resolve_benchmark(test.benchmark, data=data, split=split, fetch=False)
    return replace(task, options=test.options, where=replace(task.where, variant=test.where.variant))


def _part(album: Album, task: Task, name: str) -> Part:
    return album.part(name, task.samples(), fault, unit=task.benchmark.cluster)


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


def _without(examples: Examples, dropped: set[str]) -> Examples:
    kept = [place for place, name in enumerate(examples.ids) if name not in dropped]
    if not kept:
        raise DataError("every sample to learn from shares an id, an image or a patient with the test part")
    return examples.take(kept) if len(kept) < len(examples.ids) else examples
