"""Learned vectors in the place of words before a label's name, in the text towers of CLIP and SigLIP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from medassay.models.encoders.clip import ClipEncoder
from medassay.models.hardware import import_torch


@dataclass(frozen=True, slots=True)
class Room:
    """Tokenised labels with room for vectors before their first word.

    Attributes:
        encoder: whose tokenizer wrote them.
        tokens: what the text tower is given, (labels, length).
        start: where the room begins.
    """

    encoder: ClipEncoder
    tokens: Mapping[str, Any]
    start: int

    @classmethod
    def before(cls, labels: Sequence[str], room: int, encoder: ClipEncoder) -> Self:
        """Room for `room` vectors before each label."""
        torch = import_torch()
        tokens = encoder.tokens([f"{label}." for label in labels])
        ids, longest = tokens["input_ids"], encoder.text_length
        # the same first token in all texts, and in an empty one, opens a text: the room comes behind it
        empty = encoder.tokens([""])["input_ids"][0]
        opens = bool((ids[:, 0] == empty[0]).all()) and "attention_mask" in tokens
        start = 1 if opens else 0

        def wider(held: Any, fill: Any) -> Any:
            placed = torch.cat([held[:, :start], fill, held[:, start:]], dim=1)
            return placed[:, :longest]  # what falls off are pads, unless a name is as long as the tower reads

        placeholder = ids[:, start : start + 1].expand(-1, room)  # any token: its vector is replaced
        made = {"input_ids": wider(ids, placeholder)}
        if "attention_mask" in tokens:
            mask = tokens["attention_mask"]
            made["attention_mask"] = wider(mask, torch.ones((len(mask), room), dtype=mask.dtype))
        return cls(encoder, made, start)

    def vectors(self, model: Any, learned: Any) -> Any:
        """The labels' vectors by a model, not normalised, with the learned ones in their room.

        Args:
            model: the encoder's, or a copy of it.
            learned: (room, width), the same before all labels; or (n, room, width), for n images.

        Returns:
            (labels, d), or (n, labels, d).
        """
        each = learned if learned.ndim == 3 else learned[None]
        n, labels = len(each), len(self.tokens["input_ids"])
        tokens = {name: held.repeat(n, 1).to(model.device) for name, held in self.tokens.items()}
        table = model.text_model.get_input_embeddings()
        with _in_place(table, each.repeat_interleave(labels, dim=0), self.start):
            found = self.encoder.differentiable_texts(model, tokens).float()
        return found.view(n, labels, -1) if learned.ndim == 3 else found


@contextmanager
def _in_place(table: Any, learned: Any, start: int) -> Iterator[None]:
    """While it lasts the embeddings of the room are the learned vectors, (rows, room, width)."""
    torch = import_torch()

    def replaced(_module: Any, _inputs: Any, output: Any) -> Any:
        room = learned.to(output.device, output.dtype)
        return torch.cat([output[:, :start], room, output[:, start + room.shape[1] :]], dim=1)

    handle = table.register_forward_hook(replaced)
    try:
        yield
    finally:
        handle.remove()
