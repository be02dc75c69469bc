"""Tensors as their authors published them: read safely, and every one of them accounted for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medassay.errors import ModelError
from medassay.models.hardware import import_torch

_COUNTERS = ("num_batches_tracked", "position_ids", "relative_position_index")
"""Buffers that hold nothing learned: how long was trained, and places that follow from the sizes."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Tensors by name, and which of them nobody has asked for yet."""

    tensors: Mapping[str, Any]
    unread: set[str]
    prefix: str = ""

    def __getitem__(self, name: str) -> Any:
        self.unread.discard(self.prefix + name)
        return self.tensors[self.prefix + name]

    def __contains__(self, name: str) -> bool:
        return self.prefix + name in self.tensors

    def under(self, prefix: str) -> Weights:
        """Those whose names begin with `prefix`, without it."""
        return Weights(self.tensors, self.unread, self.prefix + prefix)

    def numbered(self, prefix: str) -> list[Weights]:
        """Those under `prefix` 0, 1, 2, ... as far as they go."""
        found: list[Weights] = []
        while any(name.startswith(f"{self.prefix}{prefix}{len(found)}.") for name in self.tensors):
            found.append(self.under(f"{prefix}{len(found)}."))
        return found

    def all(self) -> dict[str, Any]:
        """All of them at once, without the prefix."""
        names = [name for name in self.tensors if name.startswith(self.prefix)]
        return {name.removeprefix(self.prefix): self[name.removeprefix(self.prefix)] for name in names}


def placed(tensors: Mapping[str, Any], *, dtype: str, device: str) -> Weights:
    """Tensors on their device, numbers in `dtype`; counters stay as they are."""
    import torch

    there = {
        name: value.to(device, getattr(torch, dtype) if value.is_floating_point() else None)
        for name, value in tensors.items()
    }
    return Weights(there, {name for name in there if not name.endswith(_COUNTERS)})


def read_tensors(path: Path) -> Any:
    """What `torch.save` wrote: tensors only, never code.

    Raises:
        ModelError: it is damaged, or holds more than tensors.
    """
    torch = import_torch()
    with one_line(path, "the weights cannot be read"):
        return torch.load(path, map_location="cpu", weights_only=True)


def read_part(kind: Any, config: Any, tensors: Mapping[str, Any]) -> Any:
    """A class of transformers with these weights; it knows the names of its own older versions.

    Raises:
        ModelError: names that are missing or left over, or shapes that do not fit.
    """
    from medassay.models.loading import quiet

    with quiet():
        model, info = kind.from_pretrained(
            None, config=config, state_dict=dict(tensors), output_loading_info=True
        )
    for what in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        if info[what]:
            names = ", ".join(sorted(map(str, info[what]))[:3])
            raise ModelError(f"{kind.__name__}: {len(info[what])} {what.replace('_', ' ')} ({names}, ...)")
    first = next(value for value in tensors.values() if value.is_floating_point())
    return model.to(first.device, first.dtype).eval().requires_grad_(False)


@contextlib.contextmanager
def one_line(path: Path, what: str) -> Iterator[None]:
    """Turn whatever goes wrong into a ModelError of one line."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise ModelError(f"{path}: {what} ({reason})") from error
