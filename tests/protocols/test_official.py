"""The datasets' own rules against what their authors' functions make of a text."""

import json
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay import protocols
from medassay.benchmarks import BENCHMARKS
from medassay.metrics import METRICS
from medassay.protocols.official import medmnist
from medassay.protocols.official.chexpert import FIVE
from medassay.protocols.official.mediconfusion import letter as mediconfusion_letter
from medassay.protocols.official.medxpertqa import letter as medxpertqa_letter
from medassay.protocols.official.mmmu import pro_letter
from medassay.protocols.similar import most_similar
from medassay.registry import find
from medassay.statistics import estimate_all
from medassay.types import Choice, Image, Response, Row, Sample, Target

HELD = json.loads((Path(__file__).parent / "golden" / "official.json").read_text("utf-8"))
OPTIONS = HELD["options"]


@pytest.mark.parametrize("case", HELD["cases"], ids=lambda case: repr(case["text"])[:40])
def test_the_authors_functions(case):
    text = case["text"]
    assert pro_letter(text, OPTIONS) == case["mmmu_pro"]
    assert medxpertqa_letter(text, len(OPTIONS), article=True) == case["medxpertqa"]
    assert mediconfusion_letter(text) == case["mediconfusion"]
    assert most_similar(OPTIONS, text) == case["similar"]


def sample(kind, gold, options=(), question="What is shown?", **rest):
    return Sample(
        id=rest.pop("id", "1"),
        kind=kind,
        question=question,
        target=Target(texts=(gold,) if isinstance(gold, str) else gold),
        choices=tuple(Choice(label=text) for text in options),
        images=rest.pop("images", (Image(uri="a.png"),)),
        **rest,
    )


def rules(name, word="official"):
    return protocols.choose(word).rules(find("benchmark", name))


def said(name, held, text, word="official"):
    return rules(name, word).scorer(held, Response(text=text))


def asked(name, held):
    return rules(name).prompt(held.case)


def test_what_names_no_option_is_wrong_and_a_random_letter_only_where_asked_for():
    held = [sample("choice", "B", OPTIONS, id=str(i)) for i in range(200)]
    assert {said("mmmu", s, "unclear").answer for s in held} == {None}
    drawn = [said("mmmu", s, "unclear", "official+random_letter") for s in held]
    assert {score.answer for score in drawn} == set("ABCDE")
    assert drawn == [said("mmmu", s, "unclear", "official+bugs") for s in held]
    assert 20 <= sum(score.values["accuracy"] for score in drawn) <= 65  # 40 expected, sd 5.7


def test_open_answers_of_mmmu():
    assert said("mmmu", sample("open", ("lung", "1200")), "so the result is 1,200").values == {"accuracy": 1}
    assert said("mmmu", sample("open", "lung"), "The answer is the left lung.").values == {"accuracy": 1}
    assert said("mmmu", sample("open", "12"), "The answer is 12.5").values == {"accuracy": 0}


def test_an_article_is_a_letter_only_with_its_bug():
    held = sample("choice", "A", OPTIONS)
    text = "A mass is visible."
    assert said("medxpertqa-mm", held, text).values == {"accuracy": 0}
    assert said("medxpertqa-mm", held, text, "official+article_a").values == {"accuracy": 1}
    assert said("medxpertqa-mm", held, "A").values == said("medxpertqa-mm", held, "A. A mass").values
    assert said("medxpertqa-mm", held, "A\n").values == {"accuracy": 1}


def test_the_most_similar_option_decides():
    held = sample("choice", "B", ("Lung", "Liver"))
    assert said("omnimedvqa", held, "It is the liver").answer == "B"
    assert said("omnimedvqa", held, "").values == {"accuracy": 0}
    same = sample("choice", ("A", "B"), ("Lung", "Lung", "Liver"))
    assert said("omnimedvqa", same, "Lung").values == {"accuracy": 1}
    assert said("pmc-vqa", held, " B:Liver").values == {"accuracy": 1}
    # of one character the shortest option that holds it wins, so B and its text are both found
    assert said("pmc-vqa", held, "It must be B", "official+last_character").answer == "B"
    assert said("pmc-vqa", held, "").answer is None
    assert said("pmc-vqa", held, "", "official+none_equals_none").values == {"accuracy": 0}


def test_pairs_of_mediconfusion():
    held = [
        sample("choice", gold, ("x", "y"), id=f"{pair}{gold}", cluster=pair, group=pair)
        for pair in "stuv"
        for gold in "AB"
    ]
    texts = ["A", "B.", "A", "A:", "B", "neither", "A B", "A\n"]
    scorer = rules("mediconfusion").scorer
    rows = [
        Row(sample=s, response=Response(text=t), score=scorer(s, Response(text=t)))
        for s, t in zip(held, texts, strict=True)
    ]
    measures = rules("mediconfusion").measures
    made = {e.metric: e.value for e in estimate_all(rows, measures, METRICS, seed="x", draws=50)}
    # s right; t confused; u: one invalid; v: both letters invalid, then the wrong letter
    assert made["set_accuracy"] == 1 / 4
    assert made["accuracy"] == 3 / 8
    assert made["confusion"] == 1 / 2
    assert made["set_validity"] == 1 / 2
    assert [row.score.status for row in rows[5:7]] == ["unparsed", "unparsed"]


