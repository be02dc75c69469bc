"""Dialogues as tensors: prompts as at inference, the answers' tokens behind them, nothing else learned."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from medassay.adaptation.generative.dialogues import Dialogue
from medassay.images import open_image
from medassay.models.prompter import Prompter

IGNORED = -100  # what torch's cross-entropy leaves out
_PER_TOKEN = ("input_ids", "attention_mask", "token_type_ids", "mm_token_type_ids")


class Collator:
    """Turns rows {"place": index} into a batch of the dialogues there.

    Prompts are padded on the left, as when the model is asked; answers on the right. Labels of the prompt
    (with what an image became in it) and of padding are `IGNORED`; the token that ends the answer is learned.

    Args:
        prompter: of the model.
        ends: the tokens that end an answer when the model is asked.
        dialogues: what the places are of.
        apart: an encoder reads the prompt and a decoder writes the answer.
    """

    def __init__(
        self,
        prompter: Prompter,
        ends: Collection[int],
        dialogues: Sequence[Dialogue],
        *,
        apart: bool = False,
    ) -> None:
        self._prompter, self._ends, self._dialogues, self._apart = prompter, ends, dialogues, apart

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The batch: what the model's processor gives, and "labels", (rows, tokens)."""
        return self.of([self._dialogues[int(row["place"])] for row in rows])

    def of(self, dialogues: Sequence[Dialogue]) -> dict[str, Any]:
        """The batch of these dialogues."""
        asked = [dialogue.request for dialogue in dialogues]
        prompts = [self._prompter.prompt(request) for request in asked]
        pictures = [[open_image(image) for image in request.images] for request in asked]
        inputs = _packed(dict(self._prompter.tensors(prompts, pictures)), behind=self._apart)
        said = [self._prompter.reply(d.request, d.answer, self._ends) for d in dialogues]
        return self._apart_from(inputs, said) if self._apart else self._behind(inputs, said)

    def _behind(self, inputs: dict[str, Any], said: Sequence[Sequence[int]]) -> dict[str, Any]:
        """Answers in the same row as their prompts."""
        import torch

        prompt = inputs["input_ids"]
        answers, mask = self._padded(said, prompt)
        behind = {"input_ids": answers, "attention_mask": mask}
        made = dict(inputs)
        for name in inputs.keys() & set(_PER_TOKEN):
            more = behind.get(name, torch.zeros_like(answers))  # an answer's tokens are of no image
            made[name] = torch.cat([inputs[name], more.to(inputs[name].dtype)], dim=1)
        labels = answers.masked_fill(mask == 0, IGNORED)
        made["labels"] = torch.cat([torch.full_like(prompt, IGNORED), labels], dim=1)
        return made

    def _apart_from(self, inputs: dict[str, Any], said: Sequence[Sequence[int]]) -> dict[str, Any]:
        """Prompts for an encoder, answers for the decoder."""
        answers, mask = self._padded(said, inputs["input_ids"])
        return {**inputs, "labels": answers.masked_fill(mask == 0, IGNORED)}

    def _padded(self, said: Sequence[Sequence[int]], like: Any) -> tuple[Any, Any]:
        longest = max(len(tokens) for tokens in said)
        pad = self._prompter.tokenizer.pad_token_id
        rows = [[*tokens, *[pad] * (longest - len(tokens))] for tokens in said]
        mask = [[1] * len(tokens) + [0] * (longest - len(tokens)) for tokens in said]
        return like.new_tensor(rows), like.new_tensor(mask)


def _packed(inputs: dict[str, Any], *, behind: bool) -> dict[str, Any]:
    """With all padding before the prompts, or behind them for an encoder, as at inference.

    Processors that put the tokens of an image before a padded text (InstructBLIP's) leave padding between:
    `generate` counts positions around it, training would not.
    """
    order = inputs["attention_mask"].argsort(dim=1, descending=behind, stable=True)
    return {name: held.gather(1, order) if name in _PER_TOKEN else held for name, held in inputs.items()}
