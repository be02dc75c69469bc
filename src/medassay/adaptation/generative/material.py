"""A model read anew, wrapped, and known to learn: what every recipe begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from medassay.adaptation.generative import training
from medassay.adaptation.generative.anatomy import regions
from medassay.adaptation.generative.batches import Collator
from medassay.adaptation.generative.lesson import Lesson, Tuned
from medassay.adaptation.generative.training import Pace, device_of, processes, sharded
from medassay.adaptation.generative.tuning import Tuning
from medassay.adaptation.generative.wrapping import Wrapped, freeze_unreached, wrap
from medassay.errors import MissingExtra, UsageError
from medassay.models.checkpoint import Checkpoint
from medassay.models.hardware import import_torch
from medassay.models.loading import copy_processor
from medassay.models.quirks.layouts import layout_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A model to be trained.

    Attributes:
        wrapped: the model with what is trained.
        ends: the tokens that end an answer.
        apart: an encoder reads the prompt and a decoder writes the answer.
        fused: its logits can be had without holding them all (as TRL does).
        parameters: of the model before it was wrapped.
        settings: what goes into the record.
        checkpoint: that was read.
    """

    wrapped: Wrapped
    ends: frozenset[int]
    apart: bool
    fused: bool
    parameters: int
    settings: Mapping[str, Any]
    checkpoint: Checkpoint

    def tuned(self, trainer: Any, settings: Mapping[str, Any]) -> Tuned:
        """What is left once a trainer has trained it."""
        return Tuned(
            save=partial(self._save, trainer),
            whole=not self.wrapped.peft,
            trained=self.wrapped.trained,
            parameters=self.parameters,
            settings={**self.settings, **settings},
            curve=training.curve(trainer.state.log_history),
        )

    def _save(self, trainer: Any, folder: Path) -> None:
        if processes() > 1:  # each may hold a part of the weights
            trainer.save_model(str(folder))
            (folder / "training_args.bin").unlink(missing_ok=True)
        else:
            self.wrapped.save(folder)
        if not self.wrapped.peft:
            copy_processor(self.checkpoint, folder)


def prepare(lesson: Lesson, tuning: Tuning, *, per_dialogue: int = 1) -> Prepared:
    """Read the weights anew and make ready what is trained; what the loss does not reach is frozen.

    Args:
        lesson: what is learned from.
        tuning: how.
        per_dialogue: places that a dialogue takes in a batch.

    Raises:
        UsageError: qlora without a CUDA GPU; full where the weights cannot be written as they were read.
        ModelError: the weights cannot be read, or a part that is named has nothing to train.
        MissingExtra: peft or bitsandbytes is not installed.
    """
    torch = import_torch()
    model = lesson.model
    if tuning.method == "full" and layout_of(model.checkpoint.config) is not None:
        raise UsageError(
            f"{model.name} is in the layout of its makers' code, in which no weights are written: "
            "method=full needs its conversion to transformers; method=lora leaves an adapter of it"
        )
    dtype = _dtype(model.device, tuning)
    device = device_of(lesson)
    with torch.random.fork_rng(devices=[]):
        weights = model.weights(dtype=dtype, device=device, quantisation=_quantisation(device, tuning))
        parameters = sum(p.numel() for p in weights.parameters())
        ends = frozenset(weights.generation_config.eos_token_id)
        apart = _apart(weights)
        torch.manual_seed(lesson.seed)  # adapters are drawn
        wrapped = wrap(weights, tuning, source=lesson.source, revision=lesson.revision)
        unreached: list[str] = []
        if not sharded():
            first = _with_images(lesson)[: tuning.batch]
            batch = Collator(model.prompter, ends, first, apart=apart).of(first)
            held = {name: value.to(device) for name, value in batch.items()}
            with torch.autocast(device.partition(":")[0], torch.bfloat16, enabled=dtype == "bfloat16"):
                unreached = freeze_unreached(wrapped, wrapped.model(**held).loss)
    pace = Pace.of(tuning, len(lesson.train), per_dialogue=per_dialogue)
    return Prepared(
        wrapped=wrapped,
        ends=ends,
        apart=apart,
        fused=weights.base_model is not weights,
        parameters=parameters,
        checkpoint=model.checkpoint,
        settings={
            "method": tuning.method,
            "parts": list(regions(tuning.parts)),
            "adapted_layers": len(wrapped.adapted),
            "trained_whole": list(wrapped.whole),
            "unreached": unreached,
            "weights_dtype": dtype,
            "steps": pace.steps,
            "effective_batch": pace.effective_batch,
            "looks": pace.steps // pace.check,
        },
    )


def _with_images(lesson: Lesson) -> list[Any]:
    """The dialogues, those with images first: without one a vision tower is not reached."""
    return sorted(lesson.train, key=lambda dialogue: not dialogue.request.images)


def _apart(model: Any) -> bool:
    """Whether an encoder reads the prompt and a decoder of its own writes the answer."""
    inner = getattr(getattr(model, "language_model", None), "config", None)
    return bool(
        hasattr(model, "text_decoder")
        or getattr(model.config, "is_encoder_decoder", False)
        or getattr(inner, "is_encoder_decoder", False)
    )


def _dtype(device: str, tuning: Tuning) -> str:
    """Frozen weights may be of half the size; weights that are trained themselves are kept in float32."""
    torch = import_torch()
    if tuning.method == "full" or tuning.precision == "float32" or not device.startswith("cuda"):
        return "float32"
    return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"


def _quantisation(device: str, tuning: Tuning) -> Any:
    if tuning.method != "qlora":
        return None
    if not device.startswith("cuda"):
        raise UsageError("method=qlora needs a CUDA GPU: method=lora trains the same adapters elsewhere")
    if find_spec("bitsandbytes") is None:
        raise MissingExtra("bitsandbytes", "qlora")
    torch = import_torch()
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
