"""LoRA on the shipped CLIP and on a tiny SigLIP: each known mistake has a test that fails on it."""

from dataclasses import replace

import numpy as np
import pytest
from tests.models.conftest import build_siglip

from medassay.adaptation.examples import encoded, labelled
from medassay.adaptation.image_lora import image_lora_probe, image_lora_prompts
from medassay.adaptation.low_rank import LowRank, Tuned
from medassay.adaptation.quality import log_loss
from medassay.adaptation.recipe import Material
from medassay.adaptation.texts import zero_shot
from medassay.errors import UsageError
from medassay.models.encoded import Encoded
from medassay.models.encoders import open_encoder
from medassay.models.sources import place_of
from medassay.workflows.resolve import resolve_benchmark

torch = pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("peft", reason="peft absent")

DEMO = "builtin:demo-clip"


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("siglip")
    torch.manual_seed(0)
    build_siglip(folder)
    return {"clip": DEMO, "siglip": str(folder)}


@pytest.fixture(scope="module")
def material(sources, tmp_path_factory):
    def made(family, n=48):
        encoder = Encoded(open_encoder(place_of(sources[family])), tmp_path_factory.mktemp("features"))
        parts = []
        for split in ("train", "validation"):
            task = resolve_benchmark(f"phantom@detection:n={n}", split=split)
            parts.append(encoded(labelled(task.samples(), what=split), encoder)[0])
        return Material(train=parts[0], validation=parts[1], encoder=encoder, seed=0, source=sources[family])

    return made


@pytest.mark.parametrize("family", ["clip", "siglip"])
def test_adapters_change_nothing_before_they_are_trained(material, family):
    held = material(family)
    tuned = Tuned(held.encoder.encoder, LowRank(targets="linear"), source=held.source, revision=None)
    tuned.model.eval()
    images = [one[0] for one in held.train.images[:5]]
    with torch.inference_mode():
        ours = tuned.vectors(images).numpy()
    np.testing.assert_allclose(ours, held.train.vectors[:5], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("targets", ["attention", "linear", "linear+embedding"])
@pytest.mark.parametrize("family", ["clip", "siglip"])
def test_gradients_reach_every_adapter_and_nothing_else(material, family, targets):
    held = material(family)
    tuned = Tuned(held.encoder.encoder, LowRank(targets=targets), source=held.source, revision=None)
    before = {name: p.detach().clone() for name, p in tuned.model.named_parameters()}
    optimiser = torch.optim.AdamW(tuned.parameters, lr=1e-2)
    for _ in range(2):  # B begins at 0, so that A has a gradient from the second step on
        optimiser.zero_grad()
        tuned.vectors([one[0] for one in held.train.images[:8]]).square().sum().backward()
        optimiser.step()
    changed = {n for n, p in tuned.model.named_parameters() if not torch.equal(p, before[n])}
    claimed = {n for n in before if "lora_" in n}
    assert changed == claimed
    assert len(claimed) == 2 * len(tuned.names)
    assert all(name.startswith("vision_model.") for name in tuned.names)


@pytest.mark.parametrize("recipe", [image_lora_probe, image_lora_prompts])
def test_merged_and_reloaded_is_what_was_trained(material, tmp_path, recipe):
    held = material("clip")
    learned = recipe(held, epochs=1, learning_rate=1e-2, dropout=0.5)
    learned.adapter(tmp_path / "adapter")
    again = Encoded(open_encoder(str(tmp_path / "adapter")), tmp_path / "features")
    validation, _ = encoded(replace(held.validation, vectors=np.zeros((0, 0))), again)
    assert not np.allclose(validation.vectors, held.validation.vectors, rtol=1e-3)
    loss = log_loss(learned.head.logits(validation.vectors), validation)
    assert loss == pytest.approx(learned.settings["validation_log_loss"], rel=1e-4)


def test_training_lowers_the_loss_it_is_judged_on(material):
    held = material("clip", n=160)
    learned = image_lora_prompts(held, epochs=2, learning_rate=1e-3)
    before = log_loss(
        zero_shot(held.encoder.encoder, held.validation).logits(held.validation.vectors), held.validation
    )
    assert learned.settings["validation_log_loss"] < before


def test_the_same_seed_gives_the_same_weights(material):
    held = material("clip")
    one, two, other = (
        image_lora_probe(replace(held, seed=seed), epochs=1, learning_rate=1e-2).head.digest
        for seed in (0, 0, 1)
    )
    assert one == two != other


def test_the_encoder_itself_stays_as_it_was(material):
    held = material("clip")
    images = [one[0] for one in held.train.images[:3]]
    image_lora_probe(held, epochs=1, learning_rate=1e-2)
    np.testing.assert_allclose(
        held.encoder.encoder.features(images, normalise=False), held.train.vectors[:3], rtol=1e-4, atol=1e-5
    )


def test_samples_of_several_images_are_refused(material):
    held = material("clip")
    doubled = replace(held.train, images=tuple((*one, *one) for one in held.train.images))
    with pytest.raises(UsageError, match="one image each"):
        image_lora_probe(replace(held, train=doubled), epochs=1)
