"""Folders of open_clip, against its own forward pass, and against the known mistakes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medassay.contracts.models import check_model
from medassay.errors import ModelError
from medassay.images import open_image
from medassay.models import loader_of
from medassay.models.contrastive import ContrastiveModel
from medassay.models.encoders import open_encoder
from medassay.types import Choice, FloatArray, Image, Message, Request


def _importable() -> bool:
    """It is not where torchvision is of another build than torch."""
    try:
        import open_clip  # noqa: F401
    except (ImportError, RuntimeError):
        return False
    return True


pytestmark = pytest.mark.skipif(not _importable(), reason="open_clip absent")
Folder = Callable[[str], Path]
TEXTS = ("a photo of pneumonia.", "chest x-ray, no lesion", "mri")
FAMILIES = ("open_clip", "open_clip-siglip", "biomedclip")


def published(folder: Path, images: Sequence[Image], texts: Sequence[str]) -> FloatArray:
    """The logits as open_clip's README computes them."""
    import open_clip
    import torch

    model, transform = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
    words = open_clip.get_tokenizer(f"local-dir:{folder}")
    pixels = torch.stack([transform(open_image(image)) for image in images])
    with torch.inference_mode():
        seen, read, scale, *bias = model.eval()(pixels, words(list(texts)))
        return np.asarray((scale * seen @ read.T + (bias[0] if bias else 0)).numpy())


@pytest.mark.parametrize("family", FAMILIES)
def test_scores_are_the_forward_pass_of_open_clip(
    checkpoint: Folder, pictures: list[Image], family: str
) -> None:
    found = open_encoder(str(checkpoint(family)), device="cpu").score(pictures, TEXTS)
    np.testing.assert_allclose(found, published(checkpoint(family), pictures, TEXTS), rtol=1e-4, atol=1e-4)
    assert np.ptp(found, axis=0).min() > 0.01  # the images matter


def test_probabilities_are_one_softmax_of_the_logits(checkpoint: Folder, pictures: list[Image]) -> None:
    # The published wrapper of BiomedCLIP takes the softmax of a softmax: two classes stay in [.27, .73].
    model = ContrastiveModel(str(checkpoint("biomedclip")), device="cpu", template="{}")
    [(_, answer)] = model.answer([classify(pictures[0], TEXTS[:2])])
    logits = published(checkpoint("biomedclip"), pictures[:1], TEXTS[:2])[0].astype(np.float64)
    softmax = np.exp(logits) / np.exp(logits).sum()
    assert answer.probs == pytest.approx(tuple(softmax), rel=1e-3)
    twice = np.exp(softmax) / np.exp(softmax).sum()
    assert abs(softmax - twice).max() > 0.01  # the mistake would be seen


def test_certainty_of_two_classes_passes_what_a_second_softmax_allows(
    checkpoint: Folder, pictures: list[Image], tmp_path: Path
) -> None:
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(checkpoint("biomedclip"), tmp_path / "certain")
    weights = load_file(folder / "open_clip_model.safetensors")
    weights["logit_scale"] += 5  # it is the logarithm
    save_file(weights, folder / "open_clip_model.safetensors")
    model = ContrastiveModel(str(folder), device="cpu", template="{}")
    [(_, answer)] = model.answer([classify(pictures[0], TEXTS[:2])])
    assert max(answer.probs or ()) > 0.9


