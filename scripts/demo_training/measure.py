"""The figures of the model cards: the published test seed, asked and judged as every user's run is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from medassay.benchmarks.phantom import load
from medassay.metrics import METRICS, score
from medassay.models.contrastive import ContrastiveModel
from medassay.models.transformers import TransformersModel
from medassay.prompts import plain
from medassay.statistics import estimate_all
from medassay.types import Case, Estimate, Measure, Model, Row, Sample, Where

TEST_SEED = 0
BLIND_LIMIT = 0.55
SMALL, CLIP = "demo-vlm-small", "demo-clip"
VLMS = ("demo-vlm", SMALL)

Wanted = Callable[[Sample], bool]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a model card."""

    name: str
    estimate: Estimate
    least: float | None = None  # what the project asks of it

    def __str__(self) -> str:
        value = self.estimate
        low, high = (f"{bound:.3f}" if bound is not None else "-" for bound in (value.low, value.high))
        return f"| {self.name} | {value.metric} | {value.value:.3f} | {low} to {high} | {value.n} |"


def _topic(start: str) -> Wanted:
    return lambda sample: sample.tags["task"] == "vqa" and sample.tags["topic"].startswith(start)


def _task(task: str, specialty: str | None = None) -> Wanted:
    return lambda sample: sample.tags["task"] == task and specialty in {None, sample.tags["specialty"]}


def _kind(kind: str) -> Wanted:
    return lambda sample: sample.kind == kind


_VLM: Sequence[tuple[str, str, Wanted, float | None]] = (
    ("VQA, all questions", "accuracy", _task("vqa"), None),
    ("VQA, modality", "accuracy", _topic("modality"), 0.95),
    ("VQA, yes or no", "accuracy", _kind("yes/no"), 0.85),
    ("VQA, multiple choice", "accuracy", _kind("choice"), None),
    ("VQA, count", "accuracy", _topic("count"), None),
    ("VQA, side", "accuracy", _topic("side"), None),
    ("VQA, open", "accuracy", _kind("open"), None),
    ("diagnosis", "accuracy", _task("diagnosis"), None),
    ("lesion presence", "accuracy", _task("lesion"), None),
    ("signal in noise", "accuracy", _task("detection"), None),
    ("measurement", "mean_relative_error", _task("measurement"), None),
    ("localisation", "box_iou", _task("localisation"), None),
    ("report", "rouge_l", _task("report"), None),
)
_CLIP: Sequence[tuple[str, str, Wanted, float | None]] = (
    ("modality", "auroc", _task("modality"), 0.95),
    *(
        (f"lesion presence, {specialty}", "auroc", _task("lesion", specialty), 0.85)
        for specialty in ("chest", "fundus", "dermoscopy", "histology")
    ),
    *(
        (f"diagnosis, {specialty}", "auroc", _task("diagnosis", specialty), None)
        for specialty in ("chest", "fundus", "dermoscopy", "histology")
    ),
    ("signal in noise", "auroc", _task("detection"), None),
)


def measure(folder: Path, *, images: int) -> dict[str, list[Figure]]:
    """The figures of every checkpoint in `folder`, printed as they come, by the checkpoint's name."""
    samples = list(load(Where(variant="all"), seed=TEST_SEED, n=images))
    figures = {}
    for name in VLMS:
        model = TransformersModel(str(folder / name), batch=64)
        asked = [sample for sample in samples if sample.tags["task"] == "vqa"]
        blind = answer(model, asked, blind=True)
        figures[name] = [*_figures(answer(model, samples), _VLM), *_blind(blind)]
        show(name, figures[name])
    ranked = [sample for sample in samples if any(choice.texts for choice in sample.choices)]
    figures[CLIP] = _figures(answer(ContrastiveModel(str(folder / CLIP)), ranked), _CLIP)
    show(CLIP, figures[CLIP])
    return figures


def answer(model: Model, samples: Sequence[Sample], *, blind: bool = False) -> list[Row]:
    """Every sample, asked in the words of the benchmark and judged; `blind` withholds the images."""

    def case(sample: Sample) -> Case:
        return replace(sample.case, images=()) if blind else sample.case

    responses = dict(model.answer([plain(case(sample)) for sample in samples]))
    return [
        Row(sample=sample, response=responses[i], score=score(sample, responses[i]))
        for i, sample in enumerate(samples)
    ]


def _figures(rows: Sequence[Row], wanted: Sequence[tuple[str, str, Wanted, float | None]]) -> list[Figure]:
    return [
        Figure(name, _estimate([row for row in rows if chosen(row.sample)], metric), least)
        for name, metric, chosen, least in wanted
    ]


def _estimate(rows: Sequence[Row], metric: str) -> Estimate:
    return estimate_all(rows, (Measure(metric=metric),), METRICS, seed="phantom")[0]


def _blind(rows: Sequence[Row]) -> list[Figure]:
    """Accuracy without images, and that of the question that is guessed best: the test of the balance."""
    by_text: Mapping[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_text[plain(row.sample.case).text].append(row)
    each = [_estimate(asked, "accuracy") for asked in by_text.values()]
    best = max(each, key=lambda estimate: estimate.value)
    if best.value > BLIND_LIMIT:
        raise RuntimeError(
            f"a question is guessed blind with {best.value:.3f}: the benchmark is not balanced"
        )
    return [
        Figure("VQA without the image", _estimate(rows, "accuracy")),
        Figure("the best guessed VQA question without the image", best),
    ]


def show(name: str, figures: Sequence[Figure]) -> None:
    """Print the lines of a card, and what falls short of the least; demo-vlm-small is made to."""
    print(f"\n{name}")
    for figure in figures:
        short = figure.least is not None and figure.estimate.value < figure.least and name != SMALL
        print(figure, "  <- below" if short else "", flush=True)