def estimated(name, rows):
    held = rules(name)
    scored = [Row(sample=s, response=r, score=held.scorer(s, r)) for s, r in rows]
    return {
        e.metric: e.value
        for e in estimate_all(scored, held.measures, METRICS, seed="x", draws=20)
        if e.slice in {"", "all"}
    }


@pytest.mark.parametrize(("name", "classes"), [("breastmnist", 2), ("octmnist", 4), ("chestmnist", 14)])
def test_medmnist_as_scikit_learn_has_it(name, classes):
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn absent")
    drawn = np.random.default_rng(classes)
    names = [f"class {i}" for i in range(classes)]
    several = name == "chestmnist"
    if several:
        truth = drawn.integers(0, 2, (60, classes))
        probs = np.round(drawn.random((60, classes)), 1)  # ties, and probabilities of exactly .5
        right = [tuple(n for n, there in zip(names, row, strict=True) if there) for row in truth]
        accuracy = np.mean([metrics.accuracy_score(truth[:, k], probs[:, k] > 0.5) for k in range(classes)])
        area = np.mean([metrics.roc_auc_score(truth[:, k], probs[:, k]) for k in range(classes)])
    else:
        truth = drawn.integers(0, classes, 60)
        probs = drawn.integers(1, 5, (60, classes)).astype(float)
        probs /= probs.sum(axis=1, keepdims=True)
        right = [(names[k],) for k in truth]
        found = probs[:, -1] > 0.5 if classes == 2 else probs.argmax(axis=1)
        accuracy = metrics.accuracy_score(truth, found)
        columns = [1] if classes == 2 else range(classes)
        area = np.mean([metrics.roc_auc_score(truth == k, probs[:, k]) for k in columns])
    rows = [
        (
            sample("multilabel" if several else "label", gold, names, id=str(i), cluster=str(i)),
            Response(probs=tuple(p)),
        )
        for i, (gold, p) in enumerate(zip(right, probs.tolist(), strict=True))
    ]
    made = estimated(name, rows)
    assert made["accuracy"] == pytest.approx(accuracy, abs=1e-12)
    assert made["auroc_multilabel" if several else "auroc"] == pytest.approx(area, abs=1e-6)


def test_medmnist_takes_no_words():
    held = sample("label", "a", ("a", "b"))
    assert said("breastmnist", held, "a").status == "unparsed"


def test_chexpert_counts_five_labels():
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn absent")
    names = ["Fracture", *sorted(FIVE), "Edema of no kind", "Pneumonia"]
    drawn = np.random.default_rng(5)
    truth, probs = drawn.integers(0, 2, (40, len(names))), drawn.random((40, len(names)))
    rows = [
        (
            sample(
                "multilabel",
                tuple(n for n, there in zip(names, row, strict=True) if there),
                names,
                id=str(i),
                cluster=str(i),
            ),
            Response(probs=tuple(p)),
        )
        for i, (row, p) in enumerate(zip(truth, probs.tolist(), strict=True))
    ]
    area = np.mean([metrics.roc_auc_score(truth[:, k], probs[:, k]) for k in range(1, 6)])
    assert estimated("chexpert", rows)["auroc_five"] == pytest.approx(area, abs=1e-6)


def test_the_published_words():
    held = sample("choice", "B", ("Lung", "Liver"), images=(Image(uri="a.png"), Image(uri="b.png")))
    assert asked("mmmu", held).text == (
        "What is shown?\n(A) Lung\n(B) Liver\n\n"
        "Answer with the option's letter from the given choices directly."
    )
    assert asked("mmmu", held).images == held.images[:1]
    first = asked("medxpertqa-mm", held)
    assert [message.role for message in first.messages] == ["system", "user"]
    assert first.messages[1].parts == (
        "Q: What is shown?\nAnswer Choices: (A) Lung (B) Liver\nA: Let's think step by step.",
        *held.images,
    )
    assert asked("omnimedvqa", held).text.startswith(
        "What is shown?Here are 2 candidate answers:['Lung', 'Liver'] Only return what you think"
    )
    assert asked("pmc-vqa", held).text == "Question: What is shown?Choices: A:Lung B:LiverThe Answer is:"
    named = sample(
        "choice",
        "A",
        ("<image 2>", "<image 1>"),
        question="Which?",
        images=(Image(uri="a.png"), Image(uri="b.png")),
    )
    assert asked("mmmu-pro", named).images == named.images[::-1]
    assert "<image 2>" not in asked("mmmu-pro", named).text


def test_every_benchmark_has_rules_or_a_reason():
    covered, reasons = set(), {}
    for name in BENCHMARKS:
        try:
            protocols.choose("official").on(find("benchmark", name), asking=True)
            covered.add(name)
        except protocols.NotCovered as error:
            reasons[name] = error.reason
    assert {"mmmu", "mmmu-pro", "medxpertqa-mm", "pmc-vqa", "omnimedvqa", "mediconfusion"} <= covered
    assert set(medmnist.SETS) <= covered
    assert "without a scorer" in reasons["vqa-rad"]
    assert all(reasons.values())


WORDS = st.text(alphabet="ABab .:()\n", max_size=30)


@given(WORDS, st.lists(WORDS, max_size=5))
def test_the_bounds_of_similarity_change_nothing(text, options):
    ratios = [SequenceMatcher(None, option, text).ratio() for option in options]
    best = max(ratios, default=0.0)
    assert most_similar(options, text) == (ratios.index(best) if best > 0 else None)
