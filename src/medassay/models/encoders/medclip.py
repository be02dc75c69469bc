"""MedCLIP in its published layout: one `pytorch_model.bin`, with a Swin or a ResNet-50 for images.

Names, pooling and preprocessing are those of https://github.com/RyanWangZf/MedCLIP at commit
9c3396f20d5d54e4fae241b8cb06ca45848e98c9 (medclip/modeling_medclip.py, dataset.py, constants.py), which needs
transformers 4.24 and is not needed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from medassay.models.encoders import resnet
from medassay.models.encoders.published import PublishedEncoder, Towers, bert_of
from medassay.models.encoders.weights import Weights, placed, read_part, read_tensors
from medassay.types import FloatArray

WEIGHTS = "pytorch_model.bin"
MEAN, DEVIATION = 0.5862785803043838, 0.27950088968644304
"""Of grey values in 0..1, one channel for all."""
_SIDE = 224  # pixels
_LARGEST_LOG_SCALE = 4.6052  # its code clamps the logarithm of the scale before each use


class MedClipEncoder(PublishedEncoder):
    """MedCLIP (Wang et al. 2022). A text is the mean over its tokens and over three layers, projected.

    The original averages over the pads, too, so that a text changes with its neighbours in a batch; here
    each is encoded as the original encodes it alone.
    """

    files = (WEIGHTS,)
    vocabulary = "emilyalsentzer/Bio_ClinicalBERT"

    def _read(self) -> tuple[Towers, Weights]:
        tensors = placed(read_tensors(self.folder / WEIGHTS), dtype=self._dtype, device=self._device)
        bert = bert_of(tensors.under("text_model.model.").all())
        projection = tensors["text_model.projection_head.weight"]

        def text(words: Any, mask: Any) -> Any:
            states = bert(input_ids=words, attention_mask=mask, output_hidden_states=True).hidden_states
            tokens = (states[1] + states[2] + states[-1]) / 3
            said = mask[..., None].to(tokens.dtype)
            return (tokens * said).sum(1) / said.sum(1) @ projection.T

        scale = tensors["logit_scale"].float().clamp(0, _LARGEST_LOG_SCALE).exp()
        image = _image(tensors.under("vision_model."))
        return Towers(prepare=prepare, image=image, text=text, scale=float(scale)), tensors


def prepare(picture: Any) -> FloatArray:
    """A picture of PIL as the network takes it, (3, 224, 224), float32.

    In grey on a black square, which is no smaller than 224, then scaled; the training code squashed
    instead, the published processor and the paper pad.
    """
    import PIL.Image

    side = max(_SIDE, *picture.size)
    square = PIL.Image.new("L", (side, side))
    square.paste(picture.convert("L"), tuple((side - length) // 2 for length in picture.size))
    grey = np.asarray(square.resize((_SIDE, _SIDE), PIL.Image.Resampling.BICUBIC), np.float32) / 255
    return np.repeat(((grey - np.float32(MEAN)) / np.float32(DEVIATION))[None], 3, axis=0)


def _image(weights: Weights) -> Any:
    """The tower of images, told from the name of its last layer."""
    if "projection_head.weight" not in weights:
        network = weights.under("model.")
        return lambda pixels: resnet.plain(network, pixels)
    swin, projection = _swin_of(weights.under("model.").all()), weights["projection_head.weight"]
    return lambda pixels: swin(pixel_values=pixels).pooler_output @ projection.T


def _swin_of(tensors: Mapping[str, Any]) -> Any:
    """A Swin of the sizes that its tensors have."""
    import transformers

    stages = Weights(tensors, set()).numbered("encoder.layers.")
    tables = [stage["blocks.0.attention.self.relative_position_bias_table"] for stage in stages]
    patches = tensors["embeddings.patch_embeddings.projection.weight"]
    width = patches.shape[0]
    config = transformers.SwinConfig(
        image_size=_SIDE,
        patch_size=patches.shape[-1],
        embed_dim=width,
        depths=[len(stage.numbered("blocks.")) for stage in stages],
        num_heads=[table.shape[1] for table in tables],
        window_size=(round(tables[0].shape[0] ** 0.5) + 1) // 2,
        mlp_ratio=stages[0]["blocks.0.intermediate.dense.weight"].shape[0] / width,
    )
    return read_part(transformers.SwinModel, config, tensors)
