"""Checkpoints in vLLM, in this process: all requests of a window in one call.

Written against vLLM's offline API, version 0.11 or later: `LLM(...)`, `LLM.generate` over tokenised prompts
with `multi_modal_data`, `SamplingParams`, `StructuredOutputsParams` (vllm/entrypoints/llm.py, vllm/inputs,
vllm/sampling_params.py, vllm/outputs.py). The prompt is made here, by the same template and tokenizer as in
`TransformersModel`, so that both engines are asked the same tokens.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from medassay.errors import MissingExtra, ModelError, UsageError
from medassay.images import open_image
from medassay.models import chat, ranking
from medassay.models.batching import Batcher, Failure
from medassay.models.checkpoint import locate
from medassay.models.digests import resolved
from medassay.models.foreign import permitted, trust
from medassay.models.hardware import pick_device, pick_dtype
from medassay.models.identity import folder_identity, text_digest
from medassay.models.loading import read_processor
from medassay.models.quirks.layouts import layout_of
from medassay.types import Decoding, Image, Request, Response, Style, Usage, fingerprint

_DEFAULT_STYLE = Style()
_COLDEST = 0.01  # between 0 and this, vLLM draws at this instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request as vLLM is given it. `images` are what its place in the call is sorted by."""

    request: Request
    text: str
    prompt: Mapping[str, Any]
    images: tuple[str, ...]


