"""Results in the forms that other tools take. Nothing here computes a number: all are the run's own."""

from __future__ import annotations

from typing import Literal

from medassay.exporters.exported import Exported

Form = Literal["inspect", "lm-eval", "every-eval-ever", "model-index", "latex", "markdown"]
"""The forms: files for tools that read them, then texts to be pasted."""

__all__ = ["Exported", "Form"]
