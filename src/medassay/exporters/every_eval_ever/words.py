"""What record and lines share: the version of the schema, the name of the model, values as strings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from medassay.exporters.exported import Exported

SCHEMA_VERSION = "0.3.0"


def model_id(exported: Exported) -> str:
    """The hub id of the model where its card names one, else what it was called."""
    return exported.repository or exported.model


def strings(held: Mapping[str, Any]) -> dict[str, str]:
    """The values as strings: texts as they are, all else as JSON, in which floats keep every digit."""
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in held.items()
        if value is not None
    }
