"""Libraries of the extra `train`, imported where a recipe is followed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from medassay.errors import MissingExtra


def needed(*names: str) -> tuple[Any, ...]:
    """The modules of these names.

    Raises:
        MissingExtra: one is not installed.
    """
    try:
        return tuple(import_module(name) for name in names)
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or names[0], "train") from error
