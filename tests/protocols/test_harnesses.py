"""Every published rule against what the harness itself makes of a text, run at the commit that is named."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from medassay import protocols
from medassay.benchmarks import BENCHMARKS
from medassay.errors import UsageError
from medassay.protocols import mmmu, vlmevalkit
from medassay.protocols.lmms_eval import normal as lmms_normal
from medassay.protocols.medevalkit import overlap, reading
from medassay.protocols.medvlmbench import scores
from medassay.protocols.medvlmbench.letters import letter as medvlmbench_letter
from medassay.protocols.medvlmbench.words import normal
from medassay.registry import find, names
from medassay.types import Choice, Image, Response, Sample, Target

HELD = json.loads((Path(__file__).parent / "golden" / "harnesses.json").read_text("utf-8"))
OPTIONS = HELD["options"]
SHOWN = [f"{name}. {text}" for name, text in zip("ABCDE", OPTIONS, strict=True)]
CASES = pytest.mark.parametrize("case", HELD["cases"], ids=lambda case: repr(case["text"])[:40])


@CASES
def test_medevalkit(case):
    made = case["medevalkit"]
    assert "".join(k for k in "ABCDE" if reading.right(SHOWN, k, case["text"])) == made["letters"]
    assert reading.polarity("yes", case["text"]) == made["yes"]
    assert reading.polarity("no", case["text"]) == made["no"]
    assert reading.equal(HELD["gold"], case["text"]) == made["closed"]
    if made["open"] is not None:
        assert overlap.open_scores(HELD["gold"], case["text"]) == pytest.approx(made["open"], abs=1e-12)


@CASES
def test_vlmevalkit(case):
    assert vlmevalkit.letter(case["text"], OPTIONS) == case["vlmevalkit"]


@CASES
def test_mmmu_and_its_copy(case):
    made = case["mmmu"]
    assert mmmu.letter(case["text"], OPTIONS) == made["letter"]
    assert mmmu.letter(case["text"], OPTIONS, copy="lmms-eval") == case["lmms-eval"]
    assert sorted(map(str, mmmu.candidates(case["text"]))) == made["open"]
    assert {gold: mmmu.open_right(case["text"], [gold]) for gold in made["right"]} == made["right"]


@CASES
def test_medvlmbench_normal_form(case):
    assert normal(case["text"].lower()) == case["medvlmbench"]


def read_by(harness, text, letters, options):
    """What our rules of a harness make of a text."""
    shown = [f"{name}. {option}" for name, option in zip("ABCDEFGHIJ", options, strict=False)]
    if harness == "medvlmbench_dev":
        return medvlmbench_letter(text, letters)
    if harness == "medevalkit_mcq":
        return next(name for name in letters if reading.right(shown, name, text))
    if harness == "vlmevalkit_can_infer":
        return vlmevalkit.letter(text, options)
    if harness == "lmms_eval_mmmu":
        return mmmu.letter(text, options, copy="lmms-eval") or "random"
    inside = reading.boxed(text) if "\\boxed" in text else text
    return mmmu.letter(reading.tagged(inside).strip(), options) or "random"


def test_the_shared_golden_letters(shared_golden):
    held = json.loads((shared_golden / "answer_extraction.json").read_text("utf-8"))
    met = set()
    for case in held["cases"]:
        options = list((case["options"] or {}).values())
        for harness, made in case["harness"].items():
            met.add(harness)
            assert read_by(harness, case["text"], case["letters"], options) == made, (harness, case["text"])
    assert len(met) == 5


def test_the_shared_golden_overlaps(shared_golden):
    held = json.loads((shared_golden / "text_metrics.json").read_text("utf-8"))
    for case in held["cases"]:
        made = case["medvlmbench"]
        opened = scores.open_scores(case["prediction"], case["reference"])
        closed = scores.closed_scores(case["prediction"], case["reference"])
        ours = [opened[k] for k in ("exact_match", "f1_score", "precision", "recall", "accuracy")]
        theirs = [made[k] for k in ("exact_match", "f1", "precision", "recall", "accuracy_open")]
        assert ours == pytest.approx(theirs, abs=1e-12)
        assert closed["accuracy"] == made["accuracy_closed"]


def test_bleu_and_rouge_are_those_of_torchmetrics():
    text = pytest.importorskip("torchmetrics.functional.text", reason="torchmetrics absent")
    for answer, gold in (
        ("left upper lobe", "upper left lobe"),
        ("the the lung", "lung"),
        ("a b c d e", "b c d e f"),
    ):
        ours = scores.open_scores(answer, gold)
        said, right = normal(answer), normal(gold)
        for n in (1, 2, 3, 4):
            theirs = text.bleu_score([said], [[right]], n_gram=n).item()
            assert ours[f"bleu{n}"] == pytest.approx(theirs, abs=1e-6)
        made = text.rouge_score(said, right, rouge_keys=("rouge1", "rouge2", "rougeL"))
        for key in ("rouge1", "rouge2", "rougeL"):
            assert ours[key] == pytest.approx(made[f"{key}_fmeasure"].item(), abs=1e-6)


def test_lmms_eval_takes_normal_for_yes_only_with_its_bug():
    assert lmms_normal("X-ray (chest).") == "xray"
    assert lmms_normal("是的") == lmms_normal("Yes!") == "yes"
    assert lmms_normal("正常") == "正常"
    assert lmms_normal("正常", normal_is_yes=True) == "yes"
    assert lmms_normal("不正常", normal_is_yes=True) == "no"


def sample(kind, gold, question="Is there an effusion?", options=(), **rest):
    return Sample(
        id=rest.pop("id", "1"),
        kind=kind,
        question=question,
        target=Target(texts=(gold,)),
        choices=tuple(Choice(label=text) for text in options),
        images=(Image(uri="a.png"),),
        **rest,
    )


def under(word, name, held, text):
    rules = protocols.choose(word).rules(find("benchmark", name))
    return rules.scorer(held, Response(text=text))


def test_each_rule_scores_as_its_harness_would():
    no = sample("yes/no", "no")
    assert under("medvlmbench", "vqa-rad", no, "unknown").values["accuracy"] == 1
    assert under("medevalkit", "vqa-rad", no, "Yes, no effusion").values["accuracy"] == 0
    assert under("lmms-eval", "slake", no, "No.").values["accuracy"] == 1
    choice = sample("choice", "A", options=OPTIONS)
    assert under("medevalkit", "pmc-vqa", choice, "").answer == "A"
    assert under("vlmevalkit", "pmc-vqa", choice, "").answer is None
    assert under("vlmevalkit+bugs", "pmc-vqa", choice, "").answer in set("ABCDEZ")
    assert under("how-far-2025", "pmc-vqa", choice, "So \\boxed{Pneumonia}.").values == {"accuracy": 1}
    assert under("how-far-2025", "pmc-vqa", choice, "A").status == "unparsed"


def test_a_bug_changes_what_is_printed_and_nothing_else():
    rules, printed = (
        protocols.choose(word).rules(find("benchmark", "vqa-rad"))
        for word in ("medevalkit", "medevalkit+bugs")
    )
    from medassay.statistics import estimate_all
    from medassay.types import Row

    opened = [sample("open", "left lung", id=str(i), cluster=str(i)) for i in range(4)]
    rows = [
        Row(sample=s, response=Response(text=t), score=rules.scorer(s, Response(text=t)))
        for s, t in zip(opened, ("left lung", "left lung", "the left", "no"), strict=True)
    ]
    true, shown = (
        {e.metric: e.value for e in estimate_all(rows, held.measures[2:], {}, seed="x", draws=50)}
        for held in (rules, printed)
    )
    assert (true["accuracy_open"], shown["accuracy_open"]) == (0.5, 0.125)
    assert shown["precision_open"] == true["f1_open"]
    assert shown["recall_open"] == true["precision_open"]
    assert shown["f1_open"] == true["recall_open"]


def covered(word):
    """The benchmarks that a protocol has rules for."""
    found = []
    for name in BENCHMARKS:
        with suppress(protocols.NotCovered):
            found.append(protocols.choose(word).on(find("benchmark", name), asking=True))
    return found


@pytest.mark.parametrize("word", names("protocol"))
def test_every_protocol_has_rules_or_a_reason_for_every_benchmark(word):
    held = covered(word)
    assert held
    for benchmark in held:
        assert benchmark.protocol == word
        metric = benchmark.measures[0].metric
        assert (metric if isinstance(metric, str) else metric.name) == benchmark.primary
    card = find("benchmark", "chestxray14-boxes")
    if word != "strict":
        with pytest.raises(UsageError, match=f"the protocol {word} has no rules for chestxray14-boxes: "):
            protocols.choose(word).on(card, asking=True)


@pytest.mark.parametrize("word", [name for name in names("protocol") if name != "strict"])
def test_the_published_words_never_depend_on_the_target(word):
    for benchmark in covered(word):
        one = sample(benchmark.kinds[0], "A", options=OPTIONS)
        other = replace(one, target=Target(texts=("B",)))
        assert benchmark.prompt(one.case) == benchmark.prompt(other.case)
        assert benchmark.prompt(one.case).images == one.images


def test_medevalkit_asks_in_its_words():
    card = protocols.choose("medevalkit").on(find("benchmark", "pmc-vqa"), asking=True)
    asked = card.prompt(sample("choice", "A", question="What?", options=("x", "y")).case)
    wish = "Answer with the option's letter from the given choices directly."
    assert asked.messages[-1].parts[-1] == f"\nQuestion: What?\nOptions: \n A:x\n B:y\n{wish}"
    assert (asked.decoding.max_tokens, asked.decoding.top_p) == (1024, 0.001)
    boxed = protocols.choose("medevalkit-reasoning").on(find("benchmark", "slake"), asking=True)
    chinese = sample("yes/no", "是", question="有吗？", tags={"language": "zh"})
    assert "\\boxed{}" in str(boxed.prompt(chinese.case).messages[-1].parts[-1])
