"""PMC-CLIP in its published layout: three files, of the image encoder, the text encoder and its projection.

Names, sizes, pooling and preprocessing are those of the code that trained it,
https://github.com/WeixiongLin/PMC-CLIP at commit b0b81e3629740b4af837338ab5afa46e5d03a18e
(src/pmc_clip/model/pmc_clip.py, blocks.py, model_configs/RN50_fusion4.json, transform.py).
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from medassay.models.encoders import resnet
from medassay.models.encoders.published import PublishedEncoder, Towers, bert_of
from medassay.models.encoders.weights import Weights, placed, read_tensors
from medassay.types import FloatArray

IMAGES, TEXTS = "image_encoder(resnet50).pth", "text_encoder.pth"
PROJECTION = "text_projection_layer.pth"
MEAN = (0.48145466, 0.4578275, 0.40821073)
DEVIATION = (0.26862954, 0.26130258, 0.27577711)
"""Those of CLIP."""
_LOG_SCALE = 4.4292  # it is in none of the files: the authors' example of their use states it
_SHRINKS = 32  # times, from pixels to places


class PmcClipEncoder(PublishedEncoder):
    """PMC-CLIP (Lin et al. 2023). A text is the last state of its first token, projected.

    As in training, a text is padded to 77 tokens and the pads are attended to, so a shorter pad changes its
    vector; and the attention over places has heads of 64, which makes 32. The authors' later example reads
    the same files with 8 heads and the pooler's output: other vectors than the training's.
    """

    files = (IMAGES, TEXTS, PROJECTION)
    vocabulary = "microsoft/BiomedNLP-PubMedBERT-base-uncased-abstract-fulltext"
    padding = "max_length"

    def _read(self) -> tuple[Towers, Weights]:
        parts = {f"{name}/": read_tensors(self.folder / name) for name in (IMAGES, TEXTS)}
        named = {prefix + name: tensor for prefix, part in parts.items() for name, tensor in part.items()}
        named[PROJECTION] = read_tensors(self.folder / PROJECTION)
        tensors = placed(named, dtype=self._dtype, device=self._device)
        network, projection = tensors.under(f"{IMAGES}/"), tensors[PROJECTION]
        bert = bert_of(tensors.under(f"{TEXTS}/").all())
        places = network["attnpool.positional_embedding"].shape[0] - 1

        def text(words: Any, mask: Any) -> Any:
            states = bert(input_ids=words, attention_mask=mask.new_ones(mask.shape)).last_hidden_state
            return states[:, 0] @ projection

        towers = Towers(
            prepare=partial(prepare, side=_SHRINKS * math.isqrt(places)),
            image=lambda pixels: resnet.modified(network, pixels),
            text=text,
            scale=math.exp(_LOG_SCALE),
        )
        return towers, tensors


def prepare(picture: Any, *, side: int = 224) -> FloatArray:
    """A picture of PIL as the network takes it, (3, side, side), float32.

    The shorter edge scaled to `side`, the middle cut out, rounded as torchvision does it.
    """
    import PIL.Image

    short = min(picture.size)
    width, height = (side if length == short else side * length // short for length in picture.size)
    left, top = round((width - side) / 2), round((height - side) / 2)
    scaled = picture.convert("RGB").resize((width, height), PIL.Image.Resampling.BICUBIC)
    cut = np.asarray(scaled.crop((left, top, left + side, top + side)), np.float32) / 255
    normal = (cut - np.asarray(MEAN, np.float32)) / np.asarray(DEVIATION, np.float32)
    return np.ascontiguousarray(normal.transpose(2, 0, 1))
