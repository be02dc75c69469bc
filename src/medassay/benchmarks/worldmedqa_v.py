"""WorldMedQA-V: examinations of four countries, in their language and in English (Matos et al., 2024).

`{brazil,israel,japan,spain}_{english,local}_processed.tsv`: index, image (base64), question, A-D and
`correct_option`. The column `answer` is empty. The rows of a country come in one order in both languages, so
that the nth of an index (one index of Israel's occurs twice) is one item in both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from medassay.benchmarks.shared.base64_table import read_base64_table
from medassay.benchmarks.shared.files import Record, choose, root_of
from medassay.benchmarks.shared.options import by_letter
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Image, Measure, Sample, Where

_GET = "Get the dataset from https://huggingface.co/datasets/WorldMedQA/V."
_LANGUAGES = {"brazil": "pt", "israel": "he", "japan": "ja", "spain": "es"}
_VARIANTS = ("english", "local")
_FIELDS = ("question", "A", "B", "C", "D", "correct_option")


class _Item(NamedTuple):
    """What names a question: where it was asked, in what language it stands here, its number."""

    country: str
    language: str
    number: str


def load(where: Where) -> Iterator[Sample]:
    """Stream the four countries in English, or in their own language (variant `local`).

    Raises:
        DataError: the folder or a country is missing, a file is damaged, or an answer is no option.
        UsageError: no such split or variant.
    """
    variant = detect(where)
    for country, path in _files(where, variant).items():
        language = "en" if variant == "english" else _LANGUAGES[country]
        met = Counter[str]()
        for record, images in read_base64_table(path, _FIELDS):
            met[record["index"]] += 1
            again = met[record["index"]]
            number = f"{record['index']}-{again}" if again > 1 else record["index"]
            yield _sample(path, record, images, _Item(country, language, number))


def detect(where: Where) -> str:
    """The variant that is asked for, else English, else the local languages.

    Raises:
        DataError: not all of its countries are there.
        UsageError: no such split or variant.
    """
    held = {variant: _files(where, variant).values() for variant in _VARIANTS}
    there = {variant: all(path.is_file() for path in paths) for variant, paths in held.items()}
    wanted = {
        variant: ", ".join(path.name for path in paths if not path.is_file())
        for variant, paths in held.items()
    }
    return choose("worldmedqa-v", where, there, wanted, _GET)


def _files(where: Where, variant: str) -> dict[str, Path]:
    root = root_of(where, "worldmedqa-v", _GET, BENCHMARK.splits)
    return {country: root / f"{country}_{variant}_processed.tsv" for country in _LANGUAGES}


def _sample(path: Path, record: Record, images: tuple[Image, ...], item: _Item) -> Sample:
    options = {letter: record[letter] for letter in "ABCD"}
    choices, target = by_letter(options, record["correct_option"], f"{path}: row {record['index']}")
    return Sample(
        id=f"worldmedqa-v-{item.country}-{item.language}-{item.number}",
        kind="choice",
        question=record["question"].strip(),
        target=target,
        images=images,
        choices=choices,
        cluster=f"{item.country}-{item.number}",
        tags={"country": item.country, "language": item.language},
    )


BENCHMARK = Benchmark(
    name="worldmedqa-v",
    version=1,
    title="WorldMedQA-V",
    task="visual question answering",
    modality="images of medical examinations",
    source="hf://WorldMedQA/V/*_processed.tsv",
    revision=None,
    licence="MIT",
    access="open",
    citation=(
        "Matos J et al. WorldMedQA-V: A multilingual, multimodal medical examination dataset. "
        "arXiv:2410.12722 (2024)."
    ),
    primary="accuracy",
    measures=(Measure(metric="accuracy", by=("country", "language")),),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="item",
    verified="reference only",
    kinds=("choice",),
    counts={"english/test": 568, "local/test": 568},
    variants=_VARIANTS,
    detect=detect,
    notes=(
        "Brazil 89, Israel 186, Japan 168 and Spain 125 questions, each in two languages: country and index "
        "name the pair, and the cluster is the same in both. Israel has two questions of index 84, "
        "the second is 84-2. The right option is correct_option, not answer. Three questions have two "
        "options of one text (Brazil 50 and 54, Japan 40), in Brazil's 50 the right one: the letter decides. "
        "The licence is that of the authors' repository. Questions, options and answers are verified on the "
        "authors' result files; the tables with images on their description only."
    ),
)
