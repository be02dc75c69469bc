"""Qwen-VL, InternVL and GLM-V: images of any size, tiles, thinking, and its switch."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from medassay.contracts import check_model
from medassay.images import open_image
from medassay.models.transformers import TransformersModel
from medassay.types import Image

from .test_transformers import _greedy, answers, ask, mixed

# GLM's processor turns tensors into arrays in a way that numpy 2 and torch quarrel about.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")
FAMILIES = (
    "qwen2-vl",
    "qwen3-vl",
    "qwen3-vl-thinking",
    "qwen3-vl-moe",
    "internvl",
    "internvl3.5",
    "glm4v",
    "glm4v-moe",
)
Folder = Callable[[str], Path]
Loaded = Callable[[str], TransformersModel]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_contract_holds(model: Loaded, pictures: list[Image], family: str) -> None:
    findings = check_model(model(family), mixed(pictures))
    assert [finding for finding in findings if not finding.ok] == []


@pytest.mark.parametrize("family", ["qwen", "qwen2-vl"])
def test_a_flat_configuration_as_it_lies_on_the_hub_is_the_same_model(
    checkpoint: Folder, pictures: list[Image], tmp_path: Path, family: str
) -> None:
    folder = Path(shutil.copytree(checkpoint(family), tmp_path / "copy"))
    stored = json.loads((folder / "config.json").read_text())
    text = {k: v for k, v in stored.pop("text_config").items() if k not in {"model_type", "layer_types"}}
    rope = text.pop("rope_parameters")
    text["rope_theta"] = rope["rope_theta"]
    text["rope_scaling"] = {"type": "mrope", "mrope_section": rope["mrope_section"]}
    (folder / "config.json").write_text(json.dumps({**text, **stored}))
    asked = [ask(pictures[0], "or", pictures[3], "?", choices=("yes", "no"))]
    flat, nested = (TransformersModel(str(f), device="cpu", rank=True) for f in (folder, checkpoint(family)))
    assert answers(flat, asked) == answers(nested, asked)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_prompt_and_the_greedy_answer_are_those_of_transformers_itself(
    model: Loaded, pictures: list[Image], family: str
) -> None:
    held = model(family)
    content = [
        {"type": "image", "image": open_image(pictures[0])},
        {"type": "text", "text": "compare"},
        {"type": "image", "image": open_image(pictures[3])},
        {"type": "text", "text": "which is mri?"},
    ]
    inputs = held._processor.apply_chat_template(
        [{"role": "user", "content": content}],
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
    )
    tokens = _greedy(held, dict(inputs), 6)
    [answer] = answers(held, [ask(pictures[0], "compare", pictures[3], "which is mri?")])
    said = held._processor.tokenizer.decode(tokens, skip_special_tokens=True).strip()
    assert (answer.thinking or answer.text) == said
    assert answer.usage.input_tokens == inputs["input_ids"].shape[1]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_answer_depends_on_the_image_and_on_the_order_of_images(
    model: Loaded, pictures: list[Image], family: str
) -> None:
    first, second = pictures[0], pictures[1]
    asked = [(first, "?"), (second, "?"), (first, "or", second, "?"), (second, "or", first, "?")]
    requests = [ask(*parts, choices=("yes", "no")) for parts in asked]
    one, other, both, swapped = (np.array(a.probs) for a in answers(model(family), requests))
    assert abs(one - other).max() > 1e-3
    assert abs(both - swapped).max() > 1e-3


@pytest.mark.parametrize("family", ["qwen2-vl", "qwen3-vl", "glm4v"])
def test_an_image_costs_tokens_by_its_size(model: Loaded, pictures: list[Image], family: str) -> None:
    # 64 pixels wide; 48, 64, ... high, in patches of 4 of which 2 x 2 are one token; 64 x 64 at most
    small, square, *_ = answers(model(family), [ask(image, "?") for image in pictures])
    assert square.usage.input_tokens - small.usage.input_tokens == 8 * (64 - 48) // 8


def test_an_image_is_cut_into_tiles_of_its_shape_and_an_overview(model: Loaded, tmp_path: Path) -> None:
    import PIL.Image

    for name, size in {"square": (32, 32), "wide": (96, 32)}.items():
        PIL.Image.fromarray(np.zeros((size[1], size[0], 3), np.uint8)).save(tmp_path / f"{name}.png")
    asked = [ask(Image(uri=str(tmp_path / f"{name}.png")), "?") for name in ("square", "wide")]
    square, wide = answers(model("internvl"), asked)
    assert wide.usage.input_tokens - square.usage.input_tokens == (3 + 1) * 4 - 4


@pytest.mark.parametrize("family", ["qwen", "qwen2-vl", "qwen3-vl", "glm4v"])
def test_the_limits_of_pixels_are_the_checkpoints_and_part_of_the_fingerprint(
    checkpoint: Folder, pictures: list[Image], tmp_path: Path, family: str
) -> None:
    folder = Path(shutil.copytree(checkpoint(family), tmp_path / "copy"))
    stored = json.loads((folder / "processor_config.json").read_text())
    pixels = stored["image_processor"]
    pixels["size"] = {**pixels["size"], "longest_edge": pixels["size"]["longest_edge"] // 4}
    (folder / "processor_config.json").write_text(json.dumps(stored))
    before, after = (TransformersModel(str(f), device="cpu") for f in (checkpoint(family), folder))
    assert before.fingerprint != after.fingerprint
    question = ask(pictures[1], "?")
    tokens = [answers(held, [question])[0].usage.input_tokens for held in (before, after)]
    assert tokens[0] - tokens[1] == 64 - 16


@pytest.mark.parametrize(
    ("said", "thinking", "text", "finish"),
    [
        ("<think>a nodule</think>yes<|endoftext|>", "a nodule", "yes", "stop"),
        ("<think>a nodule</think>yes", "a nodule", "yes", "length"),
        ("<think>a nodule, or", "a nodule, or", "", "length"),
        ("<think></think>no<|user|>", "", "no", "stop"),
        ("yes<|endoftext|>", "", "yes", "stop"),
    ],
)
def test_thinking_is_kept_apart_though_its_marks_are_special_tokens(
    model: Loaded, monkeypatch: pytest.MonkeyPatch, said: str, thinking: str, text: str, finish: str
) -> None:
    held = model("glm4v")
    row = held._processor.tokenizer.encode(said, add_special_tokens=False)
    assert held._processor.tokenizer.decode(row, skip_special_tokens=True).count("think") == 0
    monkeypatch.setattr(held, "_run", lambda *_: [row])
    monkeypatch.setattr(held, "_rank", False)
    [answer] = answers(held, [ask("lesion?", max_tokens=len(row))])
    assert (answer.thinking, answer.text, answer.finish_reason) == (thinking, text, finish)


def test_thinking_that_the_template_opens_and_nobody_closes_is_no_answer(
    model: Loaded, pictures: list[Image]
) -> None:
    [answer] = answers(model("qwen3-vl-thinking"), [ask(pictures[0], "lesion?")])
    assert answer.thinking
    assert (answer.text, answer.finish_reason) == ("", "length")


def test_the_switch_of_thinking_is_the_templates(model: Loaded, pictures: list[Image]) -> None:
    held = model("glm4v-moe")
    on, off = (ask(pictures[0], "lesion?", thinking=thinking) for thinking in (True, False))
    assert "nothink" not in held.prompter.prompt(on)
    assert "lesion?/nothink" in held.prompter.prompt(off)
    assert held.prompter.prompt(off).endswith("<think></think>\n")
    assert answers(held, [off])[0].thinking == ""


def test_thinking_that_cannot_be_switched_off_is_not_switched_off_in_silence(
    model: Loaded, pictures: list[Image]
) -> None:
    [answer] = answers(model("qwen3-vl-thinking"), [ask(pictures[0], "lesion?", thinking=False)])
    assert "cannot be switched off" in (answer.error or "")
    assert answers(model("qwen3-vl"), [ask(pictures[0], "lesion?", thinking=False)])[0].error is None
