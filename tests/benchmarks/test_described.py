"""Datasets described in YAML or by a header: what is understood, and how mistakes are named."""

from __future__ import annotations

import json
import random
import shutil
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medassay import registry
from medassay.benchmarks.described import read
from medassay.benchmarks.described.tasks import TASKS
from medassay.contracts import check_benchmark
from medassay.errors import DataError, ImageError
from medassay.images import open_image, resolve
from medassay.types import Box, Where

from .drawing import draw, picture, write_csv, write_json, write_parquet

HEAD = "kind: dataset\nschema: 1\nname: own\n"


@pytest.fixture
def own(tmp_path: Path):
    """Writes `my data/own.yaml` with a table and four images, and gives its path."""
    root = tmp_path / "my data"  # a path with a blank

    def make(yaml: str, table: str = "", *, encoding: str = "utf-8") -> Path:
        for seed in range(4):
            draw(root / "photos" / f"{seed}.png", seed)
        (root / "t.csv").write_text(textwrap.dedent(table), encoding)
        path = root / "own.yaml"
        path.write_text(HEAD + textwrap.dedent(yaml), "utf-8")
        return path

    return make


def samples(path, split="test"):
    held = read(path)
    return list(held.load(Where(split=split)))


def broken(path):
    held = read(path)
    training = held.load(Where(split="train")) if "train" in held.splits else ()
    found = check_benchmark(held, held.load(Where()), training=training)
    return [f for f in found if not f.ok]


TABLE = "table: t.csv\nimages: photos\n"
# the tasks with a YAML file each, a table, and the target of its first row
ASKED: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "vqa": (
        "question: What is it?\ncolumns: {image: f, answer: {column: a, separator: '|'}}",
        "f,a\n0.png,a nodule|nodule\n1.png,Yes\n",
        "open",
        {"texts": ("a nodule", "nodule")},
    ),
    "yes/no": (
        "columns: {image: f, answer: a, question: q}",
        "f,a,q\n0.png,TRUE,Is it?\n1.png,no,Is it?\n",
        "yes/no",
        {"texts": ("yes",)},
    ),
    "choice": (
        "question: Which?\ncolumns: {image: f, answer: a, options: [A, B, C]}",
        "f,A,B,C,a\n0.png,one,two,,two\n1.png,one,two,three,(c)\n",
        "choice",
        {"texts": ("B",)},
    ),
    "multi-choice": (
        "question: Which?\ncolumns: {image: f, answer: a, options: {column: o, separator: ;}}",
        "f,o,a\n0.png,one;two;three,CA\n1.png,one;two,B\n",
        "multi-choice",
        {"texts": ("A", "C")},
    ),
    "diagnosis": (
        "labels: {no: {values: [0]}, yes: {values: [1]}}\ncolumns: {image: f, label: l}",
        "f,l\n0.png,1\n1.png,no\n",
        "label",
        {"texts": ("yes",)},
    ),
    "multilabel": (
        "columns: {image: f, label: [edema, effusion, mass]}",
        "f,edema,effusion,mass\n0.png,1.0,0.0,\n1.png,0,1,-1\n",
        "multilabel",
        {"texts": ("edema",), "unknown": ("mass",)},
    ),
    "report": (
        "columns: {image: f, answer: a}",
        'f,a\n0.png,"Clear, both."\n',
        "report",
        {"texts": ("Clear, both.",)},
    ),
    "number": (
        "unit: mm\nquestion: How wide?\ncolumns: {image: f, answer: a}",
        "f;a\n0.png;3,5\n1.png;12 mm\n",
        "number",
        {"number": 3.5, "unit": "mm"},
    ),
    "box": (
        "question: Where?\ncolumns: {image: f, box: {column: b, separator: ;}}",
        'f,b\n0.png,"1, 2, 5, 6; 0 0 2 2"\n1.png,1 2 3 4\n',
        "box",
        {"boxes": (Box(x0=1, y0=2, x1=5, y1=6), Box(x0=0, y0=0, x1=2, y1=2))},
    ),
}


def test_every_task_has_its_case():
    assert set(ASKED) == set(TASKS)


@pytest.mark.parametrize("task", ASKED)
def test_a_task_gives_its_kind_and_target_and_holds_the_contracts(task, own):
    yaml, table, kind, target = ASKED[task]
    path = own(f"task: {task}\n{TABLE}{yaml}\n", table)
    first, *_ = samples(path)
    assert first.kind == kind
    assert {name: getattr(first.target, name) for name in target} == target
    assert broken(path) == []


