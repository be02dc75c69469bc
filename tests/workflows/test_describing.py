"""What `check` says of a described dataset, and what `new` writes by looking."""

from __future__ import annotations

import gzip
import json
import shutil

import pytest
from rich.console import Console
from tests.benchmarks.drawing import draw, write_csv

import medassay
from medassay.benchmarks.described import read
from medassay.contracts import gold_answer
from medassay.errors import DataError, NotPermitted, UsageError
from medassay.models.fakes import Scripted
from medassay.types import Where
from medassay.workflows.catalogue import show
from medassay.workflows.describing import check, new
from medassay.workflows.resolve import resolve_benchmark

YAML = """\
kind: dataset
schema: 1
name: ward
task: diagnosis
table: t.csv
images: photos
labels: [well, ill]
columns: {image: file, label: label, patient: patient, split: part, tags: [ward]}
"""
HEADER = ("file", "label", "patient", "part", "ward")
ROWS = [
    ("0.png", "ill", "p0", "test", "A"),
    ("1.png", "well", "p1", "test", "A"),
    ("2.png", "ill", "p1", "test", "B"),
    ("3.png", "ill", "p0", "train", "B"),
]


@pytest.fixture
def ward(tmp_path, monkeypatch):
    """Writes `my data/ward.yaml` with a table of these rows and four images; the folder is elsewhere."""
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "my data"
    for seed in range(4):
        draw(root / "photos" / f"{seed}.png", seed)

    def make(rows=ROWS, yaml=YAML):
        write_csv(root / "t.csv", HEADER, rows)
        (root / "ward.yaml").write_text(yaml)
        return root / "ward.yaml"

    return make


def test_what_was_understood(ward):
    held = check(ward())
    assert held.ok
    assert (held.rows, held.splits, held.kinds) == (4, {"test": 3, "train": 1}, {"label": 4})
    assert held.patients == {"test": 2, "train": 1}
    assert held.balance == {"ill": 3, "well": 1}
    assert held.tags == {"ward": {"A": 2, "B": 2}}
    assert (held.pictures.n, held.pictures.opened, held.pictures.missing) == (4, 4, [])
    assert any("1 patients are in test and in train, for example p0" in w for w in held.warnings)
    assert json.loads(json.dumps(held.to_json()))["ok"] is True


def test_the_text_is_80_columns_wide_and_shows_a_sample_as_it_is_asked(ward):
    lines = check(ward()).text().splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("rows       4: test 3, train 1") for line in lines)
    asked = next(i for i, line in enumerate(lines) if line.startswith("asked"))
    assert lines[asked].endswith("What does this image show?")
    assert lines[asked + 1].strip() == "Options: well, ill."
    assert any(line.startswith("right      ill (accuracy 1)") for line in lines)
    assert lines[-1] == "It can be run as it is."


def test_mistakes_in_rows_are_collected(ward):
    bad = [("0.png", "sick", "p", "test", ""), ("", "ill", "p", "test", ""), ("0.png", "ill", "", "test", "")]
    held = check(ward([*ROWS, *bad]))
    assert not held.ok
    assert (held.rows, held.n_problems) == (4, 3)
    assert [p.partition("t.csv")[2][:2] for p in held.problems] == [":6", ":7", ":8"]
    text = held.text()
    assert "the label 'sick' is not among" in text.replace("\n           ", " ")
    assert "It cannot be run as it is" in text


def test_missing_and_unreadable_images_and_those_under_two_names(ward, tmp_path):
    more = [("4.png", "p4", "test"), ("5.png", "p5", "train"), ("3.png", "p6", "test")]
    path = ward([*ROWS, *((name, "ill", who, part, "A") for name, who, part in more)])
    photos = path.parent / "photos"
    (photos / "1.png").write_bytes(b"no image")
    shutil.copy(photos / "0.png", photos / "5.png")
    held = check(path)
    assert not held.ok
    assert [name.rpartition("/")[2] for name in held.pictures.missing] == ["4.png"]
    assert [name.rpartition("/")[2] for name in held.pictures.unreadable] == ["1.png"]
    assert [[n.rpartition("/")[2] for n in group] for group in held.pictures.twice] == [["0.png", "5.png"]]
    assert held.pictures.across == 2  # 0.png with 5.png, and 3.png
    assert "1 images are missing in" in held.text()


