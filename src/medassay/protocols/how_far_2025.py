"""The paper "How Far Have Medical Vision-Language Models Come?" (arXiv 2507.11200): a box against the key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from medassay.protocols.medevalkit.reading import UNBALANCED, boxed
from medassay.protocols.protocol import Bugs, Protocol, Rules, judged, not_covered
from medassay.protocols.shared import ask, gold, labels, letters
from medassay.text import normalise, read_choice
from medassay.types import Benchmark, Case, Kind, Measure, Request, Response, Sample, Score

SUFFIX = "Please reason step by step, and put the final answer in \\boxed{}"
_CLOSED: Mapping[str, frozenset[Kind]] = {
    "slake": frozenset({"yes/no", "closed"}),
    "mmmu": frozenset({"choice"}),
}
"""What is closed in a dataset; elsewhere choices and questions whose gold is yes or no."""
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

    def takes(sample: Sample) -> bool:
        return sample.kind in kinds and (not english or sample.tags.get("language", "en") == "en")

    def scorer(sample: Sample, response: Response) -> Score:
        score = judged(response, lambda text: _read(sample, text), rule="boxed")
        if score.status == "scored" and score.answer is None:
            return replace(score, status="failed" if "drop_unparsed" in bugs else "unparsed", values={})
        return score

    every = kinds == frozenset(benchmark.kinds) and not english
    return Rules(
        scorer=scorer,
        measures=(Measure(metric="accuracy"),),
        prompt=prompt,
        takes=None if every else takes,
        subset="" if every else _subset(kinds, english=english),
        note="the layout of options, the token limit and what becomes of an answer without a box are not "
        "published; without a box it is unparsed here, and wrong",
    )


def _subset(kinds: frozenset[Kind], *, english: bool) -> str:
    return f"{'English ' if english else ''}closed questions ({', '.join(sorted(kinds))})"


def _read(sample: Sample, text: str) -> tuple[str | None, Mapping[str, float]]:
    """The content of the box against the letter, or the text of the right option; else against the gold."""
    inside = boxed(text)
    if inside == UNBALANCED:
        return None, {}
    if sample.kind == "choice":
        found = read_choice(f"\\boxed{{{inside}}}", sample.choices).answer or inside
        return found, {"accuracy": float(found == gold(sample))}
    said, wanted = normalise(inside, "vqa-med"), normalise(gold(sample), "vqa-med")
    return inside, {"accuracy": float(said == wanted)}


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
