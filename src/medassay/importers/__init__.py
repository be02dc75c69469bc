"""Answers that were made elsewhere, in the files that other tools leave."""

from __future__ import annotations

from medassay.importers.flags import FAILURES, failure, same_answers
from medassay.importers.formats import FORMATS, Format, read
from medassay.importers.imported import Answer, Imported

__all__ = ["FAILURES", "FORMATS", "Answer", "Format", "Imported", "failure", "read", "same_answers"]
