"""What a folder that `medassay adapt` left says of itself, in its `adapted.json`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from medassay import codec, registry
from medassay.errors import ModelError
from medassay.types import ModelCard

ADAPTED = "adapted.json"
AdaptedKind = Literal["adapted", "tuned"]

_FIELDS: dict[AdaptedKind, set[str]] = {
    "adapted": {"recipe", "encoder", "adapter", "labels", "trained_on"},
    "tuned": {"recipe", "base", "style", "trained_on"},
}
"""By kind: an encoder with a head, or a model that answers in words."""

_BASES = {"adapted": "encoder", "tuned": "base"}


def read_about(folder: Path) -> dict[str, Any]:
    """What a folder says of itself; its kind is one of `AdaptedKind`.

    Raises:
        ModelError: it is no such folder, damaged, or of another version.
    """
    path = folder / ADAPTED
    try:
        about = codec.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read ({error}): adapt again") from error
    kind = str(about.get("kind")) if isinstance(about, dict) and about.get("schema") == 1 else ""
    if kind not in _FIELDS or not about.keys() >= _FIELDS[kind] or not _named(about[_BASES[kind]]):
        raise ModelError(f"{path} has a form that this version does not know: adapt again")
    held: dict[str, Any] = about
    return held


def _named(base: object) -> bool:
    """Whether what it stands on says the name of its card, or that it has none."""
    return isinstance(base, dict) and isinstance(base.get("card"), str | None)


def card_of(folder: Path) -> ModelCard:
    """The card of an adapted model: that of what it stands on, trained further on a benchmark.

    Raises:
        ModelError: it is no such folder.
    """
    about = read_about(folder)
    base = about[_BASES[about["kind"]]].get("card")
    name, trained = folder.resolve().name, (about["trained_on"],)
    if not base:
        return ModelCard(
            name=name,
            title=f"{name}: {about['recipe']}",
            loader=about["kind"],
            source=str(folder),
            revision=None,
            parameters="not stated",
            licence="not known",
            access="open",
            citation="",
            training_sets=trained,
        )
    card: ModelCard = registry.find("model", base)
    return replace(
        card,
        name=name,
        title=f"{card.title}, {about['recipe']}",
        loader=about["kind"],
        source=str(folder),
        revision=None,
        training_sets=(*card.training_sets, *trained),
        base=card.name,
    )
