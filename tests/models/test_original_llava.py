"""Checkpoints in the original LLaVA layout against what the original code computes on the same files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from tests.models.builders import llava as original

from medassay.contracts.models import check_model
from medassay.errors import ModelError, UsageError
from medassay.images import open_image
from medassay.models.transformers import TransformersModel
from medassay.types import Choice, Decoding, Image, Message, Part, Request

FAMILIES = {"llava-mistral": "llava_mistral", "llava-qwen2": "llava_qwen2", "llava-llama": "llava_llama"}
Folder = Callable[[str], Path]
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)
VICUNA = (
    "A chat between a curious user and an artificial intelligence assistant. "
    "The assistant gives helpful, detailed, and polite answers to the user's questions. "
)


@pytest.fixture
def copy(checkpoint: Folder, tmp_path: Path) -> Callable[..., Path]:
    """A checkpoint with other fields in its configuration."""

    def made(family: str = "llava-mistral", **fields: Any) -> Path:
        folder = Path(shutil.copytree(checkpoint(family), tmp_path / family))
        config = json.loads((folder / "config.json").read_text()) | fields
        (folder / "config.json").write_text(json.dumps(config))
        return folder

    return made


def ask(*parts: Part, choices: Sequence[str] = (), **decoding: Any) -> Request:
    return Request(
        messages=(Message(role="user", parts=parts),),
        choices=tuple(Choice(label=label) for label in choices),
        decoding=Decoding(**{"max_tokens": 5, **decoding}),
    )


@pytest.mark.parametrize(
    ("kind", "count"), [("llava_mistral", 686), ("llava_qwen2", 734), ("llava_llama", 686)]
)
def test_the_list_of_weights_has_as_many_as_the_published_files(kind: str, count: int) -> None:
    layers = original.LAYERS[kind]
    assert len(original.weights(kind, layers=layers, tower_layers=original.TOWER_LAYERS)) == count


@pytest.mark.parametrize("family", FAMILIES)
def test_every_weight_is_used_and_none_is_left_over(
    model: Callable[[str], TransformersModel], checkpoint: Folder, family: str
) -> None:
    from safetensors.torch import load_file

    held = load_file(checkpoint(family) / "model.safetensors")
    loaded = model(family)._model.state_dict()
    assert len(loaded) == len(held)
    for name, values in held.items():
        fits = [n for n, v in loaded.items() if v.flatten()[: values.numel()].equal(values.flatten())]
        assert len(fits) == 1, f"{name} is {fits} of the model"


@pytest.mark.parametrize("family", FAMILIES)
def test_logits_are_those_of_the_original_computation(
    model: Callable[[str], TransformersModel], checkpoint: Folder, pictures: list[Image], family: str
) -> None:
    import torch

    held = model(family)
    request = ask(pictures[0], "is there a lesion?", pictures[1], "or here?")
    inputs = held._inputs([request], [held.prompter.prompt(request)])
    with torch.inference_mode():
        found = held._model(**inputs).logits[0, :, : original.VOCAB]
        expected = original_logits(
            checkpoint(family), FAMILIES[family], held.prompter.prompt(request), pictures[:2]
        )
    assert found.shape == expected.shape
    assert expected.std() > 0.1
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def original_logits(folder: Path, kind: str, prompt: str, pictures: Sequence[Image]) -> Any:
    """By the steps of the original code: tokens of each stretch of text, image features between them."""
    import torch
    import transformers as tf
    from safetensors.torch import load_file

    weights = load_file(folder / "model.safetensors")
    classes = {"llava_mistral": tf.MistralForCausalLM, "llava_qwen2": tf.Qwen2ForCausalLM}
    host_class = classes.get(kind, tf.LlamaForCausalLM)
    sizes = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size")
    more = ("num_key_value_heads", "rms_norm_eps", "rope_theta", "max_position_embeddings")
    config = original.original_config(kind)
    host = host_class(host_class.config_class(**{name: config[name] for name in (*sizes, *more)}))
    host.load_state_dict({n: v for n, v in weights.items() if "vision_tower" not in n and "mm_" not in n})
    tower = tf.CLIPVisionModel(tf.CLIPVisionConfig(**original.tower_config()))
    prefix = original.GUEST + "vision_model."
    tower.load_state_dict({n.removeprefix(prefix): v for n, v in weights.items() if n.startswith(prefix)})
    pixels = torch.stack([torch.from_numpy(padded_pixels(picture)) for picture in pictures])
    seen = tower.eval()(pixels, output_hidden_states=True).hidden_states[-2][:, 1:]
    names = [f"model.mm_projector.{i}.{part}" for i in (0, 2) for part in ("weight", "bias")]
    a, b, c, d = (weights[name] for name in names)
    images = torch.nn.functional.linear(
        torch.nn.functional.gelu(torch.nn.functional.linear(seen, a, b)), c, d
    )
    stretches = [host.model.embed_tokens(torch.tensor(cut, dtype=torch.long)) for cut in cuts(folder, prompt)]
    whole = [stretches[0]]
    for image, stretch in zip(images, stretches[1:], strict=True):
        whole += [image, stretch]
    return host.eval()(inputs_embeds=torch.cat(whole)[None]).logits[0]


def cuts(folder: Path, prompt: str) -> Iterator[list[int]]:
    """`tokenizer_image_token` of the original: each stretch is a text of its own."""
    from transformers import PreTrainedTokenizerFast

    words = PreTrainedTokenizerFast.from_pretrained(folder)
    start = words.bos_token or ""
    for i, stretch in enumerate(prompt.removeprefix(start).split("<image>")):
        tokens = words(stretch, add_special_tokens=False)["input_ids"]
        yield [words.bos_token_id, *tokens] if i == 0 and start else tokens


def padded_pixels(picture: Image) -> Any:
    """`expand2square` with the mean colour, then CLIP's resize and normalisation, by hand."""
    image = open_image(picture)
    side = max(image.size)
    square = PIL.Image.new("RGB", (side, side), tuple(int(value * 255) for value in MEAN))
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    small = np.asarray(square.resize((original.SIZE, original.SIZE), PIL.Image.Resampling.BICUBIC))
    values = (small.astype(np.float32) / 255 - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    return np.ascontiguousarray(values.transpose(2, 0, 1))


def test_what_the_configuration_leaves_empty_stays_empty(model: Callable[[str], TransformersModel]) -> None:
    text = model("llava-mistral")._model.config.text_config
    assert text.sliding_window is None
    assert text.rope_parameters["rope_theta"] == 5000.0


def test_an_image_is_cropped_where_the_configuration_does_not_pad(
    copy: Callable[..., Path], pictures: list[Image]
) -> None:
    cropping = TransformersModel(str(copy(image_aspect_ratio=None)), device="cpu")
    image = open_image(pictures[0])  # 64 wide, 48 high
    short = image.resize((round(64 * original.SIZE / 48 - 0.5), original.SIZE), PIL.Image.Resampling.BICUBIC)
    left = (short.width - original.SIZE) // 2
    middle = np.asarray(short.crop((left, 0, left + original.SIZE, original.SIZE))).astype(np.float32)
    expected = (middle / 255 - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    found = cropping._inputs([ask(pictures[0], "?")], [cropping.prompter.prompt(ask(pictures[0], "?"))])
    np.testing.assert_allclose(found["pixel_values"][0].numpy().transpose(1, 2, 0), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("family", "prompt"),
    [
        ("llava-mistral", "<s>[INST] <image>\nis it normal? [/INST]"),
        ("llava-qwen2", "<|user|>\n<image>\nis it normal?\n<|assistant|>\n"),
        ("llava-llama", f"<s>{VICUNA}USER: <image>\nis it normal? ASSISTANT:"),
    ],
)
def test_the_conversation_is_that_of_the_original(
    model: Callable[[str], TransformersModel], pictures: list[Image], family: str, prompt: str
) -> None:
    assert model(family).prompter.prompt(ask(pictures[0], "is it <image>normal? ")) == prompt


def turns(*texts: str) -> tuple[Message, ...]:
    roles = ("user", "assistant")
    return tuple(Message(role=roles[i % 2], parts=(text,)) for i, text in enumerate(texts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("family", "prompt"),
    [
        ("llava-mistral", "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nA? [/INST] B. </s>[INST] C? [/INST]"),
        ("llava-llama", "<s>Be brief. USER: A? ASSISTANT: B.</s>USER: C? ASSISTANT:"),
        ("llava-qwen2", "<|user|>\nA?\n<|assistant|>\nB. \n<|user|>\nC?\n<|assistant|>\n"),
    ],
)
def test_a_system_prompt_and_earlier_turns(
    model: Callable[[str], TransformersModel], family: str, prompt: str
) -> None:
    messages = turns("A?", "B.", "C?")
    system = Message(role="system", parts=("Be brief.",))
    asked = Request(messages=messages if family == "llava-qwen2" else (system, *messages))
    assert model(family).prompter.prompt(asked) == prompt
    if family == "llava-qwen2":
        [(_, answer)] = model(family).answer([replace(asked, messages=(system, *messages))])
        assert "no system prompt" in (answer.error or "")


def test_another_conversation_by_name_or_file(checkpoint: Folder, tmp_path: Path) -> None:
    folder = str(checkpoint("llava-llama"))
    named = TransformersModel(folder, device="cpu", conversation="huatuo")
    assert named.prompter.prompt(ask("A?")) == "<|user|>\nA?\n<|assistant|>\n"
    (tmp_path / "own.jinja").write_text("Q: {{ messages[0].content[0].text }}")
    own = TransformersModel(folder, device="cpu", conversation=str(tmp_path / "own.jinja"))
    assert own.prompter.prompt(ask("A?")) == "Q: A?"
    assert len({named.fingerprint, own.fingerprint, TransformersModel(folder, device="cpu").fingerprint}) == 3
    with pytest.raises(UsageError, match="huatuo, llava-med, vicuna"):
        TransformersModel(folder, device="cpu", conversation="vicunna")


@pytest.mark.parametrize("family", FAMILIES)
def test_contracts(model: Callable[[str], TransformersModel], pictures: list[Image], family: str) -> None:
    first, second, third, fourth = pictures
    requests = [
        ask(first, "is there a lesion?", choices=("yes", "no")),
        ask(second, "is there a lesion? " * 6, choices=("yes", "no", "left lung")),
        ask(third, "how many?", fourth, "and in this image?"),
        ask("what modality is this image?"),
        ask(fourth, "?", choices=("chest x-ray", "mri")),
    ]
    findings = check_model(model(family), requests)
    assert [f for f in findings if not f.ok] == []
    texts = [answer.text for _, answer in sorted(model(family).answer(requests))]
    assert len(set(texts)) > 1


def test_a_tower_beside_the_model_is_read_and_identified(
    checkpoint: Folder, copy: Callable[..., Path]
) -> None:
    from safetensors.torch import load_file, save_file

    folder = copy()
    held = load_file(folder / "model.safetensors")
    apart = {n.removeprefix(original.GUEST): v for n, v in held.items() if n.startswith(original.GUEST)}
    rest = {n: v for n, v in held.items() if not n.startswith(original.GUEST)}
    save_file(rest, folder / "model.safetensors", metadata={"format": "pt"})
    save_file(apart, folder / "tower" / "model.safetensors", metadata={"format": "pt"})
    whole = TransformersModel(str(checkpoint("llava-mistral")), device="cpu")
    parted = TransformersModel(str(folder), device="cpu")
    expected = whole._model.state_dict()
    for name, values in parted._model.state_dict().items():
        if "vision_tower" in name:
            assert values.equal(expected[name]), name
    before = parted.fingerprint
    apart["vision_model.pre_layrnorm.bias"] += 1
    save_file(apart, folder / "tower" / "model.safetensors", metadata={"format": "pt"})
    assert TransformersModel(str(folder), device="cpu").fingerprint != before


def test_the_placeholder_can_never_be_said(model: Callable[[str], TransformersModel]) -> None:
    import torch

    held = model("llava-mistral")
    inputs = held._inputs([ask("lesion?")], [held.prompter.prompt(ask("lesion?"))])
    head = held._model.lm_head.weight
    kept = head[original.VOCAB].clone()
    with torch.inference_mode():
        logits = held._model(**inputs).logits[0, -1, : original.VOCAB]
    best = int(logits.argmax())
    assert logits[best] > 0
    with torch.no_grad():
        head[original.VOCAB] = 10 * head[best]  # the likeliest by far
        assert held._model(**inputs).logits[0, -1].argmax() == original.VOCAB
        [row] = held._run(inputs, [], [], 1)
        head[original.VOCAB] = kept
    assert row == [best]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mm_projector_type": "linear"}, "mm_projector_type 'linear'"),
        ({"image_aspect_ratio": "anyres"}, "image_aspect_ratio 'anyres'"),
        ({"mm_use_im_start_end": True}, "mm_use_im_start_end True"),
        ({"model_type": "llava_mpt"}, "model_type 'llava_mpt'"),
        ({"mm_vision_tower": "./nowhere"}, "nowhere"),
    ],
)
def test_what_has_no_counterpart_is_refused_with_the_field(
    copy: Callable[..., Path], fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(ModelError, match=said):
        TransformersModel(str(copy(**fields)), device="cpu")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model.norm.weight": None}, "1 weights are missing"),
        ({"model.extra.weight": (3,)}, "no place in a LLaVA"),
    ],
)
def test_weights_that_are_missing_or_left_over(copy: Callable[..., Path], change: Any, said: str) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    folder = copy()
    held = load_file(folder / "model.safetensors")
    for name, shape in change.items():
        if shape is None:
            del held[name]
        else:
            held[name] = torch.zeros(shape)
    save_file(held, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=said):
        TransformersModel(str(folder), device="cpu").load()


def test_files_of_older_versions(checkpoint: Folder, copy: Callable[..., Path]) -> None:
    """`pytorch_model.bin`, with what was computed among what was learnt."""
    import torch
    from safetensors.torch import load_file

    folder = copy()
    held = load_file(folder / "model.safetensors")
    computed = (
        "model.layers.0.self_attn.rotary_emb.inv_freq",
        f"{original.GUEST}vision_model.embeddings.position_ids",
    )
    torch.save(held | {name: torch.arange(4) for name in computed}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    old = TransformersModel(str(folder), device="cpu")._model.state_dict()
    new = TransformersModel(str(checkpoint("llava-mistral")), device="cpu")._model.state_dict()
    assert all(old[name][:400].equal(values[:400]) for name, values in new.items())


def test_a_sentencepiece_tokenizer_without_its_packages_says_which(
    copy: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy()
    (folder / "tokenizer.json").rename(folder / "tokenizer.model")
    monkeypatch.setattr("medassay.models.quirks.original_processor._installed", lambda _: False)
    with pytest.raises(ModelError, match="pip install sentencepiece protobuf"):
        TransformersModel(str(folder), device="cpu")
