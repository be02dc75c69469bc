"""The one form in which content is hashed."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def canonical(value: Any) -> Any:
    """The same value in the one form that is hashed: 0 and 0.0 are one number, tuples are lists.

    Raises:
        ValueError: a NaN or infinity, which has no canonical form.
    """
    if value is None or type(value) in {str, int, bool}:  # most values are: asked first
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} cannot be part of a key")
        return int(value) if value.is_integer() else value
    if isinstance(value, (tuple, list)):
        return [v if type(v) is str else canonical(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): canonical(v) for k, v in value.items()}
    return value


def fingerprint(value: Any) -> str:
    """SHA-256 (64 hex digits) of the canonical JSON of `value`."""
    return hashlib.sha256(_JSON.encode(canonical(value)).encode(errors="surrogatepass")).hexdigest()
