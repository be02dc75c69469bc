"""BLIP and its successors: which class reads a checkpoint, and how it answers in a batch.

Their `generate` hands over to an inner language model, which goes by generation settings of its own; here it
goes by the outer ones, so that what a request says is what happens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from medassay.errors import ModelError

_IGNORED = -100  # a label that is not learned
_TYPES = ("blip", "blip-2", "instructblip")
_CONVERSATIONS = {
    "BlipForQuestionAnswering": "blip",
    "Blip2ForConditionalGeneration": "blip-2",
    "InstructBlipForConditionalGeneration": "blip",
}


def answering_class(folder: Path, config: Mapping[str, Any]) -> Any | None:
    """The class for a checkpoint of the BLIP line by its `config.json`, which lies in `folder`; else None.

    transformers chooses by the type alone: the type `blip` becomes a captioner, and one that was trained to
    answer questions loses its question encoder without a word.

    Raises:
        ModelError: the checkpoint was not trained to answer.
    """
    if config.get("model_type") not in _TYPES:
        return None
    stated = _stated(config)
    if stated not in _CONVERSATIONS:
        raise ModelError(
            f"{folder}: a {stated} checkpoint was not made to answer questions; use blip-vqa or "
            "blip2-opt-2.7b instead"
        )
    return _question_answering() if stated == "BlipForQuestionAnswering" else _outer_settings(stated)


def conversation(config: Mapping[str, Any]) -> str | None:
    """The conversation of a checkpoint of the BLIP line, which brings no chat template; else None."""
    return _CONVERSATIONS.get(_stated(config))


def _stated(config: Mapping[str, Any]) -> str:
    return next(iter(config.get("architectures") or ()), "classless")


def _outer_settings(name: str) -> Any:
    import transformers

    base = getattr(transformers, name)

    class OuterSettings(base):  # type: ignore[misc,valid-type]
        @classmethod
        def from_pretrained(cls, *where: Any, **options: Any) -> Any:
            model, info = super().from_pretrained(*where, **options)
            model.generation_config.eos_token_id = model.language_model.generation_config.eos_token_id
            return model, info

        def generate(self, **inputs: Any) -> Any:
            self.language_model.generation_config = self.generation_config
            alone = not self.language_model.config.is_encoder_decoder
            return super().generate(**inputs) if alone else _prompt_and_answer(super().generate, **inputs)

    OuterSettings.__name__ = OuterSettings.__qualname__ = name
    return OuterSettings


def _question_answering() -> Any:
    import torch
    from transformers import BlipForQuestionAnswering
    from transformers.modeling_outputs import Seq2SeqLMOutput

    class QuestionAnswering(BlipForQuestionAnswering):  # type: ignore[misc]
        """The original lets the decoder see the padding of a question, and learns that of an answer."""

        @classmethod
        def from_pretrained(cls, *where: Any, **options: Any) -> Any:
            model, info = super().from_pretrained(*where, **options)
            model.generation_config.eos_token_id = model.config.text_config.sep_token_id
            for layer in model.text_decoder.bert.encoder.layer:
                layer.crossattention.self.register_forward_pre_hook(_use_mask, with_kwargs=True)
            return model, info

        def generate(self, **inputs: Any) -> Any:
            self.text_decoder.generation_config = self.generation_config
            return _prompt_and_answer(self._decode, **inputs)

        def _decode(self, *, input_ids: Any, attention_mask: Any, pixel_values: Any, **options: Any) -> Any:
            return self.text_decoder.generate(
                input_ids=input_ids.new_full((len(input_ids), 1), self.decoder_start_token_id),
                encoder_hidden_states=self._asked(input_ids, attention_mask, pixel_values),
                encoder_attention_mask=attention_mask,
                **options,
            )

        def forward(
            self, *, input_ids: Any, attention_mask: Any, pixel_values: Any, labels: Any, **_: Any
        ) -> Any:
            """The loss of answers, as transformers' other encoder-decoders have it.

            The original wants labels that begin with the decoder's start token, and reads -100 as a token.
            """
            said = labels.masked_fill(labels == _IGNORED, self.config.text_config.pad_token_id)
            start = labels.new_full((len(labels), 1), self.decoder_start_token_id)
            logits = self.text_decoder(
                input_ids=torch.cat([start, said[:, :-1]], dim=1),
                encoder_hidden_states=self._asked(input_ids, attention_mask, pixel_values),
                encoder_attention_mask=attention_mask,
                use_cache=False,
            ).logits
            loss = torch.nn.functional.cross_entropy(
                logits.float().flatten(0, 1), labels.flatten(), ignore_index=_IGNORED
            )
            return Seq2SeqLMOutput(loss=loss, logits=logits)

        def _asked(self, input_ids: Any, attention_mask: Any, pixel_values: Any) -> Any:
            """The question with what was seen, (rows, tokens, width)."""
            seen = self.vision_model(pixel_values=pixel_values).last_hidden_state
            return self.text_encoder(
                input_ids=input_ids,
                attention_mask=attention_mask,
                encoder_hidden_states=seen,
                encoder_attention_mask=torch.ones(seen.shape[:-1], dtype=torch.long, device=seen.device),
            ).last_hidden_state

    QuestionAnswering.__name__ = QuestionAnswering.__qualname__ = BlipForQuestionAnswering.__name__
    return QuestionAnswering


def _use_mask(_: Any, args: tuple[Any, ...], options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Cross-attention is handed its mask under a name that it does not look at (transformers 5.23)."""
    if options.get("encoder_attention_mask") is None:
        options = {**options, "encoder_attention_mask": options.get("attention_mask")}
    return args, options


def _prompt_and_answer(
    decode: Callable[..., Any],
    *,
    input_ids: Any,
    attention_mask: Any,
    logits_processor: Sequence[Any],
    stopping_criteria: Sequence[Any],
    **options: Any,
) -> Any:
    """The tokens of an encoder-decoder as a decoder alone would return them: the prompt, then the answer.

    Whatever looks on at every step (a repetition penalty) sees the same. Encoders count positions from the
    first token, or between tokens: the padding goes behind the question.
    """
    import torch
    from transformers import LogitsProcessorList, StoppingCriteriaList

    def whole(tokens: Any) -> Any:
        return torch.cat([input_ids, tokens[:, 1:]], dim=1)  # the first one only starts the decoder

    def after_prompt(step: Any) -> Any:
        return lambda tokens, scores, **rest: step(whole(tokens), scores, **rest)

    order = attention_mask.argsort(dim=1, descending=True, stable=True)
    return whole(
        decode(
            input_ids=input_ids.gather(1, order),
            attention_mask=attention_mask.gather(1, order),
            logits_processor=LogitsProcessorList(map(after_prompt, logits_processor)),
            stopping_criteria=StoppingCriteriaList(map(after_prompt, stopping_criteria)),
            **options,
        )
    )
