"""MedVLMBench's meters beside torchmetrics and nltk, its sets, words and defects."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medassay import protocols
from medassay.metrics import METRICS
from medassay.protocols.medvlmbench import scores
from medassay.protocols.medvlmbench.words import normal
from medassay.registry import find
from medassay.statistics import estimate_all
from medassay.types import Choice, Image, Response, Row, Sample, Target, Where

WORDS = st.lists(
    st.sampled_from(("left", "lungs", "lung", "the", "no", "2.5", "x-ray", "clear.", "none", "é")), max_size=9
).map(" ".join)


def sample(kind, gold, number=0, **rest):
    return Sample(
        id=f"{kind}-{number}",
        kind=kind,
        question="What is it?",
        target=Target(texts=(gold,)),
        cluster=str(number),
        images=(Image(uri="a.png"),),
        **rest,
    )


def estimates(word, name, answered):
    rules = protocols.choose(word).rules(find("benchmark", name))
    rows = [Row(sample=s, response=r, score=rules.scorer(s, r)) for s, r in answered]
    found = estimate_all(rows, rules.measures, METRICS, seed="x", draws=20)
    return {e.metric: e for e in found if e.slice == "all"}


@settings(deadline=None, max_examples=40)  # the first call loads torch or nltk
@given(answer=WORDS, gold=WORDS)
def test_captions_are_scored_as_torchmetrics_does(answer, gold):
    text = pytest.importorskip("torchmetrics.functional.text", reason="torchmetrics absent")
    ours, said, right = scores.caption_scores(answer, gold), normal(answer), normal(gold)
    for n in (1, 2, 3, 4):
        theirs = text.bleu_score([said], [[right]], n_gram=n).item()
        assert ours[f"bleu{n}"] == pytest.approx(theirs, abs=1e-6)
    rouge = text.rouge_score(said, right, rouge_keys=("rouge1", "rouge2", "rougeL"))
    assert {k: v for k, v in ours.items() if k.startswith("rouge")} == pytest.approx(
        {k: v.item() for k, v in rouge.items()}, abs=1e-6
    )


@settings(deadline=None, max_examples=40)  # the first call loads torch or nltk
@given(answer=WORDS, gold=WORDS)
def test_meteor_of_open_questions_is_a_half_or_nothing(answer, gold):
    made = scores.open_scores(answer, gold)["meteor"]
    assert made in {0.0, 0.5}
    assert made == 0.5 or normal(answer) != normal(gold)


def test_meteor_of_captions_is_over_words():
    assert scores.caption_scores("left lung clear", "left lung clear")["methor"] == pytest.approx(
        1 - 0.5 / 27
    )
    assert scores.open_scores("left lungs", "left lung")["meteor"] == 0.5  # one stem, as one word


def test_its_meters_are_those_of_the_harness():
    answered = [
        (sample("yes/no", "no", 0), Response(text="unknown")),
        (sample("open", "left lung", 1), Response(text="the left left lung")),
        (sample("closed", "lung", 2, tags={"language": "en"}), Response(text="Lung, or heart")),
    ]
    made = {k: e.value for k, e in estimates("medvlmbench", "slake", answered).items()}
    assert set(made) == {
        *(f"{name}_closed" for name in scores.CLOSED),
        *(f"{name}_open" for name in scores.OPEN),
        *("exact_match_overall", "recall_overall", "precision_overall", "f1_overall"),
    }
    assert made["accuracy_closed"] == 1
    assert made["precision_overall"] == pytest.approx((0 + 1 + 1 / 3) / 3)
    # in VQA-RAD only a gold of yes or no is closed
    of_gold = estimates("medvlmbench", "vqa-rad", answered)
    assert (of_gold["accuracy_closed"].n, of_gold["accuracy_open"].n) == (1, 2)


def test_a_failed_request_bounds_every_meter():
    answered = [(sample("open", "lung", n), Response(text="lung")) for n in range(3)]
    answered.append((sample("open", "lung", 3), Response(error="server: gone")))
    made = estimates("medvlmbench", "vqa-rad", answered)["recall_open"]
    assert (made.value, made.worst, made.best, made.counts["failed"]) == (1, 0.75, 1, 1)


def test_the_later_code_scores_choices():
    held = sample("choice", "A", choices=tuple(Choice(label=text) for text in ("lung", "heart")))
    answered = [
        (held, Response(text="A")),
        (replace(held, cluster="1"), Response(text="answer is definitely B")),
    ]
    made = {k: e.value for k, e in estimates("medvlmbench-dev", "worldmedqa-v", answered).items()}
    assert (made["accuracy_mc"], made["recall_mc"]) == (0.5, 0)  # the normal form deletes the letter A
    with pytest.raises(protocols.NotCovered, match="medvlmbench-dev"):
        protocols.choose("medvlmbench").rules(find("benchmark", "worldmedqa-v"))


def test_its_words():
    choices = (Choice(label="lung"), Choice(label="heart"))

    def asked(word, name, held):
        card = protocols.choose(word).on(find("benchmark", name), asking=True)
        return card.prompt(held.case).messages[-1].parts

    wish = "Answer with the single letter corresponding to the best choice."
    held = sample("choice", "A", choices=choices)
    assert asked("medvlmbench-dev", "omnimedvqa", held)[-1] == (
        f"What is it?\nOptions:\n(A) lung\n(B) heart\n{wish}"
    )
    assert asked("medvlmbench-dev", "medxpertqa-mm", held)[-1] == (
        f"What is it?\nAnswer Choices: (A) lung (B) heart\n{wish}"
    )
    closed = asked("medvlmbench", "vqa-rad", sample("yes/no", "no"))
    assert closed[-1] == "Answer the following question about the image with yes or no. What is it?"
    assert asked("medvlmbench", "slake", sample("closed", "lung"))[-1] == "What is it?"


def test_split_all_reads_every_part():
    def load(where):
        yield sample("open", where.split, tags={"language": "en"})
        yield sample("open", where.split, tags={"language": "zh"})

    card = replace(find("benchmark", "slake"), load=load)
    read = {
        word: Counter(s.target.texts[0] for s in protocols.choose(word).on(card, asking=True).load(Where()))
        for word in ("medvlmbench", "medvlmbench+split_all")
    }
    assert not protocols.choose("medvlmbench").on(card, asking=True).counts  # of all rows, not of these
    assert read["medvlmbench"] == {"test": 1}
    assert read["medvlmbench+split_all"] == dict.fromkeys(card.splits, 1)
