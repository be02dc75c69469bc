"""The tables of a suite: ours beside the published, parts, runs from elsewhere, and why a cell is empty."""

import csv
import json
from contextlib import closing

import pytest
from typer.testing import CliRunner

from medassay.cli import app
from medassay.splits.tags import NOT_VALIDATED, Tag, part_of, write_tags
from medassay.workflows import splitting
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.results import load_run
from medassay.workflows.ruling import score_run
from medassay.workflows.run_parts import by_parts
from medassay.workflows.running import run
from medassay.workflows.scoring import score
from medassay.workflows.suites import Place, find_suite, report_suite, run_suite
from medassay.workflows.suites.reading import read_suite
from medassay.workflows.suites.running import tags_file


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo")
    run_suite(Place(suite=find_suite("demo"), out=out), models=["demo-vlm"])
    return out


def found(cell):
    """Our number, which is there."""
    assert cell.found is not None, cell.reason
    return cell.found


def written(folder, text):
    path = folder / "mine.yaml"
    path.write_text("kind: suite\nschema: 1\nname: mine\n" + text, encoding="utf-8")
    return read_suite(path)


def test_a_number_is_the_run_s_own(demo):
    diagnosis, questions, _, probe = report_suite(find_suite("demo"), demo).tables
    cell = diagnosis.cells["Demo VLM", "Diagnosis"]
    (estimate,) = [
        e
        for e in load_run(demo / "zero-shot/Diagnosis/Demo-VLM").estimates
        if (e.metric, e.slice) == ("accuracy", "all")
    ]
    ours = found(cell)
    assert (ours.value, ours.low, ours.high) == (estimate.value, estimate.low, estimate.high)
    assert ours.n == estimate.n == 60
    assert cell.differs == ("a selection of 60 rows",)
    assert (cell.published, cell.difference) == (None, None)
    assert questions.cells["Demo VLM small", "Questions"].reason == "not run yet"
    assert probe.cells["Demo CLIP", "Detection"].reason == "not run yet"


def test_the_command_fits_80_columns_and_says_as_much_in_json(demo):
    words = ["suite", "report", "demo", "--out", str(demo)]
    shown = CliRunner().invoke(app, words).stdout
    assert max(map(len, shown.splitlines())) <= 80
    held = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    cell = held["tables"][0]["cells"][0]
    low, high = (f"{cell['found'][side]:.3f}" for side in ("low", "high"))
    assert f"{cell['found']['value']:.3f} [{low}, {high}]" in shown
    assert cell["same_protocol"] is None  # nothing was published beside it
    latex, markdown = (
        CliRunner().invoke(app, [*words, "--format", form]).stdout for form in ("latex", "markdown")
    )
    assert latex.count(r"\begin{tabular}") == markdown.count("| :-- |") == 4
    assert f"{cell['found']['value']:.3f}" in markdown
    assert "not run yet" in latex
    assert "textbf" not in latex


def predictions(folder, benchmark, data, say):
    path = folder / "answers.jsonl"
    samples = list(resolve_benchmark(benchmark, data=data).without_pictures().samples())
    path.write_text("".join(json.dumps({"id": s.id, "response": say(s)}) + "\n" for s in samples))
    return path


def test_a_published_number_stands_beside_ours_with_what_is_not_alike(shared_data, tmp_path):
    """SLAKE's 416 closed questions are those of the paper; 700 more rows are open and not in the number."""
    data = shared_data / "slake"
    suite = find_suite("medvlmbench")
    (cell,) = suite.cells(["CLIP", "Lingshu-7B"], ["SLAKE"])[:1]
    path = predictions(tmp_path, "slake@medvlmbench", data, lambda sample: sample.target.texts[0])
    score(
        benchmark="slake@medvlmbench",
        predictions=path,
        data=data,
        protocol="medvlmbench",
        out=cell.folder(tmp_path),
    )
    (table,) = [t for t in report_suite(suite, tmp_path).tables if t.title == "Closed questions, zero-shot"]
    held = table.cells["Lingshu-7B", "SLAKE"]
    assert (found(held).metric, found(held).value, found(held).n) == ("accuracy_closed", 1.0, 416)
    assert (held.published, held.published_n) == (0.777, 416)
    assert held.difference == pytest.approx(0.223)
    assert held.differs[0] == "the paper forced images to 224 x 224"
    assert "made elsewhere" in held.differs[1]
    assert not any("n 416" in each for each in held.differs)


