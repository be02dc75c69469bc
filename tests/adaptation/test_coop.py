"""Learned words on the shipped CLIP and a tiny SigLIP."""

import numpy as np
import pytest
from tests.models.conftest import build_siglip

from medassay.adaptation.coop import _in_place, _with_room, coop
from medassay.adaptation.examples import encoded, labelled
from medassay.adaptation.quality import log_loss
from medassay.adaptation.recipe import Material
from medassay.adaptation.texts import zero_shot
from medassay.models.encoded import Encoded
from medassay.models.encoders import open_encoder
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
    labels = ["a nodule.", "no nodule."]
    tokens, start = _with_room(encoder.tokens(labels), 2, encoder)
    word = encoder.tokens(["lesion"])["input_ids"][0, start]
    written = dict(tokens, input_ids=tokens["input_ids"].clone())
    written["input_ids"][:, start : start + 2] = word
    with torch.no_grad():
        learned = table(word).expand(2, -1)
        with _in_place(table, learned, start):
            ours = encoder.differentiable_texts(model, tokens)
        plain = encoder.differentiable_texts(model, written)
    np.testing.assert_allclose(ours, plain, rtol=1e-4, atol=1e-5)


def test_the_words_learn_and_no_tower_does(tmp_path):
    encoder = open_encoder(place_of("builtin:demo-clip"))
    kept = Encoded(encoder, tmp_path)
    train, validation = (
        encoded(labelled(resolve_benchmark("phantom@detection:n=80", split=s).samples(), what=s), kept)[0]
        for s in ("train", "validation")
    )
    before = zero_shot(encoder, validation)
    held = Material(train=train, validation=validation, encoder=kept, seed=0)
    learned = coop(held, epochs=5)
    assert learned.trained == 4 * 96  # the width of its text tower
    assert learned.settings["validation_log_loss"] < log_loss(before.logits(validation.vectors), validation)
    assert log_loss(learned.head.logits(validation.vectors), validation) == pytest.approx(
        learned.settings["validation_log_loss"], rel=1e-4
    )
    assert zero_shot(encoder, validation).digest == before.digest
