"""Learn from a benchmark's training part, and leave a folder that loads as a model."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from medassay.models.about import ADAPTED
from medassay.reporting.files import write_text
from medassay.workflows.adapting.cost import Meter
from medassay.workflows.adapting.folder import TRAINING, Fitted, card, claim, held, write_model
from medassay.workflows.adapting.launching import Launch
from medassay.workflows.adapting.learning import Bench, learn, recipe_of, teaches_answers
from medassay.workflows.adapting.parts import Cut, described
from medassay.workflows.adapting.tracking import Tracking
from medassay.workflows.adapting.tuning import tune
from medassay.workflows.manifest import environment, now


def fit(  # noqa: PLR0913  the options of the command, named once
    recipe: str,
    *,
    model: str,
    benchmark: str,
    data: str | None = None,
    out: Path,
    cut: Cut | None = None,
    features: str | Path | None = None,
    tracking: Tracking | None = None,
    permit: Collection[str] = (),
    launch: Launch | None = None,
) -> Fitted:
    """Write the folder; one that holds the same adaptation is taken as it is. Options as in `adapt`.

    Raises:
        UsageError: the folder holds another adaptation.
        MedassayError: see `adapt`.
    """
    meter, cut = Meter(), cut or Cut()
    if teaches_answers(recipe_of(recipe)[0]):
        return tune(
            recipe,
            model=model,
            benchmark=benchmark,
            data=data,
            out=out,
            cut=cut,
            tracking=tracking,
            permit=permit,
            launch=launch,
        )
    bench = Bench.open(model, benchmark, data=data, cut=cut, features=features)
    data_record = described(bench.test, bench.parts, cut, bench.lost)
    about = {**bench.about(recipe), "seed": cut.seed} | {
        key: data_record[key] for key in ("train_sha256", "validation_sha256")
    }
    claim(out, about)
    if (out / ADAPTED).exists():
        return held(bench.named, out)
    learned, options = learn(recipe, bench.material(bench.train, bench.validation, cut.seed))
    training = {
        "name": out.resolve().name,
        "recipe": recipe,
        "options": options,
        "seed": cut.seed,
        "labels": list(learned.head.labels),
        "base": bench.base,
        "data": data_record,
        "trained": learned.trained,
        "parameters": bench.parameters,
        "settings": dict(learned.settings),
        "encoded": bench.encoder.fresh,
        **meter.read(),
        "environment": environment(now()),
    }
    write_text(out / TRAINING, json.dumps(training, indent=2, ensure_ascii=False) + "\n")
    write_text(out / "card.md", card(training))
    write_model(out, learned, about)
    return Fitted(named=bench.named, training=training, curve=learned.curve)
