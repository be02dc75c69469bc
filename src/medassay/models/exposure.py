"""Whether a model has seen a benchmark: from what its card says it was trained on, and what that holds.

Nobody can prove that a model has not seen something. What is said here is what follows from the cards and
from a small table of which set holds images of which other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from medassay.types import Benchmark, ModelCard

Level = Literal["itself", "shared images", "same source", "none listed", "not listed", "no card"]
"""The benchmark is among the training sets; one of them shares images with it; one draws on the same
archive, so that images may be shared; none of those that are listed touches it; nothing, or not everything,
is listed; there is no card."""

_MEDMNIST = "Yang et al. 2023, MedMNIST v2"
_CHEXINSTRUCT = (
    *("chestxray14", "chexpert", "mimic-cxr", "iu-xray", "rad-restruct"),
    *("vqa-rad", "slake", "pmc-vqa", "vqa-med-2019", "ROCO"),
)
_HOLDS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("bloodmnist", ("Acevedo blood cells",), _MEDMNIST),
    ("breastmnist", ("BUSI",), _MEDMNIST),
    ("chestmnist", ("chestxray14",), _MEDMNIST),
    ("dermamnist", ("ham10000",), _MEDMNIST),
    ("octmnist", ("Kermany OCT",), _MEDMNIST),
    ("organamnist", ("LiTS",), _MEDMNIST),
    ("organcmnist", ("LiTS",), _MEDMNIST),
    ("organsmnist", ("LiTS",), _MEDMNIST),
    ("pathmnist", ("NCT-CRC-HE-100K", "CRC-VAL-HE-7K"), _MEDMNIST),
    ("pneumoniamnist", ("kermany-pneumonia",), _MEDMNIST),
    ("retinamnist", ("DeepDRiD",), _MEDMNIST),
    ("tissuemnist", ("BBBC051",), _MEDMNIST),
    ("ham10000", ("ISIC",), "the ISIC archive holds it"),
    ("isic-2017", ("ISIC",), "challenge.isic-archive.com"),
    ("isic-2018", ("ham10000",), "its training is HAM10000"),
    ("isic-2019", ("ham10000", "BCN20000"), "its training holds both"),
    ("camelyon17-wilds", ("CAMELYON17",), "Bandi et al. 2019"),
    ("CAMELYON17", ("CAMELYON",), "camelyon17.grand-challenge.org"),
    ("chestxray14-boxes", ("chestxray14",), "Wang et al. 2017"),
    ("chexpert-plus", ("chexpert",), "Chambon et al. 2024"),
    ("rad-restruct", ("iu-xray",), "Pellegrini et al. 2023"),
    ("OpenI", ("iu-xray",), "another name of its reports"),
    ("Medical-Diff-VQA", ("mimic-cxr",), "Hu et al. 2023"),
    ("Chest ImaGenome", ("mimic-cxr",), "Wu et al. 2021"),
    ("MS-CXR", ("mimic-cxr",), "Boecking et al. 2022"),
    ("MS-CXR-T", ("mimic-cxr",), "Bannur et al. 2023"),
    ("idrid-edema", ("idrid",), "one challenge"),
    ("vindr-mammo-density", ("vindr-mammo",), "one dataset"),
    ("fairvlmed10k-diagnosis", ("Harvard-FairVLMed",), "one dataset"),
    ("fairvlmed10k-notes", ("Harvard-FairVLMed",), "one dataset"),
    ("fairvlmed10k-vqa", ("Harvard-FairVLMed",), "one dataset"),
    ("medxpertqa-mm", ("MedXpertQA",), "one dataset"),
    ("medxpertqa-text", ("MedXpertQA",), "one dataset"),
    ("mmmu-pro", ("mmmu",), "Yue et al. 2024"),
    ("slake", ("MSD", "CHAOS", "chestxray14"), "Liu et al. 2021"),
    ("kvasir-vqa", ("HyperKvasir", "Kvasir-Instrument"), "Gautam et al. 2024"),
    ("quilt-vqa", ("QUILT-1M",), "Seyfioglu et al. 2024"),
    ("QUILT-Instruct", ("QUILT-1M",), "Seyfioglu et al. 2024"),
    ("Quilt-LLaVA", ("QUILT-1M",), "Seyfioglu et al. 2024"),
    ("omnimedvqa", ("isic-2018", "isic-2019", "pad-ufes-20"), "three of its 73 parts, by their names"),
    ("mediconfusion", ("ROCO",), "Sepehri et al. 2024"),
    ("rocov2", ("ROCO",), "Rückert et al. 2024"),
    ("ROCO", ("PubMed Central",), "Pelka et al. 2018"),
    ("pmc-vqa", ("PMC-OA",), "Zhang et al. 2023"),
    ("PMC-OA", ("PubMed Central",), "Lin et al. 2023"),
    ("PMC-15M", ("PubMed Central",), "Zhang et al. 2023, BiomedCLIP"),
    ("LLaVA-Med", ("PMC-15M",), "Li et al. 2023"),
    ("MedICaT", ("PubMed Central",), "Subramanian et al. 2020"),
    ("PubMedVision", ("PubMed Central",), "Chen et al. 2024"),
    ("BIOMEDICA", ("PubMed Central",), "Lozano et al. 2025"),
    ("vqa-rad", ("MedPix",), "Lau et al. 2018"),
    ("vqa-med-2019", ("MedPix",), "Ben Abacha et al. 2019"),
    ("MedPix-2.0", ("MedPix",), "Siragusa et al. 2024"),
    ("The Cauldron", ("vqa-rad",), "its part vqarad, 313 images; HuggingFaceM4/the_cauldron"),
    ("CheXinstruct", _CHEXINSTRUCT, "data_chexinstruct of its repository, Stanford-AIMI/CheXagent"),
)
"""A set, what it holds images of or draws on, and who says so."""


def _plain(name: str) -> str:
    """A name without its variant, case, blanks and hyphens: VQA-RAD, vqa-rad@mevf and VQA RAD are one."""
    return "".join(letter for letter in name.partition("@")[0].casefold() if letter.isalnum())


_PARTS: Mapping[str, tuple[str, ...]] = {_plain(name): parts for name, parts, _ in _HOLDS}
_ARCHIVES = frozenset(_plain(name) for name in ("CAMELYON", "ISIC", "MedPix", "PubMed Central"))
"""Larger than what is drawn from them: two that draw on one need not share an image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What the cards say of a model and a benchmark. `through` are the training sets that touch it."""

    level: Level
    through: tuple[str, ...] = ()
    text: str


def exposure(card: ModelCard | None, benchmark: Benchmark, *, bases: Sequence[ModelCard] = ()) -> Exposure:
    """Whether the training sets of a model hold a benchmark, or images of it.

    Args:
        card: of the model; None where it has none.
        benchmark: what it is asked.
        bases: the cards of what the model was trained from, whose training sets count as its own.
    """
    if card is None:
        return Exposure(level="no card", text="no card says what the model was trained on")
    listed = [(set_, held) for held in (card, *bases) for set_ in held.training_sets]
    wanted = {_plain(benchmark.name), _plain(benchmark.title)}
    if itself := [set_ for set_, _ in listed if _plain(set_) in wanted]:
        said = (
            f"{card.name} was trained on {_named(itself, listed, card)}; which part of it, its card may say"
        )
        return Exposure(level="itself", through=_once(itself), text=said)
    of_benchmark = dict(_within(benchmark.name))
    touching = {set_: {*of_benchmark} & {*dict(_within(set_))} for set_, _ in listed}
    images = {set_: common - _ARCHIVES for set_, common in touching.items() if common - _ARCHIVES}
    if found := images or {set_: common for set_, common in touching.items() if common}:
        common = {of_benchmark[one] for shared in found.values() for one in shared}
        others = ", ".join(sorted(common - {benchmark.name, *found}))
        said = f"{card.name} was trained on {_named(list(found), listed, card)}; "
        if images:
            said += f"images are shared with {benchmark.name}" + (f", those of {others}" if others else "")
            return Exposure(level="shared images", through=_once(found), text=said)
        said += f"{benchmark.name} is drawn from {', '.join(sorted(common))} as well"
        return Exposure(level="same source", through=_once(found), text=said)
    silent = [held.name for held in (card, *bases) if not held.training_sets]
    partly = [held.name for held in (card, *bases) if "training_sets" in held.unverified]
    if unlisted := sorted({*silent, *partly}):
        said = f"whether {card.name} has seen {benchmark.name} cannot be told: the training data of "
        return Exposure(level="not listed", text=f"{said}{', '.join(unlisted)} is not published in full")
    said = f"none of the training sets of {card.name} is known to hold images of {benchmark.name}"
    return Exposure(level="none listed", text=said)


def _once(sets: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sets))


def _named(sets: Sequence[str], listed: Sequence[tuple[str, ModelCard]], own: ModelCard) -> str:
    """Training sets, with the base on whose card one stands where it is not the model's own."""
    by = dict(reversed(listed))
    return ", ".join(s if by[s] is own else f"{s} (as its base {by[s].name})" for s in _once(sets))


def _within(name: str) -> Iterator[tuple[str, str]]:
    """A set and all that it holds images of or draws on, as (plain name, name)."""
    yield _plain(name), name
    for part in _PARTS.get(_plain(name), ()):
        yield from _within(part)
