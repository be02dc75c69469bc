"""OmniMedVQA: questions with options made from 73 image sets of 12 modalities (Hu et al., 2024).

`QA_information/{Open-access,Restricted-access}/*.json` and `Images/<set>/...`, unpacked or in
`OmniMedVQA.zip`. The archive holds the images of the open sets; those of the restricted ones are got from
their owners and put in their places.
"""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

from medassay.benchmarks.shared.files import Record, Tree, choose, read_json, root_of
from medassay.benchmarks.shared.options import NotAnOption, by_text
from medassay.benchmarks.shared.tags import present
from medassay.errors import DataError
from medassay.images import uri
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Image, Measure, Sample, Where

_GET = "Get OmniMedVQA.zip from https://huggingface.co/datasets/foreverbeliever/OmniMedVQA."
_ARCHIVE = "OmniMedVQA.zip"
_FOLDERS = {
    "open": ("Open-access",),
    "restricted": ("Restricted-access",),
    "all": ("Open-access", "Restricted-access"),
}
_FIELDS = ("dataset", "question_id", "question_type", "question", "gt_answer", "image_path", "option_A")
_log = logging.getLogger(__name__)


def load(where: Where, *, only_keyed: bool = False) -> Iterator[Sample]:
    """Stream the questions of a variant, by default those of open access, in the order of the files' names.

    A question whose image is absent is a row that fails when it is opened; how many there are is logged. One
    whose answer is none of its options can never be right and stops the load; `only_keyed` leaves such rows
    out, says how many, and as an option is part of the protocol.

    Raises:
        DataError: the folder or its questions are missing, a file is damaged, or (unless `only_keyed`) an
            answer is no option.
        UsageError: no such split or variant.
    """
    variant, tree = _locate(where)
    absent = left_out = 0
    for path in _questions(tree, variant):
        for record in read_json(path, _FIELDS):
            image, there = _image(tree, record["image_path"])
            try:
                sample = _sample(path, record, image)
            except NotAnOption as error:
                if not only_keyed:
                    raise DataError(f"{error} Leave such rows out with only_keyed=true.") from error
                left_out += 1
                continue
            absent += not there
            yield sample
    if left_out:
        _log.warning("omnimedvqa: %d questions have no key, left out", left_out)
    if absent:
        _log.warning("omnimedvqa: %d questions have no image in %s and will fail", absent, tree)


def detect(where: Where) -> str:
    """The variant that is asked for, else open.

    Raises:
        DataError: its questions are not there.
        UsageError: no such split or variant.
    """
    return _locate(where)[0]


def _locate(where: Where) -> tuple[str, Tree]:
    tree = _tree(root_of(where, "omnimedvqa", _GET, BENCHMARK.splits))
    there = {variant: bool(_questions(tree, variant)) for variant in _FOLDERS}
    wanted = {v: " and ".join(f"QA_information/{n}/*.json" for n in names) for v, names in _FOLDERS.items()}
    return choose("omnimedvqa", where, there, wanted, _GET), tree


def _questions(tree: Tree, variant: str) -> list[Tree]:
    """The files of a variant, by name; none unless each of its folders has some."""
    held = [_files(tree / "QA_information" / name) for name in _FOLDERS[variant]]
    return [path for files in held for path in files] if all(held) else []


def _files(folder: Tree) -> list[Tree]:
    if not folder.is_dir():
        return []
    return sorted((p for p in folder.iterdir() if p.name.endswith(".json")), key=lambda path: path.name)


def _tree(root: Path) -> Tree:
    """Where `QA_information` lies: in the folder or in the archive, at the top or below one folder."""
    trees: list[Tree] = [root, root / "OmniMedVQA"]
    if (root / _ARCHIVE).is_file():
        try:
            packed = zipfile.Path(root / _ARCHIVE)
        except (OSError, zipfile.BadZipFile) as error:
            raise DataError(f"{root / _ARCHIVE}: not a whole .zip file ({error}). {_GET}") from error
        trees += [packed, packed / "OmniMedVQA"]
    return next((tree for tree in trees if (tree / "QA_information").is_dir()), root)


def _image(tree: Tree, name: str) -> tuple[Image, bool]:
    """The handle of an image and whether it is there."""
    path = tree / name
    if isinstance(path, Path):
        return Image(uri=str(path)), path.is_file()
    return Image(uri=uri("zip", Path(str(path.root.filename)), member=path.at)), path.exists()


def _sample(path: Tree, record: Record, image: Image) -> Sample:
    options = {letter: record.get(f"option_{letter}") for letter in "ABCD"}
    choices, target = by_text(options, str(record["gt_answer"]), f"{path}: row {record['question_id']}")
    return Sample(
        id=f"omnimedvqa-{record['question_id']}",
        kind="choice",
        question=record["question"].strip(),
        target=target,
        images=(image,),
        choices=choices,
        cluster=record["image_path"],
        tags=present(
            modality=record.get("modality_type") or record.get("modality"),  # one row has the second
            question_type=record["question_type"],
            source=record["dataset"],
        ),
    )


BENCHMARK = Benchmark(
    name="omnimedvqa",
    version=1,
    title="OmniMedVQA",
    task="visual question answering",
    modality="12 modalities (radiology, pathology, dermatology, ophthalmology, endoscopy)",
    source="hf://foreverbeliever/OmniMedVQA/OmniMedVQA.zip",
    revision=None,
    licence="none for the whole; each source set keeps its own terms",
    access="open",
    citation=(
        "Hu Y et al. OmniMedVQA: A new large-scale comprehensive evaluation benchmark for medical LVLM. "
        "CVPR 2024, arXiv:2402.09181."
    ),
    primary="accuracy",
    measures=(Measure(metric="accuracy", by=("modality", "question_type", "source")),),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="image",
    verified="reference only",
    kinds=("choice",),
    counts={"open/test": 88996, "restricted/test": 38999, "all/test": 127995},
    variants=tuple(_FOLDERS),
    absent={
        "medvlmbench": (
            "MedVLMBench scores 6,186 questions of an unseeded draw of images and does not distribute the "
            "file that lists them."
        )
    },
    detect=detect,
    notes=(
        "There is no official split: all questions are the test part, and whoever trains on some must cut by "
        "image, for cuts by question put 2 to 33 per cent of the test images into training. Two to four "
        "options; the right one is named by its text, which may differ from the option in case or "
        "punctuation, and where two options bear it both letters are right. Images of restricted sets need "
        "each set's own agreement: read its terms before they are sent anywhere. Accuracy is over questions, "
        "with a slice for each modality; whether the paper averages modalities is not confirmed."
    ),
)