def test_kinds_never_follow_the_gold_answer(own):
    yaml, table, *_ = ASKED["vqa"]
    silent = own(f"task: vqa\n{TABLE}{yaml}\n", table)
    assert {s.kind for s in samples(silent)} == {"open"} == set(read(silent).kinds)
    yaml = "question: What?\ncolumns: {image: f, answer: a, kind: k}"
    told = own(f"task: vqa\n{TABLE}{yaml}\n", "f,a,k\n0.png,yes,CLOSED\n1.png,Yes,yes/no\n2.png,no,open\n")
    assert [s.kind for s in samples(told)] == ["closed", "yes/no", "open"]
    assert set(read(told).kinds) == {"closed", "yes/no", "open"}
    assert broken(told) == []


def test_the_unit_is_asked_for_where_the_question_does_not(own):
    yaml, table, *_ = ASKED["number"]
    assert samples(own(f"task: number\n{TABLE}{yaml}\n", table))[0].question == "How wide? Answer in mm."
    yaml = yaml.replace("How wide?", "How wide in mm?")
    assert samples(own(f"task: number\n{TABLE}{yaml}\n", table))[0].question == "How wide in mm?"


FULL = (
    "task: diagnosis\n" + TABLE + "image suffix: .png\n"
    "labels: {healthy: {synonyms: [normal]}, ill: }\npositive: healthy\ntemplates: ['a {} eye']\n"
    "columns: {image: {column: f, separator: '+'}, label: l, patient: p, split: s, id: [s, f], "
    "tags: {sex: sex, age_group: age, ward: w}}\nmissing values: [n/a]\n"
)
FULL_TABLE = """\
    f,l,p,s,sex,age,w
    0+1,ill,p1,Testing,F,"61,5",n/a
    2,healthy,p2,val,x,,A
    0,healthy,p3,train,m,7,B
    """


def test_all_that_can_be_said_of_a_row(own):
    path = own(FULL, FULL_TABLE)
    held = read(path)
    assert held.splits == ("test", "validation", "train")
    (sample,) = samples(path)
    assert (sample.id, sample.cluster, held.cluster) == ("Testing-0+1", "p1", "patient")
    assert sample.tags == {"sex": "female", "age_group": "60-79"}
    assert [(c.label, c.texts) for c in sample.choices] == [
        ("ill", ("a ill eye",)),
        ("healthy", ("a healthy eye", "a normal eye")),  # the positive one is the second
    ]
    assert [open_image(i).size for i in sample.images] == [(16, 16), (16, 16)]
    assert samples(path, "validation")[0].tags == {"sex": "x", "ward": "A"}
    assert broken(path) == []


def test_data_stays_here_unless_its_owner_says_otherwise(own):
    assert not read(own(FULL, FULL_TABLE)).may_leave
    assert not read(own(FULL + "may leave: no\n", FULL_TABLE)).may_leave
    held = read(own(FULL + "may leave: yes\n", FULL_TABLE))
    assert held.may_leave
    assert held.access == "open"


def test_files_may_lie_elsewhere(own, tmp_path):
    path = own(FULL, FULL_TABLE)
    shutil.move(path.parent / "photos", tmp_path / "there" / "photos")
    shutil.move(path.parent / "t.csv", tmp_path / "there" / "t.csv")
    held = read(path)  # also a report of an old run needs the card alone
    (sample,) = held.load(Where(root=tmp_path / "there"))
    assert open_image(sample.images[0]).size == (16, 16)


def test_a_missing_image_is_a_row_that_fails(own):
    yaml, *_ = ASKED["report"]
    first, second = samples(own(f"task: report\n{TABLE}{yaml}\n", "f,a\nnone.png,Clear.\n0.png,Clear.\n"))
    with pytest.raises(ImageError, match=r"none\.png"):
        resolve(first.images[0])
    assert resolve(second.images[0]).digest


def test_answers_can_be_scored_where_the_images_are_absent(own):
    yaml, *_ = ASKED["report"]
    path = own(f"task: report\n{TABLE}{yaml}\n", "f,a\n0.png,Clear.\n")
    gone = path.with_name("gone")
    path.write_text(path.read_text().replace("images: photos", "images: gone"))
    (sample,) = read(path).load(Where(split="test", pictures=False))
    assert sample.images[0].uri == str(gone / "0.png")
    with pytest.raises(DataError, match="gone"):
        next(read(path).load(Where(split="test")))


