"""Keys and values with room for those to come: transformers' own cache copies all of them at every token."""

from __future__ import annotations

from functools import cache
from typing import Any

# Types of model for which a test shows token by token the answers that transformers' own cache gives.
FAMILIES = frozenset(
    {
        "gemma3",
        "idefics2",
        "idefics3",
        "internvl",
        "llava",
        "llava_onevision",
        "qwen2_5_vl",
        "qwen2_vl",
        "qwen3_vl",
        "qwen3_vl_moe",
        "smolvlm",
    }
)
ROOM = 128  # tokens by which the tensors grow


def known(model: Any) -> bool:
    """Whether a model may be given a cache that was made here."""
    return model.config.model_type in FAMILIES


def empty(model: Any) -> Any:
    """The cache that `generate` would make for the model, its layers that see all tokens with room."""
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer

    made = DynamicCache(config=model.config.get_text_config(decoder=True))
    made.layers = [_roomy_layer()() if type(layer) is DynamicLayer else layer for layer in made.layers]
    return made


def sees_all(layer: Any) -> bool:
    """Whether a layer of `empty` keeps every token."""
    return isinstance(layer, _roomy_layer())


@cache
def _roomy_layer() -> Any:
    """The class, made late because its base is of transformers."""
    from transformers.cache_utils import DynamicLayer

    class RoomyLayer(DynamicLayer):  # type: ignore[misc]
        """As its base, but tokens are written behind the others, which are copied only where room ends.

        `keys` and `values` are the filled part of larger tensors, each (rows, heads, tokens, size). Who puts
        others in their place (fewer rows, a crop) is followed: those are copied at the next token.
        """

        keys: Any
        values: Any

        def __init__(self) -> None:
            super().__init__()
            self._rooms: dict[str, tuple[Any, Any]] = {}  # the whole tensor, and the part last shown

        def update(self, key_states: Any, value_states: Any, *_: Any, **__: Any) -> tuple[Any, Any]:
            """Take the keys and values of the next tokens, and give those of all."""
            if not self.is_initialized:
                self.lazy_initialization(key_states, value_states)
            self.keys = self._followed("keys", self.keys, key_states)
            self.values = self._followed("values", self.values, value_states)
            return self.keys, self.values

        def _followed(self, name: str, held: Any, new: Any) -> Any:
            start = held.shape[-2] if held.numel() else 0
            end = start + new.shape[-2]
            whole, shown = self._rooms.get(name, (None, None))
            if held is not shown or end > whole.shape[-2]:
                whole = new.new_empty((*new.shape[:-2], end + ROOM, new.shape[-1]))
                if start:
                    whole[..., :start, :] = held
            whole[..., start:end, :] = new
            shown = whole[..., :end, :]
            self._rooms[name] = whole, shown
            return shown

    return RoomyLayer
