"""Answers that were made elsewhere, in the files that other tools leave."""

from __future__ import annotations

from medassay.importers.imported import Answer, Imported

__all__ = ["Answer", "Imported"]