MISTAKES = {
    "kind: suite": r"yaml:1: 'suite' is not known.*dataset",
    "schema: 2": r"yaml:2: '2' is not known",
    "name: My Data": r"yaml:3: the name 'My Data' should be lower case",
    "task: diagnose": r"yaml:4: 'diagnose' is not known: did you mean 'diagnosis'",
    "colums: {image: f}": r"yaml:7: unknown key 'colums': did you mean 'columns'",
    "may leave: perhaps": r"yaml:7: 'perhaps' should be yes or no",
    "table: u.csv": r"u\.csv: no such file",
    "images: pictures": r"no images in pictures/",
    "columns: {image: F, label: l}": r"yaml:7: t\.csv has no column 'F': did you mean 'f'.*There are: f, l",
    "columns: {image: f}": r"a diagnosis needs `label:` under `columns:`",
    "columns: {image: f, label: l, patient: [f, l]}": r"yaml:7: one column belongs here, not 2",
    "columns: {image: {column: f}, label: l}": r"yaml:7: write `\{column: NAME, separator",
    "columns: {image: {column: f, separator: ''}, label: l}": r"yaml:7: a text in quotes belongs here",
    "columns: {image: {column: [f, l], separator: ;}, label: l}": r"yaml:7: one column belongs here, not 2",
    "columns: {image: f, label: l, patient: {column: f, separator: ;}}": r"yaml:7: `patient:` has no sep",
    "columns: [f, l]": r"yaml:7: `key: value` lines belong here",
    "labels: [ill, healty]": r"t\.csv:2: the label 'healthy' is not among .*did you mean 'healty'",
    "labels: {ill: {values: [1]}, healthy: {values: 1}}": r"yaml:7: the value '1' already means 'ill'",
    "labels: [ill, ill]": r"yaml:7: a label occurs twice",
    "positive: ill": r"yaml:7: the positive one is one of two `labels:`",
    "unit: mm": r"yaml:7: a diagnosis has no use for `unit:`: take it out",
    "columns: {image: f, label: l, options: f}": r"yaml:7: a diagnosis has no use for `options:`",
    "templates: [an eye]": r"yaml:7: the template 'an eye' should hold one",
    "version: x": r"yaml:7: the version 'x' should be a whole number",
    "task: [": r"yaml:\d+: not YAML",
    "title: a: b": r"yaml:7: not YAML \(mapping values are not allowed here\)",
    "encoding: latin-9000": r"t\.csv: not text in latin-9000",
}
GOOD = {
    "kind": "dataset",
    "schema": "1",
    "name": "own",
    "task": "diagnosis",
    "table": "t.csv",
    "images": "photos",
    "columns": "{image: f, label: l}",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_with_its_place(mistake, own):
    key, _, value = mistake.partition(": ")
    path = own("", "f,l\n0.png,healthy\n1.png,ill\n")
    keys = {**({k: v for k, v in GOOD.items() if k != "columns"} if key == "colums" else GOOD), key: value}
    path.write_text("".join(f"{k}: {v}\n" for k, v in keys.items() if k != "columns" or key == "columns"))
    if key not in {"columns", "colums"}:
        path.write_text(path.read_text() + "columns: {image: f, label: l}\n")
    with pytest.raises(DataError, match=MISTAKES[mistake]) as caught:
        samples(path)
    assert "\n" not in str(caught.value)


def test_a_key_twice_and_a_key_missing(own):
    path = own("task: report\ntask: vqa\n")
    with pytest.raises(DataError, match=r"own\.yaml:5: the key 'task' occurs twice"):
        read(path)
    path.write_text("kind: dataset\nschema: 1\nname: own\n")
    with pytest.raises(DataError, match=r"the key 'task' is missing: write one of vqa, yes/no"):
        read(path)


CELLS = {
    ("yes/no", "0.png,maybe,Is it?"): r"t\.csv:4: the answer 'maybe' should be yes or no",
    ("yes/no", "0.png,,Is it?"): r"t\.csv:4: nothing in 'a'",
    ("yes/no", ",yes,Is it?"): r"t\.csv:4: no image in 'f'",
    ("choice", "0.png,one,two,,D"): r"t\.csv:4: the answer 'D' is none of the options A to B",
    ("choice", "0.png,one,,three,A"): r"t\.csv:4: an option is empty and a later one is not",
    ("choice", "0.png,one,,,A"): r"t\.csv:4: 1 options in 'A' and 'B' and 'C': at least 2",
    ("choice", "0.png,B,A,,A"): r"t\.csv:4: the answer 'A' fits more than one option",
    ("diagnosis", "0.png,2"): r"t\.csv:4: the label '2' is not among",
    ("multilabel", "0.png,1,perhaps,0"): r"t\.csv:4: 'perhaps' under 'effusion' should be 1, 0, or empty",
    ("number", "0.png;wide"): r"t\.csv:4: the answer 'wide' should be a number in mm",
    ("number", "0.png;1.2.3"): r"t\.csv:4: the answer '1\.2\.3' should be a number in mm",
    ("number", "0.png;12,50,3"): r"t\.csv:4: the answer '12,50,3' should be a number in mm",
    ("number", "0.png;1,250"): r"t\.csv:4: '1,250' can be read in two ways",
    ("box", '0.png,"1,2,3"'): r"t\.csv:4: a box is four numbers",
    ("box", '0.png,"5,2,3,9"'): r"t\.csv:4: the box 5 2 3 9 is empty",
    ("report", "0.png,Clear, both."): r"t\.csv:4: 3 cells under 2 columns: put cells that hold ','",
}


@pytest.mark.parametrize(("task", "row"), CELLS)
def test_a_wrong_cell_is_one_line_with_its_place(task, row, own):
    yaml, table, *_ = ASKED[task]
    lines = [*table.splitlines()[:2], table.splitlines()[1], row]
    with pytest.raises(DataError, match=CELLS[task, row]):
        samples(own(f"task: {task}\n{TABLE}{yaml}\n", "\n".join(lines)))


@pytest.mark.parametrize(("decimal", "value"), [("','", 1.25), ("'.'", 1250.0)])
def test_the_decimal_comma_is_stated(decimal, value, own):
    yaml, *_ = ASKED["number"]
    (sample,) = samples(own(f"task: number\ndecimal: {decimal}\n{TABLE}{yaml}\n", "f;a\n0.png;1,250\n"))
    assert sample.target.number == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1 234,5", 1234.5),
        ("-0,5 mm", -0.5),
        ("0,125", 0.125),
        ("1.250", 1.25),
        ("1e-3", 0.001),
        ("7", 7.0),
    ],
)
def test_numbers_as_they_are_written_in_any_country(text, value, own):
    yaml, *_ = ASKED["number"]
    (sample,) = samples(own(f"task: number\n{TABLE}{yaml}\n", f"f;a\n0.png;{text}\n"))
    assert sample.target.number == value


