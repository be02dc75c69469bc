"""A checkpoint's own code runs where it is named to the byte, and nowhere else."""

import json
import shutil
from dataclasses import replace

import pytest
from safetensors.torch import load_file, save_file

from medassay.errors import ModelError, UsageError
from medassay.models.checkpoint import locate
from medassay.models.foreign import code_of, permitted
from medassay.models.transformers import TransformersModel
from medassay.types import Decoding, Message, Request
from medassay.workflows.adapting.parts import Cut
from medassay.workflows.adapting.tuning import tune
from medassay.workflows.named import resolve_model

CODE = """
from pathlib import Path
from transformers import LlavaConfig, LlavaForConditionalGeneration, LlavaProcessor

Path({mark!r}).touch()

class OwnConfig(LlavaConfig):
    model_type = "own"

class OwnModel(LlavaForConditionalGeneration):
    config_class = OwnConfig

class OwnProcessor(LlavaProcessor):
    pass
"""
REFERENCES = {"AutoConfig": "own.OwnConfig", "AutoModelForCausalLM": "own.OwnModel"}


def change(path, **changes):
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.fixture
def mark(tmp_path):
    """The file that the code makes when it runs."""
    return tmp_path / "it ran"


@pytest.fixture
def brought(checkpoint, tmp_path, mark, monkeypatch):
    """A LLaVA under another name, whose classes lie in a file beside its weights."""
    folder = shutil.copytree(checkpoint("llava"), tmp_path / "brought")
    (folder / "own.py").write_text(CODE.format(mark=str(mark)))
    change(folder / "config.json", model_type="own", auto_map=REFERENCES)
    weights = load_file(folder / "model.safetensors")  # transformers renames those of its own classes
    renamed = {name.replace("language_model.lm_head", "lm_head"): value for name, value in weights.items()}
    save_file(renamed, folder / "model.safetensors", metadata={"format": "pt"})
    change(
        folder / "processor_config.json",
        processor_class="OwnProcessor",
        auto_map={"AutoProcessor": "own.OwnProcessor"},
    )
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    return folder


def ask(model, images):
    requests = [
        Request(
            messages=(Message(role="user", parts=(image, "what is it?")),), decoding=Decoding(max_tokens=6)
        )
        for image in images
    ]
    return {index: response.text for index, response in model.answer(requests)}


def test_code_that_is_not_named_is_not_run_and_the_refusal_says_its_name(brought, mark):
    with pytest.raises(ModelError, match="never run unasked") as caught:
        TransformersModel(str(brought), device="cpu")
    assert str(caught.value).endswith(f"code={code_of(locate(brought))}")
    with pytest.raises(ModelError, match="nothing of it was run"):
        TransformersModel(str(brought), device="cpu", code="brought@sha256:" + "0" * 64)
    assert not mark.exists()


def test_code_that_is_named_answers_as_its_weights_do_and_is_part_of_what_the_model_is(
    brought, mark, checkpoint, pictures
):
    word = code_of(locate(brought))
    named = resolve_model(f"{brought}:code={word},device=cpu")
    assert ask(named.model, pictures) == ask(
        TransformersModel(str(checkpoint("llava")), device="cpu"), pictures
    )
    assert mark.exists()
    assert named.model.identity["code"] == word
    assert "code" not in TransformersModel(str(checkpoint("llava")), device="cpu").identity


def test_one_changed_byte_of_the_code_is_other_code(brought, mark):
    word = code_of(locate(brought))
    with (brought / "own.py").open("a") as file:
        file.write("#")
    with pytest.raises(ModelError, match=r"its code is brought@sha256:\w{64}, and not brought@sha256"):
        TransformersModel(str(brought), device="cpu", code=word)
    assert not mark.exists()


def test_code_of_the_hub_is_named_by_its_commit(brought):
    held = replace(locate(brought), source="someone/own", commit="c" * 40)
    assert permitted(held, f"someone/own@{'c' * 40}").code == f"someone/own@{'c' * 40}"
    for other in (f"someone/own@{'d' * 40}", f"another/own@{'c' * 40}", "someone/own@main"):
        with pytest.raises(ModelError, match="its code is someone/own@ccc"):
            permitted(held, other)


def test_code_in_yet_another_repository_is_not_fetched(brought, mark):
    change(brought / "config.json", auto_map=REFERENCES | {"AutoConfig": "else/where--own.OwnConfig"})
    with pytest.raises(ModelError, match="lies in another repository"):
        TransformersModel(str(brought), device="cpu", code=code_of(locate(brought)))
    assert not mark.exists()


def test_what_brings_no_code_needs_none(checkpoint):
    with pytest.raises(ModelError, match="brings no code of its own"):
        TransformersModel(str(checkpoint("llava")), device="cpu", code="llava@sha256:0")


def test_code_that_breaks_is_one_line(brought):
    (brought / "own.py").write_text("import nobody_has_this\n")
    with pytest.raises(ModelError, match="nobody_has_this") as caught:
        TransformersModel(str(brought), device="cpu", code=code_of(locate(brought)))
    assert "\n" not in str(caught.value)


def test_a_model_of_its_own_code_is_not_taught(brought, tmp_path):
    word = f"{brought}:code={code_of(locate(brought))},device=cpu"
    with pytest.raises(UsageError, match="asked here and not taught"):
        tune("sft", model=word, benchmark="phantom", out=tmp_path / "out", cut=Cut())
