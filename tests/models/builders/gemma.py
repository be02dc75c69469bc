"""The BLIP line, Idefics 2 and SmolVLM, tiny."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.models.conftest import IDEFICS_CHAT, TEXT, TOWER, save, save_with_video, tiled_words, tokenizer

_IMAGE = 2  # the id of <image>
_SIZE = {"height": 32, "width": 32}
_BLIP_TOWER = {**TOWER, "initializer_range": 0.02}  # 1e-10 by default, and all images look alike
_BERT = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "encoder_hidden_size": 32,
    "max_position_embeddings": 512,
}


def _bert_words() -> Any:
    """Closes a question with [SEP], and has no end token: as BERT's."""
    from tokenizers.processors import TemplateProcessing

    words = tokenizer(
        "[PAD]", "[CLS]", "[DEC]", "[SEP]",
        pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", bos_token="[DEC]",
    )  # fmt: skip
    words.backend_tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 3)]
    )
    return words


def blip_config(words: Any) -> Any:
    import transformers as tf

    text = {"vocab_size": len(words), "bos_token_id": 2, "pad_token_id": 0, "sep_token_id": 3}
    return tf.BlipConfig(text_config={**_BERT, **text}, vision_config=_BLIP_TOWER, projection_dim=32)


def build_blip_vqa(folder: Path) -> None:
    import transformers as tf

    words = _bert_words()
    save(tf.BlipForQuestionAnswering(blip_config(words)), folder)
    tf.BlipProcessor(tf.BlipImageProcessorPil(size=_SIZE), words).save_pretrained(folder)


def _opt(words: Any) -> dict[str, Any]:
    # As on the hub: the line break ends an answer, which the outer configuration does not know.
    sizes = {"ffn_dim": 64, "word_embed_proj_dim": 32, "max_position_embeddings": 2048, "hidden_size": 32}
    layers = {"num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": len(words)}
    (end,) = words.encode("\n", add_special_tokens=False)
    ids = {"bos_token_id": 1, "pad_token_id": 0, "eos_token_id": end}
    return {"model_type": "opt", **sizes, **layers, **ids}


def _t5(words: Any) -> dict[str, Any]:
    sizes = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4, "vocab_size": len(words)}
    ids = {"pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}
    return {"model_type": "t5", **sizes, **ids}


def _llama(words: Any) -> dict[str, Any]:
    ids = {"bos_token_id": 1, "pad_token_id": 0, "eos_token_id": 1}
    return {"model_type": "llama", **TEXT, **ids, "vocab_size": len(words)}


def _build_blip_2(text: Callable[[Any], dict[str, Any]]) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        import torch
        import transformers as tf

        words = _decoder_words()
        config = tf.Blip2Config(
            text_config=text(words),
            vision_config=_BLIP_TOWER,
            qformer_config=_BERT,
            num_query_tokens=4,
            image_token_index=_IMAGE,
        )
        model = tf.Blip2ForConditionalGeneration(config)
        torch.nn.init.normal_(model.query_tokens, std=0.2)  # starts at 0
        model.generation_config.eos_token_id = None  # only the language model's own configuration knows it
        save(model, folder)
        pixels = tf.BlipImageProcessorPil(size=_SIZE)
        tf.Blip2Processor(pixels, words, num_query_tokens=4).save_pretrained(folder)

    return build


def build_instructblip(folder: Path) -> None:
    import torch
    import transformers as tf

    words, asked = _decoder_words(), _bert_words()
    config = tf.InstructBlipConfig(
        text_config=_llama(words),
        vision_config=_BLIP_TOWER,
        qformer_config={**_BERT, "vocab_size": len(asked)},
        num_query_tokens=4,
        image_token_index=_IMAGE,
    )
    model = tf.InstructBlipForConditionalGeneration(config)
    torch.nn.init.normal_(model.query_tokens, std=0.2)  # starts at 0
    save(model, folder)
    pixels = tf.BlipImageProcessorPil(size=_SIZE)
    tf.InstructBlipProcessor(pixels, words, asked, num_query_tokens=4).save_pretrained(folder)


def build_idefics2(folder: Path) -> None:
    import torch
    import transformers as tf

    names = {"image_token": "<image>", "image_boundary_token": "<fake_token_around_image>"}
    words = tokenizer(
        "<unk>", "<s>", "</s>", "<fake_token_around_image>", "<image>", "<end_of_utterance>",
        bos_token="<s>", eos_token="</s>", pad_token="<unk>", extra_special_tokens=names,
    )  # fmt: skip
    text = {"model_type": "mistral", "vocab_size": len(words), "pad_token_id": 0, "eos_token_id": 2}
    config = tf.Idefics2Config(
        text_config={**TEXT, **text, "bos_token_id": 1},
        vision_config=TOWER,
        perceiver_config={
            "hidden_size": 32,
            "resampler_n_latents": 4,
            "resampler_depth": 1,
            "resampler_n_heads": 4,
            "resampler_head_dim": 8,
            "num_key_value_heads": 2,
        },
        image_token_id=4,
    )
    model = tf.Idefics2ForConditionalGeneration(config)
    torch.nn.init.normal_(model.model.connector.perceiver_resampler.latents, std=0.2)  # all alike at first
    # As on the hub: two end tokens, of which the tokenizer knows one.
    model.generation_config.eos_token_id = [2, 5]
    save(model, folder)
    pixels = tf.Idefics2ImageProcessorPil(
        size={"shortest_edge": 24, "longest_edge": 32}, do_image_splitting=False
    )
    template = IDEFICS_CHAT.replace("<|im_start|>", "")
    tf.Idefics2Processor(pixels, words, image_seq_len=4, chat_template=template).save_pretrained(folder)


def build_smolvlm(folder: Path) -> None:
    import transformers as tf

    words = tiled_words()
    text = {"model_type": "llama", "vocab_size": len(words), "eos_token_id": 2, "pad_token_id": 0}
    config = tf.SmolVLMConfig(
        text_config={**TEXT, **text, "bos_token_id": 1},
        vision_config=TOWER,
        image_token_id=4,
        scale_factor=2,
        pad_token_id=0,
    )
    save(tf.SmolVLMForConditionalGeneration(config), folder)
    pixels = tf.SmolVLMImageProcessorPil(
        size={"longest_edge": 64}, max_image_size={"longest_edge": 32}, do_image_splitting=True
    )
    save_with_video(tf.SmolVLMProcessor, folder, words, pixels, "SmolVLMVideoProcessor")
    parts = json.loads((folder / "processor_config.json").read_text())
    (folder / "processor_config.json").write_text(json.dumps({**parts, "image_seq_len": 4}))
    (folder / "chat_template.jinja").write_text(IDEFICS_CHAT)


def _decoder_words() -> Any:
    """Opens a text with </s>, as OPT's."""
    from tokenizers.processors import TemplateProcessing

    words = tokenizer("<pad>", "</s>", "<image>", bos_token="</s>", eos_token="</s>", pad_token="<pad>")
    words.backend_tokenizer.post_processor = TemplateProcessing(
        single="</s> $A", special_tokens=[("</s>", 1)]
    )
    return words


BUILDERS: dict[str, Callable[[Path], None]] = {
    "blip-vqa": build_blip_vqa,
    "blip-2": _build_blip_2(_opt),
    "blip-2-t5": _build_blip_2(_t5),
    "idefics2": build_idefics2,
    "instructblip": build_instructblip,
    "smolvlm": build_smolvlm,
}
