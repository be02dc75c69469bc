"""Rad-ReStruct as in its repository: two reports, one with two frontal images, and one to train on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.benchmarks.drawing import draw, write_json

WORDS = ["rad-restruct"]

_OBJECTS = ("Are there any foreign objects?", ["yes"])
_DISEASES = ("Are there any diseases in the lung?", ["yes"])
_ATELECTASIS = ("Is there pulmonary atelectasis in the lung?", ["yes"])
_BELOW = [_DISEASES, _ATELECTASIS]


def _record(question: str, answers: list[str], history: Any, form: str, options: str, path: str) -> list[Any]:
    about = {"answer_type": form, "options": options.split("|"), "path": path}
    return [question, answers, history, about]


_STEM = "lung_diseases_pulmonary atelectasis"
_REPORTS = {
    "test_qa_pairs/7.json": [
        _record(*_OBJECTS, [], "single_choice", "yes|no", "foreign objects_objects"),
        _record(*_DISEASES, [], "single_choice", "yes|no", "lung_diseases"),
        _record(*_ATELECTASIS, [_DISEASES], "single_choice", "yes|no", _STEM),
        _record(
            "In which part of the body?",
            ["left lower lobe", "right lower lobe"],
            _BELOW,
            "multi_choice",
            "apex|left lower lobe|right lower lobe",
            f"{_STEM}_body_region",
        ),
        _record(
            "What are the attributes?",
            ["no selection"],
            _BELOW,
            "multi_choice",
            "focal|no selection|patchy",
            f"{_STEM}_attributes",
        ),
        _record(
            "What is the degree?",
            ["no selection"],
            _BELOW,
            "single_choice",
            "mild|no selection",
            f"{_STEM}_degree",
        ),
        _record("In which area?", ["aorta, thoracic"], _BELOW, "fixed_choice", "aorta, thoracic", _STEM),
    ],
    "test_qa_pairs/12.json": [
        _record("Are there any signs in the lung?", ["no"], [], "single_choice", "yes|no", "lung_signs")
    ],
    "train_qa_pairs/30.json": [
        _record("Are there any signs in the lung?", ["no"], [], "single_choice", "yes|no", "lung_signs")
    ],
}
_IMAGES = {"7": ["CXR7_IM-1-1001", "CXR7_IM-1-2001"], "12": ["CXR12_IM-2-1001"], "30": ["CXR30_IM-3-1001"]}


def make(root: Path, word: str) -> None:
    """`data/radrestruct` of the repository with its images."""
    for name, records in _REPORTS.items():
        write_json(root / name, records)
    write_json(root / "id_to_img_mapping_frontal_reports.json", _IMAGES)
    for names in _IMAGES.values():
        for name in names:
            draw(root / "images" / f"{name}.png", len(name))
