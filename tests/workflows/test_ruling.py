import pytest

import medassay
from medassay import protocols
from medassay.errors import UsageError
from medassay.metrics import score
from medassay.protocols import Protocol, Rules, judged
from medassay.reporting.rulings import across, markdown_rulings, render_rulings
from medassay.types import Measure, Request
from medassay.workflows.ruling import rule, score_run, stored, words_of

SMALL = "phantom@vqa:n=24"


def _lenient(sample, response):
    """Right where the text holds the gold answer anywhere: "no" is in "normal"."""
    gold = sample.target.texts[0].lower()
    return judged(response, lambda text: (text, {"accuracy": float(gold in text.lower())}), rule="substring")


def _rules(benchmark, bugs):
    if benchmark.name != "phantom":
        raise protocols.not_covered("lenient", benchmark, "it is made for phantom")
    return Rules(
        scorer=score if "strictly" in bugs else _lenient,
        measures=(Measure(metric="accuracy"),),
        takes=lambda sample: sample.kind == "yes/no",
        subset="yes/no questions",
        prompt=lambda case: Request(messages=(), choices=case.choices),
    )


@pytest.fixture
def lenient(monkeypatch):
    held = Protocol(
        name="lenient",
        title="Lenient",
        source="this test",
        definition="substring",
        rules=_rules,
        bugs={"strictly": "judges as we do"},
    )
    monkeypatch.setitem(protocols.PROTOCOLS, "lenient", held)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run whose every answer is "Abnormal, I know": no to us unread, to a substring "no"."""
    path = tmp_path_factory.mktemp("run")
    medassay.run(
        model=lambda requests: ["Abnormal, I know."] * len(requests),
        benchmark=SMALL,
        out=path / "run",
        store=path / "store.db",
    )
    return path / "run"


def test_what_only_the_other_rule_calls_right_is_counted_by_our_status(folder, lenient):
    found = rule(stored(folder), ["lenient", "lenient+bugs"])
    ours, theirs, same = found.lines
    assert ours.protocol == "strict"
    assert ours.credited == {}
    assert ours.denied == 0
    assert theirs.strict == 0
    assert ours.estimate
    assert theirs.estimate
    assert same.estimate
    assert theirs.credited is not None
    assert theirs.estimate.value == sum(theirs.credited.values()) / theirs.estimate.n
    assert set(theirs.credited) == {"unparsed"}
    assert theirs.denied == 0
    assert 0 < theirs.estimate.n < ours.estimate.n
    assert same.estimate.value == same.strict == 0
    assert found.spread() == (0, theirs.estimate.value)


def test_a_protocol_without_rules_has_a_line_with_the_reason(folder, lenient, monkeypatch):
    monkeypatch.setattr("medassay.protocols.strict.PROTOCOL", protocols.PROTOCOLS["lenient"])
    answers = stored(folder)
    other = medassay.workflows.resolve.find_benchmark("vqa-rad")
    moved = type(answers)(name="m", benchmark=other, title="VQA-RAD", asked="strict", pairs=lambda: iter(()))
    line = rule(moved, ["lenient"]).lines[-1]
    assert line.estimate is None
    assert "made for phantom" in line.reason


def test_judging_under_a_protocol_gives_another_protocol_id_and_its_subset(folder, lenient, tmp_path):
    ours, theirs = score_run(folder), score_run(folder, protocol="lenient", out=tmp_path / "lenient")
    assert ours.manifest["protocol"]["id"] == medassay.load_run(folder).manifest["protocol"]["id"]
    assert theirs.manifest["protocol"]["rules"] == "lenient"
    assert theirs.manifest["protocol"]["asked"] == "strict"
    assert theirs.manifest["protocol"]["id"] != ours.manifest["protocol"]["id"]
    assert {row.sample.kind for row in theirs.rows()} == {"yes/no"}
    again = medassay.load_run(tmp_path / "lenient")
    assert again.benchmark.protocol == "lenient"
    assert again.estimates == theirs.estimates


def test_a_run_can_be_asked_in_the_words_of_a_protocol(lenient, tmp_path):
    seen = []

    def model(requests):
        seen.extend(requests)
        return ["yes"] * len(requests)

    held = medassay.run(
        model=model,
        benchmark=SMALL,
        protocol="lenient",
        decoding={"max_tokens": 7},
        out=tmp_path / "run",
        store=tmp_path / "store.db",
    )
    assert {request.text for request in seen} == {""}
    assert {request.decoding.max_tokens for request in seen} == {7}
    assert held.manifest["protocol"]["asked"] == "lenient"
    assert held.manifest["n"] == len(list(held.rows()))
    assert {row.sample.kind for row in held.rows()} == {"yes/no"}


def test_the_tables_say_what_changed(folder, lenient):
    found = rule(stored(folder), ["lenient"])
    text = markdown_rulings([found])
    assert "| lenient | accuracy |" in text
    assert "without any change of the model" in text
    assert "lenient counts yes/no questions." in text
    assert len(render_rulings([found])) > 2
    assert across([found]) == ""


def test_words_name_protocols_bugs_and_all_of_them(lenient):
    assert words_of("all")[0] == "strict"
    assert {"lenient", "lenient+bugs"} <= set(words_of("all"))
    assert words_of("strict,lenient+strictly") == ["strict", "lenient+bugs"]
    with pytest.raises(UsageError, match="lenient has no bug 'loud' to switch on: its bugs are strictly"):
        words_of("lenient+loud")
    with pytest.raises(UsageError, match="strict has no bug 'bugs' to switch on: it has none"):
        words_of("strict+bugs")
