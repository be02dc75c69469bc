"""Any image-text-to-text checkpoint of transformers, asked through its own chat template."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from medassay.errors import ModelError
from medassay.images import open_image, resolve
from medassay.models import chat, ranking
from medassay.models.batching import Failure, in_batches
from medassay.models.checkpoint import locate
from medassay.models.hardware import import_torch, pick_device, pick_dtype
from medassay.models.identity import folder_identity, text_digest
from medassay.models.loading import check_class, read_model, read_processor
from medassay.models.quirks.processors import image_backend
from medassay.models.sampling import FirstLogProbs, Forced, RepetitionPenalty, RowSampler, StopTexts
from medassay.types import Image, Request, Response, Style, Usage, fingerprint

_DEFAULT_STYLE = Style()
_KEPT = ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id")
_KEPT_BANS = ("bad_words_ids", "suppress_tokens", "begin_suppress_tokens")


class TransformersModel:
    """A generative checkpoint from a folder or the hub, in left-padded batches.

    Decoding is what the request says and nothing of the checkpoint's own defaults. The weights are read at
    the first question: a run whose answers are all stored never loads them.

    Args:
        path: A folder as `save_pretrained` writes it, an adapter's folder, or a hub id.
        revision: Branch, tag or commit of a hub id.
        dtype: float32, bfloat16, float16, or auto (see `hardware.pick_dtype`).
        device: auto (CUDA, MPS, CPU), a device, or "balanced" to lay the model over all GPUs.
        attention: transformers' attn_implementation ("sdpa", "eager", "flash_attention_2"); None: its default.
        batch: The most requests in one batch; halved for good where memory does not suffice.
        rank: Also give the probabilities of `Request.choices`.
        style: How the model wants to be addressed.
        name: How it is called in reports; by default the folder's name.

    Raises:
        ModelError: the folder is not a usable checkpoint of this kind.
        MissingExtra: torch or transformers is not installed.
    """

    wants_pixels = True

    def __init__(  # noqa: PLR0913  these are the options of a model on the command line
        self,
        path: str,
        *,
        revision: str | None = None,
        dtype: str = "auto",
        device: str = "auto",
        attention: str | None = None,
        batch: int = 8,
        rank: bool = False,
        style: Style = _DEFAULT_STYLE,
        name: str = "",
    ) -> None:
        import_torch()
        from transformers import AutoModelForImageTextToText

        self._device = pick_device(device)
        self._dtype = pick_dtype(dtype, self._device)
        self._attention, self._batch, self._rank = attention, max(1, batch), rank
        self._checkpoint = locate(path, revision)
        check_class(self._checkpoint, AutoModelForImageTextToText)
        self._processor = read_processor(self._checkpoint)
        if not self._processor.chat_template:
            raise ModelError(
                f"{self._checkpoint.processor}: no chat template, so it is not known how to ask this model; "
                "add chat_template.jinja"
            )
        self.style = style
        self.name = name or self._checkpoint.folder.name

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """Weights, adapter, configuration, processor, template, number format and what else changes answers."""
        return {
            "loader": "transformers",
            **folder_identity(self._checkpoint),
            "template": text_digest(fingerprint(self._processor.chat_template)),
            "dtype": self._dtype,
            "attention": self._attention,
            "images": image_backend(self._processor),
            "rank": self._rank,
        }

    @cached_property
    def fingerprint(self) -> str:
        """The hash of the identity."""
        return fingerprint(self.identity)

    def answer(self, requests: Sequence[Request], /) -> Iterator[tuple[int, Response]]:
        """Yield (index, response) batch by batch; requests of like length share one.

        Raises:
            ModelError: the weights cannot be loaded.
        """
        if requests:
            self.load()
        for index, result in in_batches(requests, self._batch, self._answer_batch, order=_length):
            yield index, Response(error=result.error) if isinstance(result, Failure) else result

    def load(self) -> None:
        """Read the weights now; otherwise the first question does it.

        Raises:
            ModelError: they are damaged or do not fit the configuration.
        """
        _ = self._model

    @cached_property
    def _model(self) -> Any:
        from transformers import AutoModelForImageTextToText, GenerationConfig

        model = read_model(
            self._checkpoint,
            AutoModelForImageTextToText,
            dtype=self._dtype,
            device=self._device,
            attention=self._attention,
        )
        shipped, tokenizer = model.generation_config, self._processor.tokenizer
        # Sampling, penalties and lengths of the checkpoint's own must not leak into a request that did not ask.
        own = {k: v for k in (*_KEPT, *_KEPT_BANS) if (v := getattr(shipped, k, None)) is not None}
        ends = own.get("eos_token_id", [])
        ends = {*(ends if isinstance(ends, list) else [ends]), tokenizer.eos_token_id} - {None}
        own |= {"eos_token_id": sorted(ends), "pad_token_id": own.get("pad_token_id", tokenizer.pad_token_id)}
        model.generation_config = GenerationConfig(**own, do_sample=False, num_beams=1)
        return model

    @cached_property
    def _ends(self) -> frozenset[int]:
        return frozenset(self._model.generation_config.eos_token_id)

    def _answer_batch(self, requests: list[Request]) -> list[Response]:
        started = time.perf_counter()
        if requests[0].decoding.schema is not None:
            raise ModelError("answers cannot be held to a JSON schema by this engine; use a server that can")
        requests = [_resolved(request) for request in requests]
        prompts = [self._prompt(request) for request in requests]
        inputs = self._inputs(requests, prompts)
        first = FirstLogProbs()
        new = self._generate(inputs, requests, [first] if self._rank else [])
        answers = [
            self._read(row, request, prompt)
            for row, request, prompt in zip(new, requests, prompts, strict=True)
        ]
        if self._rank:
            answers = self._ranked(answers, requests, prompts, first.values)
        lengths = inputs["attention_mask"].sum(1).tolist()
        seconds = (time.perf_counter() - started) / len(requests)
        return [
            replace(answer, seconds=seconds, usage=replace(answer.usage, input_tokens=length))
            for answer, length in zip(answers, lengths, strict=True)
        ]

    def _prompt(self, request: Request) -> str:
        switch = {} if request.decoding.thinking is None else {"enable_thinking": request.decoding.thinking}
        text: str = self._processor.apply_chat_template(
            chat.conversation(request), add_generation_prompt=True, tokenize=False, **switch
        )
        return text

    def _inputs(self, requests: Sequence[Request], prompts: Sequence[str]) -> Any:
        """Left-padded tensors on the model's device, images in the order of their placeholders."""
        pictures = [[open_image(image) for image in request.images] for request in requests]
        start = self._processor.tokenizer.bos_token
        # A template that writes the start token itself must not get a second one from the tokenizer.
        twice = {"add_special_tokens": False} if start and prompts[0].startswith(start) else {}
        inputs = self._processor(
            text=list(prompts),
            images=pictures if any(pictures) else None,
            padding=True,
            return_tensors="pt",
            **twice,
        )
        return inputs.to(self._model.device, dtype=self._model.dtype)

    def _generate(self, inputs: Any, requests: Sequence[Request], steps: list[Any]) -> list[list[int]]:
        """The new tokens of every row."""
        decoding, stops = requests[0].decoding, []
        if decoding.repetition_penalty != 1:
            steps = [*steps, RepetitionPenalty(decoding.repetition_penalty, inputs["attention_mask"])]
        if decoding.temperature > 0:
            steps = [*steps, RowSampler(requests)]
        if decoding.stop:
            stops = [StopTexts(self._processor.tokenizer, decoding.stop)]
        return self._run(inputs, steps, stops, decoding.max_tokens)

    def _run(self, inputs: Any, steps: list[Any], stops: list[Any], max_tokens: int) -> list[list[int]]:
        import torch
        from transformers import LogitsProcessorList, StoppingCriteriaList

        with torch.inference_mode():
            tokens = self._model.generate(
                **inputs,
                max_new_tokens=max_tokens,
                logits_processor=LogitsProcessorList(steps),
                stopping_criteria=StoppingCriteriaList(stops),
            )
        asked = inputs["input_ids"]
        # Some families return the prompt before the answer, others (encoder-decoders) the answer alone.
        echoed = tokens.shape[1] >= asked.shape[1] and torch.equal(tokens[:, : asked.shape[1]], asked)
        rows: list[list[int]] = (tokens[:, asked.shape[1] :] if echoed else tokens).tolist()
        return rows

    def _read(self, row: list[int], request: Request, prompt: str) -> Response:
        end = next((i for i, token in enumerate(row) if token in self._ends), None)
        said = row if end is None else row[:end]
        text = self._processor.tokenizer.decode(said, skip_special_tokens=True)
        stopped = chat.cut_at_stop(text, request.decoding.stop)
        done = end is not None or len(stopped) < len(text)
        thinking, answer = chat.split_thinking(stopped, opened=chat.opens_thinking(prompt))
        return Response(
            text=answer,
            thinking=thinking,
            finish_reason="stop" if done else "length",
            usage=Usage(output_tokens=len(row) if end is None else end + 1),
        )

    def _ranked(
        self, answers: list[Response], requests: Sequence[Request], prompts: Sequence[str], first: Any
    ) -> list[Response]:
        """The answers with the probabilities of their choices."""
        options = [
            ranking.continuations(self._processor.tokenizer, prompt, chat.asked_answers(request))
            for request, prompt in zip(requests, prompts, strict=True)
        ]
        sums = [[float(first[i, tokens[0]]) for tokens in row] for i, row in enumerate(options)]
        longer = [(i, j) for i, row in enumerate(options) for j, tokens in enumerate(row) if len(tokens) > 1]
        for start in range(0, len(longer), self._batch):
            pairs = longer[start : start + self._batch]
            totals = self._likelihoods(
                [requests[i] for i, _ in pairs],
                [prompts[i] for i, _ in pairs],
                [options[i][j] for i, j in pairs],
            )
            for (i, j), total in zip(pairs, totals, strict=True):
                sums[i][j] = total
        return [
            replace(answer, probs=ranking.softmax(row)) if row else answer
            for answer, row in zip(answers, sums, strict=True)
        ]

    def _likelihoods(
        self, requests: Sequence[Request], prompts: Sequence[str], options: Sequence[Sequence[int]]
    ) -> list[float]:
        """Log-likelihood of one option per row, summed over its tokens."""
        forced = Forced(options, end=min(self._ends))
        self._run(self._inputs(requests, prompts), [forced], [], max(map(len, options)))
        return forced.totals


def _length(request: Request) -> tuple[bool, int, int]:
    # Rows without an image are kept apart: some processors cannot mix them with others.
    return bool(request.images), len(request.images), len(request.text)


def _resolved(request: Request) -> Request:
    """The request with the digests of its images, which a generator is seeded by."""
    messages = tuple(
        replace(m, parts=tuple(resolve(p) if isinstance(p, Image) else p for p in m.parts))
        for m in request.messages
    )
    return replace(request, messages=messages)
