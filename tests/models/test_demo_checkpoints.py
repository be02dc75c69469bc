"""The shipped checkpoints: complete, small, and as good as their cards say, on images of the test seed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from medassay import models
from medassay.benchmarks.phantom import load
from medassay.metrics import METRICS, score
from medassay.models.cards import demo as demo_cards
from medassay.models.contrastive import ContrastiveModel
from medassay.models.transformers import TransformersModel
from medassay.prompts import plain
from medassay.statistics import estimate_all
from medassay.types import Measure, Model, ModelCard, Row, Sample, Where

pytest.importorskip("torch", reason="torch is not installed")

DEMO = Path(models.__file__).parent / "demo"
CARDS = (demo_cards.DEMO_VLM, demo_cards.DEMO_VLM_SMALL, demo_cards.DEMO_CLIP)


def folder(card: ModelCard) -> Path:
    return DEMO / card.source.removeprefix("builtin:")


@cache
def samples() -> tuple[Sample, ...]:
    return tuple(load(Where(variant="all"), seed=0, n=60))


def asked(task: str) -> list[Sample]:
    return [sample for sample in samples() if sample.tags["task"] == task]


def answered(model: Model, chosen: Sequence[Sample]) -> list[Row]:
    responses = dict(model.answer([plain(sample.case) for sample in chosen]))
    return [Row(sample=s, response=responses[i], score=score(s, responses[i])) for i, s in enumerate(chosen)]


def value(rows: Sequence[Row], metric: str) -> float:
    return estimate_all(rows, (Measure(metric=metric),), METRICS, seed="phantom")[0].value


@pytest.fixture(scope="module")
def vlm() -> TransformersModel:
    return TransformersModel(str(folder(demo_cards.DEMO_VLM)), batch=32)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_checkpoint_is_whole_and_small(card: ModelCard):
    files = list(folder(card).iterdir())
    assert {"config.json", "model.safetensors", "tokenizer.json", "README.md"} <= {f.name for f in files}
    assert sum(f.stat().st_size for f in files) <= 3_000_000
    card_text = (folder(card) / "README.md").read_text()
    assert "no medical use" in card_text
    assert "Apache-2.0" in card_text


def test_the_vlm_sees(vlm):
    rows = answered(vlm, asked("vqa"))
    assert value([row for row in rows if row.sample.tags["topic"] == "modality"], "accuracy") > 0.95
    assert value([row for row in rows if row.sample.kind == "yes/no"], "accuracy") > 0.85


def test_the_vlm_answers_every_kind_of_question_in_a_readable_form(vlm):
    chosen = [s for task in ("measurement", "localisation", "report") for s in asked(task)[:12]]
    assert {row.score.status for row in answered(vlm, chosen)} == {"scored"}


def test_answers_do_not_depend_on_the_batch(vlm):
    chosen = samples()[::45]
    one_by_one = TransformersModel(str(folder(demo_cards.DEMO_VLM)), batch=1)
    together = [row.response.text for row in answered(vlm, chosen)]
    assert together == [row.response.text for row in answered(one_by_one, chosen)]
    assert len(set(together)) > 5


def test_decoding_gives_back_what_was_encoded(vlm):
    tokenizer = vlm._processor.tokenizer
    report = "This is a chest x-ray. There are two nodules on the left. Diagnosis: nodules."
    for text in ("yes", "B", "0.42", "[10, 12, 20, 24]", report):
        tokens = tokenizer.encode(text, add_special_tokens=False)
        assert tokenizer.decode(tokens, skip_special_tokens=True) == text


def test_the_small_vlm_is_worse_where_it_was_never_asked(vlm):
    small = TransformersModel(str(folder(demo_cards.DEMO_VLM_SMALL)), batch=32)
    slides = [s for s in asked("vqa") if s.tags["specialty"] == "histology"]
    assert value(answered(vlm, slides), "accuracy") > value(answered(small, slides), "accuracy") + 0.1


def test_clip_ranks():
    clip = ContrastiveModel(str(folder(demo_cards.DEMO_CLIP)))
    assert value(answered(clip, asked("modality")), "auroc") > 0.95
    for specialty in ("chest", "fundus", "dermoscopy", "histology"):
        rows = answered(clip, [s for s in asked("lesion") if s.tags["specialty"] == specialty])
        assert value(rows, "auroc") > 0.85
