"""Folders that cannot be a model end in one clear line; adapters load with their base."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medassay.errors import MissingExtra, ModelError
from medassay.models.transformers import TransformersModel
from medassay.types import Image, Message, Request

Folder = Callable[[str], Path]


def ask(image: Image, text: str) -> Request:
    return Request(messages=(Message(role="user", parts=(image, text)),))


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("processor_config.json", "processor"),
        ("config.json", "config.json"),
        ("model.safetensors", "no weights"),
        ("chat_template.jinja", "no chat template"),
    ],
)
def test_an_incomplete_folder_is_named_with_what_it_lacks(
    checkpoint: Folder, tmp_path: Path, broken: str, says: str
) -> None:
    folder = Path(shutil.copytree(checkpoint("llava"), tmp_path / "copy"))
    (folder / broken).unlink()
    with pytest.raises(ModelError, match=says) as caught:
        _ = TransformersModel(str(folder), device="cpu").fingerprint
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"model_type": "nobody-s"}, "transformers does not know this type of model"),
        (
            {"model_type": "own", "auto_map": {"AutoConfig": "own.Config"}},
            "code of its own, which is never run unasked",
        ),
        ({"model_type": "llama"}, "a llama model is not one that"),
    ],
)
def test_a_class_that_cannot_be_had_is_refused_before_any_weight_is_read(
    checkpoint: Folder, tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    folder = Path(shutil.copytree(checkpoint("llava"), tmp_path / "copy"))
    settings = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(settings | change))
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=says):
        TransformersModel(str(folder), device="cpu")


def test_weights_of_other_shapes_are_refused(checkpoint: Folder, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(checkpoint("llava"), tmp_path / "copy"))
    settings = json.loads((folder / "config.json").read_text())
    settings["text_config"]["intermediate_size"] = 48
    (folder / "config.json").write_text(json.dumps(settings))
    with pytest.raises(ModelError, match=r"shapes are not those of config\.json"):
        TransformersModel(str(folder), device="cpu").load()


def test_damaged_weights_end_the_run_not_every_row(
    checkpoint: Folder, tmp_path: Path, pictures: list[Image]
) -> None:
    folder = Path(shutil.copytree(checkpoint("llava"), tmp_path / "copy"))
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="weights cannot be loaded"):
        list(TransformersModel(str(folder), device="cpu").answer([ask(pictures[0], "lesion?")]))


def test_missing_weights_are_not_drawn_at_random(
    checkpoint: Folder, tmp_path: Path, pictures: list[Image]
) -> None:
    from safetensors.torch import load_file, save_file

    folder = Path(shutil.copytree(checkpoint("llava"), tmp_path / "copy"))
    weights = load_file(folder / "model.safetensors")
    weights.pop(next(name for name in weights if "multi_modal_projector" in name))
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="1 weights are missing"):
        list(TransformersModel(str(folder), device="cpu").answer([ask(pictures[0], "lesion?")]))


@pytest.fixture
def adapter(checkpoint: Folder, tmp_path: Path) -> Path:
    """The folder of an adapter as peft writes it, without weights."""
    settings = {"peft_type": "LORA", "base_model_name_or_path": str(checkpoint("llava"))}
    (tmp_path / "adapter_config.json").write_text(json.dumps(settings))
    return tmp_path


def test_an_adapter_without_peft_names_the_extra(adapter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(MissingExtra, match=r"medassay\[train\]"):
        TransformersModel(str(adapter), device="cpu").load()


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")
def test_an_adapter_answers_as_its_base_with_the_change(
    checkpoint: Folder, tmp_path: Path, pictures: list[Image]
) -> None:
    peft = pytest.importorskip("peft", reason="peft absent")
    import torch
    from transformers import AutoModelForImageTextToText

    base = AutoModelForImageTextToText.from_pretrained(checkpoint("llava"))
    lora = peft.LoraConfig(r=4, target_modules=r".*language_model.*(q_proj|v_proj)", init_lora_weights=False)
    changed = peft.get_peft_model(base, lora).eval()
    changed.save_pretrained(tmp_path)
    held = TransformersModel(str(tmp_path), device="cpu")
    request = ask(pictures[0], "is there a lesion?")
    inputs = held._inputs([request], [held.prompter.prompt(request)])
    with torch.inference_mode():
        torch.testing.assert_close(
            held._model(**inputs).logits, changed(**inputs).logits, rtol=1e-4, atol=1e-4
        )
    assert held.identity["adapter"] is not None


def test_an_encoder_is_not_a_chat_model(checkpoint: Folder) -> None:
    with pytest.raises(ModelError, match="a clip model is not one that AutoModelForImageTextToText loads"):
        TransformersModel(str(checkpoint("clip")), device="cpu")


@pytest.mark.skipif(importlib.util.find_spec("torchvision") is not None, reason="torchvision is here")
def test_llama_4_names_the_package_that_prepares_its_images(checkpoint: Folder, tmp_path: Path) -> None:
    import transformers as tf

    tf.Llama4Config().save_pretrained(tmp_path)
    tf.AutoTokenizer.from_pretrained(checkpoint("llava")).save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="only torchvision can prepare its images"):
        TransformersModel(str(tmp_path), device="cpu")
