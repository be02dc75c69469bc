"""VILA1.5's three folders against what the original code computes on the same files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from tests.models.builders import vila

from medassay.contracts.models import check_model
from medassay.errors import ModelError
from medassay.images import open_image
from medassay.models.transformers import TransformersModel
from medassay.types import Choice, Decoding, Image, Message, Part, Request

FAMILIES = ("vila", "vila-llama-3")
Folder = Callable[[str], Path]
LLAMA_3 = (
    "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nYou are a helpful language and vision "
    "assistant. You are able to understand the visual content that the user provides, and assist the user "
    "with a variety of tasks using natural language.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n"
)


@pytest.fixture
def copy(checkpoint: Folder, tmp_path: Path) -> Callable[..., Path]:
    """A checkpoint with other fields in the configuration of one of its folders."""

    def made(part: str = ".", **fields: Any) -> Path:
        folder = Path(shutil.copytree(checkpoint("vila"), tmp_path / "vila"))
        path = folder / part / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | fields))
        return folder

    return made


def ask(*parts: Part, choices: Sequence[str] = ()) -> Request:
    return Request(
        messages=(Message(role="user", parts=parts),),
        choices=tuple(Choice(label=label) for label in choices),
        decoding=Decoding(max_tokens=5),
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_logits_are_those_of_the_original_computation(
    model: Callable[[str], TransformersModel], checkpoint: Folder, pictures: list[Image], family: str
) -> None:
    import torch

    held = model(family)
    request = ask(pictures[0], "is there a lesion?", pictures[1], "or here?")
    inputs = held._inputs([request], [held.prompter.prompt(request)])
    with torch.inference_mode():
        found = held._model(**inputs).logits[0, :, : vila.VOCAB]
        expected = original_logits(checkpoint(family), held.prompter.prompt(request), pictures[:2])
    assert found.shape == expected.shape
    assert expected.std() > 0.1
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def original_logits(folder: Path, prompt: str, pictures: Sequence[Image]) -> Any:
    """By the steps of the original code, whose strict loading gives every weight of the files its place."""
    import torch
    import transformers as tf
    from safetensors.torch import load_file
    from torch.nn import functional

    held = {
        part: load_file(folder / part / "model.safetensors")
        for part in ("llm", "vision_tower", "mm_projector")
    }
    sizes = {n: v for n, v in vila.LLM.items() if n not in ("model_type", "architectures")}
    llm = tf.LlamaForCausalLM(tf.LlamaConfig(**sizes)).eval()
    llm.load_state_dict(held["llm"])
    sizes = {n: v for n, v in vila.TOWER.items() if n not in ("model_type", "architectures")}
    tower = tf.SiglipVisionModel(tf.SiglipVisionConfig(**sizes)).eval()
    tower.load_state_dict({n.removeprefix("vision_model."): v for n, v in held["vision_tower"].items()})
    pixels = torch.stack([torch.from_numpy(squashed(picture)) for picture in pictures])
    seen = tower(pixels, output_hidden_states=True).hidden_states[-2]
    weights = held["mm_projector"]
    normed = functional.layer_norm(
        squares(seen), (4 * vila.WIDE,), weights["layers.1.weight"], weights["layers.1.bias"]
    )
    first = functional.gelu(functional.linear(normed, weights["layers.2.weight"], weights["layers.2.bias"]))
    images = functional.linear(first, weights["layers.4.weight"], weights["layers.4.bias"])
    # `tokenizer_image_token`: every stretch with the tokenizer's own start, kept before the first alone.
    words = tf.PreTrainedTokenizerFast.from_pretrained(folder / "llm")
    stretches = [words(text)["input_ids"] for text in prompt.removeprefix("<s>").split("<image>")]
    starts = stretches[0][0] == words.bos_token_id and stretches[1][0] == words.bos_token_id
    cuts = [cut[1:] if starts and i else cut for i, cut in enumerate(stretches)]
    whole = []
    for image, cut in zip([None, *images], cuts, strict=True):
        whole += [] if image is None else [image]
        whole.append(llm.model.embed_tokens(torch.tensor(cut, dtype=torch.long)))
    return llm(inputs_embeds=torch.cat(whole)[None]).logits[0]


def squares(seen: Any) -> Any:
    """`DownSampleBlock` at the named commit: 2 x 2 patches become one, column by column."""
    import torch

    side = vila.SIZE // vila.PATCH
    nothing = torch.zeros(vila.WIDE)
    images = []
    for image in seen:

        def at(row: int, column: int, image: Any = image) -> Any:
            return image[row * side + column] if row < side and column < side else nothing

        corners = [(r, c) for c in range(0, side, 2) for r in range(0, side, 2)]
        images.append(
            torch.stack(
                [torch.cat([at(r, c), at(r, c + 1), at(r + 1, c), at(r + 1, c + 1)]) for r, c in corners]
            )
        )
    return torch.stack(images)


def squashed(picture: Image) -> Any:
    """To the tower's size whatever the shape, then to -1..1."""
    image = open_image(picture).resize((vila.SIZE, vila.SIZE), PIL.Image.Resampling.BICUBIC)
    values = (np.asarray(image).astype(np.float32) / 255 - 0.5) / 0.5
    return np.ascontiguousarray(values.transpose(2, 0, 1))


