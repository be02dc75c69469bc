"""Texts and images as the original LLaVA code prepares them (its commits: see `original_llava`)."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from medassay.errors import ModelError
from medassay.models.checkpoint import Checkpoint
from medassay.models.conversations import chat_template
from medassay.models.quirks.original_llava import translated

_IMAGE = "<image>"
_TALK = {"llava": "vicuna", "llava_llama": "vicuna", "llava_mistral": "llava-med", "llava_qwen2": "huatuo"}


def read_processor(checkpoint: Checkpoint) -> OriginalProcessor:
    """The folder's tokenizer with the images of its tower, in the conversation of its type.

    Raises:
        ModelError: the tokenizer needs packages that are not installed.
    """
    from transformers.models.llava.image_processing_pil_llava import LlavaImageProcessorPil

    config = translated(checkpoint.model)
    size = config.vision_config.image_size
    patches = (size // config.vision_config.patch_size) ** 2
    return OriginalProcessor(
        read_tokenizer(checkpoint.processor),
        LlavaImageProcessorPil(
            size={"shortest_edge": size},
            crop_size={"height": size, "width": size},
            do_pad=checkpoint.config.get("image_aspect_ratio") == "pad",
        ),
        chat_template=chat_template(_TALK[checkpoint.config["model_type"]]),
        image_token_id=config.image_token_index,
        tokens_per_image=patches + (config.vision_feature_select_strategy == "full"),
    )


def read_tokenizer(folder: Path) -> Any:
    """The tokenizer of a folder whose `config.json` transformers does not know.

    Raises:
        ModelError: it needs packages that are not installed.
    """
    from transformers import AutoTokenizer, PreTrainedConfig

    readers = ("sentencepiece", "google.protobuf")
    pieces = (folder / "tokenizer.model").is_file() and not (folder / "tokenizer.json").is_file()
    if pieces and not all(map(_installed, readers)):
        raise ModelError(f"{folder}: to read tokenizer.model, pip install sentencepiece protobuf")
    # Told of no model, transformers takes the class that the tokenizer's own files name.
    anything = PreTrainedConfig()
    return AutoTokenizer.from_pretrained(folder, config=anything, trust_remote_code=False)


class OriginalProcessor:
    """Texts and images as the original code prepares them.

    The text between two images is cut into tokens by itself, which matters to tokenizers that put a space
    before a text.

    Args:
        tokenizer: Of the language model.
        image_processor: What makes pixels of an image.
        chat_template: A Jinja template that writes `<image>` for an image.
        image_token_id: What an image's tokens are called in the input.
        tokens_per_image: How many they are.
        before: Tokens that open every prompt.
    """

    def __init__(
        self,
        tokenizer: Any,
        image_processor: Any,
        *,
        chat_template: str,
        image_token_id: int,
        tokens_per_image: int,
        before: Sequence[int] = (),
    ) -> None:
        self.tokenizer, self.image_processor = tokenizer, image_processor
        self.chat_template = chat_template
        self.image_token_id = image_token_id
        self._tokens_per_image = tokens_per_image
        self._before = list(before)

    def apply_chat_template(self, conversation: Sequence[Any], **options: Any) -> Any:
        """The prompt of a conversation; opens with the start token where the original adds one."""
        return self.tokenizer.apply_chat_template(conversation, chat_template=self.chat_template, **options)

    def __call__(
        self,
        *,
        text: Sequence[str],
        images: Sequence[Sequence[Any]] | None = None,
        padding: bool = True,
        return_tensors: str = "pt",
        **_: object,  # special tokens are those of the template, so there is no choice to make here
    ) -> Any:
        """Tokens (rows, length), their mask, and pixels (images, 3, size, size) where there are images."""
        from transformers import BatchFeature

        rows = [self._tokens(prompt) for prompt in text]
        held = dict(self.tokenizer.pad({"input_ids": rows}, padding=padding, return_tensors=return_tensors))
        flat = [image for row in images or () for image in row]
        if flat:
            held |= self.image_processor(flat, return_tensors=return_tensors)
        return BatchFeature(held)

    def _tokens(self, prompt: str) -> list[int]:
        start = self.tokenizer.bos_token
        tokens = list(self._before)
        if start and prompt.startswith(start):
            prompt, tokens = prompt.removeprefix(start), [*tokens, self.tokenizer.bos_token_id]
        first, *others = (self._cut(chunk) for chunk in prompt.split(_IMAGE))
        return sum(([self.image_token_id] * self._tokens_per_image + o for o in others), tokens + first)

    def _cut(self, chunk: str) -> list[int]:
        cut: list[int] = self.tokenizer(chunk, add_special_tokens=False)["input_ids"]
        return cut


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # of the package that it lies in
        return False
