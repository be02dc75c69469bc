"""Tip-Adapter (Zhang et al. 2022, arXiv 2207.09519): training images as keys, their labels as values."""

from __future__ import annotations

from typing import Any

import numpy as np

from medassay.adaptation.descent import Pace, descend
from medassay.adaptation.examples import Examples
from medassay.adaptation.quality import log_loss, mean_auroc
from medassay.adaptation.recipe import Learned, Material
from medassay.adaptation.texts import prototypes, text_arrays
from medassay.errors import UsageError
from medassay.models.encoder import unit
from medassay.models.hardware import import_torch
from medassay.models.heads import Arrays, Head
from medassay.types import FloatArray

_ALPHAS = (0.0, *(float(a) for a in np.geomspace(1e-3, 100, 16)))  # 0: what the texts alone say
_BETAS = tuple(float(b) for b in np.geomspace(0.5, 512, 11))


def tip_adapter(
    material: Material,
    *,
    finetune: bool = False,
    epochs: int = 20,
    learning_rate: float = 1e-3,
    batch: int = 256,
) -> Learned:
    """A cache of training vectors beside the texts: logits + alpha exp(-beta (1 - u K')) V.

    alpha and beta are those of a grid with the least validation log loss; alpha 0, the zero-shot model, is in
    it. With `finetune` (Tip-Adapter-F) the keys are then trained at these two by AdamW with cosine decay,
    the best epoch is kept, and both are searched again.

    Args:
        material: what is learned from.
        finetune: train the keys.
        epochs: passes over the training part, where keys are trained.
        learning_rate: of AdamW.
        batch: examples in a step.

    Raises:
        UsageError: an encoder without texts, or labels that are unknown somewhere.
    """
    train, validation = material.train, material.validation
    if np.isnan(train.truth).any():
        raise UsageError("tip-adapter keeps the labels of training images: none of them may be unknown")
    arrays: dict[str, FloatArray] = {
        **text_arrays(material.encoder.encoder, train),
        "keys": unit(train.vectors),
        "values": train.truth.astype(np.float32),
    }
    head, curve = _search(arrays, train, validation)
    trained = 2
    if finetune:
        pace = Pace(epochs=epochs, batch=batch, rate=learning_rate)
        alpha = (
            head.arrays["alpha"] if head.arrays["alpha"] else np.ones((), np.float32)
        )  # at 0 no key would learn
        keys = _trained_keys({**head.arrays, "alpha": alpha}, material, pace)
        head, curve = _search({**arrays, "keys": keys}, train, validation)
        trained += keys.size
    chosen = {"alpha": float(head.arrays["alpha"]), "beta": float(head.arrays["beta"])}
    return Learned(head=head, trained=trained, settings={**chosen, "finetune": finetune}, curve=curve)


def _search(arrays: Arrays, train: Examples, validation: Examples) -> tuple[Head, list[dict[str, float]]]:
    """The head at the best point of the grid, and what validation says at each."""
    seen = unit(validation.vectors)
    texts = prototypes(train, arrays).logits(validation.vectors)
    distance = 1 - seen @ arrays["keys"].T
    curve = []
    for beta in _BETAS:
        cached = np.exp(-beta * distance) @ arrays["values"]
        for alpha in _ALPHAS:
            logits = texts + alpha * cached
            loss, area = log_loss(logits, validation), mean_auroc(logits, validation)
            curve.append(
                {"alpha": alpha, "beta": beta, "validation_log_loss": loss, "validation_auroc": area}
            )
    best = min(curve, key=lambda row: row["validation_log_loss"])
    chosen = {name: np.asarray(best[name], np.float32) for name in ("alpha", "beta")}
    head = Head(form="cache", labels=train.labels, exclusive=train.exclusive, arrays={**arrays, **chosen})
    return head, curve


def _trained_keys(arrays: Arrays, material: Material, pace: Pace) -> FloatArray:
    torch = import_torch()
    fixed = {name: torch.tensor(array) for name, array in arrays.items()}
    keys = fixed["keys"].clone()

    def logits(z: Any) -> Any:
        u = torch.nn.functional.normalize(z, dim=-1)
        nearness = torch.exp(-fixed["beta"] * (1 - u @ keys.T))
        said = fixed["logit_scale"] * u @ fixed["texts"].T + fixed["bias"]
        return said + fixed["alpha"] * nearness @ fixed["values"]

    ended = descend((keys,), logits, material, pace)
    return ended.arrays[0]