@pytest.mark.parametrize(("family", "sigmoid"), [("open_clip", False), ("open_clip-siglip", True)])
def test_a_bias_says_that_it_was_trained_by_pairs(
    checkpoint: Folder, pictures: list[Image], family: str, sigmoid: bool
) -> None:
    model = ContrastiveModel(str(checkpoint(family)), device="cpu", template="{}")
    [(_, answer)] = model.answer([classify(pictures[0], ["mri"])])
    logit = published(checkpoint(family), pictures[:1], ["mri"])[0, 0]
    expected = 1 / (1 + np.exp(-logit)) if sigmoid else 1.0
    assert answer.probs == pytest.approx((expected,), rel=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_contracts_hold(checkpoint: Folder, pictures: list[Image], family: str) -> None:
    model = ContrastiveModel(str(checkpoint(family)), device="cpu")
    asked = [("yes", "no"), ("lung", "a lesion of the left kidney", "brain"), ("ct", "mri"), ("yes", "no")]
    requests = [classify(image, labels) for image, labels in zip(pictures, asked, strict=True)]
    other = ContrastiveModel(str(checkpoint(family)), device="cpu", dtype="bfloat16")
    found = check_model(model, requests, variants=[other])
    assert [finding for finding in found if not finding.ok] == []
    assert np.isfinite(other.encoder.score(pictures, TEXTS)).all()


def test_a_text_of_biomedclip_may_have_256_tokens(checkpoint: Folder) -> None:
    encoder: Any = open_encoder(str(checkpoint("biomedclip")), device="cpu")
    long, longer, other = encoder.features(["lung " * 200, "lung " * 200 + "mri", "lung " * 60])
    assert abs(long - longer).max() > 1e-4  # not cut at the 77 tokens of CLIP
    assert abs(long - other).max() > 1e-4


def test_it_is_known_by_its_configuration_and_by_one_bit_of_it(checkpoint: Folder, tmp_path: Path) -> None:
    folder = checkpoint("open_clip")
    assert loader_of(str(folder)) == "contrastive"
    one = ContrastiveModel(str(folder), device="cpu")
    copy = shutil.copytree(folder, tmp_path / "copy")
    assert ContrastiveModel(str(copy), device="cpu").fingerprint == one.fingerprint
    settings = json.loads((copy / "open_clip_config.json").read_text())
    settings["preprocess_cfg"]["mean"][0] = 0.5
    (copy / "open_clip_config.json").write_text(json.dumps(settings))
    assert ContrastiveModel(str(copy), device="cpu").fingerprint != one.fingerprint


def test_one_file_of_weights_is_read_by_the_architecture_that_it_is_said_to_have(
    checkpoint: Folder, pictures: list[Image], tmp_path: Path
) -> None:
    # As BMC-CLIP is published: a training checkpoint of several devices, without a configuration.
    import open_clip
    import torch
    from safetensors.torch import load_file

    folder, file = checkpoint("open_clip"), tmp_path / "weights" / "epoch_6.pt"
    settings = json.loads((folder / "open_clip_config.json").read_text())["model_cfg"]
    (tmp_path / "tiny-for-test.json").write_text(json.dumps(settings))
    open_clip.add_model_config(tmp_path / "tiny-for-test.json")
    weights = load_file(folder / "open_clip_model.safetensors")
    file.parent.mkdir()
    torch.save({"epoch": 6, "state_dict": {f"module.{k}": v for k, v in weights.items()}}, file)

    model = ContrastiveModel(str(file.parent), device="cpu", architecture="tiny-for-test")
    whole = open_encoder(str(folder), device="cpu")
    np.testing.assert_allclose(model.encoder.features(TEXTS), whole.features(TEXTS), rtol=1e-4, atol=1e-5)
    assert model.encoder.features(pictures).shape == (4, 16)
    assert model.identity["architecture"] == "tiny-for-test"
    named = ContrastiveModel(str(file), device="cpu", architecture="tiny-for-test")
    assert named.fingerprint == model.fingerprint
    with pytest.raises(ModelError, match="open_clip has no architecture 'ViT-Z-1'"):
        open_encoder(str(file), architecture="ViT-Z-1")
    shutil.copy(file, file.with_name("epoch_7.pt"))
    with pytest.raises(ModelError, match="2 files of weights; beside an architecture there should be one"):
        open_encoder(str(file.parent), architecture="tiny-for-test")


def test_what_is_missing_is_said_in_one_line(checkpoint: Folder, tmp_path: Path) -> None:
    folder = shutil.copytree(checkpoint("open_clip"), tmp_path / "torn")
    (folder / "open_clip_model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"no weights \(open_clip_model.safetensors or"):
        open_encoder(str(folder), device="cpu").load()
    folder = shutil.copytree(checkpoint("biomedclip"), tmp_path / "wordless")
    for file in folder.glob("token*"):
        file.unlink()
    with pytest.raises(ModelError, match="no usable tokenizer"):
        open_encoder(str(folder), device="cpu").load()


def classify(image: Image, labels: Sequence[str]) -> Request:
    message = Message(role="user", parts=(image, "what is it?"))
    return Request(messages=(message,), choices=tuple(Choice(label=label) for label in labels))
