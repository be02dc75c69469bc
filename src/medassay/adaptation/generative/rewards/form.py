"""A reward for thinking first and answering then, each between its marks."""

from __future__ import annotations

import re
from collections.abc import Mapping

from medassay.adaptation.generative.rewards.completion import Completion
from medassay.types import Sample

# No mark may stand inside: `.*?` as it is published lets a whole match run over several answers.
_INSIDE = r"(?:(?!</?(?:think|answer)>).)*?\S(?:(?!</?(?:think|answer)>).)*?"
_FORM = re.compile(rf"\s*<think>{_INSIDE}</think>\s*<answer>{_INSIDE}</answer>\s*", re.DOTALL)


def form(_sample: Sample, completion: Completion) -> Mapping[str, float]:
    """1 where the whole text reads <think>...</think> <answer>...</answer>, each once, not empty; else 0.

    The form of MedVLM-R1 (Pan et al. 2025) and Med-R1 (Lai et al. 2025). Theirs also matches repeated marks.
    """
    return {"format": float(_FORM.fullmatch(completion.raw) is not None)}