def test_labels_that_no_judge_could_tell_apart(own):
    yaml = "columns: {image: f, label: l}\n"
    path = own(f"task: diagnosis\n{TABLE}{yaml}", "f,l\n0.png,Ill\n1.png,ill\n2.png,well\n")
    with pytest.raises(
        DataError, match=r"labels 'Ill' and 'ill' read the same: write one .*values: \[Ill, ill\]"
    ):
        samples(path)
    path.write_text(path.read_text() + "labels: {ill: {values: [Ill]}, well: }\n")
    assert [s.target.texts for s in samples(path)] == [("ill",), ("ill",), ("well",)]
    yaml, *_ = ASKED["choice"]
    path = own(f"task: choice\n{TABLE}{yaml}\n", "f,A,B,C,a\n0.png,one,One ,two,C\n")
    with pytest.raises(DataError, match=r"t\.csv:2: the options 'one' and 'One' read the same"):
        samples(path)


def test_columns_of_labels_are_the_labels(own):
    yaml, table, *_ = ASKED["multilabel"]
    path = own(f"task: multilabel\nlabels: [edema, effusion]\n{TABLE}{yaml}\n", table)
    with pytest.raises(DataError, match=r"t\.csv:2: the label 'mass' is not among"):
        samples(path)
    path = own(f"task: multilabel\nlabels: [edema, effusion, mass, hernia]\n{TABLE}{yaml}\n", table)
    with pytest.raises(DataError, match=r"no column of `label:` shows the label 'hernia'"):
        samples(path)
    named = "columns: {image: f, label: {column: l, separator: '|'}}\nlabels: {swelling: edema, mass: }"
    path = own(f"task: multilabel\n{TABLE}{named}\n", "f,l\n0.png,mass|edema\n1.png,\n")
    assert [s.target.texts for s in samples(path)] == [("swelling", "mass"), ()]
    assert broken(path) == []


