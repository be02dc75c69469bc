"""Heads whose label vectors depend on the image: the text tower is run for every image (CoCoOp)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from medassay.errors import ModelError
from medassay.models.encoder import VectorEncoder
from medassay.models.encoders.clip import ClipEncoder
from medassay.models.encoders.contexts import Room
from medassay.models.hardware import import_torch
from medassay.models.heads import CONDITIONAL, Head
from medassay.types import FloatArray

_AT_ONCE = 32  # images, with the texts of all labels for each


def logits_of(head: Head, encoder: VectorEncoder) -> Callable[[FloatArray], FloatArray]:
    """What turns vectors of images, (n, d), not normalised, into logits, (n, labels).

    Raises:
        ModelError: the head needs a text tower that the encoder does not have.
    """
    if head.form != CONDITIONAL:
        return head.logits
    if not isinstance(encoder, ClipEncoder):
        raise ModelError(f"{encoder.name} has no text tower that this head could run: adapt again")
    return Conditional(head, encoder).logits


class Conditional:
    """A head of the form "conditional" with the encoder whose text tower it runs.

    The context of an image is the learned one plus what a small network makes of its unit vector.
    """

    def __init__(self, head: Head, encoder: ClipEncoder) -> None:
        torch = import_torch()
        self._held = {name: torch.tensor(array) for name, array in head.arrays.items()}
        self._room = Room.before(head.labels, len(self._held["context"]), encoder)
        self._encoder = encoder

    def logits(self, vectors: FloatArray) -> FloatArray:
        """(n, d) vectors, not normalised, to (n, labels)."""
        torch = import_torch()
        with torch.inference_mode():
            parts = torch.tensor(np.asarray(vectors, np.float32)).split(_AT_ONCE)
            made = [conditional_logits(self._encoder.model, self._room, self._held, part) for part in parts]
        return np.asarray(torch.cat(made).cpu().numpy())


def conditional_logits(model: Any, room: Room, held: Mapping[str, Any], vectors: Any) -> Any:
    """The formula, in tensors, with its gradient: s u T(x)' + b, T(x) from context + network(u)."""
    torch = import_torch()
    functional = torch.nn.functional
    u = functional.normalize(vectors, dim=-1)
    hidden = torch.relu(u @ held["down"].T + held["down_bias"])
    shift = hidden @ held["up"].T + held["up_bias"]
    texts = functional.normalize(room.vectors(model, held["context"] + shift[:, None]), dim=-1)
    return held["logit_scale"] * torch.einsum("nd,nld->nl", u, texts.to(u.device)) + held["bias"]
