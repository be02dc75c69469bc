"""Adapt a model to a benchmark's training part, then measure it against the original on the test part."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from medassay import registry
from medassay.errors import ModelError
from medassay.reporting.adapted import page
from medassay.reporting.family import markdown_family
from medassay.reporting.files import write_text
from medassay.reporting.paragraph import paragraph
from medassay.workflows.adapting.fitting import fit
from medassay.workflows.adapting.launching import Launch
from medassay.workflows.adapting.parts import Cut
from medassay.workflows.adapting.tracking import Tracking
from medassay.workflows.comparing import Family, Question, compare_pairs
from medassay.workflows.results import JSON_SCHEMA_VERSION, Run
from medassay.workflows.running import plain, run
from medassay.workflows.sides import differences, sides_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptation:
    """A finished adaptation: its folder, what is recorded of it, and how it compares with the original.

    `runs` are, for each benchmark, the original's (None where it cannot be asked) and the adapted one's.
    """

    folder: Path
    training: Mapping[str, Any]
    runs: Sequence[tuple[Run | None, Run]]
    comparison: Family | None
    notes: Sequence[str] = field(default_factory=tuple)

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "schema_version": JSON_SCHEMA_VERSION,
            "folder": str(self.folder),
            "training": dict(self.training),
            "comparison": self.comparison.to_json() if self.comparison else None,
            "adapted": [adapted.to_json() for _, adapted in self.runs],
            "notes": list(self.notes),
        }


def adapt(  # noqa: PLR0913  the options of the command, named once
    recipe: str,
    *,
    model: str,
    benchmark: str,
    data: str | None = None,
    out: str | Path,
    outside: Sequence[tuple[str, str | None]] = (),
    cut: Cut | None = None,
    store: str | Path | None = None,
    features: str | Path | None = None,
    tracking: Tracking | None = None,
    permit: Collection[str] = (),
    launch: Launch | None = None,
) -> Adaptation:
    """Learn from a benchmark's training part, write a folder that loads as a model, and compare.

    Args:
        recipe: `name@preset:option=value`, one of `medassay.adaptation.RECIPES`.
        model: an encoder, or a generative model for `sft` and its kin: a card's name, a folder or a hub id.
        benchmark: `name@variant:option=value` with a training part.
        data: its folder, or "NAME=FOLDER".
        out: the folder to write; refused where it holds another adaptation.
        outside: further benchmarks (word, data) with the same labels: out of domain.
        cut: how what is learned from is cut out of the training part; `Cut()` if None.
        store: the response store of the runs.
        features: where vectors of images are kept; `$MEDASSAY_FEATURES`, else `.medassay/features`.
        tracking: who follows the training of a generative model.
        permit: ways out that the user opens for data that must not leave, as for a run.
        launch: how many processes train a generative model together; None: this one.

    Raises:
        MedassayError: see `medassay.errors`.
    """
    folder = Path(out)
    fitted = fit(
        recipe,
        model=model,
        benchmark=benchmark,
        data=data,
        out=folder,
        cut=cut or Cut(),
        features=features,
        tracking=tracking,
        permit=permit,
        launch=launch,
    )
    wanted = [(benchmark, data), *outside]
    encodes = "encoded" in fitted.training
    adapted = f"{folder}:features={features}" if encodes and features is not None else str(folder)
    runs, notes = _measure((fitted.named.word, adapted), folder / "runs", wanted, store=store, permit=permit)
    comparison = _compare(folder, runs)
    comparisons = comparison.comparisons if comparison else ()
    cautions = [*(comparison.cautions if comparison else ()), *notes]
    write_text(folder / "report.html", page(fitted.training, fitted.curve, comparisons, cautions))
    return Adaptation(folder=folder, training=fitted.training, runs=runs, comparison=comparison, notes=notes)


def _measure(
    models: tuple[str, str],
    folder: Path,
    benchmarks: Sequence[tuple[str, str | None]],
    *,
    store: str | Path | None,
    permit: Collection[str],
) -> tuple[list[tuple[Run | None, Run]], list[str]]:
    """Both models on every benchmark; the original may be unable to answer, which is noted."""
    runs: list[tuple[Run | None, Run]] = []
    notes: list[str] = []
    for word, data in benchmarks:
        place = folder / place_of(word, [other for other, _ in benchmarks])
        common: dict[str, Any] = {"benchmark": word, "data": data, "store": store, "permit": permit}
        try:
            original = run(model=models[0], out=place / "original", **common)
        except ModelError as error:
            original = None
            notes.append(f"{registry.parse(word).name}: not compared with the original: {error}")
        runs.append((original, run(model=models[1], out=place / "adapted", **common)))
    return runs, notes


def place_of(word: str, words: Sequence[str]) -> str:
    """The folder of a benchmark's runs among those of others: its name, or its word where two share that."""
    name = registry.parse(word).name
    shared = sum(registry.parse(other).name == name for other in words) > 1
    return plain(word) if shared else name


def _compare(folder: Path, runs: Sequence[tuple[Run | None, Run]]) -> Family | None:
    pairs = [(adapted, original) for original, adapted in runs if original is not None]
    if not pairs:
        return None
    held = sides_of([one for pair in pairs for one in pair], pool=False)
    facing = list(zip(held[::2], held[1::2], strict=True))
    family = Family(
        comparisons=compare_pairs(facing, Question()),
        cautions=[
            f"{a.name} and {b.name} differ in {', '.join(d)}" for a, b in facing if (d := differences(a, b))
        ],
        question=Question(),
    )
    said = paragraph(family.comparisons, family.cautions)
    text = json.dumps({**family.to_json(), "paragraph": said}, ensure_ascii=False)
    write_text(folder / "comparison.json", text + "\n")
    write_text(folder / "comparison.md", markdown_family(family.comparisons, family.cautions, said))
    return family
