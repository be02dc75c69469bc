"""What stands on an encoder and turns the vector of an image into logits of labels; numpy alone.

Four forms, each a formula over arrays that training leaves behind (z is the vector, u its unit vector); a
fifth, "conditional", runs the encoder's text tower (`medassay.models.conditional`):

    linear      W (z - mean) / scale + b                                  a linear probe
    prototypes  s u T' + b                                                learned or written texts, CoOp
    residual    s unit(r relu(relu(u A') B') + (1 - r) u) T' + b          CLIP-Adapter
    cache       s u T' + b + alpha exp(-beta (1 - u K')) V                Tip-Adapter

T are unit vectors of the labels' texts, s the encoder's scale, b its bias or a learned one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from medassay import codec
from medassay.errors import ModelError, reason
from medassay.files.arrays import read_arrays
from medassay.models.encoder import unit
from medassay.types import FloatArray

HEAD = "head.npz"
CONDITIONAL = "conditional"
Arrays = Mapping[str, FloatArray]


def _linear(z: FloatArray, a: Arrays) -> FloatArray:
    return np.asarray(((z - a["mean"]) / a["scale"]) @ a["weight"].T + a["bias"])


def _prototypes(z: FloatArray, a: Arrays) -> FloatArray:
    return np.asarray(a["logit_scale"] * unit(z) @ a["texts"].T + a["bias"])


def _residual(z: FloatArray, a: Arrays) -> FloatArray:
    hidden = np.maximum(unit(z) @ a["down"].T, 0)
    adapted = np.maximum(hidden @ a["up"].T, 0)
    return _prototypes(a["ratio"] * adapted + (1 - a["ratio"]) * unit(z), a)


def _cache(z: FloatArray, a: Arrays) -> FloatArray:
    nearness = np.exp(-a["beta"] * (1 - unit(z) @ a["keys"].T))
    return np.asarray(_prototypes(z, a) + a["alpha"] * nearness @ a["values"])


FORMS: Mapping[str, Callable[[FloatArray, Arrays], FloatArray]] = {
    "linear": _linear,
    "prototypes": _prototypes,
    "residual": _residual,
    "cache": _cache,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Labels and how an image's vector is turned into their logits.

    Attributes:
        form: one of `FORMS`, or "conditional".
        labels: as the benchmark names them, in the order of the logits.
        exclusive: exactly one label is right (softmax), or any number (a sigmoid each).
        arrays: what the form's formula needs, float32.
    """

    form: str
    labels: tuple[str, ...]
    exclusive: bool
    arrays: Arrays

    def logits(self, vectors: FloatArray) -> FloatArray:
        """(n, d) vectors, not normalised, to (n, labels)."""
        return FORMS[self.form](vectors, self.arrays)

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides its output."""
        held = hashlib.sha256(self._about().encode())
        for name in sorted(self.arrays):
            array = np.ascontiguousarray(self.arrays[name], np.float32)
            held.update(f"{name}{array.shape}".encode() + array.tobytes())
        return f"sha256:{held.hexdigest()}"

    def save(self, folder: Path) -> None:
        """Write it into a folder."""
        arrays = {name: np.asarray(array, np.float32) for name, array in self.arrays.items()}
        np.savez(folder / HEAD, about=np.array(self._about()), **arrays)  # type: ignore[arg-type]

    def _about(self) -> str:
        about = {"form": self.form, "labels": self.labels, "exclusive": self.exclusive}
        return json.dumps(about, ensure_ascii=False)


def probabilities(logits: FloatArray, *, exclusive: bool) -> FloatArray:
    """(n, labels) to (n, labels): of each row they sum to 1 where labels exclude each other."""
    logits = logits.astype(np.float64)
    if not exclusive:
        return np.asarray(1 / (1 + np.exp(-logits)))
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def load_head(folder: Path) -> Head:
    """The head of a folder.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    path = folder / HEAD
    try:
        arrays = read_arrays(path)
        about = codec.loads(str(arrays.pop("about")))
        head = Head(
            form=str(about["form"]),
            labels=tuple(map(str, about["labels"])),
            exclusive=bool(about["exclusive"]),
            arrays=arrays,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} cannot be read ({reason(error)}): adapt again") from error
    if head.form not in {*FORMS, CONDITIONAL}:
        raise ModelError(f"{path}: a head of the form {head.form!r} is not known to this version")
    return head
