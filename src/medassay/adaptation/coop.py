"""CoOp (Zhou et al. 2022, arXiv 2109.01134): the words before a label's name are learned, as vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from medassay.adaptation.descent import Pace, descend
from medassay.adaptation.recipe import Learned, Material
from medassay.adaptation.texts import prototypes, text_arrays
from medassay.errors import UsageError
from medassay.models.encoder import unit
from medassay.models.encoders.clip import ClipEncoder
from medassay.models.encoders.contexts import Room
from medassay.models.hardware import import_torch

_SPREAD = 0.02  # standard deviation of a context vector at the start
_FEWEST = 200  # steps


def coop(
    material: Material,
    *,
    context: int = 4,
    epochs: int = 50,
    learning_rate: float = 2e-3,
    batch: int = 32,
) -> Learned:
    """`context` learned vectors before the name of each label, the same for all; both towers stay frozen.

    They are drawn from N(0, 0.02) and trained by AdamW with cosine decay on the encoder's own logits; the
    epoch with the least validation log loss is kept. What is saved are the labels' vectors, so that the text
    tower is not needed to answer. The original trains by SGD on 16 vectors.

    Args:
        material: what is learned from.
        context: how many vectors.
        epochs: passes over the training part; more where that is fewer than 200 steps.
        learning_rate: of AdamW.
        batch: examples in a step.

    Raises:
        UsageError: an encoder other than CLIP and SigLIP of transformers, or no vector to learn.
    """
    torch = import_torch()
    encoder, train = material.encoder.encoder, material.train
    if not isinstance(encoder, ClipEncoder):
        raise UsageError(f"{encoder.name}: words are learned for CLIP and SigLIP of transformers only")
    if context < 1:
        raise UsageError(f"context={context}: at least one vector is to be learned")
    texts = text_arrays(encoder, train)
    scale, bias = (torch.tensor(texts[name]) for name in ("logit_scale", "bias"))
    model = encoder.trainable()
    width = model.text_model.get_input_embeddings().embedding_dim
    begin = torch.Generator().manual_seed(material.seed)
    learned = torch.randn((context, width), generator=begin) * _SPREAD
    room = Room.before(train.labels, context, encoder)

    def vectors() -> Any:
        return room.vectors(model, learned)

    def logits(z: Any) -> Any:
        normal = torch.nn.functional.normalize
        return scale * normal(z, dim=-1) @ normal(vectors(), dim=-1).T + bias

    pace = Pace(epochs=epochs, batch=batch, rate=learning_rate, fewest=_FEWEST)
    ended = descend([learned], logits, material, pace)
    with torch.no_grad():
        learned.copy_(torch.tensor(ended.arrays[0]))
        texts["texts"] = unit(vectors().numpy()).astype(np.float32)
    return Learned(
        head=prototypes(train, texts),
        trained=learned.numel(),
        settings={"context": context, "epoch": ended.epoch, **ended.curve[ended.epoch - 1]},
        curve=ended.curve,
    )
