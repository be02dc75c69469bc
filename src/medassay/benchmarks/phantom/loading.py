"""The stream of samples: which images, how hard, asked what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Literal

from medassay.benchmarks.phantom.drawing import SPECIALTIES, Recipe, truth
from medassay.benchmarks.phantom.efficiency import IDEAL_TAG
from medassay.benchmarks.phantom.ideal import ideal_of
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

SPLITS: Mapping[str, int] = {"test": 0, "validation": 2_000_000, "train": 1_000_000}
"""What is added to the seed, so that no two parts share an image."""

BLOCK = 240
"""Questions are balanced within blocks of this many images; a multiple of the number of specialties, and
large enough that every diagnosis has the ten images that an interval needs."""

WORSE: Mapping[Coupled, str] = {"sex": "female", "age_group": "over 65", "skin_tone": "dark"}
"""The group whose images get worse as `coupling` grows."""

DETECTION_NOISE = 0.08


def load(  # noqa: PLR0913 -- options of the command line, each with its default
    where: Where,
    *,
    seed: int = 0,
    n: int = 240,
    size: int = 64,
    difficulty: float = 0.0,
    coupling: float = 0.0,
    coupled: Coupled = "sex",
    resized: int = 0,
) -> Iterator[Sample]:
    """Stream the samples of `n` images (and of as many noise images for the detection task).

    Every seed is a new test of the same kind: no two (seed, index) pairs share an image. Sample ids depend
    on seed, index and question only. Nothing is read from disk; `where.root` is not used.

    With coupling, groups differ for a known reason. How much a model's answers suffer, its true gap, is the
    difference of its slices on very many fresh images: `phantom@vqa:coupling=1,n=20000,seed=7`.

    Args:
        where: the variant chooses the tasks ("all" if None), the split other images (`SPLITS`).
        seed: which test, below a million; 0 is the published one. The shipped models learned from seed 1000.
        n: images; specialties take turns.
        size: width and height in pixels.
        difficulty: 0 to 1. Lowers contrast to 0.3, raises noise to 0.15 and shrinks lesions to 0.6.
        coupling: 0 to 1. At 0 quality does not depend on who the patient is; at 1 the group `WORSE[coupled]`
            has its contrast multiplied by 0.4 and its noise raised by 0.12 of the full range.
        coupled: the attribute that coupling acts on.
        resized: the width that the model under test resizes images to (bicubic), 0 if it takes them as they
            are; only the ideal observer of the detection task depends on it, through the tag
            `ideal_d_prime`.

    Raises:
        UnknownName: no such variant.
        UsageError: an option is out of range.
    """
    variant = where.variant or "all"
    if variant not in VARIANTS:
        raise UnknownName("variant", variant, VARIANTS)
    _check(difficulty=difficulty, coupling=coupling)
    if coupled not in WORSE or n < 0 or resized < 0 or not 8 <= size <= 4096:
        raise UsageError(
            f"phantom: coupled={coupled} should be one of {', '.join(WORSE)}, n={n} and resized={resized}"
            f" at least 0, size={size} 8 to 4096"
        )
    if not 0 <= seed < min(filter(None, SPLITS.values())):
        raise UsageError(
            f"phantom: seed={seed} should be 0 to 999,999: above lie the images of the other splits"
        )
    base = Recipe(
        specialty=SPECIALTIES[0],
        seed=seed + SPLITS[where.split],
        size=size,
        contrast=1.0 - 0.7 * difficulty,
        noise=0.02 + 0.13 * difficulty,
        scale=1.0 - 0.4 * difficulty,
    )
    tasks = VARIANTS[variant]
    return chain(
        _clinical(base, n, tasks, (coupling, coupled)) if tasks != {"detection"} else (),
        _detection(base, n, resized) if "detection" in tasks else (),
    )


def _check(**dials: float) -> None:
    for name, value in dials.items():
        if not 0 <= value <= 1:
            raise UsageError(f"phantom: {name}={value} should be between 0 and 1")


def _clinical(base: Recipe, n: int, tasks: frozenset[str], dial: tuple[float, Coupled]) -> Iterator[Sample]:
    for block in _blocks(n):
        recipes = [replace(base, specialty=SPECIALTIES[k % len(SPECIALTIES)], index=k) for k in block]
        asked = ask([_coupled(recipe, *dial) for recipe in recipes])
        yield from (sample for sample in asked if sample.tags["task"] in tasks)


def _detection(base: Recipe, n: int, resized: int) -> Iterator[Sample]:
    base = replace(base, specialty="detection", noise=DETECTION_NOISE)
    ideal = {IDEAL_TAG: f"{ideal_of(base, resized):.6g}"}
    for block in _blocks(n):
        for sample in ask([replace(base, index=k) for k in block]):
            yield replace(sample, tags={**sample.tags, **ideal})


def _blocks(n: int) -> Iterator[range]:
    return (range(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK))


def _coupled(recipe: Recipe, coupling: float, coupled: Coupled) -> Recipe:
    """The recipe of a patient's image: worse where the patient is of the coupled group."""
    if coupling == 0 or getattr(truth(recipe), coupled) != WORSE[coupled]:
        return recipe
    return replace(
        recipe, contrast=recipe.contrast * (1.0 - 0.6 * coupling), noise=recipe.noise + 0.12 * coupling
    )
