"""Gemma 3, Idefics 2 and 3, SmolVLM: rows of all kinds in a batch, all images in order, the same answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from medassay.contracts import check_model
from medassay.errors import ModelError
from medassay.images import open_image
from medassay.models.chat import split_thinking, written
from medassay.models.quirks.processors import load_processor
from medassay.models.transformers import TransformersModel
from medassay.types import Choice, Decoding, Image, Message, Part, Request

from .conftest import tokenizer

FAMILIES = ("gemma", "idefics", "idefics2", "smolvlm")
Folder = Callable[[str], Path]


def ask(*parts: Part) -> Request:
    return Request(
        messages=(Message(role="user", parts=parts),),
        choices=(Choice(label="yes"), Choice(label="no"), Choice(label="left lung")),
        decoding=Decoding(max_tokens=6),
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_every_contract_of_a_model_holds(
    model: Callable[[str], TransformersModel], pictures: list[Image], family: str
) -> None:
    first, second, third, fourth = pictures
    requests = [
        ask(first, "lesion?"),
        ask(second, "is there a lesion? " * 5),
        ask("what modality is this image?"),
        ask(third, "or", fourth, "?"),
    ]
    findings = check_model(model(family), requests)
    assert [f for f in findings if not f.ok] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_all_images_are_seen_and_in_order(
    model: Callable[[str], TransformersModel], pictures: list[Image], family: str
) -> None:
    first, second, third, _ = pictures
    rows = [(first, second), (second, first), (first, third), (third, second)]
    found = dict(model(family).answer([ask(a, "or", b, "?") for a, b in rows]))
    probs = [np.array(found[i].probs) for i in range(4)]
    assert all(abs(probs[0] - other).max() > 1e-3 for other in probs[1:])
    assert len({found[i].text for i in range(4)}) > 1


@pytest.mark.parametrize("family", FAMILIES)
def test_prompt_pixels_and_answer_are_those_of_transformers_itself(
    checkpoint: Folder, model: Callable[[str], TransformersModel], pictures: list[Image], family: str
) -> None:
    import torch
    from transformers import AutoModelForImageTextToText

    processor = load_processor(checkpoint(family))
    content = [
        {"type": "image", "image": open_image(pictures[0])},
        {"type": "text", "text": "compare"},
        {"type": "image", "image": open_image(pictures[1])},
        {"type": "text", "text": "which is mri?"},
    ]
    inputs = processor.apply_chat_template(
        [{"role": "user", "content": content}],
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
    )
    request = ask(pictures[0], "compare", pictures[1], "which is mri?")
    held = model(family)
    ours = held._inputs([request], [held.prompter.prompt(request)])
    assert sorted(ours) == sorted(inputs)
    for name, tensor in inputs.items():
        assert torch.equal(ours[name], tensor), name
    original = AutoModelForImageTextToText.from_pretrained(checkpoint(family)).eval()
    with torch.inference_mode():
        tokens = original.generate(**inputs, do_sample=False, max_new_tokens=6)
    said = tokens[0, inputs["input_ids"].shape[1] :]
    [(_, answer)] = held.answer([request])
    assert answer.text == processor.tokenizer.decode(said, skip_special_tokens=True).strip()


def test_an_answer_of_idefics2_ends_with_the_utterance(model: Callable[[str], TransformersModel]) -> None:
    words = model("idefics2")._processor.tokenizer
    assert words.convert_tokens_to_ids("<end_of_utterance>") in model("idefics2")._ends


def test_smolvlm_needs_no_number_words_for_images_and_refuses_videos(checkpoint: Folder) -> None:
    processor = load_processor(checkpoint("smolvlm"))
    if type(processor.video_processor).__name__ == "NoVideo":
        with pytest.raises(ModelError, match="videos need torchvision"):
            processor(text="<video>", videos=[np.zeros((2, 8, 8, 3), dtype=np.uint8)])
    assert processor.image_seq_len == 4


def test_medgemma_s_thinking_is_kept_apart_though_its_marks_are_special_tokens() -> None:
    marks = ("<unused94>", "<unused95>")
    words = tokenizer("<pad>", *marks, pad_token="<pad>", additional_special_tokens=list(marks))
    said = words.encode("<unused94>thought\na nodule<unused95>yes", add_special_tokens=False)
    assert words.decode(said, skip_special_tokens=True) == "thought\na noduleyes"
    assert split_thinking(written(words, said)) == ("a nodule", "yes")