def test_an_image_that_is_not_in_the_archive(ward):
    path = ward(yaml=YAML.replace("photos", "photos.zip"))
    (path.parent / "photos" / "3.png").unlink()
    shutil.make_archive(str(path.parent / "photos"), "zip", path.parent / "photos")
    held = check(path)
    assert not held.ok
    (reason,) = held.pictures.unreadable.values()
    assert "3.png" in reason


def test_what_makes_numbers_worth_less(ward):
    rows = [(f"{i % 2}.png", "ill", f"p{i}", "test", f"w{i}") for i in range(30)]
    said = " ".join(check(ward(rows, YAML.replace("patient: patient, ", ""))).warnings)
    for words in (
        "no column names the patient",
        "2 questions are asked again of the same image, 0 with another answer",
        "100% of the right answers are 'ill'",
        "the label 'well' has 0 rows",
        "the tag 'ward' has 30 values",
    ):
        assert words in said
    yaml = (
        YAML.replace("diagnosis", "vqa")
        .replace("label: label", "answer: label")
        .replace("labels: [well, ill]", "question: Ill?")
    )
    said = " ".join(check(ward([("0.png", "yes", "p", "test", "")], yaml)).warnings)
    assert "1 answers are yes or no and are judged as free text" in said
    codes = check(
        ward(
            [("0.png", "0", "p", "test", ""), ("1.png", "1", "q", "test", "")],
            YAML.replace("well, ill", "0, 1"),
        )
    )
    assert any("models are asked for 0, 1" in w for w in codes.warnings)


def test_a_run_from_the_path_alone_and_all_that_follows_from_it(ward, tmp_path, monkeypatch):
    path = ward()
    (tmp_path / "ward").mkdir()
    monkeypatch.setenv("MEDASSAY_DATA", str(tmp_path))  # the file says where its data lies, and stands above
    word = str(path.relative_to(tmp_path))
    model = Scripted(lambda request: "ill", name="ill")
    result = medassay.run(model=model, benchmark=word, out="run")
    assert (result.manifest["n"], result.manifest["n_clusters"]) == (3, 2)
    assert result.estimates[0].value == 2 / 3
    assert medassay.run(model=model, benchmark=word, split="train").estimates[0].value == 1
    assert medassay.run(model=model, benchmark=word, limit=1).manifest["n"] == 1
    answers = [{"id": s.id, "response": gold_answer(s)} for s in resolve_benchmark(word).samples()]
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(a) + "\n" for a in answers))
    assert medassay.score(benchmark=word, predictions="gold.jsonl").estimates[0].value == 1
    assert str(tmp_path) not in (tmp_path / "run" / "report.html").read_text("utf-8")
    console = Console(width=80)
    with console.capture() as shown:
        console.print(show(word))
    assert "One sample on its way" in shown.get()
    monkeypatch.chdir("/")  # the manifest finds the description again from anywhere
    assert medassay.load_run(tmp_path / "run").benchmark.name == "ward"
    protocol = result.manifest["protocol"]
    assert str(tmp_path) not in json.dumps(protocol)
    write_csv(path.parent / "t.csv", HEADER, [(*ROWS[0][:1], "well", *ROWS[0][2:]), *ROWS[1:]])
    changed = medassay.run(model=model, benchmark=str(path), out=tmp_path / "other", store=tmp_path / "s.db")
    assert changed.manifest["protocol"]["id"] != protocol["id"]


