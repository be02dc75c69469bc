"""Learned words on the shipped CLIP and a tiny SigLIP."""

import numpy as np
import pytest
from tests.models.conftest import build_siglip

from medassay.adaptation.cocoop import cocoop
from medassay.adaptation.coop import coop
from medassay.adaptation.examples import encoded, labelled
from medassay.adaptation.quality import log_loss
from medassay.adaptation.recipe import Material
from medassay.adaptation.texts import zero_shot
from medassay.models.conditional import logits_of
from medassay.models.encoded import Encoded
from medassay.models.encoders import open_encoder
from medassay.models.encoders.contexts import Room
from medassay.models.heads import load_head
from medassay.models.sources import place_of
from medassay.workflows.resolve import resolve_benchmark

torch = pytest.importorskip("torch", reason="torch is not installed")


@pytest.fixture(scope="module", params=["clip", "siglip"])
def encoder(request, tmp_path_factory):
    torch.set_num_threads(1)
    if request.param == "clip":
        return open_encoder(place_of("builtin:demo-clip"))
    folder = tmp_path_factory.mktemp("siglip")
    torch.manual_seed(0)
    build_siglip(folder)
    return open_encoder(str(folder))


def test_words_put_in_as_vectors_are_the_words_themselves(encoder):
    """With the vectors of real tokens in the room, a text is what the same tokens written out give."""
    model = encoder.trainable()
    table = model.text_model.get_input_embeddings()
    labels = ["a nodule", "no nodule"]
    room = Room.before(labels, 2, encoder)
    word, other = (encoder.tokens([text])["input_ids"][0, room.start] for text in ("lesion", "chest"))

    def written(token):
        ids = room.tokens["input_ids"].clone()
        ids[:, room.start : room.start + 2] = token
        return encoder.differentiable_texts(model, {**room.tokens, "input_ids": ids})

    with torch.no_grad():
        ours = room.vectors(model, table(word).expand(2, -1))
        np.testing.assert_allclose(ours, written(word), rtol=1e-4, atol=1e-5)
        each = room.vectors(model, torch.stack([table(word).expand(2, -1), table(other).expand(2, -1)]))
        for found, token in zip(each, (word, other), strict=True):  # of several images, each its own
            np.testing.assert_allclose(found, written(token), rtol=1e-4, atol=1e-5)


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    kept = Encoded(open_encoder(place_of("builtin:demo-clip")), tmp_path_factory.mktemp("features"))
    train, validation = (
        encoded(labelled(resolve_benchmark("phantom@detection:n=80", split=s).samples(), what=s), kept)[0]
        for s in ("train", "validation")
    )
    return Material(train=train, validation=validation, encoder=kept, seed=0)


def test_the_words_learn_and_no_tower_does(held):
    encoder, validation = held.encoder.encoder, held.validation
    before = zero_shot(encoder, validation)
    learned = coop(held, epochs=5)
    assert learned.trained == 4 * 96  # the width of its text tower
    assert learned.settings["validation_log_loss"] < log_loss(before.logits(validation.vectors), validation)
    assert log_loss(learned.head.logits(validation.vectors), validation) == pytest.approx(
        learned.settings["validation_log_loss"], rel=1e-4
    )
    assert zero_shot(encoder, validation).digest == before.digest


def test_words_that_depend_on_the_image_learn_and_are_read_again(held, tmp_path):
    encoder, validation = held.encoder.encoder, held.validation
    before = zero_shot(encoder, validation)
    learned = cocoop(held, epochs=3)
    assert learned.trained == 4 * 96 + (4 * 64 + 4) + (96 * 4 + 96)  # context, and a network 64 to 4 to 96
    assert learned.settings["validation_log_loss"] < log_loss(before.logits(validation.vectors), validation)
    learned.head.save(tmp_path)
    again = load_head(tmp_path)
    assert again.digest == learned.head.digest
    logits = logits_of(again, encoder)(validation.vectors)
    assert log_loss(logits, validation) == pytest.approx(learned.settings["validation_log_loss"], rel=1e-4)
    alone = logits_of(again, encoder)(validation.vectors[3:4])  # whatever else is in the batch
    np.testing.assert_allclose(alone[0], logits[3], rtol=1e-4, atol=1e-4)
    assert np.abs(learned.head.arrays["up"]).max() > 0  # the image has its say
    assert zero_shot(encoder, validation).digest == before.digest
