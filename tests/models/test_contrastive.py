"""CLIP and SigLIP as classifiers, against transformers' own forward pass, and against the known mistakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medassay.errors import ModelError, UsageError
from medassay.images import open_image
from medassay.models.contrastive import ContrastiveModel, probabilities
from medassay.models.encoders import open_encoder
from medassay.types import Choice, FloatArray, Image, Message, Request, Response

Folder = Callable[[str], Path]
TEXTS = ("a photo of pneumonia.", "chest x-ray, no lesion", "mri")


def classify(*images: Image, choices: Sequence[Choice], text: str = "what is it?") -> Request:
    return Request(messages=(Message(role="user", parts=(*images, text)),), choices=tuple(choices))


def choices(*labels: str) -> list[Choice]:
    return [Choice(label=label) for label in labels]


def answers(model: ContrastiveModel, requests: Sequence[Request]) -> list[Response]:
    found = dict(model.answer(requests))
    assert sorted(found) == list(range(len(requests)))
    return [replace(found[i], seconds=0.0) for i in range(len(requests))]


def reference(encoder: Any, images: Sequence[Image], texts: Sequence[str], **padding: Any) -> FloatArray:
    """The logits of the model's own forward pass, as the family's page on the hub calls it."""
    import torch
    from transformers import AutoProcessor

    processor, model = AutoProcessor.from_pretrained(encoder.checkpoint.folder), encoder._model
    inputs = processor(
        images=[open_image(image) for image in images], text=list(texts), return_tensors="pt", **padding
    )
    if encoder.sigmoid:
        inputs.pop("attention_mask", None)  # SigLIP's own tokenizer makes none
    with torch.inference_mode():
        return np.asarray(model(**inputs).logits_per_image.numpy())


def test_clip_scores_are_the_forward_pass_of_the_model(checkpoint: Folder, pictures: list[Image]) -> None:
    encoder = open_encoder(str(checkpoint("clip")), device="cpu")
    expected = reference(encoder, pictures, TEXTS, padding=True)
    np.testing.assert_allclose(encoder.score(pictures, TEXTS), expected, rtol=1e-5, atol=1e-5)


def test_siglip_pads_texts_to_full_length_and_adds_its_bias(
    checkpoint: Folder, pictures: list[Image]
) -> None:
    encoder = open_encoder(str(checkpoint("siglip")), device="cpu")
    found = encoder.score(pictures, TEXTS)
    expected = reference(encoder, pictures, TEXTS, padding="max_length", max_length=32)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    # The two known mistakes give other numbers here, so this test would see them.
    assert abs(found - reference(encoder, pictures, TEXTS, padding=True)).max() > 1e-2
    assert abs(found - (expected + 1.5)).min() > 1  # without the bias of -1.5


def test_probabilities_are_one_softmax_of_the_logits(checkpoint: Folder, pictures: list[Image]) -> None:
    model = ContrastiveModel(str(checkpoint("clip")), device="cpu", template="{}")
    [answer] = answers(model, [classify(pictures[0], choices=choices(*TEXTS[:2]))])
    logits = reference(model.encoder, pictures[:1], TEXTS[:2], padding=True)[0]
    expected = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    np.testing.assert_allclose(np.array(answer.probs), expected, rtol=1e-4)
    assert answer.text == TEXTS[int(expected.argmax())]


def test_two_classes_can_be_told_apart_with_certainty() -> None:
    # A second softmax on top would hold two-class probabilities within [.27, .73].
    assert probabilities(np.array([9.0, 0.0]), sigmoid=False)[0] > 0.99
    assert probabilities(np.array([9.0, 0.0]), sigmoid=True)[0] > 0.99


def test_siglip_probabilities_are_the_odds_of_its_sigmoids() -> None:
    logits = np.array([-4.0, -2.0, 1.0])
    pair = 1 / (1 + np.exp(-logits))
    odds = pair / (1 - pair)
    np.testing.assert_allclose(probabilities(logits, sigmoid=True), odds / odds.sum(), rtol=1e-12)


def test_choices_that_do_not_exclude_each_other_have_a_probability_each() -> None:
    logits = np.array([2.0, 2.0, -3.0])
    np.testing.assert_allclose(
        probabilities(logits, sigmoid=True, exclusive=False), 1 / (1 + np.exp(-logits)), rtol=1e-12
    )
    softmax = probabilities(logits, sigmoid=False, exclusive=False)  # this family knows no other
    np.testing.assert_allclose(softmax.sum(), 1)


def test_a_lone_choice_gets_the_probability_of_the_pair(checkpoint: Folder, pictures: list[Image]) -> None:
    model = ContrastiveModel(str(checkpoint("siglip")), device="cpu", template="{}")
    [answer] = answers(model, [classify(pictures[0], choices=choices("mri"))])
    logit = model.encoder.score(pictures[:1], ["mri"])[0, 0]
    assert answer.probs == pytest.approx((1 / (1 + np.exp(-logit)),), rel=1e-5)


@pytest.mark.parametrize("family", ["clip", "siglip"])
def test_an_ensemble_is_the_mean_direction_of_its_texts(
    checkpoint: Folder, pictures: list[Image], family: str
) -> None:
    model: Any = ContrastiveModel(str(checkpoint(family)), device="cpu")
    ensembles = [Choice(label="a", texts=TEXTS[:2]), Choice(label="b", texts=TEXTS[2:])]
    [answer] = answers(model, [classify(pictures[0], choices=ensembles)])
    image, texts = model.encoder.features(pictures[:1]), model.encoder.features(TEXTS)
    mean = (texts[0] + texts[1]) / 2
    cosines = image @ np.stack([mean / np.linalg.norm(mean), texts[2]]).T
    scale = float(model.encoder._model.logit_scale.exp())
    expected = np.exp(scale * (cosines[0] - cosines[0].max()))
    np.testing.assert_allclose(np.array(answer.probs), expected / expected.sum(), rtol=1e-4)


@pytest.mark.parametrize("family", ["clip", "siglip"])
def test_a_batch_answers_as_one_by_one(checkpoint: Folder, pictures: list[Image], family: str) -> None:
    model = ContrastiveModel(str(checkpoint(family)), device="cpu")
    requests = [
        classify(image, choices=choices(*labels))
        for image, labels in zip(
            pictures, [("yes", "no"), ("lung", "liver", "brain"), ("ct", "mri")] * 2, strict=False
        )
    ]
    together = answers(model, requests)
    fresh = [answers(ContrastiveModel(str(checkpoint(family)), device="cpu"), [r])[0] for r in requests]
    assert [a.text for a in together] == [a.text for a in fresh]
    for a, b in zip(together, fresh, strict=True):
        np.testing.assert_allclose(np.array(a.probs), np.array(b.probs), rtol=1e-4)
        assert sum(a.probs or ()) == pytest.approx(1)


@pytest.mark.parametrize("family", ["clip", "siglip"])
def test_the_answer_depends_on_the_image(checkpoint: Folder, pictures: list[Image], family: str) -> None:
    model = ContrastiveModel(str(checkpoint(family)), device="cpu")
    one, other = answers(model, [classify(image, choices=choices("yes", "no")) for image in pictures[:2]])
    assert abs(np.array(one.probs) - np.array(other.probs)).max() > 1e-3


def test_every_image_and_every_text_is_encoded_once(
    checkpoint: Folder, pictures: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ContrastiveModel(str(checkpoint("clip")), device="cpu")
    seen: list[Any] = []

    def watched(really: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
        def run(items: list[Any]) -> Any:
            seen.extend(items)
            return really(items)

        return run

    for name in ("_images", "_texts"):
        monkeypatch.setattr(model.encoder, name, watched(getattr(model.encoder, name)))
    options = choices("yes", "no")
    requests = [classify(pictures[i % 2], choices=options, text=f"question {i}") for i in range(6)]
    answers(model, requests)
    answers(model, requests[:1])
    assert sorted(item for item in seen if isinstance(item, str)) == ["a photo of no.", "a photo of yes."]
    assert [item for item in seen if isinstance(item, Image)] == [*pictures[:2], pictures[0]]


def test_several_images_count_by_their_mean_direction(checkpoint: Folder, pictures: list[Image]) -> None:
    model = ContrastiveModel(str(checkpoint("clip")), device="cpu")
    options = choices("yes", "no")
    both, swapped, first = answers(
        model,
        [
            classify(pictures[0], pictures[1], choices=options),
            classify(pictures[1], pictures[0], choices=options),
            classify(pictures[0], choices=options),
        ],
    )
    assert both.probs == pytest.approx(swapped.probs)
    assert both.probs != pytest.approx(first.probs, abs=1e-4)


def test_one_corrupt_image_fails_its_own_requests_only(
    checkpoint: Folder, pictures: list[Image], corrupt: Image
) -> None:
    model = ContrastiveModel(str(checkpoint("clip")), device="cpu")
    options = choices("yes", "no")
    images = [(pictures[0],), (corrupt,), (pictures[1], corrupt), (pictures[1],)]
    found = answers(model, [classify(*some, choices=options) for some in images])
    assert [answer.error is None for answer in found] == [True, False, False, True]
    assert (found[1].error or "").startswith("ImageError: ")


def test_what_an_encoder_cannot_be_asked_is_unsupported(checkpoint: Folder, pictures: list[Image]) -> None:
    model = ContrastiveModel(str(checkpoint("clip")), device="cpu")
    found = answers(model, [classify(pictures[0], choices=()), classify(choices=choices("yes", "no"))])
    assert found == [Response(finish_reason="unsupported")] * 2
    assert answers(model, []) == []


def test_a_lettered_question_is_answered_by_letter(checkpoint: Folder, pictures: list[Image]) -> None:
    model = ContrastiveModel(str(checkpoint("clip")), device="cpu")
    options = choices("lung", "liver")
    lettered, plain = answers(
        model,
        [
            classify(pictures[0], choices=options, text="organ?\nA. lung\nB. liver"),
            classify(pictures[0], choices=options),
        ],
    )
    assert lettered.probs == plain.probs
    assert {"A": "lung", "B": "liver"}[lettered.text] == plain.text


def test_texts_longer_than_the_model_takes_are_cut(checkpoint: Folder) -> None:
    encoder = open_encoder(str(checkpoint("clip")), device="cpu")
    assert encoder.features(["lung " * 200]).shape == (1, 16)


def test_features_are_unit_rows_unless_asked_otherwise(checkpoint: Folder, pictures: list[Image]) -> None:
    encoder = open_encoder(str(checkpoint("clip")), device="cpu", batch=3)
    unit, raw = encoder.features(pictures), encoder.features(pictures, normalise=False)
    np.testing.assert_allclose(np.linalg.norm(unit, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(raw / np.linalg.norm(raw, axis=1, keepdims=True), unit, rtol=1e-4, atol=1e-6)
    assert encoder.features(()).shape == (0, 16)


def test_a_chat_model_is_not_an_encoder(checkpoint: Folder) -> None:
    with pytest.raises(ModelError, match="llava is no encoder known here: blip, blip-2, clip"):
        ContrastiveModel(str(checkpoint("llava")), device="cpu")


def test_a_template_says_where_the_label_goes(checkpoint: Folder) -> None:
    with pytest.raises(UsageError, match=r"one \{\}"):
        ContrastiveModel(str(checkpoint("clip")), template="a photo of")