def test_the_conversation_is_that_of_the_original(
    model: Callable[[str], TransformersModel], pictures: list[Image]
) -> None:
    prompt = model("vila-llama-3").prompter.prompt(ask(pictures[0], "normal?"))
    assert prompt == (f"{LLAMA_3}<image>\nnormal?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n")
    assert (
        model("vila")
        .prompter.prompt(ask(pictures[0], "normal?"))
        .endswith("USER: <image>\nnormal? ASSISTANT:")
    )


def test_a_turn_of_llama_3_ends_the_answer(model: Callable[[str], TransformersModel]) -> None:
    held = model("vila-llama-3")
    held.load()
    assert held._ends == {vila.HEADERS.index("<|eot_id|>"), vila.HEADERS.index("<|end_of_text|>")}


@pytest.mark.parametrize("family", FAMILIES)
def test_contracts(model: Callable[[str], TransformersModel], pictures: list[Image], family: str) -> None:
    first, second, third, fourth = pictures
    requests = [
        ask(first, "is there a lesion?", choices=("yes", "no")),
        ask(second, "is there a lesion? " * 6, choices=("yes", "no", "left lung")),
        ask(third, "how many?", fourth, "and in this image?"),
        ask("what modality is this image?"),
    ]
    assert [f for f in check_model(model(family), requests) if not f.ok] == []


@pytest.mark.parametrize("part", ["llm", "vision_tower", "mm_projector"])
def test_every_part_is_in_the_fingerprint(copy: Callable[..., Path], part: str) -> None:
    from safetensors.torch import load_file, save_file

    folder = copy()
    before = TransformersModel(str(folder), device="cpu").fingerprint
    path = folder / part / "model.safetensors"
    changed = {name: values + 1 for name, values in load_file(path).items()}
    save_file(changed, path, metadata={"format": "pt"})
    assert TransformersModel(str(folder), device="cpu").fingerprint != before


@pytest.mark.parametrize(
    ("part", "fields", "said"),
    [
        (".", {"s2": True}, "s2 True"),
        (".", {"image_aspect_ratio": "dynamic"}, "image_aspect_ratio 'dynamic'"),
        ("mm_projector", {"mm_projector_type": "mlp_downsample_3x3_fix"}, "mm_projector_type"),
        ("vision_tower", {"model_type": "radio"}, "model_type 'radio'"),
    ],
)
def test_what_is_not_vila_15_is_refused_with_the_field(
    copy: Callable[..., Path], part: str, fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(ModelError, match=said):
        TransformersModel(str(copy(part, **fields)), device="cpu")


@pytest.mark.parametrize("part", ["llm", "vision_tower", "mm_projector"])
def test_a_missing_weight_is_refused(copy: Callable[..., Path], part: str) -> None:
    from safetensors.torch import load_file, save_file

    folder = copy()
    path = folder / part / "model.safetensors"
    held = load_file(path)
    del held[sorted(held)[-1]]
    save_file(held, path, metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"missing|Missing key"):
        TransformersModel(str(folder), device="cpu").load()
