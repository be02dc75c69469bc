"""VQA-Med 2019: questions on radiology images in four categories (Ben Abacha et al., 2019).

Lines with bars and no header: `image|category|question|answer` in the test file, `image|question|answer` in
the training and validation files, of which there is one per category; images are `<image>.jpg`. In an answer
`#` stands between alternatives, any of which is right, and `(...)` round what may be left out.

Modality, plane and organ are closed sets of classes, abnormality is open; and whether a question asks for yes
or no shows in its first word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from medassay.benchmarks.shared.files import images_in, root_of
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Image, Kind, Measure, Sample, Target, Where

_GET = "Get the dataset from https://zenodo.org/records/10499039 and unpack it."
_CATEGORIES = {
    "modality": "C1_Modality",
    "plane": "C2_Plane",
    "organ": "C3_Organ",
    "abnormality": "C4_Abnormality",
}
_FOLDERS = {
    "test": "VQAMed2019Test",
    "validation": "ImageClef-2019-VQA-Med-Validation",
    "train": "ImageClef-2019-VQA-Med-Training",
}
_TEST = "VQAMed2019_Test_Questions_w_Ref_Answers.txt"
_IN_FILES = {"validation": "val", "train": "train"}
_IMAGES = {"test": "VQAMed2019_Test_Images", "validation": "Val_images", "train": "Train_images"}
_POLAR = re.compile(r"(?:is|are|was|does)\b(?!.*\bor\b)")
_OPTIONAL = re.compile(r"\([^()]*\)")


def load(where: Where) -> Iterator[Sample]:
    """Stream a split; its files lie in the folder or in the subfolder that the archive has.

    Raises:
        DataError: the folder, its questions or all of its images are missing, a line is not as described,
            or yes or no is asked and the answer is neither.
        UsageError: no such split.
    """
    root = root_of(where, "vqa-med-2019", _GET, BENCHMARK.splits)
    inner = root / _FOLDERS[where.split]
    root = inner if inner.is_dir() else root
    name = _IMAGES[where.split]
    image = images_in(root, (name, "images"), (f"{name}.zip",), _GET, needed=where.pictures)
    for key, category, question, answer in _records(root, where.split):
        yield _sample(f"vqa-med-2019-{key}-{category}", key, category, question, answer, image(f"{key}.jpg"))


def _records(root: Path, split: str) -> Iterator[tuple[str, str, str, str]]:
    """Image, category, question and answer."""
    if split == "test":
        for key, category, question, answer in _lines(root / _TEST, 4):
            yield key, category, question, answer
        return
    for category, name in _CATEGORIES.items():
        path = root / "QAPairsByCategory" / f"{name}_{_IN_FILES[split]}.txt"
        for key, question, answer in _lines(path, 3):
            yield key, category, question, answer


def _lines(path: Path, fields: int) -> Iterator[list[str]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                cells = [cell.strip() for cell in line.split("|")]
                if len(cells) != fields or not all(cells):
                    raise DataError(f"{path}: line {number} is not {fields} texts between bars. {_GET}")
                yield cells
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file. {_GET}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: not readable as text ({error}); get the file again.") from error


def _sample(name: str, key: str, category: str, question: str, answer: str, image: Image) -> Sample:
    kind = _kind(category, question)
    if kind == "yes/no" and answer not in {"yes", "no"}:
        raise DataError(f"{name}: {question!r} asks for yes or no, the answer is {answer!r}. {_GET}")
    return Sample(
        id=name,
        kind=kind,
        question=question,
        target=Target(texts=_accepted(answer)),
        images=(image,),
        cluster=key,
        tags={"question_type": category},
    )


def _kind(category: str, question: str) -> Kind:
    if _POLAR.match(question):
        return "yes/no"
    return "open" if category == "abnormality" else "closed"


def _accepted(answer: str) -> tuple[str, ...]:
    """Every alternative with what stands in brackets, and without.

    An answer is read without asterisks, which are emphasis there, so "mr t2* gradient" goes without its own.
    """
    forms = (
        " ".join(text.split())
        for alternative in answer.replace("*", "").split("#")
        for text in (re.sub(r"[()]", "", alternative), _OPTIONAL.sub(" ", alternative))
    )
    return tuple(dict.fromkeys(form for form in forms if form))


BENCHMARK = Benchmark(
    name="vqa-med-2019",
    version=1,
    title="VQA-Med 2019",
    task="visual question answering",
    modality="radiology",
    source="https://zenodo.org/records/10499039",
    revision=None,
    licence="CC-BY-4.0",
    access="open",
    citation=(
        "Ben Abacha A, Hasan SA, Datla VV, Liu J, Demner-Fushman D, Müller H. VQA-Med: overview of the "
        "medical visual question answering task at ImageCLEF 2019. CLEF 2019 Working Notes, CEUR 2380."
    ),
    primary="accuracy",
    measures=(
        Measure(metric="accuracy", by=("kind", "question_type")),
        Measure(metric="token_f1", where={"kind": "open"}),
        Measure(metric="bleu_1", where={"kind": "open"}),
        Measure(metric="rouge_l", where={"kind": "open"}),
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="image",
    verified="real file",
    kinds=("yes/no", "closed", "open"),
    counts={"test": 500, "validation": 2000, "train": 12792},
    splits=("test", "validation", "train"),
    kinds_follow="question",
    notes=(
        "A question that opens with is, are, was or does and names no alternatives asks for yes or no; that "
        "holds for all 15,292 questions and their answers. The organisers' scorer wants equality after their "
        "own normalisation and counts BLEU over all questions; here an answer is right if it equals an "
        "alternative with or without what stands in brackets. Test questions were verified on the real file, "
        "the others on their description and a public copy, the images on their description. 4 of the 500 "
        "test images are in VQA-RAD, too."
    ),
)