def test_another_n_than_the_paper_s_is_said(shared_data, tmp_path):
    suite = find_suite("medvlmbench")
    (cell,) = suite.cells(["qwen2-vl-7b"], ["MedXpertQA-MM"])[:1]
    data = shared_data / "medxpertqa"
    path = predictions(tmp_path, "medxpertqa-mm", data, lambda sample: f"({sample.target.texts[0]})")
    score(
        benchmark="medxpertqa-mm",
        predictions=path,
        data=data,
        protocol="medvlmbench-dev",
        out=cell.folder(tmp_path),
    )
    (table,) = [t for t in report_suite(suite, tmp_path).tables if t.title == "Closed questions, zero-shot"]
    held = table.cells["Qwen2-VL-7B", "MedXpertQA-MM"]
    assert found(held).n == 2000
    assert "the paper has n 400" in held.differs


def test_what_a_run_itself_shows_to_be_otherwise_is_said(tmp_path):
    suite = written(
        tmp_path,
        "protocol: medvlmbench\nmodels: {VLM: demo-vlm}\n"
        "benchmarks: {Q: phantom@vqa:n=6}\ntables: [{title: All}]\n",
    )
    (cell,) = suite.cells()
    folder = cell.folder(tmp_path)
    options = {"model": "demo-vlm", "benchmark": "phantom@vqa:n=6", "store": tmp_path / "s.db"}
    run(**options, out=tmp_path / "strict", decoding={"max_tokens": 9})
    score_run(tmp_path / "strict", protocol="medvlmbench", out=folder)
    (table,) = report_suite(suite, tmp_path).tables
    assert table.cells["VLM", "Q"].differs == ("asked in the words of strict", "decoding by max_tokens 9")


PARTED = """
models: {VLM: demo-vlm}
benchmarks: {Questions: {benchmark: "phantom@vqa", limit: 80}}
tables:
  - {title: Whole}
  - {title: R, part: reasoning}
  - {title: U, part: understanding}
"""


def test_parts_are_those_of_split_report(tmp_path):
    suite = written(tmp_path, PARTED)
    (cell,) = suite.cells()
    folder, tags = cell.folder(tmp_path), tags_file(tmp_path, cell.benchmark)
    made = run(model="demo-vlm", benchmark="phantom@vqa", limit=80, out=folder, store=tmp_path / "s.db")
    before = report_suite(suite, tmp_path).tables[1].cells["VLM", "Questions"]
    assert before.reason == "not parted: `medassay suite run` tags the questions"
    tags.parent.mkdir()
    ids = [row.sample.id for row in made.rows()]
    write_tags(
        tags,
        [
            Tag(id=one, part=part_of(float(k % 3 == 0)), probability=float(k % 3 == 0), source=NOT_VALIDATED)
            for k, one in enumerate(ids)
        ],
    )
    whole, reasoning, understanding = (
        table.cells["VLM", "Questions"] for table in report_suite(suite, tmp_path).tables
    )
    (parts,) = by_parts([folder], [tags])
    assert (found(reasoning).value, found(reasoning).n) == (parts.hard.yes.value, parts.hard.yes.n)
    assert found(understanding).low == parts.hard.no.low
    total = sum(found(x).n * found(x).value for x in (reasoning, understanding))
    assert total / (found(reasoning).n + found(understanding).n) == pytest.approx(found(whole).value)
    assert f"parts by {NOT_VALIDATED}" in reasoning.differs


