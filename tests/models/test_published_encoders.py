"""MedCLIP and PMC-CLIP from their authors' files, against other implementations, and the known mistakes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch

from medassay.contracts.models import check_model
from medassay.models import loader_of
from medassay.models.contrastive import ContrastiveModel
from medassay.models.encoders import medclip, open_encoder, pmc_clip, resnet
from medassay.models.encoders.weights import placed
from medassay.types import Choice, Image, Message, Request

from .builders import published as layout

Folder = Callable[[str], Path]
FAMILIES = ("medclip-swin", "medclip-resnet", "pmc-clip")
TEXTS = ["a photo of pneumonia", "no lesion"]
MEDCLIP_WHITE, MEDCLIP_BLACK = 1.480215, -2.097592  # (1 - mean) / deviation and -mean / deviation


def opened(folder: Path) -> Any:
    return open_encoder(str(folder), device="cpu")


def tensors(folder: Path, name: str = "pytorch_model.bin") -> dict[str, torch.Tensor]:
    return dict(torch.load(folder / name, weights_only=True))


def under(prefix: str, held: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): value for name, value in held.items() if name.startswith(prefix)}


# Images


def test_medclip_keeps_its_own_grey_square():
    """MedVLMBench multiplies by the mean .5863, divides by CLIP's deviation and squashes."""
    white = medclip.prepare(PIL.Image.new("RGB", (448, 448), "white"))
    assert white.shape == (3, 224, 224)
    np.testing.assert_allclose(white, MEDCLIP_WHITE, rtol=1e-5)
    tall = medclip.prepare(PIL.Image.new("RGB", (224, 448), "white"))[0]
    np.testing.assert_allclose(tall[:, :50], MEDCLIP_BLACK, rtol=1e-5)
    np.testing.assert_allclose(tall[:, 62:162], MEDCLIP_WHITE, rtol=1e-5)
    small = medclip.prepare(PIL.Image.new("RGB", (100, 100), "white"))[0]
    assert (np.isclose(small, MEDCLIP_WHITE, rtol=1e-5)).sum() == 100 * 100  # not enlarged
    red = medclip.prepare(PIL.Image.new("RGB", (224, 224), "red"))
    np.testing.assert_allclose(red, (76 / 255 - medclip.MEAN) / medclip.DEVIATION, rtol=1e-5)


@pytest.mark.parametrize("size", [(224, 224), (448, 448), (300, 224), (224, 301), (640, 480)])
def test_pmc_clip_prepares_images_as_clip_does(size: tuple[int, int]):
    from transformers import CLIPImageProcessorPil

    noise = np.random.default_rng(0).integers(0, 255, (*size[::-1], 3), dtype=np.uint8)
    picture = PIL.Image.fromarray(noise)
    clip = CLIPImageProcessorPil(size={"shortest_edge": 224}, crop_size={"height": 224, "width": 224})
    expected = clip(picture, return_tensors="np")["pixel_values"][0]
    np.testing.assert_allclose(pmc_clip.prepare(picture), expected, atol=1e-5)


