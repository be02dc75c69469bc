"""Claims about groups, on the tables that ship and on runs."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from itertools import product
from pathlib import Path
from runpy import run_path

import pytest
from typer.testing import CliRunner

from medassay import registry
from medassay.cli import app
from medassay.errors import DataError, UsageError
from medassay.published import shipped
from medassay.published.declared import card_names, shipped_relations
from medassay.workflows.contrasting import Condition, Question
from medassay.workflows.group_claims import group_claims
from medassay.workflows.observing import of_tables
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.scoring import score

HEAD = "source,table,model,group,benchmark,split_or_part,metric,value,ci_low,ci_high,n"


def judged(contrast, *words, levels=None, given=(), **asked):
    conditions = [Condition.read(word) for word in words]
    return group_claims(given, Question(contrast=contrast, levels=levels, where=conditions, **asked)).claims


@pytest.mark.parametrize(
    ("contrast", "words", "means", "counts"),
    [
        ("group", ("table=diagnosis zero-shot",), (0.503, 0.540), (18, 30)),
        ("group", ("table=diagnosis linear-probe",), (0.826, 0.803), (18, 30)),
        ("group", ("table=diagnosis lora-as-published",), (0.833, 0.805), (18, 30)),
        ("group", ("table=vqa zero-shot",), (0.614, 0.652), (37, 16)),
        ("group", ("table=vqa fine-tuned",), (0.768, 0.762), (29, 15)),
        ("domain", ("table=diagnosis zero-shot", "group=medical"), (0.660, 0.471), (11, 19)),
        ("domain", ("table=diagnosis zero-shot",), (0.660, 0.486), (11, 37)),
        ("domain", ("table=diagnosis linear-probe", "group=medical"), (0.888, 0.755), (11, 19)),
        ("domain", ("table=diagnosis lora-as-published", "group=medical"), (0.888, 0.757), (11, 19)),
    ],
)
def test_plain_means_are_those_of_the_published_tables(contrast, words, means, counts):
    (held,) = judged(contrast, *words)
    assert tuple(round(side.mean, 3) for side in held.sides) == means
    assert tuple(side.cells for side in held.sides) == counts
    assert held.plain == pytest.approx(held.sides[0].mean - held.sides[1].mean)


def test_no_group_of_either_paper_is_shown_to_be_better():
    held = judged("group")
    assert len(held) == 8
    assert {one.verdict for one in held} == {"inconclusive"}
    assert all(one.claim.effect.low < one.plain < one.claim.effect.high for one in held)


def test_adaptation_helps_and_parts_of_a_table_are_paired_by_cell():
    (held,) = judged("adaptation", levels=("linear-probe", "zero-shot"))
    assert (held.cells, held.verdict) == (48, "win")
    assert held.plain == pytest.approx(0.286, abs=5e-4)
    (turned,) = judged("adaptation", levels=("zero-shot", "linear-probe"))
    assert turned.verdict == "loss"
    assert turned.claim.effect.value == pytest.approx(-held.claim.effect.value, abs=1e-6)


def test_models_meet_the_base_that_their_card_names():
    (held,) = judged("adaptation", "table=vqa zero-shot")
    assert "MedGemma-4B of Gemma3-4B, Lingshu-7B of Qwen2.5-VL-7B" in held.notes[0]
    assert held.cells == 6 + 5
    only = [Condition.read("source=arXiv:2506.17337")]
    refused = group_claims([], Question(contrast="adaptation", where=only)).unclaimed
    assert {one.reason for one in refused} == {"too few models: nothing says how another would fare"}


def test_size_comes_from_the_cards():
    sizes = {one.model: one.parameters for one in of_tables(None, None)}
    assert sizes["Qwen2.5-VL-72B"] == 72e9
    assert sizes["MedCLIP"] == 136.62e6
    assert sizes["o3"] is None
    (held,) = judged("scale", "table=Table 2")
    assert held.verdict == "win"
    assert "HuatuoGPT-Vision-32B, HuatuoGPT-Vision-7B" in held.notes[0]


def test_what_is_declared_is_about_models_and_cells_that_exist():
    cells = shipped()
    assert set(card_names()) <= {cell.model for cell in cells}
    assert set(card_names().values()) <= set(registry.names("model"))
    diagnosis = {(cell.model, cell.benchmark) for cell in cells if cell.table == "diagnosis zero-shot"}
    assert set(shipped_relations()) == diagnosis


def test_a_table_of_ones_own(tmp_path):
    path = tmp_path / "mine.csv"
    rows = []
    for i, k in product(range(6), range(4)):
        value = 0.5 + 0.01 * k + 0.1 * (i < 3) + 0.002 * (i * k % 3)
        rows.append(f"mine,T,m{i},{'x' if i < 3 else 'y'},d{k},all,accuracy,{value},,,400")
    path.write_text("\n".join([HEAD, *rows]))
    (held,) = judged("group", levels=("x", "y"), given=[path])
    assert held.verdict == "win"
    assert held.claim.effect.value == pytest.approx(0.1, abs=0.01)
    assert held.notes == ()  # n tells the error of every cell
    with pytest.raises(UsageError, match="no score is general or medical, only x, y"):
        judged("group", given=[path])
    with pytest.raises(UsageError, match="no relation"):
        judged("domain", given=[path])
    path.write_text("\n".join([HEAD, *rows, rows[0]]))
    with pytest.raises(UsageError, match="m0 on d0: more than one score"):
        judged("group", levels=("x", "y"), given=[path])


def test_relations_that_contradict_themselves_are_refused(tmp_path):
    path = tmp_path / "relations.csv"
    path.write_text("model,benchmark,relation\nm,d,in-domain\nm,d,out-of-domain\n")
    with pytest.raises(DataError, match=r"relations\.csv:3: m on d was 'in-domain' before"):
        judged("domain", relations=path)


GETS = {"gemma-3-4b": 0.5, "qwen2.5-vl-7b": 0.55, "medgemma-4b": 0.8, "lingshu-7b": 0.85}
BENCHMARKS = ("phantom@vqa:n=24", "phantom@diagnosis:n=24")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Runs of four models, two of them general, on two benchmarks; one more has not answered a question."""
    root = tmp_path_factory.mktemp("runs")
    for benchmark in BENCHMARKS:
        for name, gets in GETS.items():
            _score(root, name, gets, benchmark)
    _score(root, "medgemma-27b", 0.8, BENCHMARKS[0], left_out=1)
    return root


