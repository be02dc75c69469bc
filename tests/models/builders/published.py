"""Tiny checkpoints in the layouts of MedCLIP and PMC-CLIP: names and shapes from the codes that made them.

MedCLIP: https://github.com/RyanWangZf/MedCLIP at 9c3396f20d5d54e4fae241b8cb06ca45848e98c9,
medclip/modeling_medclip.py, whose parts are SwinModel and BertModel of transformers 4.24 and resnet50 of
torchvision. PMC-CLIP: https://github.com/WeixiongLin/PMC-CLIP at b0b81e3629740b4af837338ab5afa46e5d03a18e,
src/pmc_clip/model/blocks.py (ModifiedResNet, AttentionPool2d) and pmc_clip.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Shapes = Mapping[str, tuple[int, ...]]
PROJECTED = 24
_SPECIAL = "[PAD] [UNK] [CLS] [SEP] [MASK]"
_COMMON = "a photo of pneumonia chest x ray no lesion mri lung liver is there . , -"
WORDS = f"{_SPECIAL} {_COMMON}".split()


def _stages(width: int, blocks: Sequence[int]) -> Shapes:
    """Four stages of bottlenecks, alike in both codes."""
    shapes: dict[str, tuple[int, ...]] = {}
    inputs = width
    for stage, depth in enumerate(blocks):
        size = width * 2**stage
        for block in range(depth):
            at = f"layer{stage + 1}.{block}"
            shapes |= {f"{at}.conv1.weight": (size, inputs, 1, 1), **_norm(f"{at}.bn1", size)}
            shapes |= {f"{at}.conv2.weight": (size, size, 3, 3), **_norm(f"{at}.bn2", size)}
            shapes |= {f"{at}.conv3.weight": (4 * size, size, 1, 1), **_norm(f"{at}.bn3", 4 * size)}
            if block == 0:
                shapes |= {f"{at}.downsample.0.weight": (4 * size, inputs, 1, 1)}
                shapes |= _norm(f"{at}.downsample.1", 4 * size)
            inputs = 4 * size
    return shapes


def _norm(name: str, size: int) -> Shapes:
    """BatchNorm2d."""
    means = {f"{name}.running_mean": (size,), f"{name}.running_var": (size,)}
    return {**_pair(name, size), **means, f"{name}.num_batches_tracked": ()}


def _pair(name: str, *shape: int) -> Shapes:
    """A weight and its bias."""
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}


def bert(hidden: int, layers: int, wide: int, words: int, places: int = 512) -> Shapes:
    """BertModel of transformers 4.24: its places still lie in the file."""
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.position_ids": (1, places),
        "embeddings.word_embeddings.weight": (words, hidden),
        "embeddings.position_embeddings.weight": (places, hidden),
        "embeddings.token_type_embeddings.weight": (2, hidden),
        **_pair("embeddings.LayerNorm", hidden),
        **_pair("pooler.dense", hidden, hidden),
    }
    for i in range(layers):
        at = f"encoder.layer.{i}"
        for name in ("query", "key", "value"):
            shapes |= _pair(f"{at}.attention.self.{name}", hidden, hidden)
        shapes |= _pair(f"{at}.attention.output.dense", hidden, hidden)
        shapes |= _pair(f"{at}.attention.output.LayerNorm", hidden)
        shapes |= _pair(f"{at}.intermediate.dense", wide, hidden)
        shapes |= _pair(f"{at}.output.dense", hidden, wide)
        shapes |= _pair(f"{at}.output.LayerNorm", hidden)
    return shapes


def swin(width: int, depths: Sequence[int], heads: Sequence[int], window: int = 7) -> Shapes:
    """SwinModel of transformers 4.24: its relative places still lie in the file."""
    shapes: dict[str, tuple[int, ...]] = {
        **_pair("embeddings.patch_embeddings.projection", width, 3, 4, 4),
        **_pair("embeddings.norm", width),
        **_pair("layernorm", width * 2 ** (len(depths) - 1)),
    }
    for stage, depth in enumerate(depths):
        size = width * 2**stage
        for block in range(depth):
            at = f"encoder.layers.{stage}.blocks.{block}"
            shapes |= _pair(f"{at}.layernorm_before", size) | _pair(f"{at}.layernorm_after", size)
            for name in ("query", "key", "value"):
                shapes |= _pair(f"{at}.attention.self.{name}", size, size)
            shapes[f"{at}.attention.self.relative_position_bias_table"] = (
                (2 * window - 1) ** 2,
                heads[stage],
            )
            shapes[f"{at}.attention.self.relative_position_index"] = (window**2, window**2)
            shapes |= _pair(f"{at}.attention.output.dense", size, size)
            shapes |= _pair(f"{at}.intermediate.dense", 4 * size, size)
            shapes |= _pair(f"{at}.output.dense", size, 4 * size)
        if stage < len(depths) - 1:
            at = f"encoder.layers.{stage}.downsample"
            shapes |= {f"{at}.reduction.weight": (2 * size, 4 * size), **_pair(f"{at}.norm", 4 * size)}
    return shapes


def resnet(width: int, blocks: Sequence[int], outputs: int) -> Shapes:
    """resnet50 of torchvision with the layer that MedCLIP puts in place of its last."""
    stem = {"conv1.weight": (width, 3, 7, 7), **_norm("bn1", width)}
    return {**stem, **_stages(width, blocks), "fc.weight": (outputs, 32 * width)}


def modified_resnet(width: int, blocks: Sequence[int], outputs: int, places: int) -> Shapes:
    """ModifiedResNet of PMC-CLIP; `places` along one side."""
    half, wide = width // 2, 32 * width
    return {
        "conv1.weight": (half, 3, 3, 3),
        "conv2.weight": (half, half, 3, 3),
        "conv3.weight": (width, half, 3, 3),
        **_norm("bn1", half),
        **_norm("bn2", half),
        **_norm("bn3", width),
        **_stages(width, blocks),
        "attnpool.positional_embedding": (places**2 + 1, wide),
        **_pair("attnpool.k_proj", wide, wide),
        **_pair("attnpool.q_proj", wide, wide),
        **_pair("attnpool.v_proj", wide, wide),
        **_pair("attnpool.c_proj", outputs, wide),
    }


def medclip(vision: Shapes, text: Shapes, projections: Shapes) -> Shapes:
    """The one file of MedCLIP."""
    return {
        "logit_scale": (),
        **{f"vision_model.model.{name}": shape for name, shape in vision.items()},
        **{f"text_model.model.{name}": shape for name, shape in text.items()},
        **projections,
    }


MEDCLIP_SWIN = medclip(
    swin(96, (2, 2, 6, 2), (3, 6, 12, 24)),
    bert(768, 12, 3072, 28996),
    {"vision_model.projection_head.weight": (512, 768), "text_model.projection_head.weight": (512, 768)},
)
"""As published: 231 names of it belong to the Swin."""
MEDCLIP_RESNET = medclip(
    resnet(64, (3, 4, 6, 3), 512),
    bert(768, 12, 3072, 28996),
    {"text_model.projection_head.weight": (512, 768)},
)
PMC_CLIP = {
    "image_encoder(resnet50).pth": modified_resnet(64, (3, 4, 6, 3), 768, 7),
    "text_encoder.pth": bert(768, 12, 3072, 30522),
    "text_projection_layer.pth": {"": (768, 768)},
}

_TINY_BERT = bert(128, 3, 64, len(WORDS), places=80)
TINY_MEDCLIP_SWIN = medclip(
    swin(32, (2, 1), (1, 2)),
    _TINY_BERT,
    {
        "vision_model.projection_head.weight": (PROJECTED, 64),
        "text_model.projection_head.weight": (PROJECTED, 128),
    },
)
TINY_MEDCLIP_RESNET = medclip(
    resnet(8, (2, 1, 1, 2), PROJECTED),
    _TINY_BERT,
    {"text_model.projection_head.weight": (PROJECTED, 128)},
)
TINY_PMC_CLIP = {
    "image_encoder(resnet50).pth": modified_resnet(8, (2, 1, 1, 2), PROJECTED, 2),
    "text_encoder.pth": _TINY_BERT,
    "text_projection_layer.pth": {"": (128, PROJECTED)},
}


def drawn(shapes: Shapes) -> dict[str, Any]:
    """A random tensor for each name: such that every one matters, and none lets the numbers grow."""
    import torch

    held: dict[str, Any] = {}
    for name, shape in shapes.items():
        if name.endswith("num_batches_tracked"):
            held[name] = torch.tensor(7)
        elif name.endswith(("position_ids", "relative_position_index")):
            held[name] = torch.arange(shape[-1]).expand(shape).clone()
        elif name == "logit_scale":
            held[name] = torch.tensor(2.5)
        elif len(shape) > 1:
            fan = torch.Size(shape[1:]).numel()
            held[name] = torch.randn(shape) * (2 / fan) ** 0.5
        elif name.endswith(("running_var", "weight")):
            held[name] = torch.rand(shape) + 0.5
        else:
            held[name] = torch.randn(shape) * 0.1
    return held


def build_medclip_swin(folder: Path) -> None:
    _save(drawn(TINY_MEDCLIP_SWIN), folder / "pytorch_model.bin")


def build_medclip_resnet(folder: Path) -> None:
    _save(drawn(TINY_MEDCLIP_RESNET), folder / "pytorch_model.bin")


def build_pmc_clip(folder: Path) -> None:
    for name, shapes in TINY_PMC_CLIP.items():
        held = drawn(shapes)
        _save(held.get("", held), folder / name)


def _save(held: Any, path: Path) -> None:
    import torch
    import transformers

    torch.save(held, path)
    vocabulary = {word: place for place, word in enumerate(WORDS)}
    transformers.BertTokenizer(vocab=vocabulary).save_pretrained(path.parent)


BUILDERS = {
    "medclip-swin": build_medclip_swin,
    "medclip-resnet": build_medclip_resnet,
    "pmc-clip": build_pmc_clip,
}
