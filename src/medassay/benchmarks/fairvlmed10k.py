"""Harvard-FairVLMed: eye images of 10,000 people with notes and glaucoma labels (Luo et al., 2024).

`data_summary.csv` has a row per person (filename, age, gender, race, ethnicity, language, note,
gpt4_summary, glaucoma, use); `Training/`, `Validation/` and `Test/` hold `data_00001.npz` with `slo_fundus`
(664, 512). Variants: `npz`, that array; `jpg`, `slo_fundus_00001.jpg` beside it. Three benchmarks: the
diagnosis, the notes, and the questions that MedVLMBench had a model write (`vqa_{split}.csv`, for those who
have them).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from medassay.benchmarks.shared import tags
from medassay.benchmarks.shared.files import Record, choose, read_csv, root_of
from medassay.benchmarks.shared.labels import Label, Prompts, choices
from medassay.benchmarks.shared.measures import of_positive
from medassay.benchmarks.shared.reports import ask, complete
from medassay.errors import DataError
from medassay.images import uri
from medassay.metrics import score
from medassay.prompts import brief, plain
from medassay.types import Benchmark, Image, Kind, Measure, Sample, Target, Where

Text = Literal["summary", "note"]
"""What is to be written: GPT-4's summary of the note, or the note itself."""

_DIAGNOSIS, _NOTES, _VQA = "fairvlmed10k-diagnosis", "fairvlmed10k-notes", "fairvlmed10k-vqa"
_PAGE = "https://ophai.hms.harvard.edu/datasets/harvard-fairvlmed10k/"
_GET = f"Get the dataset from {_PAGE} (a form)."
_TABLE = "data_summary.csv"
_FIELDS = ("filename", "age", "gender", "race", "ethnicity", "language", "glaucoma", "use")
_QUESTION_FIELDS = ("gpt_summary", "filename", "image_path", "question type", "question", "answer")
_FOLDERS = ("Test", "Testing", "Validation", "Training")
_SPLITS = ("test", "validation", "train")
_FILES = {"npz": "data_{}.npz", "jpg": "slo_fundus_{}.jpg"}
_BY = ("race", "sex", "age_group", "ethnicity", "language")
_LABELS = (
    Label(
        name="no glaucoma",
        synonyms=("a healthy optic disc", "a normal retina"),
        published="a photo of a benign scanning laser ophthalmoscope fundus image",
    ),
    Label(
        name="glaucoma",
        synonyms=("a glaucomatous optic disc", "glaucomatous optic neuropathy"),
        published="a photo of  a glaucoma scanning laser ophthalmoscope fundus image",
    ),
)
_TEMPLATES = (
    "a scanning laser ophthalmoscopy fundus image with {}",
    "an SLO image of the retina showing {}",
    "fundus image, {}",
)
_YES_NO = frozenset({"yes", "no"})


def load_diagnosis(where: Where, *, prompts: Prompts = "ensemble") -> Iterator[Sample]:
    """Stream the people of a split in the order of the table: glaucoma or not.

    Args:
        where: folder, split and variant.
        prompts: the ensemble, or the sentences of MedVLMBench.

    Raises:
        DataError: the folder, the table or all images are missing, or a label is neither yes nor no.
        UsageError: no such split or variant.
    """
    options = choices(_LABELS, _TEMPLATES, prompts)
    for sample, row in _people(_DIAGNOSIS, where, _FIELDS):
        label = row["glaucoma"].strip().lower()
        if label not in _YES_NO:
            raise DataError(f"{where.root}: {_TABLE} has {label!r} for glaucoma of {row['filename']}.")
        yield replace(
            sample,
            kind="label",
            question="Does this fundus image show glaucoma?",
            target=Target(texts=(_LABELS[label == "yes"].name,)),
            choices=options,
        )


