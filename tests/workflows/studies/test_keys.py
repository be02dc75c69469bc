"""What the key of a study is worth."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from medassay.cli import app
from medassay.errors import DataError
from medassay.workflows.studies import load
from medassay.workflows.studies.analysing import analyse
from medassay.workflows.studies.keys import noise, read_labels


def test_noise_in_the_key_loosens_the_finding_and_none_leaves_it(looked):
    study = load(looked)
    found = analyse(study)
    told = noise(study, found)
    assert [held.share for held in told] == [0.01, 0.02, 0.05, 0.1]
    assert told[0].stays >= told[-1].stays
    assert noise(study, found) == told
    widths = [held.high - held.low for held in told]
    assert widths[0] < widths[-1]


def test_the_command_with_readers_who_agree_with_the_key_but_for_some(looked, tmp_path):
    ids = analyse(load(looked)).tests["index"].answers.ids
    lines = ["reader,id,label"]
    for reader, wrong in (("R1", 7), ("R2", 11), ("R3", 13)):
        for at, name in enumerate(ids):
            ill = (int(name[5:]) % 5 < 2) != (at % wrong == 0)
            lines.append(f"{reader},{name},{'Glaucoma' if ill else 'normal'}")
    path = tmp_path / "labels.csv"
    path.write_text("\n".join(lines), "utf-8")
    shown = CliRunner().invoke(app, ["study", "key", str(looked), "--labels", str(path), "--json"])
    assert shown.exit_code == 0, shown.output
    tables = json.loads(shown.stdout)
    keys = tables["The index test's accuracy at its threshold, by three keys"]
    assert [line["items"] for line in keys] == ["90", "90", "90"]
    text = CliRunner().invoke(app, ["study", "key", str(looked)], env={"COLUMNS": "80"}).stdout
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("reader,id\n", "the columns reader, id and label are needed"),
        ("reader,id,label\nR1,b,ill\n", ":2: the study has no item 'b'"),
        ("reader,id,label\nR1,a,ill\nR1,a,ill\n", ":3: R1 labelled a twice"),
        ("reader,id,label\n", "holds no label"),
    ],
)
def test_a_mistake_in_the_labels_names_its_line(tmp_path, text, says):
    path = tmp_path / "labels.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match=re.escape(says)):
        read_labels(path, ["a"], "ill")
