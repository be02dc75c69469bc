"""PMC-VQA: questions with four options on figures of open-access articles (Zhang et al., 2023).

Three test sets, of which papers rarely say which they used: `v1-clean` (`test_clean.csv`, checked by hand),
`v1` (`test.csv`) and `v2` (`test_2.csv`, figures that are not compound). The headers differ: in version 1
`Answer` is the text and `Answer_label` the letter, in version 2 `Answer` is the letter, and there is a
`Caption`, which is not shown. Options carry blanks and their own prefix (" A:Diffuse uptake ").
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from medassay.benchmarks.shared.files import Record, choose, images_in, read_csv, root_of
from medassay.benchmarks.shared.options import Lettered, by_letter, by_text
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Measure, Sample, Where

_GET = "Get the dataset from https://huggingface.co/datasets/xmcmic/PMC-VQA."
_FILES = {
    "v1-clean": {"test": "test_clean.csv", "train": "train.csv"},
    "v1": {"test": "test.csv", "train": "train.csv"},
    "v2": {"test": "test_2.csv", "train": "train_2.csv"},
}
_IMAGES = {1: ("images/images", "images"), 2: ("images_2/figures", "images_2", "figures")}  # by version
_PACKED = {1: ("images.zip",), 2: ("images_2.zip",)}
_LETTERS = "ABCD"
_FIELDS = ("Figure_path", "Question", "Answer", *(f"Choice {letter}" for letter in _LETTERS))
_ARTICLE = re.compile(r"PMC\d+")


def load(where: Where, *, only_keyed: bool = False) -> Iterator[Sample]:
    """Stream a split of the variant that is asked for, else of the first of v1-clean, v1, v2 that is there.

    A few rows of the authors' files have a key that contradicts itself or matches no option. `only_keyed`
    leaves them out, says how many, and as an option is part of the protocol.

    Raises:
        DataError: the folder, its questions or all of its images are missing, a file is damaged, or (unless
            `only_keyed`) a row has no key.
        UsageError: no such split or variant.
    """
    root = root_of(where, "pmc-vqa", _GET, BENCHMARK.splits)
    variant = detect(where)
    path = root / _FILES[variant][where.split]
    version = 2 if variant == "v2" else 1
    image = images_in(root, _IMAGES[version], _PACKED[version], _GET, needed=where.pictures)
    fields = (*_FIELDS, "Answer_label") if version == 1 else _FIELDS
    left_out = 0
    for row, record in enumerate(read_csv(path, fields)):
        figure = record["Figure_path"]
        try:
            choices, target = _lettered(record, f"{path}: record {row} ({figure})")
        except DataError as error:
            if not only_keyed:
                raise DataError(f"{error} Leave such rows out with only_keyed=true.") from error
            left_out += 1
            continue
        article = _ARTICLE.match(figure)
        yield Sample(
            id=f"pmc-vqa-{path.stem}-{row}",
            kind="choice",
            question=record["Question"].strip(),
            target=target,
            images=(image(figure),),
            choices=choices,
            cluster=article[0] if article else figure,
        )
    if left_out:
        logging.getLogger(__name__).warning("pmc-vqa: %d rows of %s have no key, left out", left_out, path)


def detect(where: Where) -> str:
    """The variant that is asked for, else the first of v1-clean, v1 and v2 that lies in the folder.

    Raises:
        DataError: it, or any of them, is missing.
        UsageError: no such split or variant.
    """
    root = root_of(where, "pmc-vqa", _GET, BENCHMARK.splits)
    present = {variant: (root / files[where.split]).is_file() for variant, files in _FILES.items()}
    wanted = {variant: files[where.split] for variant, files in _FILES.items()}
    return choose("pmc-vqa", where, present, wanted, _GET)


def _lettered(record: Record, row: str) -> Lettered:
    """The options and the right one: in version 1 by text and letter, of which one is enough."""
    options = {letter: _bare(record[f"Choice {letter}"], letter) for letter in _LETTERS}
    if "Answer_label" not in record:
        return by_letter(options, record["Answer"], row)
    letter = record["Answer_label"].strip().upper()
    try:
        choices, target = by_text(options, record["Answer"], row)
    except DataError:
        return by_letter(options, letter, row)
    if letter in options and letter not in target.texts:
        raise DataError(
            f"{row}: the answer is {record['Answer']!r}, its letter {letter} is another option's."
        )
    return choices, target


def _bare(cell: str, letter: str) -> str:
    """An option without the blanks and the letter that it carries itself."""
    return re.sub(rf"^{letter}\s*:\s*", "", cell.strip())


BENCHMARK = Benchmark(
    name="pmc-vqa",
    version=1,
    title="PMC-VQA",
    task="visual question answering",
    modality="figures of biomedical articles",
    source="hf://xmcmic/PMC-VQA/*.csv|images.zip",
    revision=None,
    licence="CC-BY-SA-4.0",
    access="open",
    citation=(
        "Zhang X, Wu C, Zhao Z, Lin W, Zhang Y, Wang Y, Xie W. PMC-VQA: visual instruction tuning for "
        "medical visual question answering. arXiv:2305.10415 (2023)."
    ),
    primary="accuracy",
    measures=(Measure(metric="accuracy"),),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="article",
    verified="reference only",
    kinds=("choice",),
    counts={
        "v1-clean/test": 2000,
        "v1-clean/train": 176948,
        "v1/test": 50000,
        "v1/train": 176948,
        "v2/test": 33430,
    },
    unverified=("counts",),
    splits=("test", "train"),
    variants=("v1-clean", "v1", "v2"),
    detect=detect,
    overlap={"v1-clean": None, "v1": None, "v2": None},
    notes=(
        "Say which test set a number is from: v1-clean (2,000), v1 (50,000) or v2 (33,430). The files have "
        "no ids: samples are numbered by row. Train and test are said to be split by figure, so "
        "articles may be in both. "
        "Where letter and text of a key name different options the row has no key. The authors' scorer takes "
        "the option nearest to any answer and so never fails to read one; here an answer that names no "
        "option is unparsed. The captions of v2 are not shown. The whole download is 21 GB; images.zip alone "
        "is enough for version 1."
    ),
)