class VllmModel:
    """A generative checkpoint in vLLM; its scheduler fills the GPU, so there is no batch to choose.

    Requests that share their images follow each other, so that vLLM's caches of prefixes and of encoded
    images still hold what the next one needs. Decoding is what the request says. The engine is started at
    the first question.

    Args:
        path: A folder as `save_pretrained` writes it, or a hub id. An adapter must be merged first.
        revision: Branch, tag or commit of a hub id.
        code: Whose code of its own may run, as in `TransformersModel`.
        dtype: float32, bfloat16, float16, or auto (see `hardware.pick_dtype`).
        tensor_parallel_size: GPUs that one copy of the model is laid over.
        gpu_memory_utilization: Share of each GPU's memory that vLLM takes, 0..1.
        max_model_len: Longest prompt and answer together, in tokens; None: the model's own.
        images: The most images of a prompt; None: what the first requests hold. vLLM sets memory aside for
            it when it starts, so a later request with more is an error.
        rank: Also give the probabilities of `Request.choices`, as `TransformersModel` does: one more pass
            over the prompt for each choice.
        style: How the model wants to be addressed.
        conversation: The chat template to use instead of the checkpoint's own.
        name: How it is called in reports; by default the hub id or the folder's name.

    Raises:
        ModelError: the folder is not a usable checkpoint of this kind.
        MissingExtra: vllm, torch or transformers is not installed.
    """

    wants_pixels = True

    def __init__(  # noqa: PLR0913  these are the options of a model on the command line
        self,
        path: str,
        *,
        revision: str | None = None,
        code: str | None = None,
        dtype: str = "auto",
        tensor_parallel_size: int = 1,
        gpu_memory_utilization: float = 0.9,
        max_model_len: int | None = None,
        images: int | None = None,
        rank: bool = False,
        style: Style = _DEFAULT_STYLE,
        conversation: str | None = None,
        name: str = "",
    ) -> None:
        if importlib.util.find_spec("vllm") is None:
            raise MissingExtra("vllm", "vllm")
        self._dtype = pick_dtype(dtype, pick_device("auto"))
        self._checkpoint = permitted(locate(path, revision), code)
        if self._checkpoint.base is not None:
            raise ModelError(
                f"{path}: an adapter; merge it into its base to run it in vLLM, or leave engine out"
            )
        if layout_of(self._checkpoint.config) is not None:
            raise ModelError(
                f"{path}: its layout is its makers' own, which vLLM does not read; leave engine out"
            )
        self._processor = read_processor(self._checkpoint, conversation=conversation)
        if not self._processor.chat_template:
            raise ModelError(
                f"{path}: no chat template, so it is not known how to ask this model; add chat_template.jinja"
            )
        self._size = {
            "tensor_parallel_size": tensor_parallel_size,
            "gpu_memory_utilization": gpu_memory_utilization,
            "max_model_len": max_model_len,
        }
        self._images, self._rank = images, rank
        self.engine: Any = None  # vLLM's LLM, from the first question on
        self.style = style
        self.name = name or self._checkpoint.name

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """What makes it this model; vLLM's version is part of the environment, as that of any package."""
        return {
            "loader": "vllm",
            **folder_identity(self._checkpoint),
            "template": text_digest(fingerprint(self._processor.chat_template)),
            "dtype": self._dtype,
            "tensor_parallel_size": self._size["tensor_parallel_size"],
            "batch_invariant": os.environ.get("VLLM_BATCH_INVARIANT", "0") == "1",
            "rank": self._rank,
        }

    @cached_property
    def fingerprint(self) -> str:
        """The hash of the identity."""
        return fingerprint(self.identity)

    def answer(self, requests: Sequence[Request], /) -> Iterator[tuple[int, Response]]:
        """Yield (index, response): first what cannot be asked, then all others, from one call.

        Where the call fails it is halved until the request that fails stands alone.

        Raises:
            ModelError: the engine cannot be started, or does not do what the decoding asks for.
            UsageError: the requests do not share their decoding.
        """
        if not requests:
            return
        if len({request.decoding for request in requests}) > 1:
            raise UsageError("requests that are handed to a model together share their decoding")
        _refuse(requests[0].decoding)
        self._start(max(len(request.images) for request in requests))
        ready: list[tuple[int, Prepared]] = []
        opened: dict[Image, Any] = {}
        for index, made in Batcher(1).each(requests, lambda one: [self._prepared(one[0], opened)]):
            if isinstance(made, Failure):
                yield index, Response(error=made.error)
            else:
                ready.append((index, made))
        items = [item for _, item in ready]
        # One batch that holds all: vLLM itself decides how many it works on at a time.
        for place, result in Batcher(len(items)).each(items, self._ask, order=lambda item: item.images):
            held = Response(error=result.error) if isinstance(result, Failure) else result
            yield ready[place][0], held

    def _start(self, images: int) -> None:
        if self.engine is not None:
            return
        self._images = max(images, 1) if self._images is None else self._images
        try:
            self.engine = _vllm().LLM(
                model=str(self._checkpoint.folder),
                dtype=self._dtype,
                limit_mm_per_prompt={"image": self._images},
                enable_prefix_caching=True,
                seed=0,
                **trust(self._checkpoint),
                **self._size,
            )
        except Exception as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
            raise ModelError(f"{self.name}: vLLM cannot start it ({reason}); leave engine out") from error

    def _prepared(self, request: Request, opened: dict[Image, Any]) -> Prepared:
        most = self._images or 0
        if len(request.images) > most:
            raise ValueError(f"{len(request.images)} images, but the engine was started for {most}: images=N")
        request = resolved(request)
        for image in request.images:
            if image not in opened:
                opened[image] = open_image(image)
        switch = {} if request.decoding.thinking is None else {"enable_thinking": request.decoding.thinking}
        text = self._processor.apply_chat_template(
            chat.conversation(request), add_generation_prompt=True, tokenize=False, **switch
        )
        if request.decoding.thinking is False and chat.opens_thinking(text):
            raise ModelError("its chat template always opens the thinking: it cannot be switched off")
        prompt: dict[str, Any] = {"prompt_token_ids": self._tokens(text)}
        if request.images:
            prompt["multi_modal_data"] = {"image": [opened[image] for image in request.images]}
        keys = tuple(fingerprint(image.content()) for image in request.images)
        return Prepared(request=request, text=text, prompt=prompt, images=keys)

    def _tokens(self, text: str) -> list[int]:
        tokenizer = self._processor.tokenizer
        # A template that writes the start token itself must not get a second one from the tokenizer.
        written = bool(tokenizer.bos_token) and text.startswith(tokenizer.bos_token)
        tokens: list[int] = tokenizer.encode(text, add_special_tokens=not written)
        return tokens

    def _ask(self, items: list[Prepared]) -> list[Response]:
        started = time.perf_counter()
        outputs = self.engine.generate(
            [item.prompt for item in items],
            [_sampling(item.request) for item in items],
            use_tqdm=False,
        )
        probs = self._probs(items) if self._rank else [None] * len(items)
        seconds = (time.perf_counter() - started) / len(items)
        return [
            self._read(item, output, probs=held, seconds=seconds)
            for item, output, held in zip(items, outputs, probs, strict=True)
        ]

    def _read(self, item: Prepared, output: Any, **measured: Any) -> Response:
        said = output.outputs[0]
        if said.finish_reason not in {"stop", "length"}:
            return Response(error=f"vllm: ended with {said.finish_reason}")
        text = chat.written(self._processor.tokenizer, said.token_ids)
        stopped = chat.cut_at_stop(text, item.request.decoding.stop)
        thinking, answer = chat.split_thinking(stopped, opened=chat.opens_thinking(item.text))
        usage = Usage(input_tokens=len(output.prompt_token_ids), output_tokens=len(said.token_ids))
        return Response(
            text=answer, thinking=thinking, finish_reason=said.finish_reason, usage=usage, **measured
        )

    def _probs(self, items: Sequence[Prepared]) -> list[tuple[float, ...] | None]:
        """Softmax over the summed log-likelihood of each choice, read as the end of the prompt."""
        options = [
            ranking.continuations(
                self._processor.tokenizer,
                item.text,
                chat.asked_answers(item.request) if item.request.exclusive else (),
            )
            for item in items
        ]
        places = [(i, tokens) for i, row in enumerate(options) for tokens in row]
        outputs = self.engine.generate(
            [_followed(items[i].prompt, tokens) for i, tokens in places],
            _vllm().SamplingParams(temperature=0.0, max_tokens=1, prompt_logprobs=0, detokenize=False),
            use_tqdm=False,
        )
        sums: list[list[float]] = [[] for _ in items]
        for (i, tokens), output in zip(places, outputs, strict=True):
            said = output.prompt_logprobs[-len(tokens) :]
            sums[i].append(sum(at[token].logprob for at, token in zip(said, tokens, strict=True)))
        return [ranking.softmax(row) if row else None for row in sums]


