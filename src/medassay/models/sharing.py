"""Questions on the same images read those images, and the prompt up to them, once.

The keys and values of the shared beginning of a group's prompts are computed in one pass of one row and laid
before what is left of every prompt. A batch is then [beginnings, left-padded | rests, left-padded]; positions
follow from the attention mask, so the gap between the two changes nothing but where a value lies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medassay.models import caches
from medassay.types import Image

Group = tuple[Image, ...]
_ALONG_TOKENS = ("input_ids", "attention_mask", "token_type_ids", "mm_token_type_ids")


class Remembered:
    """An image processor that does not process the same pictures twice in its life."""

    def __init__(self, processor: Any) -> None:
        self._processor = processor
        self._held: dict[tuple[int, ...], tuple[Any, Any]] = {}

    def __call__(self, images: Any, *rest: Any, **options: Any) -> Any:
        """What the processor makes of the images; the caller may change the mapping, not its tensors."""
        key = tuple(id(picture) for picture in _flat(images))
        if key not in self._held:
            self._held[key] = (
                images,
                self._processor(images, *rest, **options),
            )  # held: an id is of the living
        made = self._held[key][1]
        return type(made)(dict(made))

    def __getattr__(self, name: str) -> Any:
        """Everything else is the processor's own."""
        return getattr(self._processor, name)


@dataclass(frozen=True, slots=True)
class _Beginning:
    tokens: Any  # (length,)
    layers: tuple[tuple[Any, Any], ...]  # keys and values, each (1, heads, length, size)
    shift: Any  # of the positions of what follows, (1, 1); None where a model counts tokens

    def length_for(self, rows: Sequence[Any]) -> int:
        return common_length([self.tokens, *rows])


class Beginnings:
    """The shared beginnings of the prompts of the last batch, which the next one may go on with."""

    def __init__(self) -> None:
        self._held: dict[Group, _Beginning] = {}

    def clear(self) -> None:
        """Give the memory back."""
        self._held.clear()

    def pay(self, model: Any, groups: Sequence[Group]) -> bool:
        """Whether sharing saves half of the passes over beginnings or more."""
        new = {group for group in groups if group not in self._held}
        return caches.known(model) and any(groups) and 2 * len(new) <= len(groups)

    def inputs(
        self, model: Any, groups: Sequence[Group], rows: Sequence[Mapping[str, Any]], *, pad: int, room: int
    ) -> dict[str, Any] | None:
        """What `generate` needs to go on after the shared beginnings; None where they cannot be shared.

        Args:
            model: The generating model; it keeps the shift of positions that the batch needs.
            groups: The images of every row.
            rows: The processor's tensors of every row alone, so without padding, on the model's device.
            pad: The token that pads.
            room: The most new tokens.
        """
        tokens = [row["input_ids"][0] for row in rows]
        members = {g: [i for i, group in enumerate(groups) if group == g] for g in dict.fromkeys(groups)}
        lengths: dict[Group, int] = {}
        for group, indices in members.items():
            held, own = self._held.get(group), [tokens[i] for i in indices]
            least = _images_end(model, own[0])
            lengths[group] = min(common_length(own), *(len(row) - 1 for row in own))
            if held is not None and held.length_for(own) >= max(least, 1):
                lengths[group] = min(lengths[group], held.length_for(own))
            else:
                self._held.pop(group, None)
            if lengths[group] < max(least, 1):
                return None
        before = max(lengths.values())
        after = max(len(row) - lengths[group] for row, group in zip(tokens, groups, strict=True))
        if not _fits(model, before + after + room):
            return None
        for group, indices in members.items():
            if group not in self._held:
                self._held[group] = _read(model, rows[indices[0]], lengths[group])
        self._held = {group: self._held[group] for group in members}
        return self._joined(model, groups, tokens, lengths, pad)

    def _joined(
        self,
        model: Any,
        groups: Sequence[Group],
        tokens: Sequence[Any],
        lengths: Mapping[Group, int],
        pad: int,
    ) -> dict[str, Any]:
        import torch

        before = max(lengths.values())
        after = max(len(row) - lengths[group] for row, group in zip(tokens, groups, strict=True))
        ids = tokens[0].new_full((len(tokens), before + after), pad)
        mask = torch.zeros_like(ids)
        for i, (row, group) in enumerate(zip(tokens, groups, strict=True)):
            length = lengths[group]
            for end, part in ((before, row[:length]), (before + after, row[length:])):
                ids[i, end - len(part) : end] = part
                mask[i, end - len(part) : end] = 1
        cache = caches.empty(model)
        for layer in range(len(self._held[groups[0]].layers)):
            keys, values = (
                torch.cat([_padded(self._held[g].layers[layer][k], lengths[g], before) for g in groups])
                for k in (0, 1)
            )
            cache.update(keys, values, layer)
        if self._held[groups[0]].shift is not None:
            model.base_model.rope_deltas = torch.cat([self._held[g].shift for g in groups])
        return {"input_ids": ids, "attention_mask": mask, "past_key_values": cache}


def common_length(rows: Sequence[Any]) -> int:
    """How many first tokens all rows share."""
    length = min(len(row) for row in rows)
    for row in rows[1:]:
        differ = (row[:length] != rows[0][:length]).nonzero()
        length = int(differ[0]) if len(differ) else length
    return length


def _images_end(model: Any, row: Any) -> int:
    """The index after the last token that stands for a part of an image; 0 without images."""
    places = (row == model.config.image_token_id).nonzero()
    return int(places[-1]) + 1 if len(places) else 0


def _read(model: Any, row: Mapping[str, Any], length: int) -> _Beginning:
    import torch

    begun = {name: value[:, :length] if name in _ALONG_TOKENS else value for name, value in row.items()}
    with torch.inference_mode():
        cache = model.generate(**begun, max_new_tokens=1, return_dict_in_generate=True).past_key_values
    layers = tuple((layer.keys, layer.values) for layer in cache.layers)
    return _Beginning(row["input_ids"][0, :length], layers, getattr(model.base_model, "rope_deltas", None))


def _padded(states: Any, length: int, width: int) -> Any:
    import torch

    return torch.nn.functional.pad(states[..., :length, :], (0, 0, width - length, 0))


def _fits(model: Any, length: int) -> bool:
    """Whether every layer still sees all of so many places; a sliding window would count the gaps."""
    from transformers.cache_utils import DynamicSlidingWindowLayer

    return all(
        caches.sees_all(layer) or (type(layer) is DynamicSlidingWindowLayer and length < layer.sliding_window)
        for layer in caches.empty(model).layers
    )


def _flat(images: Any) -> list[Any]:
    if not isinstance(images, (list, tuple)):
        return [images]
    return [picture for part in images for picture in _flat(part)]
