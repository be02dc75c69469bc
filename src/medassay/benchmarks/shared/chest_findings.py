"""Findings on chest radiographs and what radiologists call them, for every dataset that labels them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from medassay.benchmarks.shared.labels import Label, choices
from medassay.types import Choice

TEMPLATES = ("a chest X-ray showing {}", "a chest radiograph with {}", "chest radiography: {}")
_SYNONYMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Atelectasis": ("collapse of lung tissue",),
        "Cardiomegaly": ("an enlarged heart",),
        "Consolidation": ("airspace consolidation",),
        "Edema": ("pulmonary edema",),
        "Effusion": ("pleural effusion", "fluid in the pleural space"),
        "Emphysema": ("hyperinflated lungs",),
        "Enlarged Cardiomediastinum": ("a widened mediastinum",),
        "Fibrosis": ("pulmonary fibrosis",),
        "Fracture": ("a rib fracture",),
        "Hernia": ("a hiatal hernia",),
        "Infiltration": ("pulmonary infiltrates",),
        "Lung Lesion": ("a lung nodule or mass",),
        "Lung Opacity": ("an opacity of the lung",),
        "Mass": ("a lung mass",),
        "Nodule": ("a lung nodule",),
        "Pleural Effusion": ("fluid in the pleural space",),
        "Pleural Other": ("a pleural abnormality other than effusion",),
        "Pleural Thickening": ("thickened pleura",),
        "Pneumonia": ("infection of the lung",),
        "Pneumothorax": ("air in the pleural space",),
        "Support Devices": ("tubes, lines or other medical devices",),
    }
)


def labelled(names: Iterable[str]) -> tuple[Label, ...]:
    """The findings with their synonyms, in this order.

    Raises:
        KeyError: a name is none of the findings known here.
    """
    return tuple(Label(name=name, synonyms=_SYNONYMS[name]) for name in names)


def findings(names: Iterable[str]) -> tuple[Choice, ...]:
    """The options of a multilabel sample, in this order, each with its sentences.

    Raises:
        KeyError: a name is none of the findings known here.
    """
    return choices(labelled(names), TEMPLATES)