def test_the_resnet_of_medclip_is_that_of_transformers():
    from transformers import ResNetConfig, ResNetModel

    torch.manual_seed(0)
    held = layout.drawn(layout.resnet(8, (2, 1, 1, 2), 24))
    config = ResNetConfig(embedding_size=8, hidden_sizes=[32, 64, 128, 256], depths=[2, 1, 1, 2])
    other = ResNetModel(config).eval()
    names = {"conv1": "0.convolution", "conv2": "1.convolution", "conv3": "2.convolution"}
    names |= {"bn1": "0.normalization", "bn2": "1.normalization", "bn3": "2.normalization"}
    theirs = {}
    for name, value in held.items():
        part, _, rest = name.partition(".")
        if part.startswith("layer"):
            block, inner, end = rest.split(".", 2)
            inner, end = (inner, end) if inner != "downsample" else (f"downsample.{end[0]}", end[2:])
            shortcut = {"downsample.0": "shortcut.convolution", "downsample.1": "shortcut.normalization"}
            at = shortcut.get(inner) or f"layer.{names[inner]}"
            theirs[f"encoder.stages.{int(part[5:]) - 1}.layers.{block}.{at}.{end}"] = value
        elif part != "fc":
            theirs[f"embedder.embedder.{names[part][2:]}.{rest}"] = value
    other.load_state_dict(theirs)
    pixels = torch.randn(2, 3, 96, 96)
    with torch.inference_mode():
        expected = other(pixels).pooler_output.flatten(1) @ held["fc.weight"].T
    found = resnet.plain(placed(held, dtype="float32", device="cpu"), pixels)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_the_resnet_of_pmc_clip_is_that_of_its_modules():
    """The same network put together from torch's own modules, attention included."""
    torch.manual_seed(0)
    width, places, outputs = 8, 2, 24
    held = layout.drawn(layout.modified_resnet(width, (2, 1, 1, 2), outputs, places))
    pixels = torch.randn(2, 3, 32 * places, 32 * places)

    def convolution(name: str, seen: torch.Tensor, **how: Any) -> torch.Tensor:
        weight = held[f"{name}.weight"]
        module = torch.nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[-1], bias=False, **how)
        module.load_state_dict({"weight": weight})
        return module(seen)

    def normal(name: str, seen: torch.Tensor) -> torch.Tensor:
        module = torch.nn.BatchNorm2d(seen.shape[1]).eval()
        module.load_state_dict(under(f"{name}.", held))
        return module(seen)

    with torch.inference_mode():
        seen = normal("bn1", convolution("conv1", pixels, stride=2, padding=1)).relu()
        seen = normal("bn2", convolution("conv2", seen, padding=1)).relu()
        seen = torch.nn.AvgPool2d(2)(normal("bn3", convolution("conv3", seen, padding=1)).relu())
        for stage, depth in enumerate((2, 1, 1, 2), start=1):
            for block in range(depth):
                at, shrink = f"layer{stage}.{block}", torch.nn.Identity()
                if block == 0 and stage > 1:
                    shrink = torch.nn.AvgPool2d(2)
                inner = normal(f"{at}.bn1", convolution(f"{at}.conv1", seen)).relu()
                inner = shrink(normal(f"{at}.bn2", convolution(f"{at}.conv2", inner, padding=1)).relu())
                inner = normal(f"{at}.bn3", convolution(f"{at}.conv3", inner))
                if block == 0:
                    seen = normal(f"{at}.downsample.1", convolution(f"{at}.downsample.0", shrink(seen)))
                seen = (inner + seen).relu()
        wide = 32 * width
        attention = torch.nn.MultiheadAttention(wide, wide // 64)
        parts = {n: (held[f"attnpool.{n}_proj.weight"], held[f"attnpool.{n}_proj.bias"]) for n in "qkv"}
        attention.load_state_dict(
            {
                "in_proj_weight": torch.cat([parts[n][0] for n in "qkv"]),
                "in_proj_bias": torch.cat([parts[n][1] for n in "qkv"]),
                "out_proj.weight": torch.eye(wide),
                "out_proj.bias": torch.zeros(wide),
            }
        )
        rows = seen.flatten(2).permute(2, 0, 1)
        rows = torch.cat([rows.mean(0, keepdim=True), rows]) + held["attnpool.positional_embedding"][:, None]
        pooled = attention(rows, rows, rows)[0][0]
        expected = pooled @ held["attnpool.c_proj.weight"].T + held["attnpool.c_proj.bias"]
    found = resnet.modified(placed(held, dtype="float32", device="cpu"), pixels)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_the_swin_of_medclip_is_that_of_transformers(checkpoint: Folder, pictures: list[Image]):
    from transformers import SwinConfig, SwinModel

    held = tensors(checkpoint("medclip-swin"))
    renamed = {}
    for name, value in under("vision_model.model.", held).items():
        now = name
        for old, new in (
            ("attention.self.query", "attention.q_proj"),
            ("attention.self.key", "attention.k_proj"),
            ("attention.self.value", "attention.v_proj"),
            ("attention.output.dense", "attention.o_proj"),
            ("attention.self.relative", "attention.relative_position_bias.relative"),
            ("intermediate.dense", "mlp.fc1"),
            ("output.dense", "mlp.fc2"),
        ):
            now = now.replace(old, new)
        renamed[now] = value
    other = SwinModel(SwinConfig(embed_dim=32, depths=[2, 1], num_heads=[1, 2])).eval()
    other.load_state_dict({name: renamed[name] for name in other.state_dict()})
    encoder = opened(checkpoint("medclip-swin"))
    pixels = torch.from_numpy(np.stack([medclip.prepare(PIL.Image.open(p.uri)) for p in pictures]))
    with torch.inference_mode():
        expected = other(pixels).pooler_output @ held["vision_model.projection_head.weight"].T
    np.testing.assert_allclose(encoder.features(pictures, normalise=False), expected, rtol=1e-4, atol=1e-4)


# Texts


def bert(held: dict[str, torch.Tensor]) -> Any:
    from transformers import BertConfig, BertModel

    sizes = {"hidden_size": 128, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 64}
    words = len(layout.WORDS)
    model = BertModel(BertConfig(vocab_size=words, max_position_embeddings=80, **sizes)).eval()
    model.load_state_dict({n: v for n, v in held.items() if n != "embeddings.position_ids"})
    return model


def test_a_text_of_medclip_is_the_mean_of_three_layers_over_its_own_tokens(checkpoint: Folder):
    encoder = opened(checkpoint("medclip-resnet"))
    held = tensors(checkpoint("medclip-resnet"))
    model, projection = bert(under("text_model.model.", held)), held["text_model.projection_head.weight"]

    def original(words: Any) -> np.ndarray:
        with torch.inference_mode():
            states = model(**words, output_hidden_states=True).hidden_states
        mean = torch.stack([states[1], states[2], states[-1]]).permute(1, 0, 2, 3).mean(2).mean(1)
        return np.asarray(mean @ projection.T)

    found = encoder.features(TEXTS, normalise=False)
    for text, vector in zip(TEXTS, found, strict=True):
        alone = original(encoder._tokenizer([text], return_tensors="pt"))
        np.testing.assert_allclose(vector, alone[0], rtol=1e-4, atol=1e-5)
    padded = original(encoder._tokenizer(TEXTS, padding=True, return_tensors="pt"))
    assert abs(padded[1] - found[1]).max() > 1e-2  # the shorter one, with the pads in its mean


def test_a_text_of_pmc_clip_is_padded_to_77_and_its_pads_are_seen(checkpoint: Folder):
    encoder, folder = opened(checkpoint("pmc-clip")), checkpoint("pmc-clip")
    model, projection = (
        bert(tensors(folder, "text_encoder.pth")),
        torch.load(folder / "text_projection_layer.pth", weights_only=True),
    )
    words = encoder._tokenizer(TEXTS, padding="max_length", max_length=77, return_tensors="pt")
    everywhere = torch.ones_like(words["attention_mask"])
    with torch.inference_mode():
        expected = model(input_ids=words["input_ids"], attention_mask=everywhere).last_hidden_state[:, 0]
        masked = model(**words).last_hidden_state[:, 0] @ projection
    found = encoder.features(TEXTS, normalise=False)
    np.testing.assert_allclose(found, (expected @ projection).numpy(), rtol=1e-4, atol=1e-5)
    assert abs(found - masked.numpy()).max() > 1e-2


def test_scales_are_clamped_as_in_training_and_stated_where_no_file_has_them(
    checkpoint: Folder, tmp_path: Path
):
    assert opened(checkpoint("pmc-clip")).scale_and_bias == (pytest.approx(np.exp(4.4292)), 0.0)
    assert opened(checkpoint("medclip-resnet")).scale_and_bias[0] == pytest.approx(np.exp(2.5))
    folder = Path(shutil.copytree(checkpoint("medclip-resnet"), tmp_path / "steep"))
    torch.save(tensors(folder) | {"logit_scale": torch.tensor(9.0)}, folder / "pytorch_model.bin")
    assert opened(folder).scale_and_bias[0] == pytest.approx(np.exp(4.6052))


# As a model


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_of_them_keeps_every_contract(checkpoint: Folder, pictures: list[Image], family: str):
    def model(dtype: str) -> ContrastiveModel:
        return ContrastiveModel(str(checkpoint(family)), device="cpu", dtype=dtype, template="{}")

    choices = [("pneumonia", "no lesion"), ("chest x ray", "mri", "a photo of liver")] * 2
    requests = [
        Request(
            messages=(Message(role="user", parts=(image, "what is it?")),),
            choices=tuple(Choice(label=label) for label in labels),
        )
        for image, labels in zip(pictures, choices, strict=True)
    ]
    found = check_model(model("float32"), requests, variants=[model("bfloat16")])
    assert [finding for finding in found if not finding.ok] == []
    first, second = dict(model("float32").answer([requests[0], requests[2]])).values()
    assert first.probs != pytest.approx(second.probs, abs=1e-4)  # the image matters
    assert loader_of(str(checkpoint(family))) == "contrastive"
