"""MedVLMBench: open and closed questions by word overlap, choices (in its later code) by a letter.

What counts as closed is the dataset's own mark in SLAKE and a gold of yes or no elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from medassay.metrics.tables import mean_of
from medassay.protocols.medvlmbench.letters import letter
from medassay.protocols.medvlmbench.scores import closed_scores, open_scores
from medassay.protocols.protocol import Bugs, Protocol, Rules, judged, not_covered
from medassay.protocols.shared import ask, gold, labels, letters
from medassay.types import Benchmark, Case, Kind, Measure, Metric, Request, Response, Sample, Score

CLOSED = "Answer the following question about the image with yes or no. {}"
CAPTION = "Can you provide a medical report for this image?"
_LETTER = "Answer with the single letter corresponding to the best choice."
_OVERLAP = ("exact_match", "recall", "precision", "f1_score")
_OPEN = (*_OVERLAP, "bleu1", "bleu2", "bleu3", "bleu4", "rouge1", "rouge2", "rougeL")
_OWN_MARK = {"slake": frozenset[Kind]({"yes/no", "closed"})}
"""Datasets whose own mark says what is closed; elsewhere only a gold of yes or no is."""
_SHORT = frozenset[Kind]({"yes/no", "closed", "open"})
_RANKED = frozenset[Kind]({"label", "yes/no"})


def prompt(case: Case) -> Request:
    """The question alone; before a question whose gold is yes or no, that it should be answered so."""
    if case.kind == "report":
        return ask(case, (*case.images, CAPTION))
    text = CLOSED.format(case.question) if case.kind == "yes/no" else case.question
    return ask(case, (*case.images, text))


def lettered(case: Case) -> Request:
    """As `prompt`; a choice with its options and the wish for one letter."""
    if case.kind != "choice":
        return prompt(case)
    options = "\n".join(f"({name}) {text}" for name, text in zip(letters(case), labels(case), strict=True))
    return ask(case, (*case.images, f"{case.question}\nOptions:\n{options}\n{_LETTER}"))


def _rules(benchmark: Benchmark, _bugs: Bugs) -> Rules:
    return _of("medvlmbench", benchmark, choices=False)


def _dev_rules(benchmark: Benchmark, _bugs: Bugs) -> Rules:
    return _of("medvlmbench-dev", benchmark, choices=True)


def _of(name: str, benchmark: Benchmark, *, choices: bool) -> Rules:
    kinds = frozenset(benchmark.kinds)
    if choices and "choice" in kinds:
        return Rules(
            scorer=_choice,
            measures=(Measure(metric="accuracy"),),
            prompt=lettered,
            takes=lambda sample: sample.kind == "choice",
            subset="" if kinds == {"choice"} else "multiple-choice questions",
            note="no letter is wrong",
        )
    if kinds & _SHORT:
        return _questions(benchmark)
    if kinds & _RANKED:
        return _diagnosis(benchmark)
    if "report" in kinds:
        raise not_covered(name, benchmark, "captions are scored by BERTScore and METEOR there")
    raise not_covered(name, benchmark, f"it has no rule for {', '.join(sorted(kinds))} questions")


def _questions(benchmark: Benchmark) -> Rules:
    closed = _OWN_MARK.get(benchmark.name, frozenset[Kind]({"yes/no"}))
    opened = _SHORT - closed

    def scorer(sample: Sample, response: Response) -> Score:
        score = closed_scores if sample.kind in closed else open_scores
        return judged(response, lambda text: (text, score(text, gold(sample))), rule=_word(sample, closed))

    english = benchmark.name == "slake"
    return Rules(
        scorer=scorer,
        measures=(
            Measure(metric=_mean("accuracy", "closed", closed)),
            Measure(metric=_mean("accuracy", "open", opened)),
            *(Measure(metric=_mean(key, "closed", closed)) for key in _OVERLAP),
            *(Measure(metric=_mean(key, "open", opened)) for key in _OPEN),
            *(Measure(metric=_mean(key, "overall", _SHORT)) for key in _OVERLAP),
        ),
        primary="accuracy_closed",
        prompt=prompt,
        takes=_english if english else None,
        subset="English questions" if english else "",
        note="its METEOR (0 or .5 only) and BERTScore (needs weights) are left out",
    )


def _diagnosis(benchmark: Benchmark) -> Rules:
    return Rules(
        scorer=benchmark.scorer,
        measures=(Measure(metric="auroc"), Measure(metric="accuracy")),
        primary="auroc",
        prompt=benchmark.prompt,
        note="AUROC of the second class; it crashes beyond two classes, where ours is the macro mean",
    )


def _choice(sample: Sample, response: Response) -> Score:
    def read(text: str) -> tuple[str | None, Mapping[str, float]]:
        found = letter(text, letters(sample))
        return found, {"accuracy": float(found == gold(sample))}

    return judged(response, read, rule="letter")


def _english(sample: Sample) -> bool:
    return sample.tags.get("language", "en") == "en"


def _word(sample: Sample, closed: frozenset[Kind]) -> str:
    return "substring" if sample.kind in closed else "recall"


def _mean(key: str, part: str, kinds: frozenset[Kind]) -> Metric:
    what = {"closed": "closed questions", "open": "open questions", "overall": "all questions"}[part]
    return mean_of(
        key,
        f"{key}_{part}",
        kinds,
        interval="proportion" if key == "accuracy" else "bootstrap",
        definition=f"MedVLMBench's {key} over {what}",
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
    bugs={},
    citation=_CITE,
)
DEV = Protocol(
    name="medvlmbench-dev",
    title="MedVLMBench, later code",
    source="Nanboy-Ronan/MedVLMBench@6a7142b",
    definition=(
        "As medvlmbench, and multiple choice by the first letter that one of its patterns finds, where the "
        "article a and the pronoun i count as letters."
    ),
    rules=_dev_rules,
    bugs={},
    citation=_CITE,
)
