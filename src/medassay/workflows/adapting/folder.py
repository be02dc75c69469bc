"""The folder that an adaptation leaves: what answers, and what is needed to doubt it.

adapted.json  head.npz  adapter/  training.json  curve.csv  card.md  comparison.json  comparison.md
report.html  runs/
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from medassay.adaptation.recipe import Learned
from medassay.models.adapted import ADAPTED, ADAPTER
from medassay.reporting.files import write_text

TRAINING = "training.json"


def write_model(folder: Path, learned: Learned, about: Mapping[str, Any]) -> None:
    """Write what answers. `adapted.json` comes last: a folder that has it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    learned.head.save(folder)
    if learned.adapter is not None:
        learned.adapter(folder / ADAPTER)
    write_text(folder / "curve.csv", as_csv(learned.curve))
    write_text(folder / ADAPTED, json.dumps({"kind": "adapted", "schema": 1, **about}, indent=2) + "\n")


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the columns of the first."""
    held = io.StringIO()
    if rows:
        writer = csv.DictWriter(held, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return held.getvalue()


def card(training: Mapping[str, Any]) -> str:
    """What the folder is, for whoever finds it later."""
    base, data = training["encoder"], training["data"]
    learned = (
        f"`{training['recipe']}` on {base['name']}, learned from {data['benchmark']} ({data['train']:,} "
        f"samples of {data['train_clusters']:,} clusters; chosen on {data['validation']:,}: "
        f"{data['validation_from']}). {training['trained']:,} numbers were learned."
    )
    return f"""# {training["name"]}

{learned}

- Labels: {", ".join(training["labels"])}
- Weights it stands on: {base["source"]}, licence: {base["licence"]}
- Licence of the data: {data["licence"]}
- Shares with the test part: {" ".join(data["shared"]) or "no sample id, image or known patient"}
- It knows these labels alone, on images like those it learned from. What it is worth on others has to be
  measured: `medassay run --model` takes this folder.
"""
