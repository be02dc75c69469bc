"""Encoders in the layout of their authors, which is no folder of transformers: what they share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from medassay.errors import ModelError
from medassay.images import open_image
from medassay.models.checkpoint import CONFIG
from medassay.models.encoder import VectorEncoder
from medassay.models.encoders.fetching import from_hub
from medassay.models.encoders.weights import Weights, one_line, read_part
from medassay.models.hardware import import_torch, pick_device, pick_dtype
from medassay.models.identity import file_digest, processor_digest
from medassay.types import FloatArray, Image, fingerprint

_VOCABULARY = ("vocab.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
_HEAD_WIDTH = 64  # of BERT-base, in all of them
_LONGEST = 77  # tokens of a text, in all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Towers:
    """What makes vectors.

    `prepare` turns a picture into (3, side, side); `image` takes (n, 3, side, side), `text` token ids and
    their mask, (n, length) each; both give (n, d), not normalised. `scale` turns a cosine into a logit.
    """

    prepare: Callable[[Any], FloatArray]
    image: Callable[[Any], Any]
    text: Callable[[Any, Any], Any]
    scale: float


class PublishedEncoder(VectorEncoder):
    """A checkpoint in its authors' own files, with the vocabulary that they name.

    The vocabulary may lie beside the weights; otherwise it is that of the hub id which the authors' code
    reads. The weights are read at the first use, and a black picture and a word are encoded then: every
    tensor has to have been used.

    Args:
        folder: Where the files lie.
        dtype: float32, bfloat16, float16 or auto.
        device: auto (CUDA, MPS, CPU) or a device.
        batch: The most images or texts in one batch.
        name: How it is called in reports.

    Raises:
        ModelError: a file is missing.
        MissingExtra: torch or transformers is not installed.
    """

    files: ClassVar[tuple[str, ...]]
    """Those of the weights."""
    vocabulary: ClassVar[str]
    """The hub id of the vocabulary."""
    padding: ClassVar[str] = "longest"

    def __init__(self, folder: Path, *, dtype: str, device: str, batch: int, name: str = "") -> None:
        super().__init__(name=name or folder.resolve().name, batch=batch)
        import_torch()
        self.folder = folder
        self._device = pick_device(device)
        self._dtype = pick_dtype(dtype, self._device)
        for file in self.files:
            if not (folder / file).is_file():
                raise ModelError(f"{folder / file}: not there; copy the published file to that place")

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """Digests of the weights and of the vocabulary, and the number format."""
        return {
            "layout": type(self).__name__,
            "weights": fingerprint({name: file_digest(self.folder / name) for name in self.files}),
            "processor": processor_digest(self._words_from),
            "dtype": self._dtype,
        }

    def load(self) -> None:
        """Read the weights now; otherwise the first use does it.

        Raises:
            ModelError: they are damaged, or not those of this layout: some are missing or left over.
        """
        _ = self._model

    @abstractmethod
    def _read(self) -> tuple[Towers, Weights]:
        """The towers, and the tensors that they read."""

    @cached_property
    def _model(self) -> Towers:
        what = f"there is no {CONFIG}, and these are not the weights of a {type(self).__name__}"
        with one_line(self.folder, what):
            towers, weights = self._read()
            self._see(towers, [towers.prepare(_black())])
            self._say(towers, ["a"])
        if weights.unread:
            names = ", ".join(sorted(weights.unread)[:3])
            raise ModelError(f"{self.folder}: {len(weights.unread)} tensors are left over ({names}, ...)")
        return towers

    @property
    def scale_and_bias(self) -> tuple[float, float]:
        """What turns a cosine into a logit."""
        return self._model.scale, 0.0

    def _images(self, images: list[Image]) -> Sequence[FloatArray]:
        return self._see(self._model, [self._model.prepare(open_image(image)) for image in images])

    def _texts(self, texts: list[str]) -> Sequence[FloatArray]:
        return self._say(self._model, texts)

    def _see(self, towers: Towers, pixels: Sequence[FloatArray]) -> list[FloatArray]:
        import torch

        with torch.inference_mode():
            batch = torch.from_numpy(np.stack(pixels)).to(self._device, getattr(torch, self._dtype))
            return list(towers.image(batch).float().cpu().numpy())

    def _say(self, towers: Towers, texts: list[str]) -> list[FloatArray]:
        import torch

        words = self._tokenizer(
            texts, padding=self.padding, truncation=True, max_length=_LONGEST, return_tensors="pt"
        ).to(self._device)
        with torch.inference_mode():
            return list(towers.text(words["input_ids"], words["attention_mask"]).float().cpu().numpy())

    @cached_property
    def _words_from(self) -> Path:
        """The folder of the vocabulary."""
        if any((self.folder / name).is_file() for name in _VOCABULARY):
            return self.folder
        return from_hub(self.vocabulary, (*_VOCABULARY, CONFIG))

    @cached_property
    def _tokenizer(self) -> Any:
        from transformers import AutoTokenizer

        with one_line(self._words_from, "the vocabulary cannot be read"):
            return AutoTokenizer.from_pretrained(self._words_from, trust_remote_code=False)


def bert_of(tensors: Mapping[str, Any]) -> Any:
    """A BERT of the sizes that its tensors have; heads are 64 wide.

    Raises:
        ModelError: tensors are missing or left over.
    """
    import transformers

    words, hidden = tensors["embeddings.word_embeddings.weight"].shape
    config = transformers.BertConfig(
        vocab_size=words,
        hidden_size=hidden,
        num_hidden_layers=sum(name.endswith("output.LayerNorm.bias") for name in tensors) // 2,
        num_attention_heads=hidden // _HEAD_WIDTH,
        intermediate_size=tensors["encoder.layer.0.intermediate.dense.weight"].shape[0],
        max_position_embeddings=tensors["embeddings.position_embeddings.weight"].shape[0],
        type_vocab_size=tensors["embeddings.token_type_embeddings.weight"].shape[0],
    )
    return read_part(transformers.BertModel, config, tensors)


def _black() -> Any:
    import PIL.Image

    return PIL.Image.new("RGB", (32, 32))
