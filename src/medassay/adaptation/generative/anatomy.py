"""The parts of a vision-language model by the names that its weights go under."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, get_args

from medassay.errors import UsageError

Region = Literal["vision", "projector", "language"]
REGIONS: tuple[Region, ...] = get_args(Region)

# In this order: a projector may lie inside the vision tower (Qwen's merger), and is no part of it.
_NAMES: dict[Region, tuple[str, ...]] = {
    "projector": (
        "multi_modal_projector",
        "mm_projector",
        "projector",
        "aligner",
        "connector",
        "modality_projection",
        "merger",  # Qwen's, and GLM-V's
        "deepstack_merger_list",
        "qformer",  # of the BLIP line, with the two below
        "query_tokens",
        "language_projection",
        "image_newline",
        "embed_vision",
        "perceiver_resampler",
        "resampler_model",
        "image_to_text_projection",
        "visual_embeddings_table",
        "(vision|visual)_(projection|projector|adapter)",
    ),
    "vision": ("vision_(tower|model|encoder|embed_tokens)", "visual", "image_(encoder|tower)", "video_tower"),
}


def region_of(name: str) -> Region:
    """The part that a weight or module of that dotted name belongs to; what is not seen with is language."""
    for region, names in _NAMES.items():
        if re.search(rf"(^|\.)({'|'.join(names)})(\.|$)", name):
            return region
    return "language"


def regions(text: str) -> tuple[Region, ...]:
    """Parts from "vision+projector+language"; letters V, M, L as MedVLMBench writes them ("VML") do too.

    Raises:
        UsageError: there is no such part, or none is named.
    """
    letters = dict(zip("VML", REGIONS, strict=True))
    if text and set(text) <= set(letters):
        words: Iterable[str] = (letters[letter] for letter in text)
    else:
        words = filter(None, (word.strip() for word in text.split("+")))
    asked = set(words)
    if not asked or not asked <= set(REGIONS):
        raise UsageError(f"parts={text}: name {', '.join(REGIONS)}, several with +, as in vision+projector")
    return tuple(region for region in REGIONS if region in asked)
