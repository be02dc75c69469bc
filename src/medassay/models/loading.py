"""Checkpoints read through transformers: quietly, without code that nobody named, failing with one line."""

from __future__ import annotations

import contextlib
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from medassay.errors import MissingExtra, ModelError
from medassay.models.checkpoint import Checkpoint
from medassay.models.conversations import chat_template
from medassay.models.foreign import own_class, own_processor, refusal, trust
from medassay.models.hardware import SPREAD
from medassay.models.quirks import blip
from medassay.models.quirks.layouts import layout_of
from medassay.models.quirks.processors import load_processor

_OF_PROCESSORS = {".json", ".txt", ".jinja", ".model"}
_OF_WEIGHTS = {"config.json", "generation_config.json", "adapter_config.json"}
_KEPT = (
    "bos_token_id",
    "eos_token_id",
    "pad_token_id",
    "decoder_start_token_id",
    "bad_words_ids",
    "suppress_tokens",
    "begin_suppress_tokens",
)


def read_processor(checkpoint: Checkpoint, *, conversation: str | None = None) -> Any:
    """The processor of a checkpoint, able to pad.

    `conversation` names the chat template to use instead of its own (see `conversations.chat_template`).

    Raises:
        ModelError: it has none, or it cannot be read.
        UsageError: there is no such conversation.
    """
    folder = checkpoint.processor
    template = chat_template(conversation) if conversation is not None else None
    with _one_line(
        folder, "no usable processor; copy the processor and tokenizer files of the checkpoint there"
    ):
        layout = layout_of(checkpoint.config)
        if checkpoint.code is not None:
            processor = own_processor(checkpoint)
        else:
            processor = layout.read_processor(checkpoint) if layout else load_processor(folder)
    usual = blip.conversation(checkpoint.config)
    if template is None and usual is not None and not processor.chat_template:
        template = chat_template(usual)
    if template is not None:
        processor.chat_template = template
    parts = [part for part in ("image_processor", "tokenizer") if getattr(processor, part, None) is None]
    if parts:
        raise ModelError(
            f"{folder}: its processor has no {' and no '.join(parts)}; is this an image-text model?"
        )
    if processor.tokenizer.pad_token is None:
        processor.tokenizer.pad_token = processor.tokenizer.eos_token
    return processor


def copy_processor(checkpoint: Checkpoint, folder: Path) -> None:
    """Put the files that a checkpoint's processor is read from into a folder beside new weights.

    Copied, they prepare texts and images as before; not every processor can be written.
    """
    for path in sorted(checkpoint.processor.rglob("*")):
        name = path.relative_to(checkpoint.processor)
        other = path.name in _OF_WEIGHTS or path.name.endswith(".index.json")
        if path.suffix in _OF_PROCESSORS and not other:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)


def read_image_processor(checkpoint: Checkpoint) -> Any:
    """The image processor of a checkpoint that reads no texts.

    Raises:
        ModelError: it has none, or it cannot be read.
    """
    from transformers import AutoImageProcessor

    folder = checkpoint.processor
    with _one_line(
        folder, "no usable image processor; copy preprocessor_config.json of the checkpoint there"
    ):
        return AutoImageProcessor.from_pretrained(folder, trust_remote_code=False)


def check_class(checkpoint: Checkpoint, auto: Any) -> None:
    """See that the auto class knows the checkpoint's type.

    Raises:
        ModelError: it does not; says which type it is.
    """
    from transformers import CONFIG_MAPPING, AutoConfig

    folder = checkpoint.model.folder
    if "auto_map" in checkpoint.config and checkpoint.config.get("model_type") not in CONFIG_MAPPING:
        raise ModelError(refusal(checkpoint))
    with _one_line(folder, "transformers does not know this type of model"):
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
    if type(config) not in auto._model_mapping:
        raise ModelError(f"{folder}: a {config.model_type} model is not one that {auto.__name__} loads")