def test_tags_are_made_for_the_runs_of_a_suite_with_parts(shared_data, tmp_path, monkeypatch):
    """The authors' own labels of MedXpertQA, by which its 2,000 questions part into 1,446 and 554."""
    monkeypatch.setattr(splitting, "cross_validate", lambda _texts, labels, _families: labels * 0.5)  # slow
    data = tmp_path / "data"
    data.mkdir()
    (data / "medxpertqa-mm").symlink_to(shared_data / "medxpertqa")
    suite = find_suite("how-far")
    (cell,) = suite.cells(["lingshu-7b"], ["medxpertqa-mm"])
    path = predictions(tmp_path, "medxpertqa-mm", data / "medxpertqa-mm", lambda _: r"\boxed{A}")
    score(
        benchmark="medxpertqa-mm",
        predictions=path,
        data=data / "medxpertqa-mm",
        protocol="how-far-2025",
        out=cell.folder(tmp_path),
    )
    place = Place(suite=suite, out=tmp_path, data_root=data)
    (row,) = run_suite(place, models=["lingshu-7b"], benchmarks=["medxpertqa-mm"]).cells
    assert (row.status, row.n) == ("complete", 2000)
    overall, reasoning, understanding = (
        found(table.cells["Lingshu-7B", "MedXpertQA-MM"]) for table in report_suite(suite, tmp_path).tables
    )
    assert (overall.n, reasoning.n, understanding.n) == (2000, 1446, 554)
    assert overall.value == pytest.approx(399 / 2000)


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WORLD = ("index", "image", "question", "A", "B", "C", "D", "answer", "correct_option", "split")
SUITE = """
models: {Gemini: google/gemini, Never asked: google/gemini}
benchmarks: {WorldMedQA-V: worldmedqa-v@english}
tables:
  - {title: English}
"""


def test_a_published_result_file_stands_in_a_suite(shared_data, tmp_path):
    """Gemini's answers as the authors of WorldMedQA-V published them: 568 questions, 8 of them failed."""
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl absent")
    results = shared_data / "worldmedqa_v" / "outputs_w_images" / "GeminiFlash1-5"
    data, answers = tmp_path / "data" / "worldmedqa-v", tmp_path / "answers"
    data.mkdir(parents=True)
    answers.mkdir()
    for path in results.glob("*_english_*_result.xlsx"):
        (answers / path.name).symlink_to(path)
        with closing(openpyxl.load_workbook(path, read_only=True)) as book:
            header, *rows = book.active.iter_rows(values_only=True)
        with (data / f"{path.name.split('_')[1]}_english_processed.tsv").open("w", newline="") as file:
            writer = csv.DictWriter(file, WORLD, delimiter="\t", extrasaction="ignore")
            writer.writeheader()
            writer.writerows({**dict(zip(header, row, strict=True)), "image": PIXEL} for row in rows)
    suite = written(tmp_path, SUITE)
    words = f"score -b worldmedqa-v@english -d {data} -p {answers} --name Gemini --out"
    scored = CliRunner().invoke(app, [*words.split(), str(tmp_path / "zero-shot/WorldMedQA-V/Gemini")])
    assert "Gemini" in scored.output
    (table,) = report_suite(suite, tmp_path).tables
    cell = table.cells["Gemini", "WorldMedQA-V"]
    own = load_run(tmp_path / "zero-shot/WorldMedQA-V/Gemini")
    assert (scored.exit_code, own.complete) == (1, False)
    assert (found(cell).n, found(cell).value) == (568, own.estimates[0].value)
    assert round(found(cell).value, 3) == 0.550
    assert any("8 of 568 rows failed" in each for each in cell.differs)
    assert any("every failed row right" in each for each in cell.differs)
    assert "answers of Gemini made elsewhere" in cell.differs[0]
    assert table.cells["Never asked", "WorldMedQA-V"].reason == "not run yet"
    (row,) = run_suite(Place(suite=suite, out=tmp_path), models=["Gemini"]).cells
    assert (row.status, row.n) == ("incomplete", 568)


FAIR = """
models: {VLM: demo-vlm}
benchmarks:
  People: {benchmark: "phantom@vqa", limit: 120, fairness: [sex]}
  Nobody: {benchmark: "phantom@detection", limit: 20, fairness: [sex]}
tables:
  - {title: Accuracy}
  - {title: Other, metric: auc-gap race}
"""


def test_a_cell_of_groups_has_its_fairness_beside_it(tmp_path):
    suite = written(tmp_path, FAIR)
    people, nobody = run_suite(Place(suite=suite, out=tmp_path)).cells
    assert (people.status, people.reason) == ("complete", "")
    held = json.loads((tmp_path / people.run / "fairness.json").read_text())
    assert {group["name"] for group in held["runs"][0]["parities"][0]["groups"]} == {"female", "male"}
    assert nobody.status == "failed"
    assert "sex" in nobody.reason
    accuracy, other = report_suite(suite, tmp_path).tables
    assert found(accuracy.cells["VLM", "People"]).n == 120
    assert other.cells["VLM", "People"].reason == "the run has no auc-gap race"
