"""WorldMedQA-V: countries, languages, and the authors' own questions."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from medassay.benchmarks.worldmedqa_v import BENCHMARK, load
from medassay.contracts import check_benchmark
from medassay.errors import DataError
from medassay.types import Sample, Where

from .drawing import base64_picture, write_csv
from .folders.base64_tables import WORLD

COUNTRIES = {"brazil": 89, "israel": 186, "japan": 168, "spain": 125}


@pytest.fixture
def real(shared_data: Path, tmp_path: Path) -> Path:
    """The questions of the authors' result files, in the columns of the dataset, with drawn images."""
    openpyxl = pytest.importorskip("openpyxl")
    results = shared_data / "worldmedqa_v" / "outputs_w_images" / "GPT4o"
    image = base64_picture(0)
    for country in COUNTRIES:
        for variant in ("english", "local"):
            path = results / f"GPT4o_{country}_{variant}_gpt-4o-mini_result.xlsx"
            with closing(openpyxl.load_workbook(path, read_only=True)) as book:
                header, *rows = book.active.iter_rows(values_only=True)
            held = [{**dict(zip(header, row, strict=True)), "image": image} for row in rows]
            table = [[row[name] for name in WORLD] for row in held]
            write_csv(tmp_path / f"{country}_{variant}_processed.tsv", WORLD, table, separator="\t")
    return tmp_path


def test_the_authors_questions(real):
    english, local = (list(load(Where(root=real, variant=v))) for v in ("english", "local"))
    for samples in (english, local):
        assert Counter(s.tags["country"] for s in samples) == COUNTRIES
        assert {len(s.choices) for s in samples} == {4}
        assert [f for f in check_benchmark(BENCHMARK, samples) if not f.ok] == []
    assert [(s.cluster, s.target) for s in english] == [(s.cluster, s.target) for s in local]
    assert len({s.cluster for s in english}) == 568
    assert not {s.id for s in english} & {s.id for s in local}


def test_english_is_taken_first_and_pairs_with_the_local_language(folder):
    root = folder("worldmedqa-v@english")
    folder("worldmedqa-v@local").rename(root / "local")
    for path in (root / "local").iterdir():
        path.rename(root / path.name)
    english, local = _by_cluster(root, None), _by_cluster(root, "local")
    assert english.keys() == local.keys()
    assert english["japan-7"].id == "worldmedqa-v-japan-en-7"
    assert local["japan-7"].id == "worldmedqa-v-japan-ja-7"
    assert english["japan-7-2"].question == local["japan-7-2"].question == "Another of that index"
    assert Counter(s.tags["language"] for s in local.values()) == {"pt": 3, "he": 3, "ja": 3, "es": 3}


def _by_cluster(root: Path, variant: str | None) -> dict[str, Sample]:
    return {s.cluster: s for s in load(Where(root=root, variant=variant))}


def test_the_answer_is_correct_option(folder):
    first, second = list(load(Where(root=folder("worldmedqa-v@english"))))[:2]
    assert (first.question, first.target.texts) == ('Said "no",\nand then?', ("C",))
    assert ([c.label for c in second.choices], second.target.texts) == (
        ["Sim", "Não", "心電図", "None"],
        ("D",),
    )


def test_what_is_missing_is_named(folder):
    root = folder("worldmedqa-v@english")
    (root / "spain_english_processed.tsv").unlink()
    with pytest.raises(DataError, match=r"spain_english_processed\.tsv not found.*huggingface"):
        list(load(Where(root=root, variant="english")))
    table = root / "japan_english_processed.tsv"
    (root / "spain_english_processed.tsv").write_text(table.read_text("utf-8"), "utf-8")
    table.write_text(table.read_text("utf-8").replace("\tC\ttest", "\tE\ttest"), "utf-8")
    with pytest.raises(
        DataError, match=r"japan_english_processed\.tsv: row 1: the answer 'E' is none of its"
    ):
        list(load(Where(root=root)))