def test_it_is_not_sent_to_another_machine(ward):
    model = Scripted(lambda request: "ill", name="ill")
    object.__setattr__(model, "destination", "https://api.example.org/v1")
    with pytest.raises(NotPermitted, match=r"the data of ward must stay on this machine"):
        medassay.run(model=model, benchmark=str(ward()))


def test_a_first_description_of_a_table(ward, tmp_path):
    ward()
    source = tmp_path / "my data" / "t.csv"
    path = new(source, tmp_path / "out" / "t.yaml")
    text = path.read_text()
    held = check(path)
    assert held.ok
    assert (held.rows, held.splits, held.patients) == (4, {"test": 3, "train": 1}, {"test": 2, "train": 1})
    for line in (
        "task: diagnosis  # guessed",
        "images: my data/photos",
        "patient: patient",
        "split: part",
        "label: label",
    ):
        assert line in text.replace("../", "")
    assert not read(path).may_leave
    with pytest.raises(UsageError, match="is there already"):
        new(source, path)
    with pytest.raises(UsageError, match="ends in"):
        new(source, tmp_path / "t.json")


GUESSED: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]] = {
    "vqa": (
        ("image", "question", "answer", "kind"),
        [("0.png", "Is it ill?", "yes", "closed"), ("1", "What?", "a cyst", "open")],
    ),
    "yes/no": (("image", "question", "answer"), [("0.png", "Is it ill?", "Yes"), ("1.png", "Is it?", "no")]),
    "choice": (
        ("image", "question", "A", "B", "C", "answer"),
        [("0.png", "Which?", "one", "two", "three", "C")],
    ),
    "number": (
        ("image", "question", "answer"),
        [("0.png", "How wide in mm?", "3.5"), ("1.png", "How wide in mm?", "12")],
    ),
    "report": (("image", "findings"), [("0.png", "The lungs are clear and the heart is of normal size.")]),
    "multilabel": (
        ("image", "mass", "edema", "nodule"),
        [("0.png", "1", "0", ""), ("1.png", "0", "1", "-1")],
    ),
    "box": (("image", "question", "xmin", "ymin", "xmax", "ymax"), [("0.png", "Where?", "1", "2", "5", "6")]),
}


@pytest.mark.parametrize("task", GUESSED)
def test_a_guess_of_every_task_is_accepted_as_it_is(task, tmp_path):
    for seed in range(2):
        draw(tmp_path / "scans" / f"{seed}.png", seed)
    header, rows = GUESSED[task]
    write_csv(tmp_path / "t.csv", header, [(f"{i}.png", *row[1:]) for i, row in enumerate(rows)], ";")
    path = new(tmp_path / "t.csv", tmp_path / "t.yaml")
    assert f"task: {task}  # guessed" in path.read_text()
    held = check(path)
    assert held.ok, held.text()
    assert held.rows == len(rows)


def test_a_table_of_vqa_rad_as_a_hospital_would_have_it(shared_data, tmp_path):
    rows = json.loads((shared_data / "vqa_rad" / "testset.json").read_text("utf-8"))
    keys = ("qid", "image_name", "question", "answer", "answer_type", "image_organ")
    shutil.copytree(shared_data / "vqa_rad" / "images", tmp_path / "images")
    write_csv(tmp_path / "rad.csv", keys, [[row[key] for key in keys] for row in rows])
    held = check(new(tmp_path, tmp_path / "rad.yaml"))
    assert held.ok, held.text()
    assert (held.rows, held.pictures.n) == (451, 203)
    assert held.kinds == {"closed": 272, "open": 179}
    assert set(held.tags["image_organ"]) == {"HEAD", "CHEST", "ABD"}


def test_a_table_whose_images_have_no_ending_and_lie_deep(shared_data, tmp_path):
    root = shared_data / "idrid" / "B. Disease Grading"
    shutil.copytree(root / "1. Original Images", tmp_path / "1. Original Images")
    shutil.copy(root / "2. Groundtruths" / "b. IDRiD_Disease Grading_Testing Labels.csv", tmp_path / "l.csv")
    path = new(tmp_path, tmp_path / "l.yaml")
    assert "image suffix: .jpg  # guessed" in path.read_text()
    held = check(path)
    assert (held.rows, held.pictures.n - len(held.pictures.missing)) == (103, 15)
    assert held.balance == {"0": 34, "2": 32, "3": 19, "4": 13, "1": 5}
    assert not held.ok  # 88 of its images are not here, and that is said


