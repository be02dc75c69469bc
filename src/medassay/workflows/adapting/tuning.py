"""Teach a model that answers in words, and leave a folder that loads as a model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from medassay.adaptation.generative import training as trainer
from medassay.adaptation.generative.dialogues import Dialogue, dialogues
from medassay.adaptation.generative.lesson import Lesson, Tuned
from medassay.adaptation.generative.pairs import Pair
from medassay.adaptation.generative.tuning import Tuning
from medassay.errors import DataError, UsageError
from medassay.models.about import ADAPTED
from medassay.models.transformers import TransformersModel
from medassay.models.tuned import TEMPLATE, WEIGHTS
from medassay.reporting.files import write_text
from medassay.types import Prompt, Sample, Style, fingerprint
from medassay.workflows.adapting.cost import Meter
from medassay.workflows.adapting.folder import PARTS, TRAINING, Fitted, card, claim, held, write_curve
from medassay.workflows.adapting.launching import Launch, together
from medassay.workflows.adapting.learning import origin, recipe_of
from medassay.workflows.adapting.parts import Cut, Parts, described, parts_of
from medassay.workflows.adapting.tracking import Tracking, check
from medassay.workflows.manifest import environment, now
from medassay.workflows.named import Named, resolve_model
from medassay.workflows.resolve import Task, resolve_benchmark

_PLAN = "plan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A model and what it is taught.

    `style` is how it is addressed from now on; `pairs` are those that the recipe brings, by id; `lost` says
    which samples cannot be taught.
    """

    named: Named
    model: TransformersModel
    style: Style
    test: Task
    parts: Parts
    train: Sequence[Dialogue]
    validation: Sequence[Dialogue]
    pairs: Mapping[str, Pair]
    lost: Sequence[str]

    @classmethod
    def open(
        cls, model: str, benchmark: str, *, data: str | None, cut: Cut, taught: Tuning | None = None
    ) -> Course:
        """Find the model and the parts, and check what they share with the test part.

        Args:
            model: its word.
            benchmark: its word.
            data: the benchmark's folder.
            cut: how what is learned from is cut out.
            taught: the recipe with its options; None: one that changes nothing of these.

        Raises:
            UsageError: a model whose weights are not at hand, or a benchmark without a training part.
            DataError: parts share what they must not, or nothing can be taught.
        """
        named = resolve_model(model)
        if not isinstance(named.model, TransformersModel):
            raise UsageError(
                f"{model} is no generative checkpoint of transformers: its weights cannot be taught"
            )
        if named.model.checkpoint.code is not None:
            raise UsageError(
                f"{model} runs code of its own, which is asked here and not taught: what training left could "
                "not be opened without it"
            )
        test = resolve_benchmark(benchmark, data=data)
        taught = taught or Tuning()
        style = taught.addressed(named.model.style)
        pairs = {pair.id: pair.styled(style) for pair in taught.brings(cut.seed)}
        parts = parts_of(test, data=data, cut=cut, brought=[pair.sample for pair in pairs.values()])
        prompt: Prompt = (lambda case: pairs[case.id].chosen_request) if pairs else test.benchmark.prompt
        train, lost = _taught(parts.train, parts.unread, prompt, style)
        validation, lost_too = _taught(parts.validation, parts.unread, prompt, style)
        if not train or not validation:
            raise DataError(
                f"{test.title}: nothing of it can be taught; the first reason: {[*lost, *lost_too][0]}"
            )
        return cls(
            named=named,
            model=named.model,
            style=style,
            test=test,
            parts=parts.only([dialogue.id for dialogue in (*train, *validation)]),
            train=train,
            validation=validation,
            pairs=pairs,
            lost=[*lost, *lost_too],
        )

    def lesson(self, place: Path, cut: Cut, tracking: Tracking) -> Lesson:
        """What a recipe is given; test samples are not in it."""
        base = origin(self.named, self.model.identity)
        local = Path(base["source"]).is_dir()  # of what was adapted before, the weights inside
        return Lesson(
            model=self.model,
            source=str(self.model.checkpoint.folder.resolve()) if local else base["source"],
            revision=base["revision"],
            train=self.train,
            validation=self.validation,
            samples={sample.id: sample for sample in (*self.parts.train, *self.parts.validation)},
            scorer=self.test.benchmark.scorer,
            pairs=self.pairs,
            seed=cut.seed,
            place=place,
            report_to=tracking.report_to,
            progress=tracking.progress,
        )


def _taught(
    samples: Sequence[Sample], unread: Mapping[str, str], prompt: Prompt, style: Style
) -> tuple[list[Dialogue], list[str]]:
    """The samples as dialogues, and why some are not: an image cannot be opened, or there is no answer."""
    held, lost = dialogues((sample for sample in samples if sample.id not in unread), prompt, style)
    return held, [*(f"{s.id}: {unread[s.id]}" for s in samples if s.id in unread), *lost]


