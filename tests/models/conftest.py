"""Tiny checkpoints of real architectures with random weights, built offline from their configurations.

Weights are scaled up: at their default size the logits hardly depend on what is asked, and a test that
the image matters would pass on noise.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medassay.images import resolve
from medassay.models.transformers import TransformersModel
from medassay.types import Image

CORPUS = (
    "what modality is this image? chest x-ray ct mri ultrasound histology fundus",
    "is there a lesion? yes no left right lung liver kidney brain answer yes or no.",
    "answer with the option letter A B C D. Answer: a photo of pneumonia effusion nodule",
    "user assistant system: You are a helpful medical assistant. how many lesions are there? 0 1 2 3",
)
TEXT = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 2048,
}
TOWER = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "image_size": 32,
    "patch_size": 8,
}
CHAT = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{% for c in m.content %}"
    "{% if c.type == 'image' %}IMAGE{% else %}{{ c.text }}{% endif %}{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
GEMMA_CHAT = (
    "{{ bos_token }}{% for m in messages %}<start_of_turn>{{ m.role }}\n{% for c in m.content %}"
    "{% if c.type == 'image' %}<start_of_image>{% else %}{{ c.text }}{% endif %}{% endfor %}<end_of_turn>\n"
    "{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
IDEFICS_CHAT = (
    "<|im_start|>{% for m in messages %}{{ m.role | capitalize }}:{% for c in m.content %}"
    "{% if c.type == 'image' %}<image>{% else %} {{ c.text }}{% endif %}{% endfor %}<end_of_utterance>\n"
    "{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}"
)


def tokenizer(*special: str, **roles: Any) -> Any:
    """A byte-level BPE of 400 tokens, the special ones first; pads on the right, as many on the hub do."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE(unk_token=None))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=list(special), initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator(CORPUS * 4, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=made, **roles)


def build_clip(folder: Path) -> None:
    import transformers as tf
    from tokenizers.processors import TemplateProcessing

    words = tokenizer(
        "<start>", "<end>", bos_token="<start>", eos_token="<end>", pad_token="<end>", model_max_length=32
    )
    words.backend_tokenizer.post_processor = TemplateProcessing(
        single="<start> $A <end>", special_tokens=[("<start>", 0), ("<end>", 1)]
    )
    text = {"vocab_size": len(words), "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}
    config = tf.CLIPConfig(
        text_config={**TEXT, **text, "max_position_embeddings": 32}, vision_config=TOWER, projection_dim=16
    )
    save(tf.CLIPModel(config), folder)
    size = {"height": 32, "width": 32}
    tf.CLIPProcessor(
        tf.CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=size), words
    ).save_pretrained(folder)


def build_siglip(folder: Path) -> None:
    import torch
    import transformers as tf

    words = tokenizer("<pad>", "</s>", eos_token="</s>", pad_token="<pad>", model_max_length=32)
    text = {"vocab_size": len(words), "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 1}
    config = tf.SiglipConfig(text_config={**TEXT, **text, "max_position_embeddings": 32}, vision_config=TOWER)
    model = tf.SiglipModel(config)
    with torch.no_grad():
        model.logit_scale.fill_(1.0)
        model.logit_bias.fill_(-1.5)
    save(model, folder)
    size = {"height": 32, "width": 32}
    tf.SiglipProcessor(tf.SiglipImageProcessorPil(size=size), words).save_pretrained(folder)


def build_llava(folder: Path) -> None:
    import transformers as tf

    words = tokenizer(
        "<s>", "</s>", "<pad>", "<image>", "<|im_start|>", "<|im_end|>",
        bos_token="<s>", eos_token="</s>", pad_token="<pad>",
    )  # fmt: skip
    text = {"model_type": "llama", "vocab_size": len(words), "eos_token_id": 1, "pad_token_id": 2}
    config = tf.LlavaConfig(
        text_config={**TEXT, **text, "bos_token_id": 0},
        vision_config={"model_type": "clip_vision_model", **TOWER, "num_hidden_layers": 3},
        image_token_index=3,
        vision_feature_layer=-2,
        vision_feature_select_strategy="default",
    )
    save(tf.LlavaForConditionalGeneration(config), folder)
    tf.LlavaProcessor(
        tf.CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}),
        words,
        patch_size=8,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHAT.replace("IMAGE", "<image>"),
    ).save_pretrained(folder)


