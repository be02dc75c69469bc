"""Folders in the format of transformers: float16 weights, processor, card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from demo_training.data import MEAN, SIZE, STD
from demo_training.measure import TEST_SEED, Figure
from demo_training.vlm import build_processor

LIMIT_BYTES = 3_000_000


def load_tower(folder: Path) -> Any:
    """The vision tower of the first stage."""
    from transformers import CLIPVisionModel

    return CLIPVisionModel.from_pretrained(folder)


def save_clip(model: Any, tokenizer: Any, folder: Path) -> None:
    """A CLIPModel with its processor."""
    from transformers import CLIPProcessor

    _save(model, CLIPProcessor(image_processor(), tokenizer), folder)


def save_vlm(model: Any, tokenizer: Any, folder: Path) -> None:
    """A LLaVA with its processor and chat template."""
    _save(model, build_processor(tokenizer, image_processor()), folder)


def _save(model: Any, processor: Any, folder: Path) -> None:
    model.half().save_pretrained(folder)
    processor.save_pretrained(folder)
    size = sum(file.stat().st_size for file in folder.iterdir())
    if size > LIMIT_BYTES:
        raise RuntimeError(f"{folder} holds {size} bytes, {LIMIT_BYTES} are allowed")


def image_processor() -> Any:
    """The whole image, 64 x 64: no crop, so that nothing at the rim is lost."""
    from transformers import CLIPImageProcessorPil

    return CLIPImageProcessorPil(
        size={"height": SIZE, "width": SIZE},
        do_center_crop=False,
        image_mean=[MEAN] * 3,
        image_std=[STD] * 3,
    )


_ABOUT = {
    "demo-clip": "A contrastive image-text model (transformers' CLIPModel) of {parameters} parameters.",
    "demo-vlm": "A generative vision-language model (transformers' LLaVA) of {parameters} parameters.",
    "demo-vlm-small": (
        "A generative vision-language model (transformers' LLaVA) of {parameters} parameters: the\n"
        "architecture of demo-vlm, trained for fewer steps and never asked about {lacks} images. It guesses\n"
        "about those, so that a comparison with demo-vlm shows a real difference, and there is something\n"
        "left to teach it."
    ),
}
_CARD = """---
license: apache-2.0
library_name: transformers
---
# {name}

{about}

It shows that medassay works on a laptop and offline. It knows nothing but drawings: it is of no medical use.

**Data.** Images of medassay's built-in benchmark phantom, drawn by formulas from training seed {train}
with their questions; the figures below are of test seed {test}, which shares no image with it. No patient's
data were used. The vision tower was first trained on the truths of the drawings (all specialties), then
together with the text part.

**Made by** `python scripts/train_demo_models.py` of the medassay repository: two CPU cores, under an hour.
The weights are kept in float16 and were measured in float32.

**Licence.** Apache-2.0.

**Figures** of {images} images at default difficulty, with 95 % intervals over images:

| what | metric | value | interval | n |
|---|---|--:|---|--:|
{figures}
"""


def write_cards(
    folder: Path, figures: Mapping[str, Sequence[Figure]], *, lacks: str, seed: int, images: int
) -> None:
    """README.md in the folder of each checkpoint."""
    from safetensors import safe_open

    for name, lines in figures.items():
        with safe_open(folder / name / "model.safetensors", "np") as weights:
            count = sum(weights.get_tensor(key).size for key in weights.keys())  # noqa: SIM118  not a mapping
        about = _ABOUT[name].format(parameters=f"{count / 1e6:.2f} million", lacks=lacks)
        card = _CARD.format(
            name=name,
            about=about,
            train=seed,
            test=TEST_SEED,
            images=images,
            figures="\n".join(map(str, lines)),
        )
        (folder / name / "README.md").write_text(card)
