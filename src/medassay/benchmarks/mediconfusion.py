"""MediConfusion: pairs of images that models confuse (Sepehri et al., 2024).

`dataset.json` holds 176 pairs: one question with options A and B, and two images of which one is A and the
other B. A pair is two samples of one group; what counts is the share of pairs with both right. The images
come from ROCO and are fetched by the authors' script into `images/<number>.jpg`, or lie in a ROCO folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from medassay.benchmarks.shared.files import Record, image_folder, read_json_items, root_of
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Choice, Image, Measure, Sample, Target, Where

_GET = (
    "Get https://github.com/MShahabSepehri/MediConfusion, fetch its images with scripts/download.py and pass"
    " its folder data."
)
_ROCO = "train/radiology/images"
_FIELDS = (
    *("question", "option_A", "option_B", "category_1", "category_2"),
    *("im_1", "im_1_local", "im_1_correct", "im_2", "im_2_local", "im_2_correct"),
)


def load(where: Where) -> Iterator[Sample]:
    """Stream the two samples of each pair, in the order of the file.

    Raises:
        DataError: the questions or all of the images are missing, or a pair has no key A or B.
        UsageError: no such split.
    """
    root = root_of(where, "mediconfusion", _GET, BENCHMARK.splits)
    path = root / "dataset.json"
    if not path.is_file():
        raise DataError(f"{root}: dataset.json not found. {_GET}")
    image = _images(root, pictures=where.pictures)
    for pair, row in read_json_items(path, _FIELDS):
        for number in "12":
            yield _sample(path, pair, number, row, image)


def _images(root: Path, *, pictures: bool) -> Callable[[Record, str], Image]:
    """From a pair and the number of its image to the image."""
    if (root / _ROCO).is_dir():
        return lambda row, number: Image(uri=str(root / row[f"im_{number}"]))
    folder = image_folder(root, ("images",), _GET, needed=pictures)
    return lambda row, number: Image(uri=str(folder / f"{row[f'im_{number}_local']}.jpg"))


def _sample(path: Path, pair: str, number: str, row: Record, image: Callable[[Record, str], Image]) -> Sample:
    key = row[f"im_{number}_correct"].strip()
    if key not in {"A", "B"}:
        raise DataError(f"{path}: pair {pair} has the key {key!r} for image {number}, which is no option.")
    return Sample(
        id=f"mediconfusion-{pair}-{number}",
        kind="choice",
        question=row["question"].strip(),
        target=Target(texts=(key,)),
        images=(image(row, number),),
        choices=tuple(Choice(label=row[f"option_{letter}"].strip()) for letter in "AB"),
        cluster=pair,
        group=pair,
        tags={"category": "+".join(sorted({*row["category_1"], *row["category_2"]}))},
    )


BENCHMARK = Benchmark(
    name="mediconfusion",
    version=1,
    title="MediConfusion",
    task="visual question answering",
    modality="radiology",
    source="https://github.com/MShahabSepehri/MediConfusion",
    revision="40a8b41970e9d858deb09a2ee00a9caddfd6635b",
    licence="MIT (questions); each image has the licence of its article",
    access="open",
    citation=(
        "Sepehri MS, Fabian Z, Soltanolkotabi M, Soltanolkotabi M. MediConfusion: Can you trust your AI "
        "radiologist? Probing the reliability of multimodal medical foundation models. "
        "arXiv:2409.15477 (2024)."
    ),
    primary="set_accuracy",
    measures=(
        Measure(metric="set_accuracy", by=("category",)),
        Measure(metric="accuracy"),
        Measure(metric="confusion"),
        Measure(metric="set_validity"),
        Measure(metric="confusion_of_all"),
        Measure(metric="set_precision"),
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="pair",
    verified="real file",
    kinds=("choice",),
    counts={"test": 352},
    kinds_follow="question",
    notes=(
        "176 pairs, 352 samples; keys 88 A and B, 88 B and A, so that one letter for all gets no pair right "
        "and guessing gets a quarter. Confusion is over the pairs with two readable answers only: "
        "set_validity says what share of all pairs that is. The 352 samples show 228 images, and pairs with "
        "a common image hang together in 60 sets: intervals over pairs are somewhat optimistic. A pair has "
        "the categories of both its images. Verified on the questions; the images are the user's to fetch."
    ),
)
