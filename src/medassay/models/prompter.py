"""Requests as tensors: the same words, images and tokens when a model is asked and when it is taught."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from medassay.errors import ModelError
from medassay.models import chat
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
        prompt, whole = self.prompt(request), self._written(request, answer=answer)
        if chat.opens_thinking(prompt):
            said = f"\n</think>\n\n{answer}"
        elif whole.startswith(prompt) and answer in whole[len(prompt) :]:
            said = whole[len(prompt) :]
        else:  # templates that write an answer that was given otherwise than one that is asked for
            said = answer
        tokens: list[int] = self.tokenizer.encode(said, add_special_tokens=False)
        behind = [place for place, token in enumerate(tokens) if token in ends]
        if behind:
            return tokens[: behind[0] + 1]
        own = self.tokenizer.eos_token_id
        return [*tokens, own if own in ends else min(ends)]

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
