from __future__ import annotations

import builtins
from typing import Any

import pytest

from medassay.errors import MissingExtra, ModelError, UsageError
from medassay.models import hardware
from medassay.models.hardware import pick_device, pick_dtype


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"), [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")]
)
def test_auto_takes_the_fastest_device_at_hand(
    monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, expected: str
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: cuda)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: mps)
    assert pick_device("auto") == expected


@pytest.mark.parametrize(
    ("device", "native", "expected"),
    [
        ("cpu", False, "float32"),
        ("mps", False, "float32"),
        ("cuda:1", True, "bfloat16"),
        ("balanced", False, "float16"),
    ],
)
def test_auto_dtype_is_exact_on_cpu_and_short_on_gpus(
    monkeypatch: pytest.MonkeyPatch, device: str, native: bool, expected: str
) -> None:
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda including_emulation: native)
    assert pick_dtype("auto", device) == expected
    assert pick_dtype("float16", device) == "float16"


def test_wrong_words_are_refused_with_the_right_ones() -> None:
    with pytest.raises(UsageError, match="use auto, cpu"):
        pick_device("gpu")
    with pytest.raises(UsageError, match="use auto, float32"):
        pick_dtype("int3", "cpu")


def test_a_device_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(ModelError, match="balanced: lays a model over GPUs, and there is none"):
        pick_device("balanced")
    with pytest.raises(ModelError, match="cuda:3: no such GPU \\(1 found\\)"):
        pick_device("cuda:3")


def test_without_torch_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    really = builtins.__import__

    def absent(name: str, *rest: Any) -> Any:
        if name == "torch":
            raise ModuleNotFoundError("No module named 'torch'", name="torch")
        return really(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(MissingExtra, match="medassay\\[local\\]"):
        hardware.import_torch()