def generating_class(checkpoint: Checkpoint) -> Any:
    """What reads the weights of a checkpoint that answers questions.

    Raises:
        ModelError: nothing does; says which type it is.
    """
    from transformers import AutoModelForImageTextToText

    if (own := own_class(checkpoint)) is not None:
        return own
    special = blip.answering_class(checkpoint.model.folder, checkpoint.config)
    if (layout := layout_of(checkpoint.config)) is not None:
        layout.check(checkpoint.model)
    elif special is None:
        check_class(checkpoint, AutoModelForImageTextToText)
    return special or AutoModelForImageTextToText


def read_model(
    checkpoint: Checkpoint,
    auto: Any,
    *,
    dtype: str,
    device: str,
    attention: str | None,
    quantisation: Any = None,
) -> Any:
    """The model with its weights, frozen, in evaluation mode, on its device, its adapters merged.

    Raises:
        ModelError: weights that are damaged, do not fit the configuration or are not complete.
        MissingExtra: an adapter without peft.
    """
    import torch

    options: dict[str, Any] = {"dtype": getattr(torch, dtype), **trust(checkpoint)}
    if attention is not None:
        options["attn_implementation"] = attention
    if device in SPREAD:
        options["device_map"] = device
    if quantisation is not None:
        options |= {"quantization_config": quantisation, "device_map": {"": device}}
    folder = checkpoint.model.folder
    layout = layout_of(checkpoint.config)
    with _one_line(folder, "the weights cannot be loaded"), quiet():
        if layout is not None:
            model, missing = layout.read_model(checkpoint.model, options)
        else:
            model, info = auto.from_pretrained(folder, output_loading_info=True, **options)
            missing = info["missing_keys"]
    # Weights that a checkpoint lacks are drawn at random: such a model answers, and every number is noise.
    if missing:
        names = ", ".join(sorted(missing)[:3])
        raise ModelError(f"{folder}: {len(missing)} weights are missing ({names}, ...)")
    for adapter in checkpoint.adapters:
        model = with_adapter(model, adapter)
    return (model if "device_map" in options else model.to(device)).eval().requires_grad_(False)


def plain_decoding(model: Any, tokenizer: Any) -> Any:
    """The checkpoint's generation settings without its tastes: which tokens end, pad and are banned.

    Sampling, penalties and lengths of the checkpoint's own must not leak into a request.
    """
    from transformers import GenerationConfig

    own = {
        name: value for name in _KEPT if (value := getattr(model.generation_config, name, None)) is not None
    }
    ends = own.get("eos_token_id", [])
    ends = {*(ends if isinstance(ends, list) else [ends]), tokenizer.eos_token_id} - {None}
    own |= {"eos_token_id": sorted(ends), "pad_token_id": own.get("pad_token_id", tokenizer.pad_token_id)}
    return GenerationConfig(**own, do_sample=False, num_beams=1)


def with_adapter(model: Any, folder: Path) -> Any:
    """The model with an adapter of peft merged into it.

    Raises:
        ModelError: it does not fit the model.
        MissingExtra: peft is not installed.
    """
    try:
        from peft import PeftModel
    except ModuleNotFoundError as error:
        raise MissingExtra("peft", "train") from error
    with _one_line(folder, "the adapter does not fit its base model"), warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of what peft asks of transformers
        return PeftModel.from_pretrained(model, folder).merge_and_unload()


@contextlib.contextmanager
def _one_line(folder: Path, what: str) -> Iterator[None]:
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        reason = _reason(error)
        if isinstance(error, ImportError):
            raise ModelError(f"{folder}: it needs a package that is not installed ({reason})") from error
        raise ModelError(f"{folder}: {what} ({reason})") from error


def _reason(error: Exception) -> str:
    """The first sentence of a message that may run over many lines."""
    if "ignore_mismatched_sizes" in str(error):
        return "their shapes are not those of config.json"
    return (str(error).strip() or type(error).__name__).splitlines()[0].split(". ")[0][:200]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without the progress bars of transformers: they belong to the program that runs it."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