def test_an_id_twice_names_both_lines(own):
    path = own(FULL.replace("[s, f]", "p"), FULL_TABLE + "3,ill,p1,test,f,1,A\n")
    with pytest.raises(DataError, match=r"t\.csv:5: the id 'p1' stands at .*t\.csv:2 already"):
        samples(path)


def test_tables_of_every_kind_say_the_same(own):
    path = own(f"task: report\n{TABLE}columns: {{image: f, answer: a}}\n")
    rows = [("0.png", 'Größe 3 "cm",\nclear; wide'), ("1.png", "klar")]
    root, found = path.parent, {}
    write_csv(root / "t.csv", ("f", "a"), rows)
    (root / "cp.csv").write_text((root / "t.csv").read_text("utf-8"), "cp1252")
    write_csv(root / "semicolons.csv", ("f", "a"), rows, ";")
    (root / "semicolons.csv").write_text(
        "\ufeffsep=;\n" + (root / "semicolons.csv").read_text("utf-8"), "utf-8"
    )
    write_csv(root / "t.tsv", ("f", "a"), rows, "\t")
    write_json(root / "t.jsonl", [{"f": f, "a": a} for f, a in rows])
    write_parquet(root / "t.parquet", [{"f": f, "a": a} for f, a in rows])
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (("f", "a"), *rows):
        book.active.append(row)
    book.save(root / "t.xlsx")
    text = path.read_text()
    for name in ("t.csv", "cp.csv", "semicolons.csv", "t.tsv", "t.jsonl", "t.parquet", "t.xlsx"):
        encoding = "encoding: cp1252\n" if name == "cp.csv" else ""
        path.write_text(text.replace("table: t.csv", f"{encoding}table: {name}"))
        found[name] = [s.target.texts for s in samples(path)]
    assert set(map(str, found.values())) == {str([(a,) for _, a in rows])}
    path.write_text(text.replace("t.csv", "cp.csv"))
    with pytest.raises(DataError, match=r"cp\.csv: not text in utf-8 .*encoding: cp1252"):
        samples(path)


def test_images_in_the_cells_of_parquet(own):
    path = own("task: report\ntable: t.parquet\ncolumns: {image: image, answer: a}\n")
    rows = [{"image": {"bytes": picture(7), "path": "7.png"}, "a": "Clear."}]
    write_parquet(path.parent / "t.parquet", rows)
    (sample,) = samples(path)
    assert open_image(sample.images[0]).size == (16, 16)
    assert broken(path) == []


def test_folders_are_labels_and_splits(own):
    path = own("task: diagnosis\nimages: tree\n")
    for seed, place in enumerate(
        ("test/ill/a.png", "test/well/b.png", "train/ill/a.png", "train/well/.c.png")
    ):
        draw(path.parent / "tree" / place, seed)
    held = read(path)
    assert held.splits == ("test", "train")
    assert [(s.id, s.target.texts) for s in samples(path)] == [
        ("test/ill/a.png", ("ill",)),
        ("test/well/b.png", ("well",)),
    ]
    assert len(samples(path, "train")) == 1
    assert broken(path) == []


HEADERS = {
    "image,question,answer,option_a,option_b,tag:ward\n0.png,Which?,b,one,two,A\n": ("choice", ("B",)),
    "image,label,patient\n0.png,ill,p\n1.png,well,q\n": ("label", ("ill",)),
    "Image;labels\n0.png;ill;\n".replace("ill;", '"ill;edema"') + "1.png;ill\n": (
        "multilabel",
        ("edema", "ill"),
    ),
    "images,report\n0.png;1.png,Clear.\n": ("report", ("Clear.",)),
    "image\tquestion\tanswer\n0.png\tWhat?\tyes\n": ("open", ("yes",)),
}


