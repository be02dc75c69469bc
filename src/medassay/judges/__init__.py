"""Models as judges: rubrics as data, and how what they reply becomes a score."""

from __future__ import annotations

from medassay.judges.rubric import Rubric
from medassay.judges.scoring import judged, protocol_word, scorer

__all__ = ["RUBRICS", "Rubric", "judged", "protocol_word", "scorer"]

RUBRICS = {
    "graded": "medassay.judges.rubrics.graded:RUBRIC",
    "green-style": "medassay.judges.rubrics.green_style:RUBRIC",
    "letter": "medassay.judges.rubrics.letter:RUBRIC",
    "medevalkit": "medassay.judges.rubrics.medevalkit:RUBRIC",
    "medvlmbench-semantic": "medassay.judges.rubrics.medvlmbench:RUBRIC",
    "pairwise": "medassay.judges.rubrics.pairwise:RUBRIC",
    "semantic": "medassay.judges.rubrics.semantic:RUBRIC",
}
"""The built-in rubrics by name."""
