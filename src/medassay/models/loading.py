"""Reading checkpoints through transformers: quietly, without code of others, and with one clear line on failure."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from medassay.errors import MissingExtra, ModelError
from medassay.models.checkpoint import Checkpoint
from medassay.models.hardware import SPREAD
from medassay.models.quirks.processors import load_processor


def read_processor(checkpoint: Checkpoint) -> Any:
    """The processor of a checkpoint, set to pad on the left.

    Raises:
        ModelError: it has none, or it cannot be read.
    """
    folder = checkpoint.processor
    with _one_line(
        folder, "no usable processor; copy the processor and tokenizer files of the checkpoint there"
    ):
        processor = load_processor(folder)
    parts = [part for part in ("image_processor", "tokenizer") if getattr(processor, part, None) is None]
    if parts:
        raise ModelError(
            f"{folder}: its processor has no {' and no '.join(parts)}; is this an image-text model?"
        )
    tokenizer = processor.tokenizer
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return processor


def check_class(checkpoint: Checkpoint, auto: Any) -> None:
    """See that the auto class knows the checkpoint's type.

    Raises:
        ModelError: it does not; says which type it is.
    """
    from transformers import AutoConfig

    folder = checkpoint.model.folder
    with _one_line(folder, "transformers does not know this type of model"):
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
    if type(config) not in auto._model_mapping:
        raise ModelError(f"{folder}: a {config.model_type} model is not one that {auto.__name__} loads")


def read_model(checkpoint: Checkpoint, auto: Any, *, dtype: str, device: str, attention: str | None) -> Any:
    """The model with its weights, in evaluation mode, on its device; with its adapter if there is one.

    Raises:
        ModelError: weights that are damaged, do not fit the configuration or are not complete.
        MissingExtra: an adapter without peft.
    """
    import torch

    options: dict[str, Any] = {"dtype": getattr(torch, dtype), "trust_remote_code": False}
    if attention is not None:
        options["attn_implementation"] = attention
    if device in SPREAD:
        options["device_map"] = device
    folder = checkpoint.model.folder
    with _one_line(folder, "the weights cannot be loaded"), _quiet():
        model, info = auto.from_pretrained(folder, output_loading_info=True, **options)
    # Weights that a checkpoint lacks are drawn at random: such a model answers, and every number is noise.
    if info["missing_keys"]:
        names = ", ".join(sorted(info["missing_keys"])[:3])
        raise ModelError(f"{folder}: {len(info['missing_keys'])} weights are missing ({names}, ...)")
    if checkpoint.base is not None:
        model = _with_adapter(model, checkpoint.folder)
    return (model if device in SPREAD else model.to(device)).eval()


def _with_adapter(model: Any, folder: Path) -> Any:
    try:
        from peft import PeftModel
    except ModuleNotFoundError as error:
        raise MissingExtra("peft", "train") from error
    with _one_line(folder, "the adapter does not fit its base model"):
        return PeftModel.from_pretrained(model, folder).merge_and_unload()


@contextlib.contextmanager
def _one_line(folder: Path, what: str) -> Iterator[None]:
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        if isinstance(error, ImportError):
            raise ModelError(f"{folder}: it needs a package that is not installed ({reason})") from error
        raise ModelError(f"{folder}: {what} ({reason})") from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the progress bars of transformers: they belong to the program that runs it."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
