"""Each contract of a benchmark finds what it is there to find."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from medassay.contracts import check_benchmark, gold_answer
from medassay.prompts import brief, plain
from medassay.types import (
    Benchmark,
    Box,
    Choice,
    Image,
    Measure,
    Request,
    Response,
    Sample,
    Score,
    Target,
    Where,
)

IMAGE = Image(uri="inline:aGVsbG8=")


def _sample(index: int, **changes: Any) -> Sample:
    fields: dict[str, Any] = {
        "id": f"a-{index}", "kind": "yes/no", "question": f"Is it {index}?", "images": (IMAGE,),
        "cluster": f"c{index}", "target": Target(texts=("yes",) if index % 2 else ("no",)),
    }  # fmt: skip
    return Sample(**(fields | changes))


def _score(sample: Sample, response: Response) -> Score:
    if response.error:
        return Score(status="failed")
    if not response.text:
        return Score(status="unparsed")
    return Score(status="scored", values={"accuracy": float(response.text == gold_answer(sample))})


def _no_options(where: Where) -> Any:
    raise NotImplementedError


GOOD = Benchmark(
    name="good", version=1, title="Good", task="vqa", modality="any", source="generated", revision=None,
    licence="CC0-1.0", access="open", citation="None (2026).", primary="accuracy",
    measures=(Measure(metric="accuracy"),), load=_no_options, prompt=plain, scorer=_score, cluster="patient",
    verified="reference only", kinds=("yes/no", "closed", "open"), counts={"test": 4},
)  # fmt: skip
SAMPLES = [_sample(i) for i in range(4)]


def _broken(benchmark: Benchmark = GOOD, samples: list[Sample] | None = None, **arguments: Any) -> set[str]:
    held = SAMPLES if samples is None else samples
    return {f.check for f in check_benchmark(benchmark, held, **arguments) if not f.ok}


def test_a_good_benchmark_passes():
    assert _broken() == set()
    assert _broken(whole=Where(), training=[_sample(9)], others=SAMPLES) == set()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Good One"},
        {"version": 0},
        {"licence": " "},
        {"revision": "main"},
        {"primary": "auroc"},
        {"splits": ()},
        {"counts": {"dev": 3}},
        {"overlap": {"osf": 3}},
        {"kinds": ()},
        {"access": "credentialed"},
        {"absent": {"theirs": ""}},
        {"unverified": ("counts:dev",)},
        {"load": lambda where, option: None},
        {"load": lambda where, *, option=3: None},
    ],
)
def test_a_card_with_a_fault(changes):
    assert "the card is complete" in _broken(replace(GOOD, **changes))


A, B = Choice(label="left"), Choice(label="right")


@pytest.mark.parametrize(
    "changes",
    [
        {"target": Target(texts=("Yes",))},
        {"target": Target(texts=("maybe",))},
        {"kind": "open", "target": Target()},
        {"kind": "choice", "choices": (A, B), "target": Target(texts=("C",))},
        {"kind": "choice", "choices": (A, B), "target": Target(texts=("left",))},
        {"kind": "label", "choices": (A, B), "target": Target(texts=("both",))},
        {"kind": "multilabel", "choices": (A, B), "target": Target(texts=("left", "both"))},
        {
            "kind": "multilabel",
            "choices": (A, B),
            "target": Target(texts=("left",), unknown=("left",)),
        },
        {"kind": "box", "target": Target(boxes=(Box(x0=3, y0=0, x1=3, y1=2),))},
        {"kind": "number", "target": Target(number=float("nan"))},
    ],
)
def test_a_target_that_does_not_fit(changes):
    assert "targets fit their kind" in _broken(samples=[_sample(0, **changes), *SAMPLES[1:]])


def _counted() -> Any:
    calls = itertools.count()

    def score(sample: Sample, response: Response) -> Score:
        return replace(_score(sample, response), rule=str(next(calls)))

    return score


@pytest.mark.parametrize(
    ("scorer", "check"),
    [
        (lambda s, r: replace(_score(s, r), values={"accuracy": 0.5}), "the gold answer scores full marks"),
        (lambda s, r: Score(status="failed" if r.error else "unparsed"), "the gold answer scores full marks"),
        (
            lambda s, r: Score(status="scored", values={"accuracy": 1.0}) if not r.text else _score(s, r),
            "an empty answer is unparsed",
        ),
        (
            lambda s, r: _score(s, replace(r, error=None)) if r.error else _score(s, r),
            "an error is failed",
        ),
        (_counted(), "scores do not depend on the order"),
        (lambda s, r: s.no_such_field, "the gold answer scores full marks"),
    ],
)
def test_a_scorer_with_a_fault(scorer, check):
    assert check in _broken(replace(GOOD, scorer=scorer))


PROMPTS = "prompts show the images and not the target"


def _peeks(case: Any) -> Request:
    hint = getattr(case, "target", Target(texts=("",))).texts[0]
    return plain(replace(case, question=case.question + hint))


def test_a_prompt_with_a_fault():
    assert _broken(replace(GOOD, prompt=_peeks)) == {PROMPTS}
    assert _broken(replace(GOOD, prompt=lambda case: plain(replace(case, images=())))) == {PROMPTS}


@pytest.mark.parametrize("kind", ["closed", "open"])
def test_words_that_tell_kinds_apart_give_the_answer_away(kind):
    mixed = [*SAMPLES, _sample(7, kind=kind, target=Target(texts=("left",)))]
    assert _broken(samples=mixed) == {PROMPTS}
    assert _broken(replace(GOOD, kinds_follow="question"), mixed) == set()
    assert _broken(replace(GOOD, prompt=brief), mixed) == set()
    with_options = [replace(s, choices=(A, B)) if s.kind == kind else s for s in mixed]
    assert _broken(replace(GOOD, prompt=brief), with_options) == {PROMPTS}


def test_samples_with_a_fault():
    assert _broken(replace(GOOD, kinds=("closed",))) == {"kinds are what the card says"}
    assert "there are samples" in _broken(samples=[])
    assert _broken(samples=[*SAMPLES, SAMPLES[0]]) == {"ids are unique"}
    assert _broken(samples=[_sample(0, cluster="unknown"), *SAMPLES]) >= {"clusters are what the card says"}
    assert _broken(samples=[_sample(8, images=(Image(uri="gone.png"),))]) == {"images can be read"}
    other = [_sample(0, question="Another one?")]
    assert _broken(others=other) == {"ids name one sample in all variants"}
    assert _broken(samples=SAMPLES[:3], whole=Where()) == {"there are as many samples as stated"}


def test_a_group_is_resampled_whole():
    assert _broken(samples=[_sample(i, group="pair") for i in range(2)]) == {"a group lies in one cluster"}
    assert _broken(samples=[_sample(i, group="pair", cluster="c") for i in range(2)]) == set()


def test_an_overlap_that_is_not_declared():
    shared = [_sample(9, cluster="c1")]
    check = {"train and test share what the card says"}
    assert _broken(training=shared) == check
    assert _broken(training=SAMPLES) == check
    declared = replace(GOOD, overlap={"": 1})
    assert _broken(declared, training=shared, whole=Where()) == set()
    assert _broken(replace(GOOD, overlap={"": 2}), training=shared, whole=Where()) == check
    assert _broken(replace(GOOD, overlap={"": None}), training=shared, whole=Where()) == set()


def test_problems_are_shown_up_to_a_number():
    findings = check_benchmark(GOOD, [_sample(i, images=(Image(uri=f"{i}.png"),)) for i in range(9)])
    detail = next(f.detail for f in findings if f.check == "images can be read")
    assert "2.png" in detail
    assert "3.png" not in detail
    assert detail.endswith("and 6 more")
