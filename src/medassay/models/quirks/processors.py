"""Processors of families that also take videos, without torchvision.

Qwen-VL, InternVL, SmolVLM and others ship a video processor, and transformers refuses to load their whole
processor where torchvision is absent. Images do not need it: here the parts are put together with a video
processor that is absent too. The same way takes checkpoints that name an image processor which transformers
has since renamed: it would not know it.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path
from typing import Any

from medassay import codec
from medassay.errors import ModelError

# Written by transformers of early 2025, and since copied into models that were trained from Qwen2.5-VL.
_RENAMED = {"Qwen2_5_VLImageProcessor": "Qwen2VLImageProcessor"}


class NoVideo:
    """Stands where a video processor would; refuses videos."""

    model_input_names: tuple[str, ...] = ()
    # Read by families while they prepare images, of effect on videos only.
    merge_size = temporal_patch_size = 2
    num_frames, fps, do_sample_frames = 8, 1, False

    def __call__(self, *_: object, **__: object) -> None:
        """Never called for images."""
        raise ModelError("videos need torchvision (and SmolVLM num2words), and are not asked about here")


def load_processor(folder: Path) -> Any:
    """The processor of a checkpoint; never runs code that comes with it.

    Raises:
        ModelError: the folder has none, or none that transformers knows, or it needs torchvision.
    """
    from transformers import AutoProcessor

    lacking = importlib.util.find_spec("torchvision") is None
    if lacking and _torchvision_only(folder):
        raise ModelError(f"{folder}: only torchvision can prepare its images; pip install torchvision")
    kind = _processor_class(folder)
    if kind is not None and "video_processor" in kind.get_attributes():
        _without_number_words(kind)
        if lacking or _renamed(folder):
            return _without_video(kind, folder)
    return AutoProcessor.from_pretrained(folder, trust_remote_code=False)


def image_backend(processor: Any) -> str:
    """Who resizes and normalises: "pil" or "torchvision"; they differ by up to one grey level."""
    return "pil" if type(processor.image_processor).__name__.endswith("Pil") else "torchvision"


def _torchvision_only(folder: Path) -> bool:
    """Whether transformers has no other image processor for this type of model, as for Llama 4."""
    from transformers.models.auto.image_processing_auto import IMAGE_PROCESSOR_MAPPING_NAMES

    known = IMAGE_PROCESSOR_MAPPING_NAMES.get(_settings(folder / "config.json").get("model_type", ""))
    return known is not None and "pil" not in known


def _without_number_words(kind: Any) -> None:
    """SmolVLM writes the number of a video's frames in words, and asks for num2words before any image."""
    module = sys.modules[kind.__module__]
    if getattr(module, "num2words", NoVideo) is None:
        module.num2words = NoVideo()  # type: ignore[attr-defined]


def _without_video(kind: Any, folder: Path) -> Any:
    from transformers import AutoTokenizer

    class ImageOnly(kind):  # type: ignore[misc]
        def check_argument_for_proper_class(self, argument_name: str, argument: Any) -> Any:
            if isinstance(argument, NoVideo):
                return NoVideo
            return super().check_argument_for_proper_class(argument_name, argument)

    loaders = {
        "image_processor": lambda: _image_processor(folder),
        "tokenizer": lambda: AutoTokenizer.from_pretrained(folder, trust_remote_code=False),
        "video_processor": NoVideo,
    }
    unknown = set(kind.get_attributes()) - set(loaders)
    if unknown:
        raise ModelError(
            f"{folder}: its processor needs {', '.join(sorted(unknown))}, which is not supported"
        )
    ImageOnly.__name__ = ImageOnly.__qualname__ = kind.__name__
    ImageOnly.__init__ = kind.__init__  # type: ignore[method-assign]  # its signature tells transformers what the processor is made of
    parts = {name: loaders[name]() for name in kind.get_attributes()}
    stored, _ = kind.get_processor_dict(folder)
    takes = inspect.signature(kind.__init__).parameters
    return ImageOnly(**parts, **{k: v for k, v in stored.items() if k in takes and k not in parts})


def _image_processor(folder: Path) -> Any:
    import transformers

    name = _renamed(folder)
    if name is None:
        return transformers.AutoImageProcessor.from_pretrained(folder, trust_remote_code=False)
    backend = "Pil" if importlib.util.find_spec("torchvision") is None else ""
    return getattr(transformers, name + backend).from_pretrained(folder)


def _renamed(folder: Path) -> str | None:
    """What the image processor of a checkpoint is called today, where it has another name."""
    stated = _settings(folder / "preprocessor_config.json").get("image_processor_type")
    return _RENAMED.get(stated or "")


def _processor_class(folder: Path) -> Any | None:
    import transformers
    from transformers.models.auto.processing_auto import PROCESSOR_MAPPING_NAMES

    for name in ("processor_config.json", "preprocessor_config.json", "tokenizer_config.json"):
        stated = _settings(folder / name).get("processor_class")
        if stated:
            return getattr(transformers, stated, None)
    by_type = PROCESSOR_MAPPING_NAMES.get(_settings(folder / "config.json").get("model_type", ""))
    return getattr(transformers, by_type, None) if isinstance(by_type, str) else None


def _settings(path: Path) -> dict[str, Any]:
    try:
        value = codec.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