def _score(root, name, gets, benchmark, left_out=0):
    samples = list(resolve_benchmark(benchmark).samples())
    folder = root / f"{name}-{benchmark[8:11]}"
    answers = folder.with_suffix(".jsonl")
    lines = [
        {"id": s.id, "response": s.target.texts[0] if _lucky(name, s.id, gets) else "?"} for s in samples
    ]
    answers.write_text("\n".join(json.dumps(line) for line in lines[left_out:]))
    score(benchmark=benchmark, predictions=answers, name=name, out=folder)


def _lucky(name, sample, gets):
    return int(sha256(f"{name}{sample}".encode()).hexdigest(), 16) % 1000 < 1000 * gets


def test_runs_are_grouped_by_their_cards(folder):
    runs = [folder / f"{name}-{part}" for name in GETS for part in ("vqa", "dia")]
    (held,) = judged("group", given=runs, metric="accuracy")
    assert [side.name for side in held.sides] == ["general", "medical"]
    assert (held.cells, held.models, held.datasets) == (8, 4, 2)
    assert held.claim.effect.value < 0
    (paired,) = judged("adaptation", given=runs, metric="accuracy")
    assert "medgemma-4b of gemma-3-4b, lingshu-7b of qwen2.5-vl-7b" in paired.notes[0]
    assert paired.plain == pytest.approx(-held.plain)


def test_the_command_withholds_a_verdict_while_rows_have_failed(folder):
    runs = [str(folder / f"{name}-{part}") for name in GETS for part in ("vqa", "dia")]
    words = ["claims", "--contrast", "group", "--metric", "accuracy", "--json"]
    told = CliRunner().invoke(app, [*words, *runs])
    assert told.exit_code == 0
    held = json.loads(told.stdout)
    assert (held["schema_version"], held["contrast"]) == (1, "group")
    assert held["claims"][0]["claim"]["formula"].startswith("score ~ x + (0 + first | model)")
    told = CliRunner().invoke(app, [*words, *runs, str(folder / "medgemma-27b-vqa")])
    assert told.exit_code == 1
    (claimed,) = json.loads(told.stdout)["claims"]
    assert claimed["verdict"] == "incomplete"
    assert "no verdict: runs of medgemma-27b have failed rows" in claimed["notes"]


def test_the_command_says_what_a_claim_rests_on_in_80_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    said = CliRunner().invoke(app, ["claims", "--contrast", "domain", "--where", "group=medical"]).stdout
    assert max(map(len, said.splitlines())) <= 80
    joined = " ".join(said.split())
    assert "in-domain 0.660 (11 cells, 5 models, 4 datasets)" in joined
    assert "No claim, as no relation of models to benchmarks is declared" in joined
    assert "Its verdict hangs on" in joined


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--contrast", "group", "--where", "size=7"), "FIELD of source"),
        (("--contrast", "group", "--levels", "medical"), "give two"),
        (("--contrast", "scale", "--levels", "a,b"), "scale has no levels"),
        (("--contrast", "group", "--metric", "bleu"), "no score is left"),
        (("--contrast", "group", "--margin", "0"), "a margin is positive"),
        (("--contrast", "group", "a.csv", "run"), "give one CSV, or run folders"),
    ],
)
def test_what_cannot_be_judged_is_said_in_one_line(words, why):
    told = CliRunner().invoke(app, ["claims", *words])
    assert isinstance(told.exception, UsageError)
    assert why in str(told.exception)


def test_the_page_says_what_the_published_tables_say_now():
    """Numbers within what another linear algebra may round otherwise; all else to the letter."""
    script = run_path(str(Path(__file__).parents[2] / "scripts" / "group_claims.py"))
    held = script["PAGE"].read_text("utf-8")
    parts = [re.split(r"([−+]?\d+\.\d{3})", text) for text in (held, script["renewed"](held))]
    assert len(parts[0]) > 400
    words, numbers = ([text[start::2] for text in parts] for start in (0, 1))
    assert words[0] == words[1]
    values = [[float(number.replace("−", "-")) for number in text] for text in numbers]
    assert values[0] == pytest.approx(values[1], abs=0.0015)
