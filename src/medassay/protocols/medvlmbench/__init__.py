"""MedVLMBench: open and closed questions by word overlap, choices (in its later code) by a letter.

What counts as closed is the dataset's own mark in SLAKE and FairVLMed, and a gold of yes or no elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from medassay.metrics.tables import mean_of
from medassay.protocols.medvlmbench.prompts import lettered, prompt
from medassay.protocols.medvlmbench.scores import (
    CAPTION,
    CLOSED,
    OPEN,
    OVERLAP,
    caption_scores,
    choice_scores,
    closed_scores,
    open_scores,
)
from medassay.protocols.protocol import Bugs, Protocol, Rules, judged, not_covered
from medassay.protocols.shared import gold, letters, slices
from medassay.types import Benchmark, Kind, Measure, Metric, Response, Sample, Score

BUGS = {
    "split_all": "all parts of the dataset are scored as one, the training part with them: what its command "
    "line does unless told otherwise (answers that are stored already stay those of their split)"
}
_OWN_SETS = frozenset({"slake", "pathvqa", "vqa-rad", "fairvlmed10k-vqa"})
_LATER_SETS = frozenset({"medxpertqa-mm", "omnimedvqa"})
_CAPTION_SETS = frozenset({"fairvlmed10k-notes", "mimic-cxr"})
_OWN_MARK = frozenset({"slake", "fairvlmed10k-vqa"})
"""Datasets whose own mark says what is closed; elsewhere only a gold of yes or no is."""
_CHOICES = frozenset[Kind]({"choice"})
_LEFT_OUT = "BERTScore (needs weights) is left out, and METEOR is without the synonyms of WordNet"
_NEVER = "it never had this set"


class _Part(NamedTuple):
    """Questions that are scored in one way, and the suffix of their meters."""

    suffix: str
    kinds: frozenset[Kind]
    meters: tuple[str, ...]
    score: Callable[[Sample, str], tuple[str | None, Mapping[str, float]]]


def _rules(benchmark: Benchmark, bugs: Bugs) -> Rules:
    return _of("medvlmbench", benchmark, bugs, later=False)


def _later_rules(benchmark: Benchmark, bugs: Bugs) -> Rules:
    return _of("medvlmbench-dev", benchmark, bugs, later=True)


def _of(name: str, benchmark: Benchmark, bugs: Bugs, *, later: bool) -> Rules:
    held = frozenset(benchmark.kinds)
    splits = benchmark.splits if "split_all" in bugs else ()
    parts = [part for part in _parts(benchmark, later=later) if part.kinds & held]
    if parts:
        return _questions(benchmark, parts, splits, later=later)
    if "label" in held:
        return _diagnosis(benchmark, splits)
    if "report" in held:
        return _captions(benchmark, splits)
    if "choice" in held:
        raise not_covered(
            name, benchmark, "it had no multiple choice then; medvlmbench-dev has a rule for it"
        )
    raise not_covered(name, benchmark, f"it has no rule for {', '.join(sorted(held))} questions")


def _parts(benchmark: Benchmark, *, later: bool) -> tuple[_Part, ...]:
    marked = benchmark.name in _OWN_MARK
    closed = frozenset[Kind]({"yes/no", "closed"} if marked else {"yes/no"})
    opened = frozenset[Kind]({"open"} if marked else {"open", "closed"})
    return (
        *((_Part("mc", _CHOICES, CLOSED, _chosen),) if later else ()),
        _Part("closed", closed, CLOSED, lambda sample, text: (text, closed_scores(text, gold(sample)))),
        _Part("open", opened, OPEN, lambda sample, text: (text, open_scores(text, gold(sample)))),
    )


def _chosen(sample: Sample, text: str) -> tuple[str | None, Mapping[str, float]]:
    return choice_scores(text, gold(sample), letters(sample))


def _questions(benchmark: Benchmark, parts: list[_Part], splits: tuple[str, ...], *, later: bool) -> Rules:
    english = benchmark.name == "slake"
    of = {kind: part for part in parts for kind in part.kinds}
    held = frozenset(of) & frozenset(benchmark.kinds)

    def scorer(sample: Sample, response: Response) -> Score:
        part = of[sample.kind]
        return judged(response, lambda text: part.score(sample, text), rule=part.suffix)

    def takes(sample: Sample) -> bool:
        return sample.kind in of and (not english or sample.tags.get("language", "en") == "en")

    every = held == frozenset(benchmark.kinds) and not english
    known = benchmark.name in (_OWN_SETS | _LATER_SETS if later else _OWN_SETS)
    return Rules(
        scorer=scorer,
        measures=(
            *(
                Measure(metric=_mean("accuracy", part.suffix, part.kinds), by=slices(benchmark))
                for part in parts
            ),
            *(
                Measure(metric=_mean(meter, part.suffix, part.kinds))
                for part in parts
                for meter in part.meters
                if meter != "accuracy"
            ),
            *(Measure(metric=_mean(meter, "overall", frozenset(of))) for meter in OVERLAP),
        ),
        primary=f"accuracy_{parts[0].suffix}",
        prompt=lettered(benchmark.name) if later else prompt,
        takes=None if every else takes,
        subset="" if every else _subset(held, english=english),
        note=_LEFT_OUT if known else f"{_NEVER}; {_LEFT_OUT}",
        splits=splits,
    )


def _subset(held: frozenset[Kind], *, english: bool) -> str:
    return "English questions" if english else f"questions of kind {', '.join(sorted(held))}"


def _diagnosis(benchmark: Benchmark, splits: tuple[str, ...]) -> Rules:
    alone = frozenset(benchmark.kinds) == {"label"}
    return Rules(
        scorer=benchmark.scorer,
        measures=(Measure(metric="auroc"), Measure(metric="accuracy")),
        primary="auroc",
        prompt=benchmark.prompt,
        takes=None if alone else lambda sample: sample.kind == "label",
        subset="" if alone else "questions of kind label",
        note="argmax and AUROC of the second class, by probabilities; it crashes beyond two classes, where "
        "the value here is the macro mean",
        splits=splits,
    )


def _captions(benchmark: Benchmark, splits: tuple[str, ...]) -> Rules:
    def scorer(sample: Sample, response: Response) -> Score:
        return judged(response, lambda text: (text, caption_scores(text, gold(sample))), rule="caption")

    report = frozenset[Kind]({"report"})
    return Rules(
        scorer=scorer,
        measures=tuple(Measure(metric=_mean(meter, "", report)) for meter in CAPTION),
        primary=CAPTION[0],
        prompt=prompt,
        note=_LEFT_OUT if benchmark.name in _CAPTION_SETS else f"{_NEVER}; {_LEFT_OUT}",
        splits=splits,
    )


def _mean(meter: str, suffix: str, kinds: frozenset[Kind]) -> Metric:
    """The mean of a meter under the name that the harness prints (it shortens one)."""
    printed = "f1" if (meter, suffix) == ("f1_score", "overall") else meter
    what = {"mc": "multiple-choice", "overall": "all", "": "all"}.get(suffix, suffix)
    return mean_of(
        meter,
        f"{printed}_{suffix}" if suffix else printed,
        kinds,
        interval="proportion" if meter == "accuracy" else "bootstrap",
        definition=f"MedVLMBench's {meter} over {what} {'reports' if not suffix else 'questions'}",
        source="ubc-tea/MedVLMBench",
    )


_CITE = (
    "Zhong Y et al. Can Common VLMs Rival Medical VLMs? Evaluation and Strategic Insights. arXiv:2506.17337."
)

PROTOCOL = Protocol(
    name="medvlmbench",
    title="MedVLMBench",
    source="ubc-tea/MedVLMBench@b589983",
    definition=(
        "Word overlap after the VQA challenge's normal form: closed answers are right where the gold is a "
        "substring, open ones from a recall of .75; the closed accuracy is what its paper prints."
    ),
    rules=_rules,
    bugs=BUGS,
    citation=_CITE,
)
DEV = Protocol(
    name="medvlmbench-dev",
    title="MedVLMBench, later code",
    source="Nanboy-Ronan/MedVLMBench@6a7142b",
    definition=(
        "As medvlmbench, and multiple choice by the first letter that one of its patterns finds, where the "
        "article a and the pronoun i count as letters. Rows that fail are left out there without a word; "
        "here they are left out, counted, and bound the value."
    ),
    rules=_later_rules,
    bugs=BUGS,
    citation=_CITE,
)
