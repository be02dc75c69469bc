"""The paper "How Far Have Medical Vision-Language Models Come?" (arXiv 2507.11200): a box against the key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from medassay.metrics.overlap import exact_match
from medassay.metrics.tables import EXACT, mean_of
from medassay.protocols.protocol import Bugs, Protocol, Rules, judged, not_covered
from medassay.protocols.shared import ask, labels, letters, slices
from medassay.text import read_choice
from medassay.text.passage import boxed, clean, prepare
from medassay.types import Benchmark, Case, Kind, Measure, Metric, Request, Response, Sample, Score

SUFFIX = "Please reason step by step, and put the final answer in \\boxed{}"
_CLOSED: Mapping[str, frozenset[Kind]] = {
    "slake": frozenset({"yes/no", "closed"}),
    "mmmu": frozenset({"choice"}),
}
"""What is closed in a dataset; elsewhere choices and questions whose gold is yes or no."""
_ITS_SETS = frozenset({"medxpertqa-mm", "omnimedvqa", "pmc-vqa", "mmmu", "slake", "vqa-rad", "pathvqa"})
_DEFAULT = frozenset[Kind]({"choice", "yes/no"})


def prompt(case: Case) -> Request:
    """The question, its options (their layout is not published), and the wish for steps and a box."""
    options = "\n".join(f"{name}. {text}" for name, text in zip(letters(case), labels(case), strict=True))
    return ask(case, (*case.images, "\n".join(filter(None, (case.question, options, SUFFIX)))))


def _rules(benchmark: Benchmark, bugs: Bugs) -> Rules:
    kinds = _CLOSED.get(benchmark.name, _DEFAULT) & frozenset(benchmark.kinds)
    if not kinds:
        raise not_covered("how-far-2025", benchmark, "it asks closed questions and choices alone")
    english = benchmark.name == "slake"
    every = kinds == frozenset(benchmark.kinds) and not english

    def takes(sample: Sample) -> bool:
        return sample.kind in kinds and (not english or sample.tags.get("language", "en") == "en")

    dropped = "drop_unparsed" in bugs
    metric: str | Metric = _OF_PARSED if dropped else "accuracy"
    return Rules(
        scorer=score,
        measures=(Measure(metric=metric, by=slices(benchmark)),),
        primary=_OF_PARSED.name if dropped else "accuracy",
        prompt=None if benchmark.name == "mmmu-pro" else prompt,
        takes=None if every else takes,
        subset="" if every else _subset(kinds, english=english),
        note=("" if benchmark.name in _ITS_SETS else "it never had this set; ")
        + "the layout of options, the token limit and what becomes of an answer without a box are not "
        + f"published; without a box it is unparsed here, and {'left out' if dropped else 'wrong'}",
    )


def _subset(kinds: frozenset[Kind], *, english: bool) -> str:
    return f"{'English ' if english else ''}closed questions ({', '.join(sorted(kinds))})"


def score(sample: Sample, response: Response) -> Score:
    """The last box against the letter or the text of the right option, or against the gold.

    An answer without a box, or with an empty one, is unparsed.
    """
    judgement = judged(response, lambda text: _read(sample, text), rule="boxed")
    if judgement.status == "scored" and judgement.answer is None:
        return replace(judgement, status="unparsed", values={})
    return judgement


def _read(sample: Sample, text: str) -> tuple[str | None, Mapping[str, float]]:
    box = boxed(prepare(text))
    inside = clean(box).text if box else ""
    if not inside:
        return None, {}
    if sample.kind == "choice":
        found = read_choice(inside, sample.choices).answer or inside
        return found, {"accuracy": float(found in sample.target.texts)}
    return inside, {"accuracy": exact_match(inside, sample.target.texts, "vqa-med")}


_OF_PARSED = mean_of(
    "accuracy",
    "accuracy_of_parsed",
    EXACT,
    optional=True,
    interval="proportion",
    definition="share of rows answered right among those whose answer holds a box",
    source="arXiv:2507.11200, as its printed decimals suggest",
)
PROTOCOL = Protocol(
    name="how-far-2025",
    title="How Far (2025)",
    source="arXiv:2507.11200",
    definition=(
        "The content of the box against the key, over the closed questions: the subsets whose sizes make the "
        "printed decimals exact."
    ),
    rules=_rules,
    reads_its_own=True,
    bugs={
        "drop_unparsed": "answers without a box leave the denominator, as the printed decimals of six models "
        "on SLAKE suggest (412 in place of 416)"
    },
    citation="How Far Have Medical Vision-Language Models Come? arXiv:2507.11200 (2025).",
)
