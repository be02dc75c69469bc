"""Which device and which number format "auto" means."""

from __future__ import annotations

from typing import Any

from medassay.errors import MissingExtra, ModelError, UsageError

DTYPES = ("float32", "bfloat16", "float16")
SPREAD = frozenset({"balanced", "balanced_low_0", "sequential"})
"""Words of accelerate that lay one model over all GPUs."""


def import_torch() -> Any:
    """Torch, or the name of the extra that brings it.

    Raises:
        MissingExtra: torch or transformers is not installed.
    """
    try:
        import torch
        import transformers  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "torch", "local") from error
    return torch


def pick_device(word: str) -> str:
    """The device that a word means: "auto" is CUDA, then MPS, then CPU; the words of `SPREAD` stay.

    Raises:
        ModelError: the device is not there.
        UsageError: no device is called so.
    """
    torch = import_torch()
    if word in SPREAD:
        if not torch.cuda.is_available():
            raise ModelError(f"{word}: lays a model over GPUs, and there is none; use device=auto")
        return word
    if word == "auto":
        mps = torch.backends.mps.is_available()
        return "cuda" if torch.cuda.is_available() else "mps" if mps else "cpu"
    try:
        device = torch.device(word)
    except RuntimeError as error:
        raise UsageError(
            f"no device is called {word!r}: use auto, cpu, cuda, cuda:1, mps or balanced"
        ) from error
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ModelError(f"{word}: no such GPU ({torch.cuda.device_count()} found)")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise ModelError("mps: not available on this machine")
    return word


def pick_dtype(word: str, device: str) -> str:
    """The number format of the weights.

    "auto" is bfloat16 on GPUs that compute in it, float16 on older ones, and float32 elsewhere: exact, and
    on CPUs and MPS the safe choice.

    Raises:
        UsageError: no format is called so.
    """
    torch = import_torch()
    if word in DTYPES:
        return word
    if word != "auto":
        raise UsageError(f"no dtype is called {word!r}: use auto, {', '.join(DTYPES)}")
    if device.startswith("cuda") or device in SPREAD:
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float16"
    return "float32"
