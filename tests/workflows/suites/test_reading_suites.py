"""What a suite's file may say: the shipped ones, mistakes by line and key, the schema for editors."""

import json
import re
from pathlib import Path

import pytest
import yaml

from medassay import protocols, published, registry
from medassay.errors import DataError, UsageError
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.suites import find_suite, reading, shipped, tabling
from medassay.workflows.suites.suite import PARTS, SETTINGS

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((Path(reading.__file__).parent / "schema.json").read_text("utf-8"))
GOOD = """kind: suite
schema: 1
name: mine
paper: arXiv:2507.11200v2
models:
  Qwen: qwen2.5-vl-3b
  Other: {model: "folder/model", differs: another size}
benchmarks:
  SLAKE: {benchmark: slake@en, split: test, protocol: how-far-2025, solver: blind, limit: 20}
  RAD: vqa-rad
tables:
  - title: Reasoning
    part: reasoning
    setting: lora
    models: [Qwen]
    benchmarks: [RAD, SLAKE]
"""


def fits(held):
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema absent")
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(held)


def test_what_a_file_says(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    suite = find_suite(str(path))
    assert suite.benchmarks["SLAKE"].limit == 20
    assert suite.benchmarks["RAD"].protocol == "strict"
    assert suite.models["Other"].differs == "another size"
    assert [cell.title for cell in suite.cells()] == ["Qwen on RAD, lora", "Qwen on SLAKE, lora"]
    assert [cell.title for cell in suite.cells(["qwen2.5-vl-3b"], ["slake"])] == ["Qwen on SLAKE, lora"]
    assert all(suite.parted(cell) for cell in suite.cells())
    assert fits(yaml.safe_load(GOOD))


# What is replaced, by what, and what is said of it, in which line.
MISTAKES = [
    ("name: mine", "name: My Suite", 3, "'My Suite' should be lower case"),
    ("kind: suite", "kind: dataset", 1, "'dataset' is not known"),
    ("schema: 1", "schema: 2", 2, "'2' is not known"),
    ("paper:", "papper:", 4, "unknown key 'papper': did you mean 'paper'?"),
    ("part: reasoning", "part: thinking", 13, "'thinking' is not known"),
    ("setting: lora", "setting: qlora", 14, "did you mean 'lora'?"),
    ("limit: 20", "limit: some", 9, "'some' should be a whole number"),
    ("benchmark: slake@en, ", "", 9, "the key 'benchmark' is missing"),
    ("    models: [Qwen]", "    models: [Qwen3]", 15, "'Qwen3' is not known: did you mean 'Qwen'?"),
    ("[RAD, SLAKE]", "[RAD, RAD]", 16, "a title occurs twice"),
    ("  RAD: vqa-rad", "  slake: vqa-rad", 10, "'slake' and 'SLAKE' are one folder"),
    ("  - title: Reasoning\n    part", "  - part", 12, "the key 'title' is missing"),
    ("  RAD: vqa-rad", "  RAD: [vqa-rad]", 10, "one word or sentence belongs here"),
]
OF_THE_FORM = [m for m in MISTAKES if not re.search("Qwen3|one folder", m[3])]


@pytest.mark.parametrize(("good", "bad", "line", "why"), MISTAKES)
def test_a_mistake_names_its_line_and_what_to_write(tmp_path, good, bad, line, why):
    path = tmp_path / "mine.yaml"
    assert good in GOOD
    path.write_text(GOOD.replace(good, bad, 1))
    with pytest.raises(DataError, match=re.escape(f"{path}:{line}: ")) as held:
        find_suite(str(path))
    assert why in str(held.value)


@pytest.mark.parametrize("mistake", OF_THE_FORM, ids=lambda mistake: mistake[1])
def test_the_schema_refuses_what_is_refused_for_its_form(mistake):
    assert not fits(yaml.safe_load(GOOD.replace(mistake[0], mistake[1], 1)))


@pytest.mark.parametrize("key", ["kind", "schema", "name", "models", "benchmarks", "tables"])
def test_a_key_that_is_missing_is_named(tmp_path, key):
    held = yaml.safe_load(GOOD)
    del held[key]
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(held))
    with pytest.raises(DataError, match=f"the key '{key}' is missing"):
        find_suite(str(path))
    assert not fits(held)


def test_the_schema_knows_what_the_reader_knows():
    tables = SCHEMA["properties"]["tables"]["items"]["properties"]
    assert set(SCHEMA["properties"]) == set(reading.KEYS)
    assert tables["setting"]["enum"] == list(SETTINGS)
    assert tables["part"]["enum"] == list(PARTS)


def test_the_example_of_the_docs_is_taken(tmp_path):
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "suites.md").read_text("utf-8"), re.DOTALL)
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    assert find_suite(str(path)).benchmarks["Skin"].fairness == ("sex",)
    assert fits(yaml.safe_load(text))


def test_no_suite_of_that_name():
    with pytest.raises(UsageError, match="demo, fairmedfm, how-far, medvlmbench"):
        find_suite("nothing")


@pytest.mark.parametrize("name", shipped())
class TestShipped:
    """Each suite that ships, also from its path in the repository."""

    def test_it_fits_the_schema_and_lies_in_the_repository_under_its_name(self, name):
        path = ROOT / "suites" / f"{name}.yaml"
        assert fits(yaml.safe_load(path.read_text("utf-8")))
        assert find_suite(str(path)).tables == find_suite(name).tables
        assert find_suite(name).name == name

    def test_its_names_are_in_the_catalogue(self, name):
        suite = find_suite(name)
        for model in suite.models.values():
            assert registry.find("model", model.word).status == "tested"
        for contest in suite.benchmarks.values():
            if contest.title == "MIMIC-CXR":  # named because the paper has it; our card has no labels
                continue
            task = resolve_benchmark(
                contest.word, split=contest.split, protocol=contest.protocol, fetch=False
            )
            registry.find("solver", contest.solver)
            known = {tag for m in registry.find("benchmark", task.name).measures for tag in m.by}
            assert set(contest.fairness) <= known

    def test_every_number_of_the_paper_has_its_cell(self, name):
        suite = find_suite(name)
        held = [cell for cell in published.shipped() if cell.source == suite.paper]
        report = tabling.report_suite(suite, Path("nowhere"))
        beside = [cell.published for table in report.tables for cell in table.cells.values()]
        assert sorted(x for x in beside if x is not None) == sorted(cell.value for cell in held)
        assert all(cell.reason for table in report.tables for cell in table.cells.values())


def test_metrics_that_tables_name_are_those_of_the_protocol():
    suite = find_suite("fairmedfm")
    for table in suite.tables:
        for title in set(table.benchmarks) - {"MIMIC-CXR"}:
            contest = suite.benchmarks[title]
            card = registry.find("benchmark", registry.parse(contest.word).name)
            measures = protocols.choose(contest.protocol).rules(card).measures
            assert table.metric in {getattr(measure.metric, "name", "") for measure in measures}
