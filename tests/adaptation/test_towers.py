"""Adapters in every kind of image tower that can be trained: real architectures with tiny weights."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.models.builders.encoders import build_blip, build_blip_2
from tests.models.conftest import build_clip, build_siglip

from medassay.adaptation.examples import encoded, labelled
from medassay.adaptation.image_lora import image_lora_probe
from medassay.adaptation.low_rank import LowRank, Tuned
from medassay.adaptation.quality import log_loss
from medassay.adaptation.recipe import Material
from medassay.adaptation.texts import text_arrays
from medassay.errors import ModelError, UsageError
from medassay.models.encoded import Encoded
from medassay.models.encoders import open_encoder
from medassay.workflows.resolve import resolve_benchmark

torch = pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("peft", reason="peft absent")

BUILDERS: dict[str, Callable[[Path], None]] = {
    "clip": build_clip,
    "siglip": build_siglip,
    "blip": build_blip,
    "blip-2": build_blip_2,
}
OPEN_CLIP = ("open_clip", "biomedclip")
CASES = pytest.mark.parametrize(
    ("held", "targets"),
    [
        (kind, targets)
        for kind in (*BUILDERS, *OPEN_CLIP)
        for targets in ("attention", "linear")
        if (kind, targets) != ("open_clip", "attention")  # it runs its weights itself
    ],
    indirect=["held"],
)
KINDS = pytest.mark.parametrize("held", [*BUILDERS, *OPEN_CLIP], indirect=True)


@pytest.fixture(scope="module")
def held(request, tmp_path_factory):
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp(request.param)
    torch.manual_seed(0)
    if request.param in OPEN_CLIP:
        pytest.importorskip("open_clip", reason="open_clip absent", exc_type=ImportError)
        from tests.models.builders import open_clip

        getattr(open_clip, f"build_{request.param}")(folder)
    else:
        BUILDERS[request.param](folder)
    encoder = Encoded(open_encoder(str(folder)), tmp_path_factory.mktemp("features"))
    parts = []
    for split in ("train", "validation"):
        task = resolve_benchmark("phantom@detection:n=16", split=split)
        parts.append(encoded(labelled(task.samples(), what=split), encoder)[0])
    return Material(train=parts[0], validation=parts[1], encoder=encoder, seed=0, source=str(folder))


def tuned(held, targets, dropout=0.0):
    settings = LowRank(targets=targets, dropout=dropout)
    return Tuned(held.encoder.encoder, settings, source=held.source, revision=None)


@CASES
def test_adapters_change_nothing_before_they_are_trained(held, targets):
    made = tuned(held, targets)
    made.model.eval()
    images = [one[0] for one in held.train.images[:4]]
    with torch.inference_mode():
        ours = made.vectors(images).numpy()
    np.testing.assert_allclose(ours, held.train.vectors[:4], rtol=1e-4, atol=1e-5)


@CASES
def test_gradients_reach_every_adapter_and_nothing_else(held, targets):
    made = tuned(held, targets)
    before = {name: p.detach().clone() for name, p in made.model.named_parameters()}
    optimiser = torch.optim.AdamW(made.parameters, lr=1e-2)
    for _ in range(2):  # B begins at 0, so that A has a gradient from the second step on
        optimiser.zero_grad()
        made.vectors([one[0] for one in held.train.images[:4]]).float().square().sum().backward()
        optimiser.step()
    changed = {name for name, p in made.model.named_parameters() if not torch.equal(p, before[name])}
    claimed = {name for name in before if "lora_" in name}
    assert made.names
    assert changed == claimed


@CASES
def test_merged_and_reloaded_is_what_was_trained(held, targets, tmp_path):
    learned = image_lora_probe(
        held, epochs=2, learning_rate=3e-2, batch=4, dropout=0.0, targets=targets, last=True
    )
    assert learned.adapter is not None
    learned.adapter(tmp_path / "adapter")
    again = Encoded(open_encoder(str(tmp_path / "adapter")), tmp_path / "features")
    validation, _ = encoded(replace(held.validation, vectors=np.zeros((0, 0))), again)
    assert not np.allclose(validation.vectors, held.validation.vectors, rtol=1e-3)
    loss = log_loss(learned.head.logits(validation.vectors), validation)
    assert loss == pytest.approx(learned.settings["validation_log_loss"], rel=1e-4)


@KINDS
def test_what_ranks_by_several_vectors_has_no_prototype(held):
    encoder = held.encoder.encoder
    if encoder.one_vector:
        assert text_arrays(encoder, held.train)["texts"].shape[1] == held.train.vectors.shape[1]
    else:
        with pytest.raises(UsageError, match="nearest of several vectors"):
            text_arrays(encoder, held.train)


def test_attention_that_runs_its_weights_itself_is_refused(tmp_path):
    pytest.importorskip("open_clip", reason="open_clip absent", exc_type=ImportError)
    from tests.models.builders.open_clip import build_open_clip

    build_open_clip(tmp_path)
    with pytest.raises(ModelError, match="targets=linear takes"):
        Tuned(open_encoder(str(tmp_path)), LowRank(), source=str(tmp_path), revision=None)
