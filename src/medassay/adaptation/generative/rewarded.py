"""A trainer that is rewarded: TRL's GRPO, asked as evaluation asks and judged as evaluation judges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from medassay.adaptation.generative.dialogues import Dialogue
from medassay.adaptation.generative.lesson import Lesson
from medassay.adaptation.generative.rewards import Completion, Mix
from medassay.adaptation.generative.rewards.completion import completed
from medassay.errors import ModelError
from medassay.images import open_image
from medassay.models import chat
from medassay.models.prompter import Prompter
from medassay.types import Request


def lasting(trainer: Any) -> Any:
    """The trainer's class with rewards in what it chooses by, and no copy of the adapter as reference."""

    class Lasting(trainer):  # type: ignore[misc]
        def __init__(self, *, model: Any, **kwargs: Any) -> None:
            frozen = [parameter for parameter in model.parameters() if not parameter.requires_grad]
            super().__init__(model=model, **kwargs)
            if "ref" in model.peft_config:  # a new adapter switched off is the model before, for nothing
                model.delete_adapter("ref")
            for parameter in frozen:  # a second adapter thaws what the loss does not reach
                parameter.requires_grad_(False)

        def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
            super().log(logs, *args, **kwargs)
            logs.update(self.state.log_history[-1])

    return Lasting


class Asked:
    """Turns rows {"place": index} into what TRL's GRPOTrainer asks: conversations with their images."""

    def __init__(self, dialogues: Sequence[Dialogue]) -> None:
        self._dialogues = dialogues

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """One row for each, with its place."""
        return [
            {"place": int(row["place"]), **asked(self._dialogues[int(row["place"])].request)} for row in rows
        ]


def asked(request: Request) -> dict[str, Any]:
    """A request as TRL takes it."""
    return {
        "prompt": chat.conversation(request),
        "images": [open_image(image) for image in request.images],
    }


def switches(request: Request) -> dict[str, Any]:
    """What a request asks of the chat template."""
    thinking = request.decoding.thinking
    return {} if thinking is None else {"enable_thinking": thinking}


def see_that_it_asks_alike(trainer: Any, prompter: Prompter, requests: Sequence[Request]) -> None:
    """Compare the tokens that TRL would ask with those of evaluation.

    Raises:
        ModelError: they differ.
    """
    from trl.data_utils import prepare_multimodal_messages

    for request in requests:
        row = asked(request)
        theirs = trainer.processing_class.apply_chat_template(
            [prepare_multimodal_messages(row["prompt"], images=row["images"])],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            **switches(request),
        )
        ours = prompter.tensors([prompter.prompt(request)], [row["images"]])
        if list(theirs["input_ids"][0]) != ours["input_ids"][0].tolist():
            raise ModelError(
                "TRL would not ask this model as evaluation asks it (other tokens): grpo cannot teach it"
            )


def judged_by(
    mix: Mix, lesson: Lesson, dialogues: Sequence[Dialogue], ends: frozenset[int], *, limit: int
) -> list[Callable[..., list[float]]]:
    """The rewards as functions of TRL, each called by its name in the logs.

    Args:
        mix: the rewards.
        lesson: whose samples and scorer judge.
        dialogues: what the places of rows are of.
        ends: the tokens that end an answer.
        limit: tokens that may be sampled.
    """
    prompter = lesson.model.prompter

    @lru_cache(maxsize=4096)  # every reward looks at the same answers
    def completion(place: int, tokens: tuple[int, ...]) -> Completion:
        dialogue = dialogues[place]
        said = tokens[:-1] if tokens and tokens[-1] in ends else tokens
        opened = "<think>" if chat.opens_thinking(prompter.prompt(dialogue.request)) else ""
        raw = opened + chat.written(prompter.tokenizer, said)
        sample = lesson.samples[dialogue.id]
        return completed(sample, raw, lesson.scorer, tokens=len(tokens), limit=limit)

    def rewarding(name: str) -> Callable[..., list[float]]:
        def reward(*, completion_ids: Sequence[Sequence[int]], place: Sequence[int], **_: Any) -> list[float]:
            return [
                mix.worth(name, lesson.samples[dialogues[where].id], completion(where, tuple(tokens)))
                for where, tokens in zip(place, completion_ids, strict=True)
            ]

        reward.__name__ = name
        return reward

    return [rewarding(name) for name in mix.rewards]
