"""The card of the built-in benchmark."""

from __future__ import annotations

from medassay.benchmarks.phantom.drawing import SPECIALTIES
from medassay.benchmarks.phantom.efficiency import EFFICIENCY
from medassay.benchmarks.phantom.loading import SPLITS, VARIANTS, load
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Measure

MEASUREMENTS = ("cardiothoracic-ratio", "cup-to-disc-ratio", "lesion-diameter")

_MEASURES = (
    Measure(metric="accuracy", by=("task", "skill", "kind", "specialty", "sex", "age_group", "skin_tone")),
    Measure(metric="auroc", where={"task": "modality"}),
    Measure(metric="auroc", where={"task": "lesion"}, by=("specialty",)),
    *(Measure(metric="auroc", where={"task": "diagnosis", "specialty": name}) for name in SPECIALTIES),
    *(Measure(metric="macro_f1", where={"task": "diagnosis", "specialty": name}) for name in SPECIALTIES),
    *(Measure(metric="mean_absolute_error", where={"topic": name}) for name in MEASUREMENTS),
    Measure(metric="mean_relative_error", where={"task": "measurement"}, by=("topic",)),
    Measure(metric="mean_relative_accuracy", where={"task": "measurement"}),
    Measure(metric="box_iou", where={"task": "localisation"}, by=("specialty",)),
    Measure(metric="box_accuracy_at_0.5", where={"task": "localisation"}),
    Measure(metric="rouge_l", where={"task": "report"}),
    Measure(metric="bleu_4", where={"task": "report"}),
    Measure(metric="auroc", where={"task": "detection"}),
    Measure(metric=EFFICIENCY, where={"task": "detection"}),
)

BENCHMARK = Benchmark(
    name="phantom",
    version=1,
    title="Phantom",
    task="all kinds, drawn",
    modality="drawn chest radiographs, fundus photographs, dermoscopy, histology, white noise",
    source="generated",
    revision="generated",
    licence="Apache-2.0 (generated)",
    access="open",
    citation="The medassay authors. The phantom benchmark, part of medassay.",
    primary="accuracy",
    measures=_MEASURES,
    load=load,
    prompt=plain,
    scorer=score,
    cluster="image",
    verified="reference only",
    kinds=("label", "yes/no", "closed", "choice", "open", "number", "box", "report"),
    kinds_follow="question",
    counts={
        "test": 2714,
        "all/test": 2714,
        "diagnosis/test": 663,
        "vqa/test": 1342,
        "measurement/test": 160,
        "localisation/test": 69,
        "report/test": 240,
        "detection/test": 240,
    },
    splits=tuple(SPLITS),
    variants=tuple(VARIANTS),
    notes=(
        "Generated: every image is drawn by formulas from a seed when it is opened, so its truth is known, "
        "nothing is downloaded, and a new seed (phantom:seed=1) is a new test that no model has seen. There "
        "is no file that the loader could have met; the tests compare the truth with the pixels instead. "
        "Seed 0 is the published test; the shipped models learned from seed 1000. The parts for training and "
        "validation are of other seeds, and as long as the test. For every question text each "
        "answer is right equally often, so that a model without the image stays at chance. The drawings "
        "look like medical images and are none: a score here says that an evaluation works, and nothing of "
        "clinical use."
    ),
)
