"""CoCoOp (Zhou et al. 2022, arXiv 2203.05557): the learned words before a label depend on the image."""

from __future__ import annotations

from typing import Any

import numpy as np

from medassay.adaptation.descent import Pace, descend
from medassay.adaptation.recipe import Learned, Material
from medassay.adaptation.texts import text_arrays
from medassay.errors import UsageError
from medassay.models.conditional import conditional_logits
from medassay.models.encoders.clip import ClipEncoder
from medassay.models.encoders.contexts import Room
from medassay.models.hardware import import_torch
from medassay.models.heads import CONDITIONAL, Head

_SPREAD = 0.02  # standard deviation of what is drawn at the start
_NARROWER = 16  # the network's hidden layer, against the image's vector
_NAMES = ("context", "down", "down_bias", "up", "up_bias")
_AT_ONCE = 32
_FEWEST = 200  # steps


def cocoop(
    material: Material,
    *,
    context: int = 4,
    epochs: int = 10,
    learning_rate: float = 2e-3,
    batch: int = 8,
) -> Learned:
    """`context` learned vectors before each label's name, shifted by what a small network makes of the image.

    The network has one hidden layer of a sixteenth of the vector's width; its last layer begins at 0, so that
    training begins as CoOp does. Both towers stay frozen. The epoch with the least validation log loss is
    kept. The text tower runs once for every image and label, in training and ever after: an answer costs as
    many text passes as there are labels. The original trains by SGD with batches of 1.

    Args:
        material: what is learned from.
        context: how many vectors.
        epochs: passes over the training part; more where that is fewer than 200 steps.
        learning_rate: of AdamW, with cosine decay.
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
    fixed = {name: torch.tensor(texts[name]) for name in ("logit_scale", "bias")}
    model = encoder.trainable()
    width, d = model.text_model.get_input_embeddings().embedding_dim, train.vectors.shape[1]
    hidden = max(1, d // _NARROWER)
    begin = torch.Generator().manual_seed(material.seed)
    learned: dict[str, Any] = {
        "context": torch.randn((context, width), generator=begin) * _SPREAD,
        "down": torch.randn((hidden, d), generator=begin) / d**0.5,
        "down_bias": torch.zeros(hidden),
        "up": torch.zeros((width, hidden)),
        "up_bias": torch.zeros(width),
    }
    room = Room.before(train.labels, context, encoder)

    def logits(vectors: Any) -> Any:
        held = {**learned, **fixed}
        return torch.cat([conditional_logits(model, room, held, part) for part in vectors.split(_AT_ONCE)])

    pace = Pace(epochs=epochs, batch=batch, rate=learning_rate, fewest=_FEWEST)
    ended = descend([learned[name] for name in _NAMES], logits, material, pace)
    arrays = dict(zip(_NAMES, ended.arrays, strict=True))
    held = {name: np.asarray(texts[name], np.float32) for name in ("logit_scale", "bias")}
    return Learned(
        head=Head(
            form=CONDITIONAL, labels=train.labels, exclusive=train.exclusive, arrays={**arrays, **held}
        ),
        trained=sum(array.size for array in arrays.values()),
        settings={"context": context, "epoch": ended.epoch, **ended.curve[ended.epoch - 1]},
        curve=ended.curve,
    )
