"""MedEvalKit: letters by the nearest string, yes and no by substring, open answers by equality."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import ascii_uppercase

from medassay.metrics.tables import mean_of, values
from medassay.protocols.medevalkit import prompts
from medassay.protocols.medevalkit.layouts import layout
from medassay.protocols.medevalkit.overlap import open_scores
from medassay.protocols.medevalkit.reading import chosen, equal, first, mmmu_answer, polarity, right
from medassay.protocols.medevalkit.verdicts import JUDGED, judged_metrics, with_verdicts
from medassay.protocols.mmmu import drawn, open_right
from medassay.protocols.mmmu import letter as mmmu_letter
from medassay.protocols.protocol import Bugs, Protocol, Rules, judged, not_covered
from medassay.protocols.shared import gold, labels
from medassay.types import Benchmark, FloatArray, Kind, Measure, Metric, Response, Sample, Score

Read = tuple[str | None, Mapping[str, float]]
_OPEN = ("bleu1", "bleu2", "bleu3", "bleu4", "rouge1", "rouge2", "rougel", "precision", "recall", "f1")
_PERMUTED = {"precision": "f1", "recall": "precision", "f1": "recall"}
"""Under `prf_permuted` the number printed under a name is really that of another."""
_QUESTIONS = frozenset[Kind]({"yes/no", "closed", "open"})
_CLOSED = frozenset[Kind]({"yes/no", "closed"})
_OWN_MARK = frozenset({"slake"})
"""Datasets whose own mark says what is closed; elsewhere only a gold of yes or no is."""

BUGS = {
    "open_acc_divided_twice": "the printed open accuracy is right / total squared: 10 of 10 is .1",
    "prf_permuted": "what is printed as precision, recall and F1 is really F1, precision and recall",
    "mmmu_val_open_zero": "open answers of MMMU are compared with single characters and never right",
    "slake_judge_double_count": "SLAKE with a judge: verdicts on closed questions are added to the hits of "
    "the rule, so that perfect answers come out above 1; needs verdicts on all rows",
    "pathvqa_judge_zeroes_closed": "PathVQA with a judge: closed hits are thrown away and their rows still "
    "counted; needs verdicts on all rows",
}
_BY: Mapping[str, tuple[str, ...]] = {
    "medxpertqa-mm": ("skill", "medical_task"),
    "medxpertqa-text": ("skill", "medical_task"),
    "omnimedvqa": ("question_type", "modality"),
}
"""What the harness prints beside the whole."""


def _rules(name: str, *, boxes: bool) -> Callable[[Benchmark, Bugs], Rules]:
    def rules(benchmark: Benchmark, bugs: Bugs) -> Rules:
        kinds = frozenset(benchmark.kinds)
        if benchmark.name == "mmmu":
            return _mmmu(boxes, bugs)
        if "choice" in kinds:
            return _choices(benchmark, boxes)
        if kinds & _QUESTIONS:
            return _questions(benchmark, boxes, bugs)
        raise not_covered(name, benchmark, f"it has no rule for {', '.join(sorted(kinds))} rows")

    return rules


def _choices(benchmark: Benchmark, boxes: bool) -> Rules:
    kinds, held = frozenset(benchmark.kinds), layout(benchmark.name)

    def read(sample: Sample, text: str) -> Read:
        options, answer = held.shown(sample), held.before(text)
        hit = right(options, held.key(sample), answer)
        return _named(options, chosen(options, answer)), {"accuracy": float(hit)}

    elsewhere = "" if held.held else "; the harness does not have this dataset: its general rule is applied"
    return Rules(
        scorer=_scorer("choice", read),
        measures=(Measure(metric="accuracy", by=_BY.get(benchmark.name, ())),),
        prompt=prompts.choice(held, boxed=boxes),
        takes=None if kinds == {"choice"} else lambda sample: sample.kind == "choice",
        subset="" if kinds == {"choice"} else "multiple-choice questions",
        note=f"nothing is unparsed: an empty answer is A, a refusal the nearest option{elsewhere}",
    )


def _named(options: Sequence[str], said: tuple[str, str]) -> str:
    """The letter of what was chosen."""
    how, text = said
    index = [option.lower() for option in options].index(text) if how == "option" else 0
    return ascii_uppercase[index] if how == "option" else text.upper()


def _questions(benchmark: Benchmark, boxes: bool, bugs: Bugs) -> Rules:
    marked = benchmark.name in _OWN_MARK
    closed = _CLOSED if marked else frozenset[Kind]({"yes/no"})

    def read(sample: Sample, text: str) -> Read:
        answer = first(text) if marked else first(text).lower().strip()  # SLAKE's are not stripped
        if sample.kind not in closed:
            scores = open_scores(gold(sample), answer)
            return answer, {"accuracy": scores["em"], **scores}
        # SLAKE's keys are "Yes" and "No": its test for yes and no is of lower case, so equality decides there
        rule = polarity if gold(sample) in {"yes", "no"} and not marked else equal
        return answer, {"accuracy": float(rule(gold(sample), answer))}

    opened = _QUESTIONS - closed
    bug = JUDGED.get(benchmark.name)
    return Rules(
        scorer=with_verdicts(_scorer("yes/no, closed, open", read), closed, bug)
        if bug in bugs
        else _scorer("yes/no, closed, open", read),
        measures=(
            Measure(metric="accuracy"),
            Measure(metric=_mean("accuracy", "closed", closed)),
            Measure(metric=_open_accuracy(opened, twice="open_acc_divided_twice" in bugs)),
            *(Measure(metric=_mean(_really(key, bugs), "open", opened, printed=key)) for key in _OPEN),
            *(Measure(metric=metric) for metric in (judged_metrics(closed, bug) if bug in bugs else ())),
        ),
        prompt=prompts.short(marked=marked, boxed=boxes),
        note="open answers by equality: without its judge nearly none is right"
        + ("; what its judge prints is over the rows that carry a verdict" if bug in bugs else ""),
    )


def _mmmu(boxes: bool, bugs: Bugs) -> Rules:
    def read(sample: Sample, text: str) -> Read:
        answer = mmmu_answer(text)
        if sample.kind != "choice":
            hit = "mmmu_val_open_zero" not in bugs and open_right(answer, sample.target.texts)
            return answer, {"accuracy": float(hit)}
        found = mmmu_letter(answer, labels(sample)) or drawn(sample.id, len(sample.choices))
        return found, {"accuracy": float(found == gold(sample))}

    return Rules(
        scorer=_scorer("mmmu", read),
        measures=(Measure(metric="accuracy"),),
        prompt=prompts.mmmu(boxed=boxes),
        note="what its parser cannot read becomes a random letter: drawn by the sample's id here",
    )


def _scorer(rule: str, read: Callable[[Sample, str], Read]) -> Callable[[Sample, Response], Score]:
    def score(sample: Sample, response: Response) -> Score:
        return judged(response, lambda text: read(sample, text), rule=rule)

    return score


def _really(key: str, bugs: Bugs) -> str:
    return _PERMUTED.get(key, key) if "prf_permuted" in bugs else key


def _mean(key: str, part: str, kinds: frozenset[Kind], *, printed: str = "") -> Metric:
    name = printed or key
    return mean_of(
        key,
        f"{name}_{part}",
        kinds,
        interval="proportion" if key == "accuracy" else "bootstrap",
        definition=f"MedEvalKit's {name} over {part} questions",
    )


def _open_accuracy(kinds: frozenset[Kind], *, twice: bool) -> Metric:
    if not twice:
        return _mean("accuracy", "open", kinds)

    def sums(columns: Mapping[str, FloatArray]) -> FloatArray:
        import numpy as np

        return np.stack([columns["value"], np.ones_like(columns["value"])], axis=1)

    return Metric(
        name="accuracy_open",
        kinds=kinds,
        columns=lambda rows: values(rows, "accuracy"),
        sums=sums,
        finish=lambda held: held[:, 0] / held[:, 1] ** 2,
        definition="MedEvalKit's accuracy over open questions, divided by their number twice",
    )


_DEFINITION = (
    "A box, a tag or what follows the last marker; letters by equality, else the option most similar to the "
    "text; yes and no as substrings; open answers by equality, BLEU, ROUGE and sets of words. Its limit of "
    "images (6 in its script) is the server's and cuts nothing off."
)
_CITE = "LASA Team. Lingshu. arXiv:2506.07044 (2025)."
PROTOCOL = Protocol(
    name="medevalkit",
    title="MedEvalKit",
    source="alibaba-damo-academy/MedEvalKit@9b12e3b",
    definition=_DEFINITION,
    rules=_rules("medevalkit", boxes=False),
    bugs=BUGS,
    citation=_CITE,
)
REASONING = Protocol(
    name="medevalkit-reasoning",
    title="MedEvalKit, reasoning mode",
    source="alibaba-damo-academy/MedEvalKit@9b12e3b",
    definition=f"{_DEFINITION} The answer is asked for in a box.",
    rules=_rules("medevalkit-reasoning", boxes=True),
    bugs=BUGS,
    citation=_CITE,
)
