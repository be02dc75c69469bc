"""A small LLaVA: the vision tower of the first stage, a two-layer projector and a three-layer Llama."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo_training.data import PATCH, SIZE, Pool, answer, reordered, share, wordings
from demo_training.packing import IGNORED, Block, pack
from demo_training.schedule import mixed_precision, optimise
from demo_training.tokens import CHAT_TEMPLATE
from demo_training.tower import SETTINGS
from medassay.types import Sample

WIDTH = 128
LAYERS = 3
BATCH = 32
QUESTIONS = 8  # per image and step
RATE = 1.5e-3
PATCHES = (SIZE // PATCH) ** 2


def build(tokenizer: Any, tower: Any) -> Any:
    """A LlavaForConditionalGeneration whose vision tower starts from `tower` (a CLIPVisionModel)."""
    from transformers import LlavaConfig, LlavaForConditionalGeneration

    image = tokenizer.convert_tokens_to_ids("<image>")
    text = {
        "model_type": "llama",
        "vocab_size": len(tokenizer),
        "hidden_size": WIDTH,
        "intermediate_size": 3 * WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "max_position_embeddings": 512,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
        "tie_word_embeddings": True,
    }
    config = LlavaConfig(
        text_config=text,
        vision_config={"model_type": "clip_vision_model", **SETTINGS},
        image_token_index=image,
        image_seq_length=PATCHES,
        vision_feature_layer=-1,
        vision_feature_select_strategy="default",
        tie_word_embeddings=True,
    )
    model = LlavaForConditionalGeneration(config)
    model.model.vision_tower.load_state_dict(tower.state_dict())
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return model


def build_processor(tokenizer: Any, image_processor: Any) -> Any:
    """What turns messages into tensors, for transformers' chat template calls."""
    from transformers import LlavaProcessor

    return LlavaProcessor(
        image_processor,
        tokenizer,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHAT_TEMPLATE,
    )


def train(model: Any, tokenizer: Any, pool: Pool, *, steps: int, seed: int, name: str) -> None:
    """Teach the model the pool's questions, on several questions of each image at a time."""
    from torch.nn import functional

    batches = _batches(tokenizer, pool, seed)

    def loss() -> Any:
        packed, pixels = next(batches)
        labels, weight = packed.pop("labels"), packed.pop("weight")
        with mixed_precision():
            hidden = model.model(pixel_values=pixels, use_cache=False, **packed).last_hidden_state
            asked = labels != IGNORED
            logits = model.lm_head(hidden[asked])
        losses = functional.cross_entropy(logits.float(), labels[asked], reduction="none")
        return (losses * weight[asked]).sum() / weight[asked].sum()

    optimise(model, loss, steps=steps, rate=RATE, name=name)


def _batches(tokenizer: Any, pool: Pool, seed: int) -> Iterator[tuple[dict[str, Any], Any]]:
    rng = np.random.default_rng(seed)
    prefix = tokenizer.encode("<s><user>" + "<image>" * PATCHES, add_special_tokens=False)

    @cache
    def tokens(text: str) -> tuple[int, ...]:
        return tuple(tokenizer.encode(text, add_special_tokens=False))

    def block(sample: Sample) -> Block:
        asked = reordered(sample, rng) if sample.choices else sample
        question = rng.choice(wordings(asked))
        return Block(tokens(f"{question}<assistant>"), tokens(f"{answer(asked)}</s>"))

    blocks = [[block(sample) for sample in asked] for asked in pool.samples]
    shares = [np.array([share(sample) for sample in asked]) for asked in pool.samples]
    often = np.sqrt([min(QUESTIONS, len(asked)) for asked in blocks])
    while True:
        chosen = rng.choice(len(blocks), BATCH, p=often / often.sum())
        asked = [_draw(rng, blocks[i], shares[i]) for i in chosen]
        yield pack(prefix, asked, tokenizer.pad_token_id), pool.tensor(chosen)


def _draw(
    rng: np.random.Generator, blocks: Sequence[Block], shares: NDArray[np.floating[Any]]
) -> list[Block]:
    count = min(QUESTIONS, len(blocks))
    chosen = rng.choice(len(blocks), count, replace=False, p=shares / shares.sum())
    return [blocks[i] for i in chosen]
