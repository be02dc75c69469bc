"""VILA1.5 and VILA-M3: a language model, a SigLIP tower and a projector in three folders, made one LLaVA.

After NVlabs/VILA at 355fda9114c966cf46af3057e9b977064af08751, which Project-MONAI's VILA-M3 was made with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from medassay.errors import ModelError
from medassay.models.checkpoint import Checkpoint
from medassay.models.conversations import chat_template
from medassay.models.quirks.original_llava import add_placeholder, only
from medassay.models.quirks.original_processor import OriginalProcessor, read_tokenizer

_PARTS = ("llm", "vision_tower", "mm_projector")
_END_OF_TURN = "<|eot_id|>"  # a tokenizer that has it is Llama 3's


def is_vila(config: Mapping[str, Any]) -> bool:
    """Whether a `config.json` names the three parts."""
    return all(isinstance(config.get(f"{part}_cfg"), Mapping) for part in _PARTS)


def parts(checkpoint: Checkpoint) -> dict[str, Checkpoint]:
    """The checkpoint of each part, by its folder's name."""
    return {part: replace(checkpoint, folder=checkpoint.folder / part) for part in _PARTS}


def translated(checkpoint: Checkpoint) -> Any:
    """The `LlavaConfig` of the parts, but for the projector, which is not one that it knows.

    Raises:
        ModelError: it is built in another way than VILA1.5.
    """
    from transformers import LlavaConfig

    held = parts(checkpoint)
    only(checkpoint, "image_aspect_ratio", {"resize": None})
    only(checkpoint, "mm_vision_select_feature", {"cls_patch": None})
    only(checkpoint, "mm_use_im_start_end", {False: None}, default=False)
    for later in ("s2", "dynamic_s2", "ps3"):
        only(checkpoint, later, {False: None, None: None}, default=False)
    only(held["mm_projector"], "mm_projector_type", {"mlp_downsample": None})
    only(held["vision_tower"], "model_type", {"siglip_vision_model": None})
    text = held["llm"].config
    return LlavaConfig(
        text_config=text,
        vision_config=held["vision_tower"].config,
        image_token_index=text["vocab_size"],
        vision_feature_layer=checkpoint.config.get("mm_vision_select_layer", -2),
        vision_feature_select_strategy="full",
        tie_word_embeddings=bool(text.get("tie_word_embeddings", False)),
    )


def read_processor(checkpoint: Checkpoint) -> OriginalProcessor:
    """The language model's tokenizer, images squashed to the tower's size, in Vicuna's or Llama 3's words."""
    from transformers import SiglipImageProcessorPil

    config = translated(checkpoint.model)
    tokenizer = read_tokenizer(parts(checkpoint.model)["llm"].folder)
    llama_3 = _END_OF_TURN in tokenizer.get_vocab()
    before: list[int] = []
    if llama_3:
        # The original writes a start token into the conversation, and its tokenizer may add another.
        before = tokenizer("")["input_ids"]
        tokenizer.eos_token = _END_OF_TURN
    size = config.vision_config.image_size
    side = -(-(size // config.vision_config.patch_size) // 2)
    return OriginalProcessor(
        tokenizer,
        SiglipImageProcessorPil(size={"height": size, "width": size}),
        chat_template=chat_template("vila-llama-3" if llama_3 else "vicuna"),
        image_token_id=config.image_token_index,
        tokens_per_image=side * side,
        before=before,
    )


def read_model(checkpoint: Checkpoint, options: Mapping[str, Any]) -> tuple[Any, set[str]]:
    """The parts, put together, and the names of their missing weights.

    Raises:
        ModelError: it is to be laid over several GPUs.
    """
    import torch
    from transformers import AutoModelForCausalLM, LlavaForConditionalGeneration, SiglipVisionModel

    if "device_map" in options:
        raise ModelError(f"{checkpoint.folder}: a VILA cannot be laid over several GPUs; name one device")
    held = parts(checkpoint)
    config = translated(checkpoint)
    llm, of_llm = AutoModelForCausalLM.from_pretrained(
        held["llm"].folder, output_loading_info=True, **options
    )
    tower, of_tower = SiglipVisionModel.from_pretrained(
        held["vision_tower"].folder, output_loading_info=True, **options
    )
    with torch.device("meta"):
        model = LlavaForConditionalGeneration(config)
    model.model.language_model, model.lm_head = llm.model, llm.lm_head
    model.model.vision_tower = tower
    model.model.multi_modal_projector = _projector(held["mm_projector"], config).to(options["dtype"])
    model.generation_config = llm.generation_config
    add_placeholder(model)
    return model, {*of_llm["missing_keys"], *of_tower["missing_keys"]}


def _projector(checkpoint: Checkpoint, config: Any) -> Any:
    """Every 2 x 2 patches beside each other become one, then a norm and two linear layers."""
    import torch
    from safetensors.torch import load_file
    from torch import nn

    class Squares(nn.Module):  # type: ignore[misc]
        """(images, patches, width) to (images, patches / 4, 4 width); an odd row or column meets zeros."""

        def forward(self, seen: torch.Tensor) -> torch.Tensor:
            side = int(seen.shape[1] ** 0.5)
            grid = seen.unflatten(1, (side, side))
            grid = nn.functional.pad(grid, (0, 0, 0, side % 2, 0, side % 2))
            half = grid.shape[1] // 2
            squares = grid.unflatten(1, (half, 2)).unflatten(
                3, (half, 2)
            )  # images, row, in, column, in, width
            # As in the original, the squares go column by column; within one, row by row.
            return squares.permute(0, 3, 1, 2, 4, 5).flatten(3).flatten(1, 2)

    class Projector(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            wide, out = 4 * config.vision_config.hidden_size, config.text_config.hidden_size
            linear = (nn.Linear(wide, out), nn.GELU(), nn.Linear(out, out))
            self.layers = nn.Sequential(Squares(), nn.LayerNorm(wide), *linear)

        def forward(self, seen: torch.Tensor) -> torch.Tensor:
            projected: torch.Tensor = self.layers(seen)
            return projected

    projector = Projector()
    projector.load_state_dict({k: v for path in checkpoint.weights for k, v in load_file(path).items()})
    return projector
