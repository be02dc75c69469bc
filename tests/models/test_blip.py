"""BLIP, BLIP-2 and InstructBLIP: the right weights, the documented prompt, one image, and no padding seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medassay.contracts import check_model
from medassay.errors import ModelError
from medassay.images import open_image
from medassay.models.transformers import TransformersModel
from medassay.types import Choice, Decoding, Image, Message, Part, Request

from .builders.gemma import blip_config, build_blip_vqa
from .conftest import save

FAMILIES = ("blip-vqa", "blip-2", "blip-2-t5", "instructblip")
Folder = Callable[[str], Path]


def ask(*parts: Part, **decoding: Any) -> Request:
    return Request(
        messages=(Message(role="user", parts=parts),),
        choices=(Choice(label="yes"), Choice(label="left lung")),
        decoding=Decoding(**{"max_tokens": 6, **decoding}),
    )


def uneven(pictures: list[Image], **decoding: Any) -> list[Request]:
    texts = ("lesion?", "is there a lesion? " * 5, "what modality is this image?", "?")
    return [ask(image, text, **decoding) for image, text in zip(pictures, texts, strict=True)]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_contract_of_a_model_holds(
    model: Callable[[str], TransformersModel], pictures: list[Image], family: str
) -> None:
    findings = check_model(model(family), uneven(pictures))
    assert [f for f in findings if not f.ok] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_penalties_and_sampling_do_not_see_the_padding(
    model: Callable[[str], TransformersModel], pictures: list[Image], family: str
) -> None:
    how = {"repetition_penalty": 1.8, "temperature": 2.0, "stop": ("#",)}
    held, requests = model(family), uneven(pictures, **how)
    together = [answer for _, answer in sorted(held.answer(requests))]
    alone = [answer for request in requests for _, answer in held.answer([request])]
    assert [(a.text, a.error) for a in together] == [(a.text, None) for a in alone]


@pytest.mark.parametrize("family", FAMILIES)
def test_greedy_is_greedy_and_the_tokens_are_those_of_the_original(
    checkpoint: Folder, pictures: list[Image], family: str
) -> None:
    import transformers as tf

    # What a checkpoint would like best is not asked for: sampling, and a length of its own.
    folder = checkpoint(family)
    tastes = {"do_sample": True, "temperature": 0.9, "max_length": 9}
    held = TransformersModel(str(folder), device="cpu")
    model = held._model
    for part in ("language_model", "text_decoder"):
        if hasattr(model, part):
            getattr(model, part).generation_config.update(**tastes)
    [(_, answer)] = held.answer([ask(pictures[0], "lesion?")])
    kind: Any = getattr(tf, type(model).__name__)
    original = kind.from_pretrained(folder).eval()
    prompt = "Question: lesion? Answer:" if family.startswith("blip-2") else "lesion?"
    inputs = held._processor(text=[prompt], images=[open_image(pictures[0])], return_tensors="pt")
    tokens = original.generate(**inputs, do_sample=False, max_new_tokens=6)[0].tolist()
    said = tokens[inputs["input_ids"].shape[1] :] if family in ("blip-2", "instructblip") else tokens[1:]
    expected = held._processor.tokenizer.decode(said, skip_special_tokens=True).strip()
    assert answer.text == expected
    assert answer.usage.input_tokens == inputs["input_ids"].shape[1]
    assert answer.usage.output_tokens == len(said)


def test_the_prompt_is_the_documented_one(model: Callable[[str], TransformersModel]) -> None:
    image = Image(uri="a.png")
    turns = (
        Message(role="system", parts=("Be brief.",)),
        Message(role="user", parts=(image, "which city is this?")),
        Message(role="assistant", parts=("singapore",)),
        Message(role="user", parts=("why?",)),
    )
    spoken = model("blip-2").prompter.prompt(Request(messages=turns))
    assert spoken == "Be brief. Question: which city is this? Answer: singapore. Question: why? Answer:"
    single = Request(messages=(turns[0], turns[1]))
    assert model("blip-vqa").prompter.prompt(single) == "Be brief. which city is this?"
    assert model("instructblip").prompter.prompt(single) == "Be brief. which city is this?"


@pytest.mark.parametrize("family", FAMILIES)
def test_no_image_or_several_are_refused_and_neighbours_answered(
    model: Callable[[str], TransformersModel], pictures: list[Image], family: str
) -> None:
    first, second, *_ = pictures
    requests = [ask("lesion?"), ask(first, "lesion?"), ask(first, second, "which?")]
    none, one, several = (answer for _, answer in sorted(model(family).answer(requests)))
    assert "exactly one image, and was given 0" in (none.error or "")
    assert "exactly one image, and was given 2" in (several.error or "")
    assert one.error is None
    [(_, alone)] = model(family).answer([requests[1]])
    assert replace(one, seconds=0) == replace(alone, seconds=0)


def test_a_conversation_is_refused_where_the_family_has_no_form_for_it(
    model: Callable[[str], TransformersModel], pictures: list[Image]
) -> None:
    request = ask(pictures[0], "lesion?")
    turns = (*request.messages, Message(role="assistant", parts=("yes",)), *ask("where?").messages)
    [(_, answer)] = model("blip-vqa").answer([replace(request, messages=turns)])
    assert "single questions" in (answer.error or "")


def test_an_answer_ends_where_the_language_model_ends_it(
    model: Callable[[str], TransformersModel],
) -> None:
    words = model("blip-2")._processor.tokenizer
    line_break = words.encode("\n", add_special_tokens=False)[0]
    assert model("blip-2")._ends == {line_break, words.eos_token_id}
    assert model("blip-vqa")._ends == {model("blip-vqa")._processor.tokenizer.sep_token_id}


@pytest.mark.parametrize("wrong", ["BlipForConditionalGeneration", "BlipForImageTextRetrieval"])
def test_a_checkpoint_that_was_not_made_to_answer_is_refused(tmp_path: Path, wrong: str) -> None:
    import transformers as tf

    build_blip_vqa(tmp_path)  # its processor
    words = tf.AutoProcessor.from_pretrained(tmp_path).tokenizer
    save(getattr(tf, wrong)(blip_config(words)), tmp_path)
    with pytest.raises(ModelError, match=f"a {wrong} checkpoint was not made to answer questions") as caught:
        TransformersModel(str(tmp_path), device="cpu")
    assert str(tmp_path) in str(caught.value)


def test_text_weights_are_never_drawn_at_random(checkpoint: Folder, tmp_path: Path) -> None:
    import json
    import shutil

    from safetensors.torch import load_file, save_file

    # A captioner that is called a question answerer has no question encoder.
    folder = Path(shutil.copytree(checkpoint("blip-vqa"), tmp_path / "copy"))
    weights = {k: v for k, v in load_file(folder / "model.safetensors").items() if "text_encoder" not in k}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert json.loads((folder / "config.json").read_text())["architectures"] == ["BlipForQuestionAnswering"]
    with pytest.raises(ModelError, match=r"weights are missing \(text_encoder"):
        TransformersModel(str(folder), device="cpu").load()
