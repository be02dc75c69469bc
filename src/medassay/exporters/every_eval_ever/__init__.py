"""A run as a record of Every Eval Ever, the shared schema of the EvalEval coalition (arXiv 2606.14516).

Schema 0.3.0: `eval.schema.json` for the record, `instance_level_eval.schema.json` for the lines beside it, in
the folders that the data store asks for: `data/BENCHMARK/DEVELOPER/MODEL/UUID.json`. Who made the run is not
in a run's folder: the organisation is "unknown" and the relationship "other" until somebody fills them in.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from pathlib import Path
from uuid import UUID

from medassay.exporters.every_eval_ever.instances import instances
from medassay.exporters.every_eval_ever.record import UNKNOWN, record
from medassay.exporters.exported import Exported
from medassay.reporting.files import write_text, write_whole

_UNSAFE = re.compile(r"[^\w.+-]+")


def write(exported: Exported, folder: Path, *, moment: datetime) -> list[Path]:
    """Write the record, and its lines where rows may leave; the same run gives the same names.

    Args:
        exported: the run.
        folder: what is to hold `data/`.
        moment: when the record is made.

    Raises:
        StoreError: a file cannot be written.
    """
    uuid = UUID(hex=exported.id[:32], version=4)
    developer, _, name = exported.repository.rpartition("/")
    parts = (exported.name, developer or UNKNOWN, name or exported.model)
    place = "/".join(["data", *(_UNSAFE.sub("-", part) for part in parts)])
    path, detail = f"{place}/{uuid}.json", f"{place}/{uuid}_samples.jsonl"
    written: list[Path] = []
    held = record(exported, moment)
    if exported.rows is not None:
        state, count = hashlib.sha256(), 0

        def put(draft: Path) -> None:
            nonlocal count
            with draft.open("wb") as file:
                for line in instances(exported, str(held["evaluation_id"])):
                    content = (json.dumps(line, ensure_ascii=False) + "\n").encode()
                    state.update(content)
                    count += file.write(content) > 0

        written.append(write_whole(folder / detail, put))
        held["detailed_evaluation_results"] = {
            "format": "jsonl",
            "file_path": detail,
            "hash_algorithm": "sha256",
            "checksum": state.hexdigest(),
            "total_rows": count,
        }
    text = json.dumps(held, indent=2, ensure_ascii=False)
    return [write_text(folder / path, text + "\n"), *written]
