"""Folders as open_clip writes them: its own towers, and those of BiomedCLIP (a timm ViT and a BERT)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.models.conftest import TEXT, tokenizer

_VISION = {"image_size": 32, "layers": 2, "width": 32, "patch_size": 8, "head_width": 8}
_WORDS = {"context_length": 16, "vocab_size": 49408, "width": 32, "heads": 4, "layers": 2}
_PREPROCESS = {"mean": [0.48, 0.46, 0.41], "std": [0.27, 0.26, 0.28]}


def build_open_clip(folder: Path) -> None:
    _write(folder, {"embed_dim": 16, "vision_cfg": _VISION, "text_cfg": _WORDS})


def build_open_clip_siglip(folder: Path) -> None:
    """Trained by pairs: a bias, and each pair by itself."""
    bias = {"init_logit_bias": -1.5, "custom_text": True}
    _write(folder, {"embed_dim": 16, "vision_cfg": _VISION, "text_cfg": _WORDS, **bias})


def build_biomedclip(folder: Path) -> None:
    """The layout of BiomedCLIP: context of 256, the first token of a BERT, a projection of two layers."""
    import transformers as tf

    words = tokenizer("[PAD]", "[CLS]", "[SEP]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]")
    words.save_pretrained(folder)
    text = {**TEXT, "vocab_size": len(words), "pad_token_id": 0, "max_position_embeddings": 256}
    tf.BertConfig(**text).save_pretrained(folder / "text")
    vision = {
        "timm_model_name": "test_vit",
        "timm_model_pretrained": False,
        "timm_pool": "",
        "timm_proj": "linear",
        "image_size": 160,
    }
    bert = {
        "hf_model_name": str(folder / "text"),
        "hf_tokenizer_name": "its files are beside the weights",
        "hf_proj_type": "mlp",
        "hf_pooler_type": "cls_last_hidden_state_pooler",
        "context_length": 256,
    }
    _write(folder, {"embed_dim": 16, "vision_cfg": vision, "text_cfg": bert})


def _write(folder: Path, settings: dict[str, Any]) -> None:
    import open_clip
    import torch
    from safetensors.torch import save_file

    config = {"model_cfg": settings, "preprocess_cfg": _PREPROCESS}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    model = open_clip.create_model(f"local-dir:{folder}", load_weights=False, pretrained_text=False)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim >= 2:
                parameter.mul_(8)
    save_file(model.state_dict(), folder / "open_clip_model.safetensors")


BUILDERS: dict[str, Callable[[Path], None]] = {
    "biomedclip": build_biomedclip,
    "open_clip": build_open_clip,
    "open_clip-siglip": build_open_clip_siglip,
}
