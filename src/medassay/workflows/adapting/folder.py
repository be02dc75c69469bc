"""The folder that an adaptation leaves: what answers, and what is needed to doubt it.

adapted.json  head.npz  adapter/  training.json  curve.csv  curve.json  card.md  comparison.json
comparison.md  report.html  runs/
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medassay import codec
from medassay.adaptation.recipe import Learned
from medassay.errors import UsageError
from medassay.models.about import ADAPTED
from medassay.models.adapted import ADAPTER
from medassay.reporting.files import write_text
from medassay.workflows.named import Named

TRAINING = "training.json"
CURVE = "curve.json"
PARTS = "parts.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The original model, what is recorded of the adaptation, and what was tried."""

    named: Named
    training: Mapping[str, Any]
    curve: Sequence[Mapping[str, float]]


def claim(folder: Path, about: Mapping[str, Any]) -> None:
    """See that the folder holds no other adaptation.

    Raises:
        UsageError: it does.
    """
    path = folder / ADAPTED
    if not path.exists():
        return
    there = codec.loads(path.read_text("utf-8"))
    if any(there.get(key) != value for key, value in about.items()):
        raise UsageError(f"{folder} holds another adaptation ({there.get('recipe')}): choose another --out")


def write_model(folder: Path, learned: Learned, about: Mapping[str, Any]) -> None:
    """Write what answers. `adapted.json` comes last: a folder that has it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    learned.head.save(folder)
    if learned.adapter is not None:
        learned.adapter(folder / ADAPTER)
    write_curve(folder, learned.curve)
    learned_too = {"adapter": learned.adapter is not None, "labels": list(learned.head.labels)}
    held = {"kind": "adapted", "schema": 1, **about, **learned_too}
    write_text(folder / ADAPTED, json.dumps(held, indent=2) + "\n")


def held(named: Named, folder: Path) -> Fitted:
    """What a whole folder holds."""
    training, curve = (codec.loads((folder / name).read_text("utf-8")) for name in (TRAINING, CURVE))
    return Fitted(named=named, training=training, curve=curve)


def write_curve(folder: Path, curve: Sequence[Mapping[str, Any]]) -> None:
    """What was tried, or logged: to be read back, and for spreadsheets."""
    rows = [dict(row) for row in curve]
    write_text(folder / CURVE, json.dumps(rows) + "\n")
    write_text(folder / "curve.csv", as_csv(rows))


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
    base, data = training["base"], training["data"]
    learned = (
        f"`{training['recipe']}` on {base['name']}, learned from {data['benchmark']} ({data['train']:,} "
        f"samples of {data['train_clusters']:,} clusters; chosen on {data['validation']:,}: "
        f"{data['validation_from']}). {training['trained']:,} numbers were learned."
    )
    return f"""# {training["name"]}

{learned}

{_labels(training)}- Weights it stands on: {base["source"]}, licence: {base["licence"]}
- Licence of the data: {data["licence"]}
- Shares with the test part: {" ".join(data["shared"]) or "no sample id, image or known patient"}
- What it is worth on other data has to be measured: `medassay run --model` takes this folder.
"""


def _labels(training: Mapping[str, Any]) -> str:
    """Of an encoder's head; what answers in words has none."""
    return f"- It knows these labels alone: {', '.join(training['labels'])}\n" if "labels" in training else ""
