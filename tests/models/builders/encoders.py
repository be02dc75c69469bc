"""Encoders: BLIP and BLIP-2 for retrieval, SigLIP 2 of any aspect, DINOv2."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.models.conftest import CORPUS, TEXT, TOWER, save, tokenizer

_QUERIES = 4
_BLIP_TOWER = {**TOWER, "initializer_range": 0.02}  # 1e-10 by default, and all images look alike


def build_blip(folder: Path) -> None:
    """BLIP with text encoder, projections and matching head."""
    import transformers as tf

    config, words = _blip()
    save(tf.BlipForImageTextRetrieval(config), folder)
    tf.BlipProcessor(_square_pixels(), words).save_pretrained(folder)


def build_blip_captioning(folder: Path) -> None:
    """BLIP that writes captions: the same type, without what retrieval needs."""
    import transformers as tf

    config, words = _blip()
    save(tf.BlipForConditionalGeneration(config), folder)
    tf.BlipProcessor(_square_pixels(), words).save_pretrained(folder)


def build_blip_2(folder: Path) -> None:
    import torch
    import transformers as tf

    words = _bert()
    text = {"model_type": "opt", "vocab_size": 8, "hidden_size": 8, "ffn_dim": 8, "num_hidden_layers": 1}
    bridge = {**TEXT, "vocab_size": len(words), "max_position_embeddings": 64, "pad_token_id": 0}
    config = tf.Blip2Config(
        vision_config=_BLIP_TOWER,
        qformer_config={**bridge, "use_qformer_text_input": True},
        text_config={**text, "num_attention_heads": 1, "word_embed_proj_dim": 8},
        num_query_tokens=_QUERIES,
        image_text_hidden_size=16,
    )
    model = tf.Blip2ForImageTextRetrieval(config)
    torch.nn.init.normal_(model.query_tokens, std=0.2)  # start at 0, all alike
    save(model, folder)
    tf.Blip2Processor(_square_pixels(), words).save_pretrained(folder)


def build_siglip_2(folder: Path) -> None:
    """SigLIP 2 that keeps an image's aspect: as many patches as fit."""
    import torch
    import transformers as tf

    letters = [*sorted({letter for line in CORPUS for letter in line.lower()} - {" "}), "▁"]
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    vocabulary = {token: i for i, token in enumerate(special + letters)}
    words = tf.Siglip2Tokenizer(vocabulary, padding_side="right", model_max_length=32)
    text = {**TEXT, "vocab_size": len(words), "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2}
    tower = {name: value for name, value in TOWER.items() if name != "image_size"}
    config = tf.Siglip2Config(
        text_config={**text, "max_position_embeddings": 32}, vision_config={**tower, "num_patches": 16}
    )
    model = tf.Siglip2Model(config)
    with torch.no_grad():
        model.logit_scale.fill_(1.0)
        model.logit_bias.fill_(-1.5)
    save(model, folder)
    pixels = tf.Siglip2ImageProcessorPil(patch_size=8, max_num_patches=16)
    tf.Siglip2Processor(pixels, words).save_pretrained(folder)


def build_dinov2(folder: Path) -> None:
    import transformers as tf

    save(tf.Dinov2Model(tf.Dinov2Config(**TOWER)), folder)
    size = {"height": 32, "width": 32}
    tf.BitImageProcessorPil(size={"shortest_edge": 36}, crop_size=size).save_pretrained(folder)


def _blip() -> tuple[Any, Any]:
    import transformers as tf

    words = _bert()
    text = {**TEXT, "vocab_size": len(words), "bos_token_id": 1, "sep_token_id": 2, "pad_token_id": 0}
    config = tf.BlipConfig(
        text_config={**text, "encoder_hidden_size": 32, "max_position_embeddings": 64, "eos_token_id": 2},
        vision_config=_BLIP_TOWER,
        image_text_hidden_size=16,
        projection_dim=16,
    )
    return config, words


def _bert() -> Any:
    from tokenizers.processors import TemplateProcessing

    roles = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    words = tokenizer("[PAD]", "[CLS]", "[SEP]", **roles)
    words.backend_tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return words


def _square_pixels() -> Any:
    import transformers as tf

    return tf.BlipImageProcessorPil(size={"height": 32, "width": 32})


BUILDERS: dict[str, Callable[[Path], None]] = {
    "blip-itm": build_blip,
    "blip-captioning": build_blip_captioning,
    "blip-2-itm": build_blip_2,
    "dinov2": build_dinov2,
    "siglip2": build_siglip_2,
}
