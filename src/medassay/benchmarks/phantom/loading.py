"""The stream of samples: which images, how hard, asked what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from medassay.benchmarks.phantom.drawing import SPECIALTIES, Recipe, truth
from medassay.benchmarks.phantom.questions import ask
from medassay.errors import UnknownName, UsageError
from medassay.types import Sample, Where

Coupled = Literal["sex", "age_group", "skin_tone"]

VARIANTS: Mapping[str, frozenset[str]] = {
    "all": frozenset(
        {"modality", "lesion", "diagnosis", "vqa", "measurement", "localisation", "report", "detection"}
    ),
    "diagnosis": frozenset({"modality", "lesion", "diagnosis"}),
    "vqa": frozenset({"vqa"}),
    "measurement": frozenset({"measurement"}),
    "localisation": frozenset({"localisation"}),
    "report": frozenset({"report"}),
    "detection": frozenset({"detection"}),
}
"""The tasks of each variant."""

BLOCK = 200
"""Questions are balanced within blocks of this many images; a multiple of the number of specialties."""

WORSE: Mapping[Coupled, str] = {"sex": "female", "age_group": "over 65", "skin_tone": "dark"}
"""The group whose images get worse as `coupling` grows."""

DETECTION_NOISE = 0.08


def load(  # noqa: PLR0913 -- options of the command line, each with its default
    where: Where,
    *,
    seed: int = 0,
    n: int = 200,
    size: int = 64,
    difficulty: float = 0.0,
    coupling: float = 0.0,
    coupled: Coupled = "sex",
) -> Iterator[Sample]:
    """Stream the samples of `n` images (and of as many noise images for the detection task).

    Every seed is a new test of the same kind: no two (seed, index) pairs share an image. Sample ids depend
    on seed, index and question only. Nothing is read from disk; `where.root` is not used.

    Args:
        where: the variant chooses the tasks ("all" if None).
        seed: which test; 0 is the published one, 1000 and above are for training.
        n: images; specialties take turns.
        size: width and height in pixels.
        difficulty: 0 to 1. Lowers contrast to 0.3, raises noise to 0.15 and shrinks lesions to 0.6.
        coupling: 0 to 1. At 0 quality does not depend on who the patient is; at 1 the group `WORSE[coupled]`
            has its contrast multiplied by 0.4 and its noise raised by 0.12 of the full range.
        coupled: the attribute that coupling acts on.

    Raises:
        UnknownName: no such variant.
        UsageError: an option is out of range.
    """
    variant = where.variant or "all"
    if variant not in VARIANTS:
        raise UnknownName("variant", variant, VARIANTS)
    if not (
        0 <= difficulty <= 1 and 0 <= coupling <= 1 and coupled in WORSE and n >= 0 and 8 <= size <= 4096
    ):
        raise UsageError(
            f"phantom: difficulty={difficulty} and coupling={coupling} should be 0 to 1, coupled={coupled}"
            f" one of {', '.join(WORSE)}, n={n} at least 0, size={size} 8 to 4096"
        )
    easiest = Recipe(
        specialty=SPECIALTIES[0],
        seed=seed,
        size=size,
        contrast=1.0 - 0.7 * difficulty,
        noise=0.02 + 0.13 * difficulty,
        scale=1.0 - 0.4 * difficulty,
    )
    return _stream(easiest, n, VARIANTS[variant], (coupling, coupled))


def _stream(base: Recipe, n: int, tasks: frozenset[str], dial: tuple[float, Coupled]) -> Iterator[Sample]:
    for start in range(0, n, BLOCK):
        block = range(start, min(start + BLOCK, n))
        drawn = [replace(base, specialty=SPECIALTIES[k % len(SPECIALTIES)], index=k) for k in block]
        noisy = [replace(base, specialty="detection", index=k, noise=DETECTION_NOISE) for k in block]
        recipes = [_coupled(recipe, *dial) for recipe in drawn] if tasks != {"detection"} else []
        recipes += noisy if "detection" in tasks else []
        yield from (sample for sample in ask(recipes) if sample.tags["task"] in tasks)


def _coupled(recipe: Recipe, coupling: float, coupled: Coupled) -> Recipe:
    """The recipe of a patient's image: worse where the patient is of the coupled group."""
    if coupling == 0 or getattr(truth(recipe), coupled) != WORSE[coupled]:
        return recipe
    return replace(
        recipe, contrast=recipe.contrast * (1.0 - 0.6 * coupling), noise=recipe.noise + 0.12 * coupling
    )
