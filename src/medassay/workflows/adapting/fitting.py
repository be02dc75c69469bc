"""Learn from a benchmark's training part, and leave a folder that loads as a model."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medassay.errors import UsageError
from medassay.models.adapted import ADAPTED
from medassay.reporting.files import write_text
from medassay.types import fingerprint
from medassay.workflows.adapting.folder import TRAINING, card, write_model
from medassay.workflows.adapting.learning import Bench, learn
from medassay.workflows.adapting.parts import Cut
from medassay.workflows.manifest import environment, now
from medassay.workflows.resolve import Named


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The original model, what is recorded of the adaptation, and what was tried."""

    named: Named
    training: Mapping[str, Any]
    curve: Sequence[Mapping[str, float]]


def fit(  # noqa: PLR0913  the options of the command, named once
    recipe: str,
    *,
    model: str,
    benchmark: str,
    data: str | None = None,
    out: Path,
    cut: Cut | None = None,
    features: str | Path | None = None,
) -> Fitted:
    """Write the folder. Options as in `adapt`.

    Raises:
        UsageError: the folder holds another adaptation.
        MedassayError: see `adapt`.
    """
    began, cut = time.perf_counter(), cut or Cut()
    bench = Bench.open(model, benchmark, data=data, cut=cut, features=features)
    learned, options = learn(recipe, bench.material(bench.train, bench.validation, cut.seed))
    about = bench.about(recipe, learned)
    _claim(out, about)
    write_model(out, learned, about)
    training = {
        "name": out.resolve().name,
        "recipe": recipe,
        "options": options,
        "seed": cut.seed,
        "labels": list(learned.head.labels),
        "encoder": bench.base,
        "data": _data(bench, cut),
        "trained": learned.trained,
        "settings": dict(learned.settings),
        "encoded": bench.encoder.fresh,
        "seconds": round(time.perf_counter() - began, 3),
        "environment": environment(now()),
    }
    write_text(out / TRAINING, json.dumps(training, indent=2, ensure_ascii=False) + "\n")
    write_text(out / "card.md", card(training))
    return Fitted(named=bench.named, training=training, curve=learned.curve)


def _data(bench: Bench, cut: Cut) -> dict[str, Any]:
    test, train, validation = bench.test, bench.train, bench.validation
    return {
        "benchmark": test.title,
        "licence": test.benchmark.licence,
        "fraction": cut.fraction,
        "only": dict(cut.only),
        "replay": cut.replay,
        "train": len(train.ids),
        "train_clusters": len(set(train.clusters)),
        "train_sha256": fingerprint(sorted(train.ids)),
        "validation": len(validation.ids),
        "validation_sha256": fingerprint(sorted(validation.ids)),
        "validation_from": bench.parts.validation_from,
        "shared": [finding.sentence for finding in bench.parts.findings],
        "dropped": list(bench.parts.dropped),
        "unreadable": list(bench.lost),
    }


def _claim(folder: Path, about: Mapping[str, Any]) -> None:
    path = folder / ADAPTED
    if not path.exists():
        return
    there = json.loads(path.read_text("utf-8"))
    if any(there.get(key) != value for key, value in about.items()):
        raise UsageError(f"{folder} holds another adaptation ({there.get('recipe')}): choose another --out")
