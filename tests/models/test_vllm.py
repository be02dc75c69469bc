"""The vLLM engine, against a stand-in with vLLM's signatures that answers with the real tiny checkpoints.

What is documented and held to here (vllm-project/vllm, vllm/entrypoints/llm.py, vllm/sampling_params.py at
00388f6, vllm/outputs.py, vllm/inputs): `LLM.generate(prompts, sampling_params, *, use_tqdm=...)` takes one
SamplingParams or one each, prompts of `prompt_token_ids` with `multi_modal_data`, and gives outputs in their
order; a prompt that is too long raises ValueError for the whole call; StructuredOutputsParams takes exactly
one constraint; a stop string is not in the text; `prompt_logprobs` has None first and then a mapping of
token to an object with `logprob`, the prompt's own token always among them.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from medassay.contracts import check_model
from medassay.errors import MissingExtra, ModelError, UsageError
from medassay.models.transformers import TransformersModel
from medassay.models.vllm import VllmModel
from medassay.types import Image
from medassay.workflows.named import resolve_model

from .test_transformers import answers, ask, mixed

SCHEMA = '{"type": "object"}'


@dataclasses.dataclass
class StructuredOutputsParams:
    json: str | dict[str, Any] | None = None


@dataclasses.dataclass(kw_only=True)
class SamplingParams:
    temperature: float = 1.0
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    seed: int | None = None
    stop: list[str] | None = None
    max_tokens: int | None = 16
    prompt_logprobs: int | None = None
    detokenize: bool = True
    structured_outputs: StructuredOutputsParams | None = None

    def __post_init__(self) -> None:
        assert 0.0 <= self.temperature <= 2.0
        assert 0.0 < self.top_p <= 1.0
        assert self.seed is None or type(self.seed) is int
        assert self.stop is None or all(self.stop)
        assert self.detokenize or not self.stop


class LLM:
    """Greedy answers of the checkpoint in the folder; remembers how it was called."""

    started: list[LLM]
    finish: str | None = None

    def __init__(
        self,
        model: str,
        *,
        dtype: str,
        tensor_parallel_size: int,
        gpu_memory_utilization: float,
        max_model_len: int | None,
        limit_mm_per_prompt: dict[str, int],
        enable_prefix_caching: bool,
        seed: int,
        trust_remote_code: bool,
    ) -> None:
        assert not trust_remote_code
        if gpu_memory_utilization > 1:
            raise ValueError("GPU memory utilization must be less than 1.0\nand a long tail")
        self.engine = TransformersModel(model, dtype=dtype, device="cpu")
        self.engine.load()
        self.longest, self.images = max_model_len or 4096, limit_mm_per_prompt["image"]
        self.calls: list[tuple[list[dict[str, Any]], list[SamplingParams]]] = []
        LLM.started.append(self)

    def generate(
        self,
        prompts: Sequence[dict[str, Any]],
        sampling_params: SamplingParams | Sequence[SamplingParams],
        *,
        use_tqdm: bool = True,
    ) -> list[Any]:
        each = (
            [sampling_params] * len(prompts)
            if isinstance(sampling_params, SamplingParams)
            else sampling_params
        )
        assert len(each) == len(prompts)
        assert not use_tqdm
        self.calls.append((list(prompts), list(each)))
        for prompt in prompts:
            assert len(prompt.get("multi_modal_data", {}).get("image", ())) <= self.images
            if len(prompt["prompt_token_ids"]) > self.longest:
                raise ValueError(f"the prompt is longer than {self.longest}")
        return [self._one(prompt, params) for prompt, params in zip(prompts, each, strict=True)]

    def _one(self, prompt: dict[str, Any], params: SamplingParams) -> Any:
        import torch

        processor, model = self.engine._processor, self.engine._model
        text = processor.tokenizer.decode(prompt["prompt_token_ids"])
        images = prompt.get("multi_modal_data", {}).get("image")
        inputs = processor(
            text=[text], images=[images] if images else None, add_special_tokens=False, return_tensors="pt"
        )
        asked = inputs["input_ids"][0].tolist()
        if params.prompt_logprobs is not None:
            with torch.inference_mode():
                logits = model(**inputs).logits[0].log_softmax(-1)
            said = [{t: SimpleNamespace(logprob=float(logits[i, t]))} for i, t in enumerate(asked[1:])]
            return SimpleNamespace(prompt_logprobs=[None, *said], prompt_token_ids=asked, outputs=[])
        new = self.engine._run(inputs, [], [], params.max_tokens or 16)[0]
        ends = [n for n, token in enumerate(new, 1) if token in self.engine._ends]
        new = new[: ends[0]] if ends else new
        finish = LLM.finish or ("stop" if ends else "length")
        return SimpleNamespace(
            prompt_token_ids=asked, outputs=[SimpleNamespace(token_ids=new, finish_reason=finish)]
        )


@pytest.fixture(autouse=True)
def vllm(monkeypatch: pytest.MonkeyPatch) -> type[LLM]:
    for name, held in (
        ("vllm", {"LLM": LLM, "SamplingParams": SamplingParams}),
        ("vllm.sampling_params", {"StructuredOutputsParams": StructuredOutputsParams}),
    ):
        module = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None)
        module.__dict__.update(held)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(LLM, "started", [], raising=False)
    monkeypatch.setattr(LLM, "finish", None)
    return LLM


@pytest.mark.parametrize("family", ["qwen", "gemma", "llava"])
def test_it_says_what_the_same_checkpoint_says_in_transformers(checkpoint, pictures, family):
    folder = str(checkpoint(family))
    requests = mixed(pictures)
    expected = answers(TransformersModel(folder, device="cpu", rank=True), requests)
    found = answers(VllmModel(folder, rank=True), requests)
    for a, b in zip(expected, found, strict=True):
        assert (a.text, a.finish_reason, a.usage) == (b.text, b.finish_reason, b.usage)
        assert a.probs == (None if b.probs is None else pytest.approx(b.probs, abs=1e-4))


def test_the_contracts_hold(checkpoint, pictures):
    model = VllmModel(str(checkpoint("qwen")), images=2)
    assert [f for f in check_model(model, mixed(pictures)) if not f.ok] == []


def test_a_window_is_one_call_with_the_questions_on_an_image_together(checkpoint, pictures, vllm):
    model = VllmModel(str(checkpoint("qwen")))
    first, second = pictures[:2]
    requests = [ask(image, f"what is {n}?") for n in range(3) for image in (first, second)]
    found = dict(model.answer(requests))
    assert sorted(found) == list(range(6))
    ((prompts, _),) = vllm.started[0].calls
    sizes = [prompt["multi_modal_data"]["image"][0].size for prompt in prompts]
    assert sizes == [sizes[0]] * 3 + [sizes[5]] * 3
    assert sizes[0] != sizes[5]
    one = prompts[0]["multi_modal_data"]["image"][0]
    assert all(prompt["multi_modal_data"]["image"][0] is one for prompt in prompts[:3])  # opened once


def test_a_start_token_that_the_template_writes_is_there_once(checkpoint, vllm):
    from tokenizers.processors import TemplateProcessing

    for family, start in (
        ("gemma", "<bos>"),
        ("llava", "<s>"),
    ):  # llava's template leaves it to the tokenizer
        model = VllmModel(str(checkpoint(family)))
        words = model._processor.tokenizer
        added = TemplateProcessing(single=f"{start} $A", special_tokens=[(start, words.bos_token_id)])
        words.backend_tokenizer.post_processor = added
        list(model.answer([ask("?")]))
        ((prompt,), _) = vllm.started[-1].calls[0]
        assert prompt["prompt_token_ids"].count(words.bos_token_id) == 1, family


def test_decoding_is_what_the_request_says(checkpoint, pictures, vllm):
    model = VllmModel(str(checkpoint("qwen")))
    drawn: dict[str, Any] = {"temperature": 0.7, "top_p": 0.9, "stop": ("x",), "repetition_penalty": 1.2}
    drawn |= {"schema": SCHEMA, "max_tokens": 3}
    list(model.answer([ask("one", **drawn), dataclasses.replace(ask("one", **drawn), replicate=1)]))
    list(model.answer([ask("one", max_tokens=3)]))
    (_, (a, b)), (_, (greedy,)) = vllm.started[0].calls
    assert (a.temperature, a.top_p, a.stop, a.repetition_penalty) == (0.7, 0.9, ["x"], 1.2)
    assert a.structured_outputs == StructuredOutputsParams(json=SCHEMA)
    assert a.max_tokens == 3
    assert a.seed != b.seed
    assert greedy == SamplingParams(temperature=0.0, max_tokens=3)
    with pytest.raises(ModelError, match="draws at 0"):
        list(model.answer([ask("one", temperature=0.001)]))


def test_one_bad_request_is_one_error(checkpoint, pictures, corrupt: Image):
    model = VllmModel(str(checkpoint("qwen")), max_model_len=200, images=1)
    good = ask(pictures[0], "?")
    bad = [ask(corrupt, "?"), ask(pictures[0], "lesion " * 300), ask(pictures[0], pictures[1], "?")]
    alone = answers(model, [good])
    found = answers(model, [bad[0], good, bad[1], good, bad[2]])
    assert [found[1], found[3]] == alone * 2
    assert "ImageError" in str(found[0].error)
    assert "longer than 200" in found[2].error
    assert "2 images, but the engine was started for 1" in found[4].error


def test_an_answer_that_was_aborted_is_none(checkpoint, monkeypatch):
    monkeypatch.setattr(LLM, "finish", "abort")
    (response,) = answers(VllmModel(str(checkpoint("qwen"))), [ask("?")])
    assert response.error == "vllm: ended with abort"


def test_an_engine_that_does_not_start_says_so_in_one_line(checkpoint):
    model = VllmModel(str(checkpoint("qwen")), gpu_memory_utilization=2.0)
    with pytest.raises(ModelError, match=r"cannot start it \(GPU memory utilization must be less than 1.0\)"):
        list(model.answer([ask("?")]))


def test_the_engine_starts_at_the_first_question_and_once(checkpoint, vllm):
    model = VllmModel(str(checkpoint("qwen")))
    assert list(model.answer([])) == []
    assert vllm.started == []
    for _ in range(2):
        list(model.answer([ask("?")]))
    assert len(vllm.started) == 1


def test_without_the_package_the_extra_is_named(checkpoint, monkeypatch):
    monkeypatch.delitem(sys.modules, "vllm")
    with pytest.raises(MissingExtra, match=r"medassay\[vllm\]"):
        VllmModel(str(checkpoint("qwen")))


def test_any_word_takes_the_engine(checkpoint):
    folder: Path = checkpoint("qwen")
    named = resolve_model(f"{folder}:engine=vllm,tensor_parallel_size=2")
    assert isinstance(named.model, VllmModel)
    assert named.model.identity["tensor_parallel_size"] == 2
    assert isinstance(resolve_model("demo-vlm:engine=vllm").model, VllmModel)
    assert named.model.fingerprint != resolve_model(f"{folder}:engine=transformers").model.fingerprint
    with pytest.raises(UsageError, match="cannot be run by 'vllm'"):
        resolve_model("demo-clip:engine=vllm")
