"""Between benchmarks: what one is judged on that stands in another, and in what models were trained on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from medassay.hygiene.audit import Audit, size_of
from medassay.hygiene.findings import Finding, Severity, Table, of, worst_first
from medassay.hygiene.overlap import cluster_overlap, image_overlap, shared_images
from medassay.hygiene.parts import Part
from medassay.hygiene.questions import unread


def audit_across(
    judged: Mapping[str, Part],
    parts: Sequence[Part],
    names: Mapping[str, Collection[str]],
    trained: Mapping[str, Sequence[str]],
    left_out: Sequence[tuple[str, str]] = (),
) -> Audit:
    """Look at every pair of benchmarks and at every model's training sets.

    Args:
        judged: the part that each benchmark is judged on, by its word.
        parts: all parts that could be read, named "word/split".
        names: what each benchmark is called, by its word: models' cards call it so.
        trained: the training sets that model cards name, by model.
        left_out: what could not be read, with the reason.
    """
    broken = [finding for finding in map(unread, parts) if finding.count]
    findings = [*_between(judged, parts, names), *_models(judged, parts, names, trained), *broken]
    return Audit(
        title=" and ".join(judged),
        sizes=tuple(size_of(part) for part in parts),
        findings=tuple(worst_first(findings)),
        left_out=tuple(left_out),
    )


def _between(
    judged: Mapping[str, Part], parts: Sequence[Part], names: Mapping[str, Collection[str]]
) -> Iterator[Finding]:
    """Images; and between variants of one benchmark, whose clusters have the same names, clusters."""
    done: set[str] = set()
    for word, part in judged.items():
        done.add(part.name)  # two that are judged on are compared once
        for other in parts:
            if _word(other) == word or other.name in done:
                continue
            if part.images and other.images:
                yield from image_overlap(part, other)
            if part.clusters and names[word] == names[_word(other)]:
                yield cluster_overlap(part, other)


def _models(
    judged: Mapping[str, Part],
    parts: Sequence[Part],
    names: Mapping[str, Collection[str]],
    trained: Mapping[str, Sequence[str]],
) -> Iterator[Finding]:
    """For each model: benchmarks that its card names as training sets, or whose images stand in those."""
    rows: list[tuple[str, ...]] = []
    seen = False  # a name may mean the training part alone; an image that stands there is known
    called = {word: {same_name(name) for name in held} for word, held in names.items()}
    for model, sets in trained.items():
        named = {same_name(name) for name in sets}
        for word, part in judged.items():
            if called[word] & named:
                rows.append((model, word, "its card names it as a training set"))
            for other in parts:
                if _word(other) == word or not other.training or not called[_word(other)] & named:
                    continue
                shared = shared_images(part, other)
                count = len(shared.exact) + len(shared.near)
                if count:
                    seen = True
                    rows.append((model, word, f"{of(count, len(part.images))} images stand in {other.name}"))
    severity: Severity = "problem" if seen else "warning" if rows else "clear"
    models = {row[0] for row in rows}
    yield Finding(
        check="models' training sets",
        severity=severity if trained else "note",
        sentence=f"{of(len(models), len(trained))} models name training sets that overlap with what they "
        "would be judged on here."
        if rows
        else f"None of {len(trained)} model cards names a training set that overlaps with these benchmarks. "
        "What a card leaves out nobody can look up.",
        count=len(models),
        total=len(trained),
        table=Table(header=("model", "benchmark", "why"), rows=tuple(rows)) if rows else None,
    )


def same_name(name: str) -> str:
    """A name without what spellings differ in: "VQA-RAD", "vqa_rad" and "VQA RAD" are one."""
    return "".join(c for c in name.lower() if c.isalnum())


def _word(part: Part) -> str:
    return part.name.rpartition("/")[0]