def load_notes(where: Where, *, text: Text = "summary") -> Iterator[Sample]:
    """Stream the people of a split in the order of the table, with what was written of them.

    Args:
        where: folder, split and variant.
        text: GPT-4's summary of the clinical note, or the note.

    Raises:
        DataError: the folder, the table or all images are missing.
        UsageError: no such split or variant.
    """
    wanted = "a short summary of the" if text == "summary" else "the"
    question = f"Write {wanted} ophthalmologist's note on the patient with this fundus image."
    column = "gpt4_summary" if text == "summary" else "note"
    samples = (
        replace(sample, question=question, target=Target(texts=(row[column].strip(),)))
        if row[column].strip()
        else None
        for sample, row in _people(_NOTES, where, (*_FIELDS, column))
    )
    yield from complete(samples, _NOTES, text)


def load_vqa(where: Where) -> Iterator[Sample]:
    """Stream the questions of a split in the order of `vqa_{split}.csv`.

    A row with an empty cell is left out and counted, as MedVLMBench does. People are described by the table
    where it is there.

    Raises:
        DataError: the folder, the questions or all images are missing.
        UsageError: no such split or variant.
    """
    variant, root = _detect(_VQA, where), _root(_VQA, where)
    path = root / f"vqa_{where.split}.csv"
    if not path.is_file():
        raise DataError(
            f"{root}: {path.name} not found. MedVLMBench does not distribute its questions: ask its authors."
        )
    table = root / _TABLE
    people = {r["filename"]: _tags(r) for r in read_csv(table, _FIELDS)} if table.is_file() else {}
    yield from complete(_questions(path, root, variant, people), _VQA, "all cells")


def _questions(
    path: Path, root: Path, variant: str, people: Mapping[str, Mapping[str, str]]
) -> Iterator[Sample | None]:
    numbers: Counter[str] = Counter()
    for row in read_csv(path, _QUESTION_FIELDS):
        name = row["filename"].strip()
        numbers[name] += 1
        if not all(row[field].strip() for field in _QUESTION_FIELDS):
            yield None
            continue
        answer, answer_type = row["answer"].strip(), row["question type"].strip().lower()
        word = answer.rstrip(".").lower()
        closed: Kind = "yes/no" if word in _YES_NO else "closed"
        person = _person(_VQA, variant, root, name, {**people.get(name, {}), "answer_type": answer_type})
        yield replace(
            person,
            id=f"{person.id}-{numbers[name]}",
            kind=closed if answer_type == "closed" else "open",
            question=row["question"].strip(),
            target=Target(texts=(word if word in _YES_NO else answer,)),
        )


def _people(name: str, where: Where, fields: tuple[str, ...]) -> Iterator[tuple[Sample, Record]]:
    """The people of a split without question and target, and their rows."""
    variant, root = _detect(name, where), _root(name, where)
    table = root / _TABLE
    if not table.is_file():
        raise DataError(f"{root}: {_TABLE} not found. {_GET}")
    for row in read_csv(table, fields):
        if row["use"].strip().lower()[:3] == where.split[:3]:  # training, validation, test or testing
            yield _person(name, variant, root, row["filename"].strip(), _tags(row)), row


def _person(name: str, variant: str, root: Path, filename: str, held: Mapping[str, str]) -> Sample:
    person = Path(filename).stem
    return Sample(
        id=f"{name}-{variant}-{person}",
        kind="report",
        question="",
        target=Target(),
        images=(_image(root, variant, person),),
        cluster=person,
        tags=held,
    )


def _image(root: Path, variant: str, person: str) -> Image:
    """Of whichever part it lies in; one that is nowhere fails when it is opened."""
    name = _FILES[variant].format(person.rpartition("_")[2])
    paths = [root / folder / name for folder in _FOLDERS]
    path = next((path for path in paths if path.is_file()), paths[0])
    return Image(uri=str(path) if variant == "jpg" else uri("npz", path, key="slo_fundus", low=0, high=255))


def _tags(row: Record) -> dict[str, str]:
    said = {name: row[name].strip().lower() for name in ("race", "ethnicity", "language")}
    known = {name: value for name, value in said.items() if value not in {"unknown", "-1"}}
    return tags.present(sex=tags.sex(row["gender"]), age_group=tags.age_group(row["age"]), **known)


