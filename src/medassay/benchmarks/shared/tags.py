"""What datasets say of a person, in one vocabulary, so that a slice means the same in all of them.

Tags of one name: `modality`, `organ`, `body_system`, `question_type`, `answer_type`, `language`, `view`,
`laterality`, `center`, `source`, `sex` (female, male), `age_group` and `race`. A value that is not known is
left out, never guessed.
"""

from __future__ import annotations

import math
import re
from typing import Any

_SEXES = {"f": "female", "female": "female", "m": "male", "male": "male"}
_BANDS = ((18, "0-17"), (40, "18-39"), (60, "40-59"), (80, "60-79"), (math.inf, "80+"))


def sex(value: Any) -> str:
    """`female`, `male`, or nothing for any other word."""
    return _SEXES.get(str(value).strip().lower(), "")


def age_group(value: Any) -> str:
    """The band of an age in years (`0-17`, `18-39`, `40-59`, `60-79`, `80+`); nothing where it is no age.

    Takes numbers and what files write: "58", "58.0", "058Y", "6M" (DICOM's age string, months are 0 years).
    """
    match = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*([YMWD]?)", str(value).strip().upper())
    if match is None:
        return ""
    years = float(match[1]) if match[2] in {"", "Y"} else 0.0
    return next(band for above, band in _BANDS if years < above) if years <= 120 else ""


def present(**tags: Any) -> dict[str, str]:
    """The tags that have a value, as text."""
    return {
        name: str(value).strip() for name, value in tags.items() if value is not None and str(value).strip()
    }
