"""How likely a model finds given answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medassay.adaptation.generative.batches import IGNORED


def log_likelihoods(model: Any, batch: Mapping[str, Any], *, narrow: bool) -> Any:
    """The log-probability of each row's labels, summed over its tokens: tensor (n,).

    Args:
        model: that reads prompts and answers in one row.
        batch: of `Collator`.
        narrow: the model takes `logits_to_keep`, so that only the logits of the answers are worked out.
    """
    labels = batch["labels"]
    learned = labels != IGNORED
    first = int(learned.any(dim=0).int().argmax())
    kept = labels.shape[1] - first + 1  # what predicts a token stands one place before it
    inputs = {name: held for name, held in batch.items() if name != "labels"}
    logits = model(**inputs, **({"logits_to_keep": kept} if narrow else {})).logits[:, -kept:-1]
    said, counts = labels[:, first:], learned[:, first:]
    chosen = logits.float().log_softmax(-1).gather(-1, said.masked_fill(~counts, 0)[..., None])[..., 0]
    return (chosen * counts).sum(1)