def test_the_first_rows_of_the_table_of_chestxray14(shared_data, tmp_path):
    root = shared_data / "chestxray14"
    (tmp_path / "x").mkdir()
    lines = gzip.decompress((root / "Data_Entry_2017_v2020.csv.gz").read_bytes()).decode().splitlines()
    (tmp_path / "x" / "entry.csv").write_text("\n".join(lines[:3000]))
    shutil.copytree(root / "images", tmp_path / "x" / "images")
    path = new(tmp_path / "x", tmp_path / "x.yaml")
    held = check(path)
    assert held.kinds == {"multilabel": 2999}
    assert held.pictures.n - len(held.pictures.missing) == 1
    assert set(held.tags) == {"age_group", "sex", "View Position"}
    assert {"Cardiomegaly", "No Finding", "Pleural_Thickening"} < set(held.balance)
    assert "patient: Patient ID" in path.read_text()


def test_spellings_of_one_label_become_one(tmp_path):
    for seed in range(3):
        draw(tmp_path / f"{seed}.png", seed)
    write_csv(
        tmp_path / "t.csv", ("file", "diagnosis"), [("0.png", "Ill"), ("1.png", "ill"), ("2.png", "well")]
    )
    held = check(new(tmp_path / "t.csv", tmp_path / "t.yaml"))
    assert held.ok, held.text()
    assert held.balance == {"Ill": 2, "well": 1}


def test_folders_of_real_images_are_labels(shared_data, tmp_path):
    for name, source in (("blood smear", "bccd/BCCD/JPEGImages"), ("skin", "isic")):
        (tmp_path / "tree" / name).mkdir(parents=True)
        for image in (shared_data / source).glob("*.jpg"):
            shutil.copy(image, tmp_path / "tree" / name)
    held = check(new(tmp_path / "tree", tmp_path / "tree.yaml"), every_image=True)
    assert held.ok, held.text()
    assert held.balance == {"blood smear": 12, "skin": 5}
    assert held.pictures.opened == 17


def test_a_table_in_another_encoding(tmp_path):
    draw(tmp_path / "0.png", 0)
    (tmp_path / "t.csv").write_bytes("image;question;answer\n0.png;Größe?;groß\n".encode("cp1252"))
    path = new(tmp_path / "t.csv", tmp_path / "t.yaml")
    assert "encoding: cp1252  # guessed" in path.read_text()
    (sample,) = read(path).load(Where())
    assert sample.question == "Größe?"


def test_what_cannot_be_guessed_is_said(tmp_path):
    write_csv(tmp_path / "t.csv", ("a", "b"), [("1", "2"), ("3", "4")])
    path = new(tmp_path / "t.csv", tmp_path / "t.yaml")
    assert 'image: "?"  # not guessed; the columns are a, b' in path.read_text()
    with pytest.raises(DataError, match=r"t\.yaml:\d+: t\.csv has no column '\?'"):
        check(path)
    (tmp_path / "flat").mkdir()
    draw(tmp_path / "flat" / "0.png", 0)
    with pytest.raises(DataError, match="neither a table nor subfolders"):
        new(tmp_path / "flat", tmp_path / "flat.yaml")
    with pytest.raises(DataError, match="no such file or folder"):
        new(tmp_path / "nowhere", tmp_path / "nowhere.yaml")
    write_csv(tmp_path / "u.csv", ("a",), [("1",)])
    with pytest.raises(DataError, match=r"2 tables \(t\.csv, u\.csv\): name the one"):
        new(tmp_path, tmp_path / "x.yaml")
