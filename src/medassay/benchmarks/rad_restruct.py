"""Rad-ReStruct: structured reports of chest X-rays as hierarchies of questions (Pellegrini et al., 2023).

`{train,val,test}_qa_pairs/<report>.json` lists [question, [answers], history, {answer_type, options, path}];
`id_to_img_mapping_frontal_reports.json` names the frontal images of a report, which lie in `images/`. The
history holds the questions above with their true answers. Questions that ask for yes or no say themselves
what they are about; the finer ones ("In which area?") do not, so they stand under their path in the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from medassay.benchmarks.shared.files import images_in, read_json, read_json_items, root_of
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Choice, Image, Kind, Measure, Sample, Target, Where

_GET = "Get the dataset from https://github.com/ChantalMP/Rad-ReStruct (data/radrestruct)."
_IN_FILES = {"test": "test", "validation": "val", "train": "train"}
_IMAGES = "id_to_img_mapping_frontal_reports.json"
_NONE = "no selection"  # an option that says that none applies

Context = Literal["path", "history"]


def load(where: Where, *, context: Context = "path") -> Iterator[Sample]:
    """Stream the questions of a split, report by report.

    Args:
        where: the folder `data/radrestruct` of the repository, with the images in `images/`.
        context: what stands above a question: its `path` in the report where it does not say itself what it
            is about, or its `history`, the questions before it with their true answers, as the authors train.

    Raises:
        DataError: the folder, its questions or all of its images are missing, or a record is not as
            described.
        UsageError: no such split.
    """
    root = root_of(where, "rad-restruct", _GET, BENCHMARK.splits)
    paths = sorted((root / f"{_IN_FILES[where.split]}_qa_pairs").glob("*.json"))
    if not paths or not (root / _IMAGES).is_file():
        raise DataError(f"{root}: no {_IN_FILES[where.split]}_qa_pairs/*.json, or no {_IMAGES}. {_GET}")
    image = images_in(
        root, ("images",), (), "Get NLMCXR_png.tgz from https://openi.nlm.nih.gov/faq.", needed=where.pictures
    )
    names = dict(read_json_items(root / _IMAGES, ()))
    for path in paths:
        if path.stem not in names:
            raise DataError(f"{root / _IMAGES}: no images of the report {path.stem}. {_GET}")
        images = tuple(image(f"{name}.png") for name in names[path.stem])
        for number, record in enumerate(read_json(path, ())):
            yield _sample(f"{path}: record {number}", f"{path.stem}-{number}", record, context, images)


def _sample(place: str, name: str, record: Any, context: Context, images: tuple[Image, ...]) -> Sample:
    try:
        question, answers, history, about = record
        answer_type, options, path = about["answer_type"], about["options"], about["path"]
    except (TypeError, ValueError, KeyError) as error:
        raise DataError(f"{place}: not [question, answers, history, about] ({error!r}). {_GET}") from error
    if not set(answers) <= set(options):
        raise DataError(f"{place}: {answers} are not all among {options}. {_GET}")
    kind = _kind(answer_type, options)
    if kind == "multilabel":
        options, answers = ([word for word in words if word != _NONE] for words in (options, answers))
    report = name.partition("-")[0]
    return Sample(
        id=f"rad-restruct-{name}",
        kind=kind,
        question="\n".join([*_above(context, kind, path, history), question]),
        target=Target(texts=tuple(answers)),
        images=images,
        choices=() if kind == "yes/no" else tuple(Choice(label=option) for option in options),
        cluster=report,
        group=report,
        tags={
            "question_type": answer_type.replace("_", " "),
            "area": path.partition("_")[0],
            "level": str(min(len(history), 2) + 1),
            "view": "frontal",
        },
    )


def _kind(answer_type: str, options: Sequence[str]) -> Kind:
    """By the form that the report gives a question; a fixed choice has one option."""
    if answer_type == "multi_choice":
        return "multilabel"
    return "yes/no" if set(options) == {"yes", "no"} else "label"


def _above(
    context: Context, kind: Kind, path: str, history: Sequence[tuple[str, Sequence[str]]]
) -> list[str]:
    if context == "history":
        return [f"{question} {', '.join(answers)}" for question, answers in history]
    return [] if kind == "yes/no" else [" > ".join(path.replace("body_region", "body region").split("_"))]


BENCHMARK = Benchmark(
    name="rad-restruct",
    version=1,
    title="Rad-ReStruct",
    task="visual question answering",
    modality="chest radiograph (frontal)",
    source="https://github.com/ChantalMP/Rad-ReStruct",
    revision="b293158f0c5c1c5fa27dd615c28005eb54d7b1de",
    licence="MIT (questions); CC-BY-NC-ND-4.0 (images of IU X-ray)",
    access="open",
    citation=(
        "Pellegrini C, Keicher M, Özsoy E, Navab N. Rad-ReStruct: a novel VQA benchmark and method for "
        "structured radiology reporting. MICCAI 2023."
    ),
    primary="accuracy",
    measures=(
        Measure(metric="accuracy", by=("kind", "level", "area")),
        Measure(metric="balanced_accuracy", where={"kind": "yes/no"}, by=("level",)),
        Measure(metric="macro_f1", where={"kind": "yes/no"}, by=("level",)),
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="report",
    verified="real file",
    kinds=("yes/no", "label", "multilabel"),
    counts={"test": 17641, "validation": 16874, "train": 142340},
    splits=("test", "validation", "train"),
    kinds_follow="question",
    notes=(
        "Questions are asked one by one, those below a finding only where it is truly there; the authors "
        "instead let a model's own answers decide what is asked next and score whole reports, so their "
        "figures are not comparable. context=history shows the true answers of the questions above. Most "
        "answers are no: read balanced accuracy. Where several options may apply, the option 'no selection' "
        "is the empty answer (none). A fixed choice (6 test questions) has a single option. All frontal "
        "images of a report are shown; the authors ask once per image. Verified on 20 real reports, counts "
        "on the whole repository, images on their description."
    ),
)