def build_qwen(folder: Path) -> None:
    import transformers as tf

    names = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>")
    words = tokenizer(
        *names, "<|image_pad|>", "<|video_pad|>", eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    rope = {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10000.0}
    text = {"vocab_size": len(words), "rope_parameters": rope, "eos_token_id": 2, "pad_token_id": 0}
    tower = {"depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 4, "out_hidden_size": 32}
    patches = {"patch_size": 4, "spatial_merge_size": 2, "temporal_patch_size": 2}
    config = tf.Qwen2_5_VLConfig(
        text_config={**TEXT, **text, "bos_token_id": 0},
        vision_config={**tower, **patches, "window_size": 16, "fullatt_block_indexes": [1]},
        vision_start_token_id=3,
        vision_end_token_id=4,
        image_token_id=5,
        video_token_id=6,
    )
    model = tf.Qwen2_5_VLForConditionalGeneration(config)
    # As on the hub: a sampling default that must not leak into greedy requests.
    model.generation_config = tf.GenerationConfig(
        eos_token_id=2, pad_token_id=0, do_sample=True, temperature=0.9, top_k=50, repetition_penalty=1.3
    )
    save(model, folder)
    pixels = tf.Qwen2VLImageProcessorPil(
        patch_size=4, merge_size=2, temporal_patch_size=2, min_pixels=16 * 16, max_pixels=64 * 64
    )
    save_with_video(tf.Qwen2_5_VLProcessor, folder, words, pixels, "Qwen2VLVideoProcessor")
    template = CHAT.replace("IMAGE", "<|vision_start|><|image_pad|><|vision_end|>")
    (folder / "chat_template.jinja").write_text(template)


def build_gemma(folder: Path) -> None:
    import torch
    import transformers as tf

    words = tokenizer(
        "<pad>", "<eos>", "<bos>", "<start_of_turn>", "<end_of_turn>", "<start_of_image>", "<end_of_image>",
        "<image_soft_token>", bos_token="<bos>", eos_token="<eos>", pad_token="<pad>",
        extra_special_tokens={
            "boi_token": "<start_of_image>", "eoi_token": "<end_of_image>",
            "image_token": "<image_soft_token>",
        },
    )  # fmt: skip
    text = {
        "vocab_size": len(words),
        "head_dim": 8,
        "sliding_window": 64,
        "eos_token_id": 1,
        "pad_token_id": 0,
    }
    config = tf.Gemma3Config(
        text_config={**TEXT, **text, "bos_token_id": 2},
        vision_config={**TOWER, "vision_use_head": False},
        mm_tokens_per_image=4,
        boi_token_index=5,
        eoi_token_index=6,
        image_token_index=7,
    )
    model = tf.Gemma3ForConditionalGeneration(config)
    torch.nn.init.normal_(
        model.model.multi_modal_projector.mm_input_projection_weight, std=0.2
    )  # starts at 0
    save(model, folder)
    tf.Gemma3Processor(
        tf.Gemma3ImageProcessorPil(size={"height": 32, "width": 32}),
        words,
        image_seq_length=4,
        chat_template=GEMMA_CHAT,
    ).save_pretrained(folder)


def tiled_words() -> Any:
    """The tokenizer of models that cut an image into named tiles."""
    tiles = [f"<row_{r}_col_{c}>" for r in range(1, 5) for c in range(1, 5)]
    names = {
        "fake_image_token": "<fake_token_around_image>",
        "image_token": "<image>",
        "global_image_token": "<global-img>",
        "end_of_utterance_token": "<end_of_utterance>",
    }
    return tokenizer(
        "<|endoftext|>", "<|im_start|>", "<end_of_utterance>", "<fake_token_around_image>", "<image>",
        "<global-img>", *tiles, bos_token="<|im_start|>", eos_token="<end_of_utterance>",
        pad_token="<|endoftext|>", extra_special_tokens=names,
    )  # fmt: skip


def build_idefics(folder: Path) -> None:
    import transformers as tf

    words = tiled_words()
    text = {"model_type": "llama", "vocab_size": len(words), "eos_token_id": 2, "pad_token_id": 0}
    config = tf.Idefics3Config(
        text_config={**TEXT, **text, "bos_token_id": 1},
        vision_config=TOWER,
        image_token_id=4,
        scale_factor=2,
        pad_token_id=0,
    )
    save(tf.Idefics3ForConditionalGeneration(config), folder)
    pixels = tf.Idefics3ImageProcessorPil(
        size={"longest_edge": 64}, max_image_size={"longest_edge": 32}, do_image_splitting=True
    )
    tf.Idefics3Processor(pixels, words, image_seq_len=4, chat_template=IDEFICS_CHAT).save_pretrained(folder)


def save(model: Any, folder: Path) -> None:
    """Write the weights, scaled by 8 where they have two axes or more."""
    import torch

    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim >= 2:
                parameter.mul_(8)
    model.save_pretrained(folder)


def save_with_video(kind: Any, folder: Path, words: Any, pixels: Any, video: str) -> None:
    """Write a processor with a video part as it lies on the hub, which needs no torchvision to write."""
    words.save_pretrained(folder)
    parts = {
        "processor_class": kind.__name__,
        "image_processor": json.loads(pixels.to_json_string()),
        "video_processor": {"video_processor_type": video},
    }
    (folder / "processor_config.json").write_text(json.dumps(parts))


BUILDERS: dict[str, Callable[[Path], None]] = {
    "clip": build_clip,
    "siglip": build_siglip,
    "llava": build_llava,
    "qwen": build_qwen,
    "gemma": build_gemma,
    "idefics": build_idefics,
}


def _more_builders() -> None:
    """Those of the modules of `tests/models/builders`, each of which has a `BUILDERS` of its own."""
    for module in pkgutil.iter_modules([str(Path(__file__).with_name("builders"))]):
        BUILDERS.update(importlib.import_module(f"tests.models.builders.{module.name}").BUILDERS)


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of the tiny checkpoint of a family; built once."""
    import torch

    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("checkpoints")
    _more_builders()

    def folder(family: str) -> Path:
        if not (root / family).exists():
            (root / family).mkdir()
            torch.manual_seed(0)
            BUILDERS[family](root / family)
        return root / family

    return folder


@pytest.fixture(scope="module")
def model(checkpoint: Callable[[str], Path]) -> Callable[[str], TransformersModel]:
    """The model of a family on the processor, ranking choices; loaded once in a file of tests."""
    held: dict[str, TransformersModel] = {}

    def loaded(family: str) -> TransformersModel:
        if family not in held:
            held[family] = TransformersModel(str(checkpoint(family)), device="cpu", rank=True)
        return held[family]

    return loaded


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Image]:
    """Four images of different sizes and content, resolved."""
    import PIL.Image

    root = tmp_path_factory.mktemp("pictures")
    handles = []
    for i in range(4):
        pixels = np.random.default_rng(i).integers(0, 255, (48 + 16 * i, 64, 3), dtype=np.uint8)
        path = root / f"{i}.png"
        PIL.Image.fromarray(pixels).save(path)
        handles.append(resolve(Image(uri=str(path))))
    return handles


@pytest.fixture
def corrupt(tmp_path: Path) -> Image:
    """A file that says PNG and is none."""
    path = tmp_path / "corrupt.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 40)
    return resolve(Image(uri=str(path)))
