"""Requests as tensors: the same words, images and tokens when a model is asked and when it is taught."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from jinja2 import TemplateError

from medassay.errors import ModelError
from medassay.models import chat, ranking
from medassay.types import Request


class Prompter:
    """What a checkpoint's processor makes of requests.

    Args:
        processor: with a chat template; its tokenizer will pad on the left, so that new tokens follow the
            prompt and not its padding.
    """

    def __init__(self, processor: Any) -> None:
        self.processor = processor
        self.tokenizer = processor.tokenizer
        self.tokenizer.padding_side = "left"

    def prompt(self, request: Request) -> str:
        """The conversation as the chat template writes it, up to where the model begins to answer.

        Raises:
            ModelError: thinking is to be off, and the template always opens it.
        """
        text = self._written(request, answer=None)
        if request.decoding.thinking is False and chat.opens_thinking(text):
            raise ModelError("its chat template always opens the thinking: it cannot be switched off")
        return text

    def tensors(self, prompts: Sequence[str], pictures: Sequence[list[Any]]) -> Any:
        """Left-padded tensors of prompts, each with its pictures in the order of their placeholders."""
        start = self.tokenizer.bos_token
        # A template that writes the start token itself must not get a second one from the tokenizer.
        twice = {"add_special_tokens": False} if start and prompts[0].startswith(start) else {}
        return self.processor(
            text=list(prompts),
            images=list(pictures) if any(pictures) else None,
            padding=True,
            return_tensors="pt",
            **twice,
        )

    def reply(self, request: Request, answer: str, ends: Collection[int]) -> list[int]:
        """The tokens that give `answer` to a request, up to and with the one that ends it.

        Args:
            request: what is asked.
            answer: what should be said.
            ends: the tokens that end an answer when the model is asked.
        """
        prompt = self.prompt(request)
        if chat.opens_thinking(prompt):
            tokens = self._cut(f"\n</think>\n\n{answer}")
        else:
            tokens = self._cut(self._behind(prompt, request, answer))
            closing = next((place for place, token in enumerate(tokens) if token in ends), None)
            if closing is not None:
                return tokens[: closing + 1]
            (tokens,) = ranking.continuations(self.tokenizer, prompt, [answer])
        own = self.tokenizer.eos_token_id
        return [*tokens, own if own in ends else min(ends)]

    def _cut(self, text: str) -> list[int]:
        tokens: list[int] = self.tokenizer.encode(text, add_special_tokens=False)
        return tokens

    def _behind(self, prompt: str, request: Request, answer: str) -> str:
        """What the template writes behind a prompt once it is answered.

        Nothing where it takes no answers, or writes a conversation otherwise when its end was answered.
        """
        try:
            whole = self._written(request, answer=answer)
        except TemplateError:
            return ""
        said = whole[len(prompt) :]
        return said if whole.startswith(prompt) and answer in said else ""

    def _written(self, request: Request, *, answer: str | None) -> str:
        switch = {} if request.decoding.thinking is None else {"enable_thinking": request.decoding.thinking}
        said = [] if answer is None else [chat.answered(answer)]
        text: str = self.processor.apply_chat_template(
            [*chat.conversation(request), *said],
            add_generation_prompt=answer is None,
            tokenize=False,
            **switch,
        )
        return text
