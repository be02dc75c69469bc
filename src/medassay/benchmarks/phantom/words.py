"""The vocabulary: what things are called, which answers count, how an encoder hears of them."""

from __future__ import annotations

from collections.abc import Mapping

from medassay.benchmarks.phantom import chest, dermoscopy, fundus, histology

MODALITIES = {
    "chest": "chest x-ray",
    "fundus": "fundus photograph",
    "dermoscopy": "dermoscopy image",
    "histology": "histology slide",
}
ORGANS = {"chest": "lungs", "fundus": "eye", "dermoscopy": "skin", "histology": "colon"}
DIAGNOSES = {
    "chest": chest.DIAGNOSES,
    "fundus": fundus.DIAGNOSES,
    "dermoscopy": dermoscopy.DIAGNOSES,
    "histology": histology.DIAGNOSES,
}
COUNTS = ("0", "1", "2", "3")
NUMERALS = ("zero", "one", "two", "three")

LESION = {"chest": "nodule", "fundus": "haemorrhage", "dermoscopy": "lesion", "histology": "tumour cell"}
LESIONS = {
    "chest": "nodules",
    "fundus": "haemorrhages",
    "dermoscopy": "a lesion",
    "histology": "tumour cells",
}

ACCEPTED: Mapping[str, tuple[str, ...]] = {
    "chest x-ray": ("chest x-ray", "x-ray", "chest radiograph", "radiograph"),
    "fundus photograph": ("fundus photograph", "fundus photo", "fundus image", "fundus photography"),
    "dermoscopy image": ("dermoscopy image", "dermoscopy", "dermoscopic image", "dermatoscopy"),
    "histology slide": ("histology slide", "histology", "histopathology slide", "histopathology"),
    "lungs": ("lungs", "lung", "chest"),
    "eye": ("eye", "retina"),
    "normal": ("normal", "no abnormality"),
    "nodules": ("nodules", "nodule", "lung nodules", "lung nodule"),
    "effusion": ("effusion", "pleural effusion"),
    "enlarged heart": ("enlarged heart", "cardiomegaly"),
    "clear skin": ("clear skin", "normal skin"),
    "naevus": ("naevus", "nevus", "mole"),
    "benign": ("benign", "benign tissue", "normal tissue"),
    "tumour": ("tumour", "tumor", "tumour cells", "tumor cells"),
    **{count: (count, numeral) for count, numeral in zip(COUNTS, NUMERALS, strict=True)},
}
"""The accepted answers where there is more than one; the first is the usual one."""

TEMPLATES = ("a {}", "an image of a {}", "this is a {}", "medical image: {}")

_SAYINGS: Mapping[str, tuple[str, ...]] = {
    "normal": ("with no abnormality", "that is normal"),
    "nodules": ("with lung nodules", "showing nodules"),
    "effusion": ("with a pleural effusion", "showing an effusion"),
    "enlarged heart": ("with an enlarged heart", "showing a large heart"),
    "glaucoma": ("with glaucoma", "showing a large cup"),
    "retinopathy": ("with retinopathy", "showing haemorrhages"),
    "clear skin": ("of clear skin", "with no lesion"),
    "naevus": ("of a naevus", "showing a benign naevus"),
    "melanoma": ("of a melanoma", "showing a malignant melanoma"),
    "benign": ("of benign tissue", "with no tumour cells"),
    "tumour": ("of a tumour", "showing tumour cells"),
}

PRESENCE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("chest", "nodules"): (
        "Are there nodules?",
        "Is there a nodule in the lungs?",
        "Does the image show nodules?",
    ),
    ("chest", "effusion"): ("Is there an effusion?", "Does the image show an effusion?"),
    ("chest", "enlarged heart"): ("Is the heart enlarged?", "Is the heart larger than normal?"),
    ("fundus", "haemorrhages"): (
        "Are there haemorrhages?",
        "Is there a haemorrhage in the eye?",
        "Does the image show haemorrhages?",
    ),
    ("fundus", "glaucoma"): ("Is there glaucoma?", "Is the cup larger than normal?"),
    ("dermoscopy", "lesion"): (
        "Is there a lesion?",
        "Is there a lesion on the skin?",
        "Does the image show a lesion?",
    ),
    ("dermoscopy", "several colours"): (
        "Does the lesion have several colours?",
        "Are there several colours in the lesion?",
    ),
    ("dermoscopy", "irregular border"): (
        "Is the border of the lesion irregular?",
        "Does the lesion have an irregular border?",
    ),
    ("dermoscopy", "asymmetry"): ("Is the lesion asymmetric?", "Does the lesion have an asymmetric shape?"),
    ("histology", "tumour cells"): (
        "Are there tumour cells?",
        "Is there a tumour cell in the image?",
        "Does the image show tumour cells?",
    ),
    ("histology", "strong stain"): ("Is the stain strong?", "Is the slide strongly stained?"),
}
"""How the presence of a finding is asked for, by specialty and finding."""


def diagnosis_texts(specialty: str, diagnosis: str) -> tuple[str, ...]:
    """The sentences that describe a diagnosis to an encoder: every template with every synonym."""
    return _texts(specialty, _SAYINGS[diagnosis])


def lesion_texts(specialty: str, present: bool) -> tuple[str, ...]:
    """The sentences that describe an image with, or without, lesions to an encoder."""
    shown = LESIONS[specialty]
    bare = shown.removeprefix("a ")
    return _texts(
        specialty,
        (f"with {shown}", f"showing {shown}") if present else (f"with no {bare}", f"without {shown}"),
    )


def _texts(specialty: str, sayings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        f"{template.format(MODALITIES[specialty])} {saying}" for template in TEMPLATES for saying in sayings
    )
