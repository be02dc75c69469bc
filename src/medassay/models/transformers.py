"""Any image-text-to-text checkpoint of transformers, asked through its own chat template."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from medassay.errors import ModelError, UsageError
from medassay.images import open_image
from medassay.models import caches, chat, ranking
from medassay.models.batching import Batcher, Failure
from medassay.models.checkpoint import Checkpoint, locate
from medassay.models.digests import resolved
from medassay.models.foreign import permitted
from medassay.models.hardware import import_torch, pick_device, pick_dtype
from medassay.models.identity import folder_identity, text_digest
from medassay.models.loading import generating_class, plain_decoding, read_model, read_processor
from medassay.models.prompter import Prompter
from medassay.models.quirks.processors import image_backend
from medassay.models.sampling import FirstLogProbs, Forced, RepetitionPenalty, RowSampler, StopTexts
from medassay.models.sharing import Beginnings, Remembered
from medassay.types import Request, Response, Style, Usage, fingerprint

_DEFAULT_STYLE = Style()


class TransformersModel:
    """A generative checkpoint from a folder or the hub, in left-padded batches.

    Decoding is what the request says and nothing of the checkpoint's own defaults. The weights are read at
    the first question: a run whose answers are all stored never loads them.

    Args:
        path: A folder as `save_pretrained` writes it, an adapter's folder, or a hub id.
        revision: Branch, tag or commit of a hub id.
        code: Whose code of its own may run, and at which revision: OWNER/NAME@COMMIT, or FOLDER@sha256:... as
            the refusal prints it. None: no code that comes with a checkpoint is run.
        dtype: float32, bfloat16, float16, or auto (see `hardware.pick_dtype`).
        device: auto (CUDA, MPS, CPU), a device, or "balanced" to lay the model over all GPUs.
        attention: transformers' attn_implementation ("sdpa", "eager", ...); None: its default.
        batch: The most requests in one batch; fewer while memory does not suffice.
        rank: Also give the probabilities of `Request.choices`: the softmax over the summed log-likelihood of
            each one as the next words after the prompt, so before any thinking. An option whose prompt
            asks for its letter is ranked by the letter.
        style: How the model wants to be addressed.
        conversation: The chat template to use instead of the checkpoint's own: one of
            `medassay.models.conversations`, or the path of a .jinja file.
        name: How it is called in reports; by default the hub id or the folder's name.

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
        code: str | None = None,
        dtype: str = "auto",
        device: str = "auto",
        attention: str | None = None,
        batch: int = 8,
        rank: bool = False,
        style: Style = _DEFAULT_STYLE,
        conversation: str | None = None,
        name: str = "",
    ) -> None:
        import_torch()
        self._device = pick_device(device)
        self._dtype = pick_dtype(dtype, self._device)
        self._attention, self._rank = attention, rank
        self._batcher = Batcher(batch)
        self._beginnings = Beginnings()
        self._checkpoint = permitted(locate(path, revision), code)
        self._class = generating_class(self._checkpoint)
        self._processor = read_processor(self._checkpoint, conversation=conversation)
        if not self._processor.chat_template:
            raise ModelError(
                f"{self._checkpoint.processor}: no chat template, so it is not known how to ask this model; "
                "add chat_template.jinja"
            )
        self.prompter = Prompter(self._processor)
        self.style = style
        self.name = name or self._checkpoint.name

    @property
    def commit(self) -> str | None:
        """The commit of the hub that the weights are of; None for a folder."""
        return self._checkpoint.model.commit

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """Weights, adapter, processor, template, number format and what else changes answers."""
        return {
            "loader": "transformers",
            **folder_identity(self._checkpoint),
            "template": text_digest(fingerprint(self._processor.chat_template)),
            "dtype": self._dtype,
            "attention": self._attention,
            "images": image_backend(self._processor),
            "rank": self._rank,
        }

    @property
    def device(self) -> str:
        """Where it computes, in words of `hardware.pick_device`."""
        return self._device

    @cached_property
    def fingerprint(self) -> str:
        """The hash of the identity."""
        return fingerprint(self.identity)

    def answer(self, requests: Sequence[Request], /) -> Iterator[tuple[int, Response]]:
        """Yield (index, response) batch by batch; requests on the same images or of like length share one.

        Raises:
            ModelError: the weights cannot be loaded.
            UsageError: the requests do not share their decoding.
        """
        if len({request.decoding for request in requests}) > 1:
            raise UsageError("requests that are handed to a model together share their decoding")
        if requests:
            self.load()
        order = _neighbours(requests)
        try:
            for index, result in self._batcher.each(requests, self._answer_batch, order=order):
                yield index, Response(error=result.error) if isinstance(result, Failure) else result
        finally:
            self._beginnings.clear()

    def load(self) -> None:
        """Read the weights now; otherwise the first question does it.

        Raises:
            ModelError: they are damaged or do not fit the configuration.
        """
        _ = self._model

    @property
    def checkpoint(self) -> Checkpoint:
        """Where its weights lie."""
        return self._checkpoint

    def weights(self, *, dtype: str, device: str, quantisation: Any = None) -> Any:
        """The weights, read anew and nobody else's: to be trained.

        Args:
            dtype: of the weights.
            device: as in the class.
            quantisation: of bitsandbytes; None: none.

        Raises:
            ModelError: they are damaged or do not fit the configuration.
        """
        model = read_model(
            self._checkpoint,
            self._class,
            dtype=dtype,
            device=device,
            attention=self._attention,
            quantisation=quantisation,
        )
        model.generation_config = plain_decoding(model, self._processor.tokenizer)
        return model

    @cached_property
    def _model(self) -> Any:
        return self.weights(dtype=self._dtype, device=self._device)

    @cached_property
    def _ends(self) -> frozenset[int]:
        return frozenset(self._model.generation_config.eos_token_id)

    def _answer_batch(self, requests: list[Request]) -> list[Response]:
        started = time.perf_counter()
        if requests[0].decoding.schema is not None:
            raise ModelError("answers cannot be held to a JSON schema by this engine; use a server that can")
        requests = [resolved(request) for request in requests]
        prompts = [self.prompter.prompt(request) for request in requests]
        inputs = self._inputs(requests, prompts)
        first = FirstLogProbs()
        new = self._generate(inputs, requests, [first] if self._rank else [])
        probs = self._probs(requests, prompts, first.values) if self._rank else [None] * len(requests)
        asked = inputs["attention_mask"].sum(1).tolist()
        seconds = (time.perf_counter() - started) / len(requests)
        return [
            replace(
                self._read(new[i], requests[i], prompts[i]),
                probs=probs[i],
                usage=Usage(input_tokens=asked[i], output_tokens=len(new[i])),
                seconds=seconds,
            )
            for i in range(len(requests))
        ]

    def _inputs(self, requests: Sequence[Request], prompts: Sequence[str]) -> Any:
        """Left-padded tensors on the model's device, images in the order of their placeholders.

        Where questions share their images, the beginnings of their prompts have been read already.
        """
        opened = {image: open_image(image) for image in {i: None for r in requests for i in r.images}}
        pictures = [[opened[image] for image in request.images] for request in requests]
        groups = [request.images for request in requests]
        if self._beginnings.pay(self._model, groups):
            shared = self._beginnings.inputs(
                self._model,
                groups,
                self._rows(prompts, pictures),
                pad=self._processor.tokenizer.pad_token_id,
                room=requests[0].decoding.max_tokens,
            )
            if shared is not None:
                return shared
        return self._processed(prompts, pictures)

    def _rows(self, prompts: Sequence[str], pictures: Sequence[list[Any]]) -> list[Any]:
        """The tensors of every row alone; the same pictures are processed once."""
        own = self._processor.image_processor
        self._processor.image_processor = Remembered(own)
        try:
            return [self._processed([p], [shown]) for p, shown in zip(prompts, pictures, strict=True)]
        finally:
            self._processor.image_processor = own

    def _processed(self, prompts: Sequence[str], pictures: Sequence[list[Any]]) -> Any:
        inputs = self.prompter.tensors(prompts, pictures)
        return inputs.to(self._model.device, dtype=self._model.dtype)

    def _generate(self, inputs: Any, requests: Sequence[Request], steps: list[Any]) -> list[list[int]]:
        """The new tokens of every row, up to and with the one that ends it."""
        decoding, stop = requests[0].decoding, None
        if decoding.repetition_penalty != 1:
            steps = [*steps, RepetitionPenalty(decoding.repetition_penalty, inputs["attention_mask"])]
        if decoding.temperature > 0:
            steps = [*steps, RowSampler(requests)]
        if decoding.stop:
            stop = StopTexts(self._processor.tokenizer, decoding.stop)
        rows = self._run(inputs, steps, [stop] if stop else [], decoding.max_tokens)
        ends = [next((n for n, t in enumerate(row, 1) if t in self._ends), len(row)) for row in rows]
        stops = stop.lengths if stop else ends
        return [row[: min(end, stopped)] for row, end, stopped in zip(rows, ends, stops, strict=True)]

    def _run(self, inputs: Any, steps: list[Any], stops: list[Any], max_tokens: int) -> list[list[int]]:
        import torch
        from transformers import LogitsProcessorList, StoppingCriteriaList

        held = {"past_key_values": caches.empty(self._model)} if caches.known(self._model) else {}
        with torch.inference_mode():
            tokens = self._model.generate(
                **{**held, **inputs},
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
        ended = bool(row) and row[-1] in self._ends
        text = chat.written(self._processor.tokenizer, row[:-1] if ended else row)
        stopped = chat.cut_at_stop(text, request.decoding.stop)
        thinking, answer = chat.split_thinking(stopped, opened=chat.opens_thinking(prompt))
        return Response(
            text=answer,
            thinking=thinking,
            finish_reason="stop" if ended or stopped != text else "length",
        )

    def _probs(
        self, requests: Sequence[Request], prompts: Sequence[str], first: Any
    ) -> list[tuple[float, ...] | None]:
        """The probabilities of exclusive choices; None for a request without them."""
        tokenizer = self._processor.tokenizer
        options = [
            ranking.continuations(tokenizer, prompt, chat.asked_answers(request) if request.exclusive else ())
            for request, prompt in zip(requests, prompts, strict=True)
        ]

        def likelihoods(rows: Sequence[tuple[int, list[int]]]) -> list[float]:
            inputs = self._inputs([requests[i] for i, _ in rows], [prompts[i] for i, _ in rows])
            forced = Forced([tokens for _, tokens in rows], end=min(self._ends))
            self._run(inputs, [forced], [], max(len(tokens) for _, tokens in rows))
            return forced.totals

        return ranking.probabilities(options, first, likelihoods, size=self._batcher.size)


def _neighbours(requests: Sequence[Request]) -> Callable[[Request], Any]:
    """The order in which requests are batched: by their images where several share them, else by length."""
    asked = Counter(request.images for request in requests)

    def order(request: Request) -> tuple[int, str, int]:
        # Images are most of a prompt; a processor that cannot mix rows with and without them seldom has to.
        images = request.images
        return len(images), repr(images) if images and asked[images] > 1 else "", len(request.text)

    return order