def _root(name: str, where: Where) -> Path:
    return root_of(where, name, _GET, _SPLITS)


def _detect(name: str, where: Where) -> str:
    """The variant that is asked for, else npz before jpg."""
    root = _root(name, where)
    present = {
        variant: any(next((root / f).glob(pattern.format("*")), None) for f in _FOLDERS)
        for variant, pattern in _FILES.items()
    }
    return choose(name, where, present, {v: f"Test/{p.format('*')}" for v, p in _FILES.items()}, _GET)


DIAGNOSIS = Benchmark(
    name=_DIAGNOSIS,
    version=1,
    title="FairVLMed10k, diagnosis",
    task="diagnosis, binary",
    modality="scanning laser ophthalmoscopy",
    source=_PAGE,
    revision=None,
    licence="CC-BY-NC-ND-4.0",
    access="registration",
    citation="Luo Y et al. FairCLIP: Harnessing fairness in vision-language learning. CVPR (2024).",
    primary="auroc",
    measures=(
        *(Measure(metric=m, by=_BY) for m in ("auroc", "accuracy", "balanced_accuracy", "macro_f1")),
        *of_positive(_LABELS[1].name),
    ),
    load=load_diagnosis,
    prompt=plain,
    scorer=score,
    cluster="patient",
    verified="reference only",
    kinds=("label",),
    counts={"test": 2000, "validation": 1000, "train": 7000},
    splits=_SPLITS,
    variants=tuple(_FILES),
    absent={
        "medvlmbench": "its split files (1,746 test images, balanced by sex) are not distributed; its split "
        "is not the official one"
    },
    detect=partial(_detect, _DIAGNOSIS),
    may_leave=False,
    notes=(
        "Glaucoma is the positive class. One file per person. The split is the official one. Handed out on a "
        "form and of patients: taken as data that stay with you; not for commercial use, no derivatives. "
        "Values of slo_fundus are taken for grey levels from 0 to 255 and clipped to them."
    ),
)
NOTES = replace(
    DIAGNOSIS,
    name=_NOTES,
    title="FairVLMed10k, notes",
    task="report generation",
    primary="rouge_l",
    measures=(Measure(metric="rouge_l", by=_BY), Measure(metric="bleu_1"), Measure(metric="bleu_4")),
    load=load_notes,
    prompt=ask,
    kinds=("report",),
    unverified=("counts",),
    absent={"medvlmbench": "its caption_{split}.csv are not distributed"},
    detect=partial(_detect, _NOTES),
    notes=(
        "The target is GPT-4's summary of the clinical note (text=note: the note). Both tell history and "
        "plans that no image shows, so a perfect score is out of reach. People without the text are left out "
        "and counted. Handed out on a form and of patients: taken as data that stay with you."
    ),
)
VQA = replace(
    DIAGNOSIS,
    name=_VQA,
    title="FairVLMed10k, questions",
    task="visual question answering",
    citation=f"{DIAGNOSIS.citation} Questions: MedVLMBench, https://github.com/ubc-tea/MedVLMBench.",
    primary="accuracy",
    measures=(
        Measure(metric="accuracy", by=("kind", *_BY)),
        Measure(metric="accuracy", where={"answer_type": "closed"}, by=_BY),
        *(Measure(metric=m, where={"kind": "open"}) for m in ("token_f1", "bleu_1", "rouge_l")),
    ),
    load=load_vqa,
    prompt=brief,
    kinds=("yes/no", "closed", "open"),
    counts={},
    absent={},
    detect=partial(_detect, _VQA),
    notes=(
        "MedVLMBench's questions, one open and one closed per image, written by GPT-4o-mini from GPT-4's "
        "summaries and checked by nobody. The files vqa_{split}.csv are not distributed: bring your own; "
        "published numbers have 1,996 closed test questions. Whether closed is yes/no shows in the answer "
        "alone, so all are asked in the same words. Handed out on a form and of patients: taken as data that "
        "stay with you."
    ),
)