def _followed(prompt: Mapping[str, Any], tokens: Sequence[int]) -> dict[str, Any]:
    return {**prompt, "prompt_token_ids": [*prompt["prompt_token_ids"], *tokens]}


def _vllm(part: str = "") -> Any:
    # Late, since it takes many seconds; by name, since a type checker need not have it.
    return importlib.import_module(f"vllm.{part}" if part else "vllm")


def _refuse(decoding: Decoding) -> None:
    """What vLLM would change silently is refused."""
    if 0 < decoding.temperature < _COLDEST:
        raise ModelError(f"temperature {decoding.temperature}: vLLM draws at 0, or from {_COLDEST} on")


def _sampling(request: Request) -> Any:
    """The decoding in vLLM's words; the seed holds the question, so equal seeds do not tie two together."""
    decoding = request.decoding
    schema = decoding.schema
    return _vllm().SamplingParams(
        temperature=decoding.temperature,
        top_p=decoding.top_p,
        max_tokens=decoding.max_tokens,
        stop=list(decoding.stop) or None,
        repetition_penalty=decoding.repetition_penalty,
        seed=int(request.key, 16) % 2**31 if decoding.temperature > 0 else None,
        structured_outputs=schema
        if schema is None
        else _vllm("sampling_params").StructuredOutputsParams(json=schema),
    )