@pytest.mark.parametrize("table", HEADERS)
def test_a_table_alone_says_by_its_header_what_is_asked(table, own):
    path = own("").with_name("My Table.csv")
    path.write_text(table)
    for picture_ in (path.parent / "photos").iterdir():
        picture_.rename(path.parent / picture_.name)
    held = registry.find("benchmark", str(path))
    first, *_ = held.load(Where())
    assert (held.name, first.kind, first.target.texts) == ("my-table", *HEADERS[table])
    assert broken(path) == []


def test_images_in_an_archive(own):
    path = own(
        "task: report\ntable: t.csv\nimages: photos.zip\ncolumns: {image: f, answer: a}\n",
        "f,a\n0.png,Clear.\n",
    )
    shutil.make_archive(str(path.parent / "photos"), "zip", path.parent / "photos")
    shutil.rmtree(path.parent / "photos")
    assert [open_image(s.images[0]).size for s in samples(path)] == [(16, 16)]
    assert broken(path) == []


def test_a_header_that_says_too_little(own):
    path = own("").with_name("t.csv")
    path.write_text("file,grade\n0.png,1\n")
    with pytest.raises(
        DataError, match=r"does not say what is asked \(it has file, grade\)\. Name the columns image"
    ):
        read(path)
    path.write_text("image,label,question,answer\n0.png,ill,What?,ill\n")
    with pytest.raises(
        DataError, match=r"its header could be a diagnosis or a vqa: let .* write a description"
    ):
        read(path)


def test_real_eyes_with_names_without_ending(shared_data, tmp_path):
    """IDRiD's own table: no file endings, a column with a trailing blank, more rows than images here."""
    path = tmp_path / "idrid.yaml"
    root = shared_data / "idrid" / "B. Disease Grading"
    path.write_text(
        HEAD + "task: diagnosis\n"
        f"table: {root}/2. Groundtruths/b. IDRiD_Disease Grading_Testing Labels.csv\n"
        f"images: {root}/1. Original Images/b. Testing Set\nimage suffix: .jpg\n"
        "labels: {none: {values: 0}, mild: {values: 1}, moderate: {values: 2}, severe: {values: 3}, "
        "proliferative: {values: 4}}\n"
        "columns: {image: Image name, label: Retinopathy grade, id: Image name, "
        "tags: {edema: Risk of macular edema}}\n"
    )
    found = samples(path)
    assert len(found) == 103
    there = [s for s in found if Path(s.images[0].uri).is_file()]
    assert [sum(s.target.texts == (c.label,) for s in there) for c in found[0].choices] == [3] * 5
    held = replace(read(path), load=lambda where: iter(there))
    assert [f for f in check_benchmark(held, held.load(Where())) if not f.ok] == []


def test_what_is_not_json_or_not_whole(own):
    path = own("task: report\ntable: t.jsonl\ncolumns: {image: f, answer: a}\n")
    (path.parent / "t.jsonl").write_text(json.dumps({"f": "photos/0.png", "a": "Clear."}) + "\n{\n")
    with pytest.raises(DataError, match=r"t\.jsonl:2: not JSON"):
        samples(path)
    for name in ("t.parquet", "t.xlsx"):
        (path.parent / name).write_bytes(b"PK not whole")
        path.write_text(path.read_text().replace("t.jsonl", name).replace("t.parquet", name))
        with pytest.raises(DataError, match=rf"{name}: not a whole"):
            samples(path)


NOISE = "{}[]:,;#'\"&*!|-\t\n\x00é0~? %@"


def _damaged(text: str, draw_: random.Random) -> str:
    for _ in range(draw_.randint(1, 4)):
        at = draw_.randrange(len(text) + 1)
        text = text[:at] + draw_.choice(NOISE) + text[at + draw_.choice((0, 0, 1, 5)) :]
    return text


@pytest.mark.parametrize("task", ASKED)
def test_whatever_stands_in_the_files_what_is_wrong_is_one_line(task, own):
    yaml, table, *_ = ASKED[task]
    path, draw_ = own(f"task: {task}\n{TABLE}{yaml}\n", table), random.Random(0)
    sound, said = path.read_text("utf-8"), list[str]()
    for _ in range(20):
        path.write_text(_damaged(sound, draw_), "utf-8")
        path.with_name("t.csv").write_text(_damaged(table, draw_), "utf-8")
        try:
            samples(path)
        except DataError as error:
            said.append(str(error))
    assert len(said) >= 5
    assert not any("\n" in line for line in said)
