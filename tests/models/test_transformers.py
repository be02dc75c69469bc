"""Checkpoints of real architectures, tiny and random, asked through the whole path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medassay.errors import UsageError
from medassay.images import open_image
from medassay.models.transformers import TransformersModel
from medassay.types import Choice, Decoding, Image, Message, Model, Part, Request, Response

FAMILIES = ("llava", "qwen", "gemma", "idefics")
Folder = Callable[[str], Path]


def ask(*parts: Part, choices: Sequence[str] = (), **decoding: Any) -> Request:
    return Request(
        messages=(Message(role="user", parts=parts),),
        choices=tuple(Choice(label=label) for label in choices),
        decoding=Decoding(**{"max_tokens": 6, **decoding}),
    )


def answers(model: Model, requests: Sequence[Request]) -> list[Response]:
    """The answers in order, without their timing."""
    found = dict(model.answer(requests))
    assert sorted(found) == list(range(len(requests)))
    return [replace(found[i], seconds=0.0) for i in range(len(requests))]


def mixed(pictures: Sequence[Image]) -> list[Request]:
    """Rows of different lengths, with none, one and two images, with and without choices."""
    first, second, third, fourth = pictures
    return [
        ask(first, "is there a lesion?", choices=("yes", "no")),
        ask(second, "is there a lesion? " * 6, choices=("yes", "no", "left lung")),
        ask(third, "how many?", fourth, "and in this image?"),
        ask("what modality is this image?"),
        ask(fourth, "?", choices=("chest x-ray", "mri")),
    ]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_batch_answers_as_one_by_one(
    model: Callable[[str], TransformersModel], pictures: list[Image], family: str
) -> None:
    requests = mixed(pictures)
    together = answers(model(family), requests)
    alone = [answers(model(family), [request])[0] for request in requests]
    assert [replace(a, probs=None) for a in together] == [replace(a, probs=None) for a in alone]
    for a, b in zip(together, alone, strict=True):
        np.testing.assert_allclose(a.probs or (), b.probs or (), atol=1e-6)
    assert [len(a.probs or ()) for a in together] == [len(r.choices) for r in requests]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_answer_depends_on_the_image_and_on_the_order_of_images(
    model: Callable[[str], TransformersModel], pictures: list[Image], family: str
) -> None:
    one, other, both, swapped = (
        np.array(a.probs)
        for a in answers(
            model(family),
            [
                ask(pictures[0], "lesion?", choices=("yes", "no")),
                ask(pictures[1], "lesion?", choices=("yes", "no")),
                ask(pictures[0], "or", pictures[1], "?", choices=("yes", "no")),
                ask(pictures[1], "or", pictures[0], "?", choices=("yes", "no")),
            ],
        )
    )
    assert abs(one - other).max() > 1e-3
    assert abs(both - swapped).max() > 1e-3


@pytest.mark.parametrize("family", FAMILIES)
def test_the_prompt_and_the_greedy_answer_are_those_of_transformers_itself(
    model: Callable[[str], TransformersModel], pictures: list[Image], family: str
) -> None:
    # qwen's checkpoint asks for sampling and a repetition penalty by default: neither may leak in
    held = model(family)
    content = [
        {"type": "image", "image": open_image(pictures[0])},
        {"type": "text", "text": "compare"},
        {"type": "image", "image": open_image(pictures[1])},
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
    [answer] = answers(held, [ask(pictures[0], "compare", pictures[1], "which is mri?")])
    assert answer.text == held._processor.tokenizer.decode(tokens, skip_special_tokens=True).strip()
    assert answer.usage.input_tokens == inputs["input_ids"].shape[1]


def _greedy(model: TransformersModel, inputs: dict[str, Any], steps: int) -> list[int]:
    """The likeliest next token, again and again, by whole forward passes."""
    import torch

    start = inputs["input_ids"].shape[1]
    for _ in range(steps):
        with torch.inference_mode():
            best = int(model._model(**inputs).logits[0, -1].argmax())
        if best in model._ends:
            break
        inputs = _extended(inputs, [best])
    rest: list[int] = inputs["input_ids"][0, start:].tolist()
    return rest


def _extended(inputs: dict[str, Any], tokens: list[int]) -> dict[str, Any]:
    import torch

    grown = dict(inputs)
    for name in ("input_ids", "attention_mask", "token_type_ids", "mm_token_type_ids"):
        if name in inputs:
            new = tokens if name == "input_ids" else [int(name == "attention_mask")] * len(tokens)
            grown[name] = torch.cat([inputs[name], torch.tensor([new])], dim=1)
    return grown


@pytest.mark.parametrize("family", FAMILIES)
def test_rank_is_the_softmax_of_summed_log_likelihoods(
    model: Callable[[str], TransformersModel], pictures: list[Image], family: str
) -> None:
    import torch

    held = model(family)
    labels = ("yes", "left lung", "no")
    request = ask(pictures[0], "where is it?", choices=labels)
    [answer] = answers(held, [request])
    prompt = held.prompter.prompt(request)
    inputs = dict(held._inputs([request], [prompt]))
    tokenizer, sums = held._processor.tokenizer, []
    for label in labels:
        spaced = label if prompt.endswith("\n") else " " + label
        tokens = tokenizer.encode(spaced, add_special_tokens=False)
        whole = _extended(inputs, tokens)
        with torch.inference_mode():
            steps = held._model(**whole).logits[0].log_softmax(-1)[-len(tokens) - 1 : -1]
        sums.append(sum(float(step[token]) for step, token in zip(steps, tokens, strict=True)))
    expected = np.exp(np.array(sums) - max(sums))
    np.testing.assert_allclose(np.array(answer.probs), expected / expected.sum(), atol=1e-5)


def test_rank_scores_the_letters_where_the_prompt_asks_for_letters(
    model: Callable[[str], TransformersModel], pictures: list[Image]
) -> None:
    held = model("llava")
    options = ("lung", "liver")
    lettered, plain, letters = answers(
        held,
        [
            ask(pictures[0], "organ?\nA. lung\nB. liver\nletter.", choices=options),
            ask(pictures[0], "organ?", choices=options),
            ask(pictures[0], "organ?\nA. lung\nB. liver\nletter.", choices=("A", "B")),
        ],
    )
    assert lettered.probs == pytest.approx(letters.probs)
    assert plain.probs != pytest.approx(lettered.probs, abs=1e-3)


def test_without_rank_there_are_no_probabilities(checkpoint: Folder, pictures: list[Image]) -> None:
    plain = TransformersModel(str(checkpoint("llava")), device="cpu")
    [answer] = answers(plain, [ask(pictures[0], "lesion?", choices=("yes", "no"))])
    assert answer.probs is None
    assert answer.text


def test_one_corrupt_image_fails_its_own_request_only(
    model: Callable[[str], TransformersModel], pictures: list[Image], corrupt: Image
) -> None:
    requests = [ask(image, "lesion?") for image in (pictures[0], corrupt, pictures[1], pictures[2])]
    found = answers(model("llava"), requests)
    assert (found[1].error or "").startswith("ImageError: ")
    assert corrupt.uri in (found[1].error or "")
    healthy = [found[i] for i in (0, 2, 3)]
    assert healthy == answers(model("llava"), [requests[i] for i in (0, 2, 3)])
    assert all(answer.error is None for answer in healthy)


def test_no_requests_no_answers(model: Callable[[str], TransformersModel]) -> None:
    assert list(model("llava").answer([])) == []


def test_requests_that_do_not_share_their_decoding_are_refused(
    model: Callable[[str], TransformersModel],
) -> None:
    with pytest.raises(UsageError, match="share their decoding"):
        list(model("llava").answer([ask("a"), ask("b", max_tokens=9)]))


def test_a_sampled_answer_does_not_depend_on_its_neighbours(
    model: Callable[[str], TransformersModel], pictures: list[Image]
) -> None:
    how: dict[str, Any] = {"temperature": 3.0, "top_p": 0.95, "max_tokens": 12}
    requests = [ask(image, "describe " * (i + 1), **how) for i, image in enumerate(pictures)]
    together = answers(model("llava"), requests)
    alone = [answers(model("llava"), [request])[0] for request in requests]
    assert together == alone
    assert together == answers(model("llava"), requests[::-1])[::-1]
    greedy = answers(model("llava"), [replace(r, decoding=Decoding(max_tokens=12)) for r in requests])
    assert [a.text for a in together] != [a.text for a in greedy]


def test_replicates_and_seeds_are_drawn_anew_and_repeat_exactly(
    model: Callable[[str], TransformersModel], pictures: list[Image]
) -> None:
    first = ask(pictures[0], "describe", temperature=3.0, max_tokens=12)
    draws = [first, replace(first, replicate=1), replace(first, seed=1), first]
    one, replicate, seed, again = (a.text for a in answers(model("llava"), draws))
    assert len({one, replicate, seed}) == 3
    assert one == again


def test_a_repetition_penalty_does_not_see_the_padding(checkpoint: Folder, pictures: list[Image]) -> None:
    held = TransformersModel(str(checkpoint("llava")), device="cpu")
    short, long = (
        ask(i, "lesion? " * n, repetition_penalty=1.8) for i, n in zip(pictures, (1, 8), strict=False)
    )
    [alone] = answers(held, [short])
    inputs = held._inputs([short], [held.prompter.prompt(short)])
    # As where a checkpoint pads with a token that it also says: here the first one of this very answer.
    held._processor.tokenizer.pad_token_id = held._run(inputs, [], [], 1)[0][0]
    assert answers(held, [short, long])[0] == alone
    [freely] = answers(held, [ask(pictures[0], "lesion? ")])
    assert freely.text != alone.text


def test_a_stop_string_ends_the_answer_and_a_full_one_says_so(
    model: Callable[[str], TransformersModel], pictures: list[Image]
) -> None:
    held = model("idefics")
    [full] = answers(held, [ask(pictures[0], "lesion?", max_tokens=10)])
    assert full.finish_reason == "length"
    assert full.usage.output_tokens == 10
    stop = full.text[3:5]
    [cut] = answers(held, [ask(pictures[0], "lesion?", max_tokens=10, stop=(stop,))])
    assert cut.text == full.text[: full.text.index(stop)].strip()
    assert cut.finish_reason == "stop"
    assert cut.usage.output_tokens < 10
    others = [ask(image, "lesion?", max_tokens=10, stop=(stop,)) for image in pictures]
    assert answers(held, others)[0] == cut


def test_an_end_token_ends_the_answer(checkpoint: Folder, pictures: list[Image]) -> None:
    held = TransformersModel(str(checkpoint("llava")), device="cpu")
    [free] = answers(held, [ask(pictures[0], "lesion?")])
    prompt = held.prompter.prompt(ask(pictures[0], "lesion?"))
    inputs = held._inputs([ask(pictures[0], "lesion?")], [prompt])
    second = held._run(inputs, [], [], 6)[0][1]
    held._model.generation_config.eos_token_id = [1, second]
    del held._ends
    [ended] = answers(held, [ask(pictures[0], "lesion?")])
    assert (ended.finish_reason, free.finish_reason) == ("stop", "length")
    assert ended.usage.output_tokens <= 2
    assert free.text.startswith(ended.text)


def test_running_out_of_memory_halves_the_batch_and_names_what_does_not_fit(
    checkpoint: Folder, pictures: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    held = TransformersModel(str(checkpoint("llava")), device="cpu", batch=4)
    whole = answers(held, [ask(image, "lesion?") for image in pictures])
    really, sizes = held._run, []

    def small_machine(inputs: Any, *rest: Any) -> list[list[int]]:
        sizes.append(len(inputs["input_ids"]))
        if sizes[-1] > 2 or inputs["input_ids"].shape[1] > 120:
            raise torch.OutOfMemoryError("tried to allocate 2 GiB")
        return really(inputs, *rest)

    monkeypatch.setattr(held, "_run", small_machine)
    found = answers(held, [*(ask(image, "lesion?") for image in pictures), ask(pictures[0], "long " * 150)])
    assert found[:4] == whole
    assert (found[4].error or "").startswith("OutOfMemory: ")
    assert sizes == [4, 2, 2, 1]


def test_switching_thinking_off_reaches_the_template(
    model: Callable[[str], TransformersModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = model("llava")
    switch = "{% if enable_thinking is defined %}<think>{{ enable_thinking }}</think>{% endif %}"
    monkeypatch.setattr(held._processor, "chat_template", held._processor.chat_template + switch)
    plain, off = held.prompter.prompt(ask("lesion?")), held.prompter.prompt(ask("lesion?", thinking=False))
    assert off == plain + "<think>False</think>"


def test_a_schema_is_refused_rather_than_ignored(model: Callable[[str], TransformersModel]) -> None:
    [answer] = answers(model("llava"), [ask("lesion?", schema="{}")])
    assert "JSON schema" in (answer.error or "")


def test_real_images_of_all_shapes(model: Callable[[str], TransformersModel], shared_data: Path) -> None:
    files = sorted((shared_data / "vqa_rad" / "images").glob("*.jpg"))[:6]
    requests = [ask(Image(uri=str(path)), "is there a lesion?", choices=("yes", "no")) for path in files]
    together = answers(model("qwen"), requests)
    assert all(answer.error is None and answer.probs for answer in together)
    assert together[3].text == answers(model("qwen"), requests[3:4])[0].text