def tune(  # noqa: PLR0913  the options of the command, named once
    recipe: str,
    *,
    model: str,
    benchmark: str,
    data: str | None = None,
    out: Path,
    cut: Cut,
    tracking: Tracking | None = None,
    permit: Collection[str] = (),
    launch: Launch | None = None,
) -> Fitted:
    """Write the folder; one that is there already, of the same adaptation, is taken as it is.

    A training that was interrupted goes on from its last checkpoint.

    Raises:
        UsageError: the folder holds another adaptation, finished or not.
        MedassayError: see `adapt`.
    """
    function, options = recipe_of(recipe)
    tracking = tracking or Tracking()
    taught = function(**options)
    course = Course.open(model, benchmark, data=data, cut=cut, taught=taught)
    check(tracking, course.test.benchmark, permitted=permit)
    base = origin(course.named, course.model.identity)
    data_record = described(course.test, course.parts, cut, course.lost) | _brought(taught, course.pairs)
    about = _about(recipe, base, course, data_record, cut)
    claim(out, about)
    if (out / ADAPTED).exists():
        return held(course.named, out)
    place = out / "training"
    _begin(place, about)
    meter = Meter()
    lesson = course.lesson(place, cut, tracking)
    several = launch is not None and not launch.alone
    learned: Tuned = (
        together(launch, recipe, course.named.word, (benchmark, data), lesson)
        if launch is not None and several
        else taught(lesson)
    )
    record = {
        "name": out.resolve().name,
        "recipe": recipe,
        "options": options,
        "seed": cut.seed,
        "base": base,
        "data": data_record,
        "trained": learned.trained,
        "parameters": learned.parameters,
        "settings": dict(learned.settings),
        **meter.read(elsewhere=several),
        "environment": environment(now()),
    }
    _write(out, learned, about, record, course)
    trainer.clear(place)
    return Fitted(named=course.named, training=record, curve=learned.curve)


def _brought(taught: Tuning, pairs: Mapping[str, Pair]) -> dict[str, Any]:
    """What is recorded of pairs that a recipe brought in place of the benchmark's training part."""
    if not pairs:
        return {}
    said = [
        [p.id, p.weight, p.chosen_request.text, p.chosen, p.rejected_request.text, p.rejected]
        for p in pairs.values()
    ]
    return {
        "benchmark": taught.brought,
        "licence": "not stated in the file",
        "pairs_sha256": fingerprint(said),
    }


def _about(
    recipe: str, base: Mapping[str, Any], course: Course, data: Mapping[str, Any], cut: Cut
) -> dict[str, Any]:
    """What makes an adaptation this one, and what its folder needs to answer as it learned to."""
    return {
        "recipe": recipe,
        "base": {key: base[key] for key in ("card", "source", "revision", "fingerprint")},
        "style": asdict(course.style),
        "trained_on": data["benchmark"] if course.pairs else course.test.benchmark.name,
        "seed": cut.seed,
        "train_sha256": data["train_sha256"],
        "validation_sha256": data["validation_sha256"],
        **({"pairs_sha256": data["pairs_sha256"]} if course.pairs else {}),
    }


def _begin(place: Path, about: Mapping[str, Any]) -> None:
    """Claim a folder for a training; what is there must be of the same."""
    plan, words = place / _PLAN, json.dumps(about, indent=2, ensure_ascii=False) + "\n"
    if plan.exists() and plan.read_text("utf-8") != words:
        raise UsageError(
            f"{place} holds an unfinished training of another plan: choose another --out, or remove it"
        )
    place.mkdir(parents=True, exist_ok=True)
    write_text(plan, words)


def _write(
    out: Path, learned: Tuned, about: Mapping[str, Any], record: Mapping[str, Any], course: Course
) -> None:
    """Write what answers and what is needed to doubt it; `adapted.json` comes last: then it is whole."""
    shutil.rmtree(out / WEIGHTS, ignore_errors=True)  # halves of a killed process
    learned.save(out / WEIGHTS)
    write_curve(out, learned.curve)
    ids: dict[str, Collection[str]] = {
        "train": [dialogue.id for dialogue in course.train],
        "validation": [dialogue.id for dialogue in course.validation],
    }
    write_text(out / PARTS, json.dumps(ids, ensure_ascii=False) + "\n")
    write_text(out / TRAINING, json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    write_text(out / "card.md", card(record))
    write_text(out / TEMPLATE, course.model.prompter.processor.chat_template)
    held = {"kind": "tuned", "schema": 1, **about}
    write_text(out / ADAPTED, json.dumps(held, indent=2, ensure_ascii=False) + "\n")
