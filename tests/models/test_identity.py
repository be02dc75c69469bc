"""A fingerprint changes with whatever changes an answer, and with nothing else."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medassay.models import identity
from medassay.models.checkpoint import Checkpoint, locate
from medassay.models.contrastive import ContrastiveModel
from medassay.models.identity import file_digest, folder_identity
from medassay.models.transformers import TransformersModel
from medassay.types import fingerprint

Folder = Callable[[str], Path]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(identity, "_known", {})
    return tmp_path / "cache"


@pytest.fixture
def copy(checkpoint: Folder, tmp_path: Path) -> Path:
    return Path(shutil.copytree(checkpoint("llava"), tmp_path / "copy"))


def of(folder: Path, **options: Any) -> str:
    return TransformersModel(str(folder), device="cpu", **options).fingerprint


def test_it_is_the_same_wherever_the_folder_lies(checkpoint: Folder, copy: Path) -> None:
    assert of(copy) == of(checkpoint("llava")) == of(copy, batch=2, name="another name")


def test_it_changes_with_one_bit_of_the_weights(copy: Path) -> None:
    before = of(copy)
    weights = bytearray((copy / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "model.safetensors").write_bytes(weights)
    assert of(copy) != before


def test_it_changes_with_template_config_and_tokenizer(copy: Path) -> None:
    seen = {of(copy)}
    template = (copy / "chat_template.jinja").read_text()
    (copy / "chat_template.jinja").write_text(template + " ")
    seen.add(of(copy))
    for name in ("config.json", "tokenizer.json"):
        settings = json.loads((copy / name).read_text())
        settings["note"] = 1
        if name == "config.json":
            (copy / name).write_text(json.dumps(settings))
        else:
            (copy / name).write_text((copy / name).read_text() + "\n")
        seen.add(of(copy))
    assert len(seen) == 4


def test_it_changes_with_dtype_attention_and_rank(copy: Path) -> None:
    options: list[dict[str, Any]] = [{}, {"dtype": "bfloat16"}, {"attention": "eager"}, {"rank": True}]
    assert len({of(copy, **some) for some in options}) == 4


def test_an_encoder_changes_with_its_template(checkpoint: Folder) -> None:
    folder = str(checkpoint("clip"))
    one, other = ContrastiveModel(folder), ContrastiveModel(folder, template="an image of {}")
    assert one.fingerprint != other.fingerprint
    assert one.identity["images"] in {"pil", "torchvision"}


def test_it_changes_with_the_adapter_and_with_what_it_adapts(copy: Path, tmp_path: Path) -> None:
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(copy)}))
    (adapter / "adapter_model.safetensors").write_bytes(b"one")
    first = folder_identity(locate(adapter))
    (adapter / "adapter_model.safetensors").write_bytes(b"two")
    second = folder_identity(locate(adapter))
    base = folder_identity(locate(copy))
    assert len({fingerprint(some) for some in (first, second, base)}) == 3
    assert first["weights"] == second["weights"] == base["weights"]
    assert first["processor"] == base["processor"]


def test_weights_of_the_hub_are_named_by_their_commit(copy: Path) -> None:
    held = Checkpoint(folder=copy, source="owner/name", commit="0123abcd")
    assert folder_identity(held)["weights"] == "hub:owner/name@0123abcd"


def test_quantisation_is_part_of_it(copy: Path) -> None:
    settings = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(settings | {"quantization_config": {"bits": 4}}))
    assert folder_identity(locate(copy))["quantisation"] == {"bits": 4}


def test_a_file_is_read_again_only_when_it_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, reads = tmp_path / "weights", []
    path.write_bytes(b"first")
    really = identity._read

    def watched(file: Path) -> str:
        reads.append(file)
        return really(file)

    monkeypatch.setattr(identity, "_read", watched)
    first = file_digest(path)
    assert file_digest(path) == first
    monkeypatch.setattr(identity, "_known", {})  # as a new process: the answer is on disk
    assert file_digest(path) == first
    assert len(reads) == 1
    path.write_bytes(b"other")
    os.utime(path, ns=(1, 1))
    assert file_digest(path) != first
    assert len(reads) == 2


def test_a_damaged_cache_entry_is_not_believed(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "weights"
    path.write_bytes(b"first")
    first = file_digest(path)
    [entry] = (cache / "medassay" / "digests").iterdir()
    entry.write_text("sha256:12")
    monkeypatch.setattr(identity, "_known", {})
    assert file_digest(path) == first
