"""Encoders beyond CLIP: each against the forward pass of its own class, and against the known mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medassay import registry
from medassay.contracts.models import check_model
from medassay.errors import ModelError, UsageError
from medassay.images import open_image
from medassay.models import CARDS, loader_of
from medassay.models.contrastive import ContrastiveModel
from medassay.models.encoders import ScoreBy, open_encoder
from medassay.types import Choice, FloatArray, Image, Message, ModelCard, Request

Folder = Callable[[str], Path]
TEXTS = ("a photo of pneumonia.", "chest x-ray, no lesion, left lung", "mri")
CONTRASTIVE_CARDS = re.compile(r"cards\.(contrastive|matching|vision|open_clip|published):")
FAMILIES: tuple[tuple[str, ScoreBy], ...] = (
    ("blip-itm", "contrastive"),
    ("blip-itm", "matching"),
    ("blip-2-itm", "contrastive"),
    ("blip-2-itm", "matching"),
    ("siglip2", "contrastive"),
)


def published(encoder: Any, images: Sequence[Image], texts: Sequence[str], **call: Any) -> Any:
    """What the class gives when it is called as its page on the hub does, on one pair after another."""
    import torch
    from transformers import AutoProcessor

    processor = AutoProcessor.from_pretrained(encoder.checkpoint.folder)
    rows = []
    for image in images:
        for text in texts:
            inputs = processor(images=open_image(image), text=text, return_tensors="pt")
            with torch.inference_mode():
                rows.append(encoder._model(**inputs, **call)[0][0].numpy())
    return np.stack(rows).reshape(len(images), len(texts), -1)


@pytest.mark.parametrize(
    ("family", "flag"), [("blip-itm", "use_itm_head"), ("blip-2-itm", "use_image_text_matching_head")]
)
def test_a_matching_head_gives_the_log_odds_of_its_two_classes(
    checkpoint: Folder, pictures: list[Image], family: str, flag: str
) -> None:
    encoder = open_encoder(str(checkpoint(family)), device="cpu", score="matching")
    expected = published(encoder, pictures, TEXTS, **{flag: True})
    found = encoder.score(pictures, TEXTS)
    np.testing.assert_allclose(found, expected[..., 1] - expected[..., 0], rtol=1e-4, atol=1e-5)
    softmax = np.exp(expected[..., 1]) / np.exp(expected).sum(axis=-1)
    np.testing.assert_allclose(1 / (1 + np.exp(-found)), softmax, rtol=1e-4)


@pytest.mark.parametrize(
    ("family", "flag"), [("blip-itm", "use_itm_head"), ("blip-2-itm", "use_image_text_matching_head")]
)
def test_vectors_give_the_cosine_of_the_class_over_the_temperature(
    checkpoint: Folder, pictures: list[Image], family: str, flag: str
) -> None:
    encoder = open_encoder(str(checkpoint(family)), device="cpu")
    expected = published(encoder, pictures, TEXTS, **{flag: False})[..., 0]
    found = encoder.score(pictures, TEXTS)
    np.testing.assert_allclose(found, expected / 0.07, rtol=1e-4, atol=1e-5)
    assert np.ptp(found, axis=0).min() > 0.1  # the images matter


def test_an_image_of_blip_2_is_as_near_as_its_nearest_query(
    checkpoint: Folder, pictures: list[Image]
) -> None:
    encoder = open_encoder(str(checkpoint("blip-2-itm")), device="cpu")
    mean = encoder.features(pictures) @ encoder.features(TEXTS).T / 0.07
    assert (encoder.score(pictures, TEXTS) - mean).min() > 0.01  # the mean of the queries would be less


def test_siglip_2_sees_images_at_their_own_aspect(checkpoint: Folder, pictures: list[Image]) -> None:
    import torch
    from transformers import AutoProcessor

    encoder: Any = open_encoder(str(checkpoint("siglip2")), device="cpu")
    processor = AutoProcessor.from_pretrained(encoder.checkpoint.folder)
    inputs = processor(
        images=[open_image(image) for image in pictures],
        text=list(TEXTS),
        padding="max_length",
        max_length=32,
        patch_size=8,
        max_num_patches=16,
        return_tensors="pt",
    )
    inputs.pop("attention_mask", None)
    assert len(set(map(tuple, inputs["spatial_shapes"].tolist()))) > 1
    with torch.inference_mode():
        expected = encoder._model(**inputs).logits_per_image.numpy()
    np.testing.assert_allclose(encoder.score(pictures, TEXTS), expected, rtol=1e-4, atol=1e-5)


def test_capitals_do_not_count_for_siglip(checkpoint: Folder) -> None:
    # The tokenizer of this checkpoint keeps capitals, as that of most checkpoints of SigLIP 2 does.
    encoder: Any = open_encoder(str(checkpoint("siglip")), device="cpu")
    words = encoder._processor.tokenizer
    assert words("Chest MRI").input_ids != words("chest mri").input_ids
    one, other = encoder.features(["Chest MRI", "chest mri"])
    np.testing.assert_array_equal(one, other)


def test_blip_that_writes_captions_is_refused_since_weights_are_missing(checkpoint: Folder) -> None:
    # Loaded all the same, its text encoder and projections would be drawn at random.
    folder = str(checkpoint("blip-captioning"))
    for score in ("contrastive", "matching"):
        with pytest.raises(ModelError, match=r"weights are missing \(itm_head"):
            open_encoder(folder, device="cpu", score=score).load()
    assert loader_of(folder) == "transformers"


@pytest.mark.parametrize("family", ["blip-itm", "blip-2-itm", "clip", "dinov2", "siglip2"])
def test_an_encoder_without_a_card_is_known_by_its_configuration(checkpoint: Folder, family: str) -> None:
    assert loader_of(str(checkpoint(family))) == "contrastive"


def test_what_has_no_matching_head_says_so(checkpoint: Folder) -> None:
    with pytest.raises(UsageError, match="clip has no matching head; leave"):
        ContrastiveModel(str(checkpoint("clip")), device="cpu", score="matching")


def test_the_two_scores_of_a_checkpoint_are_two_models_with_the_same_features(
    checkpoint: Folder, pictures: list[Image]
) -> None:
    folder = str(checkpoint("blip-itm"))
    vectors, head = (ContrastiveModel(folder, device="cpu", score=s) for s in ("contrastive", "matching"))
    assert (vectors.identity["score"], head.identity["score"]) == ("contrastive", "matching")
    assert vectors.fingerprint != head.fingerprint
    np.testing.assert_array_equal(vectors.encoder.features(pictures), head.encoder.features(pictures))


@pytest.mark.parametrize(("family", "score"), FAMILIES)
def test_the_contracts_hold(checkpoint: Folder, pictures: list[Image], family: str, score: ScoreBy) -> None:
    model = ContrastiveModel(str(checkpoint(family)), device="cpu", score=score)
    asked = [("yes", "no"), ("lung", "a lesion of the left kidney", "brain"), ("ct", "mri"), ("yes", "no")]
    requests = [classify(image, labels) for image, labels in zip(pictures, asked, strict=True)]
    requests.append(classify(pictures[0], ("yes", "no"), pictures[1]))
    other = ContrastiveModel(str(checkpoint(family)), device="cpu", score=score, dtype="bfloat16")
    found = check_model(model, requests, variants=[other])
    assert [finding for finding in found if not finding.ok] == []


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize(("family", "score"), FAMILIES[:4])
def test_half_precision_is_near(
    checkpoint: Folder, pictures: list[Image], family: str, score: ScoreBy, dtype: str
) -> None:
    # Parts of BLIP-2 stay in float32 whatever is asked, so its halves have to meet.
    whole, half = (
        open_encoder(str(checkpoint(family)), device="cpu", score=score, dtype=kind).score(pictures, TEXTS)
        for kind in ("float32", dtype)
    )
    np.testing.assert_allclose(half, whole, atol=0.15)


@pytest.mark.parametrize("name", [name for name, place in CARDS.items() if CONTRASTIVE_CARDS.search(place)])
def test_what_a_card_asks_for_is_an_option_of_its_loader(name: str) -> None:
    card: ModelCard = registry.find("model", name)
    given = {key: str(value) for key, value in card.options.items()}
    assert registry.arguments(ContrastiveModel, given, what=name) == card.options


def test_texts_of_a_choice_and_images_of_a_request_count_by_their_mean_odds(
    checkpoint: Folder, pictures: list[Image]
) -> None:
    model = ContrastiveModel(str(checkpoint("blip-itm")), device="cpu", score="matching")
    options = (Choice(label="a", texts=TEXTS[:2]), Choice(label="b", texts=TEXTS[2:]))
    message = Message(role="user", parts=(pictures[0], pictures[1], "what is it?"))
    [(_, answer)] = model.answer([Request(messages=(message,), choices=options)])
    odds = model.encoder.score(pictures[:2], TEXTS).mean(axis=0)
    a, b = odds[:2].mean(), odds[2]
    assert answer.probs == pytest.approx((1 / (1 + np.exp(b - a)), 1 / (1 + np.exp(a - b))), rel=1e-4)


def test_a_vision_encoder_gives_the_class_token_and_no_answers(
    checkpoint: Folder, pictures: list[Image]
) -> None:
    import torch

    model = ContrastiveModel(str(checkpoint("dinov2")), device="cpu")
    encoder: Any = model.encoder
    pixels = encoder._processor.image_processor([open_image(i) for i in pictures], return_tensors="pt")
    with torch.inference_mode():
        hidden = encoder._model(**pixels).last_hidden_state
    np.testing.assert_allclose(
        encoder.features(pictures, normalise=False), hidden[:, 0], rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(np.linalg.norm(encoder.features(pictures), axis=1), 1, rtol=1e-5)
    assert encoder.features(()).shape == (0, 32)
    with pytest.raises(ModelError, match="sees images only"):
        encoder.features(["a photo"])
    with pytest.raises(ModelError, match="answers nothing; use an encoder of images and texts"):
        list(model.answer([classify(pictures[0], ("yes", "no"))]))


def test_what_an_answer_needs_of_an_image_is_let_go_with_its_last_question(
    checkpoint: Folder, pictures: list[Image]
) -> None:
    # The tokens that a matching head attends to are megabytes for each image of a large model.
    import gc
    import weakref

    model = ContrastiveModel(str(checkpoint("blip-itm")), device="cpu", score="matching", batch=1)
    alive: list[weakref.ref[FloatArray]] = []
    tokens: Any = model.encoder.each_image

    def watched(images: Sequence[Image]) -> Any:
        for index, array in tokens(images):
            alive.append(weakref.ref(array))
            yield index, array
            del array

    model.encoder.each_image = watched  # type: ignore[method-assign]
    answers = model.answer([classify(image, ("yes", "no")) for image in pictures])
    for _ in answers:
        gc.collect()
        assert sum(ref() is not None for ref in alive) <= 2


def classify(image: Image, labels: Sequence[str], *more: Image) -> Request:
    message = Message(role="user", parts=(image, *more, "what is it?"))
    return Request(messages=(message,), choices=tuple(Choice(label=label) for label in labels))
