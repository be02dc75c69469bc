"""Words of the command line to ways of asking, and what a run hands to those that need it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property, partial
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from medassay import registry
from medassay.contracts import gold_answer
from medassay.errors import DataError, ImageError, UsageError
from medassay.images import Prefetcher
from medassay.models.batching import Failure
from medassay.models.contrastive import ContrastiveModel
from medassay.models.encoded import Encoded
from medassay.models.encoder import VectorEncoder, unit
from medassay.solvers.context import Context, Embed, Scheme, Solved
from medassay.solvers.strangers import strangers
from medassay.types import Case, FloatArray, Image, Prompt, Sample, Solver, fingerprint
from medassay.workflows.corpus import read_texts
from medassay.workflows.locked import refuse_locked
from medassay.workflows.manifest import Selection
from medassay.workflows.named import resolve_model
from medassay.workflows.resolve import Task

_log = logging.getLogger(__name__)
TRAINING = "train"
AnyCase = TypeVar("AnyCase", bound=Case)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way of asking with the word that goes into the protocol: all its options, also those left alone.

    An option that is empty is left out, and so is a folder: the protocol has its content, not its place.
    """

    word: str
    asks: Solver | Scheme

    def begin(self, context: Context) -> Solver:
        """Its solver for a run.

        Raises:
            UsageError: the benchmark lacks what it needs, or an option makes no sense.
        """
        return self.asks.begin(context) if isinstance(self.asks, Scheme) else self.asks


def resolve_solver(solver: str | Solver | Scheme) -> Way:
    """Find a way of asking: `name@variant:option=value`, a path to a Python file, or the thing itself.

    Raises:
        UsageError: nothing is called so, or it has no such option.
    """
    if not isinstance(solver, str):
        name = f"{solver.__module__}:{getattr(solver, '__qualname__', type(solver).__qualname__)}"
        return Way(word=_word(name, _options(solver)), asks=solver)
    word = registry.parse(solver)
    name = f"{word.name}@{word.variant}" if word.variant else word.name
    held = registry.find("solver", name)
    options = registry.arguments(held, word.options, what=name)
    if isinstance(held, type):
        made = held(**options)
        return Way(word=_word(name, _options(made)), asks=made)
    given = {key: options.get(key, default) for key, default in _options(held).items()}
    return Way(word=_word(name, given), asks=partial(held, **options) if options else held)


def _options(asks: Any) -> dict[str, Any]:
    """The options of a way of asking: of a scheme as they are, of a function as they are by default."""
    if is_dataclass(asks):
        return {f.name: getattr(asks, f.name) for f in fields(asks)}
    parameters = signature(asks).parameters
    return {name: parameters[name].default for name in registry.options_of(asks)}


def briefly(word: str) -> str:
    """The word of a way of asking without the options that are as they are by default."""
    name, _, _ = word.partition(":")
    if name not in registry.names("solver"):
        return word
    usual = registry.parse(resolve_solver(name).word).options
    return _word(name, {k: v for k, v in registry.parse(word).options.items() if usual.get(k) != v})


def _word(name: str, options: Mapping[str, Any]) -> str:
    said = ",".join(
        f"{key}={_text(value)}"
        for key, value in options.items()
        if not (value in {None, ""} or isinstance(value, Path))
    )
    return f"{name}:{said}" if said else name


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class Surroundings:
    """What a run has to hand to a scheme, found when it is asked for; `used` says what was.

    Args:
        selection: what is asked.
        training: finds the training part of the same benchmark.
        seed: of the run.
    """

    def __init__(self, selection: Selection, *, training: Callable[[], Task], seed: int) -> None:
        self._selection, self._training, self._seed = selection, training, seed
        self.used: dict[str, Any] = {}

    def context(self, prompt: Prompt) -> Context:
        """The context of a run that asks in the words of `prompt`."""
        return Context(
            prompt=prompt,
            scorer=self._selection.task.benchmark.scorer,
            seed=self._seed,
            examples=lambda: self._examples,
            texts=self._texts,
            cases=lambda: [sample.case for sample in self._asked],
            strangers=lambda: strangers(self._asked, self._seed),
            encoder=self._encoder,
        )

    @cached_property
    def _examples(self) -> Sequence[Solved]:
        benchmark = self._selection.task.benchmark
        if TRAINING not in benchmark.splits:
            raise UsageError(
                f"{benchmark.name} has no training part to take examples from: "
                f"it has {', '.join(benchmark.splits)}"
            )
        task = self._training()
        samples = list(task.samples())
        solved = [Solved(case=s.case, answer=gold_answer(s)) for s in with_digests(samples)]
        if not solved:
            raise DataError(f"{task.title}/{TRAINING} is empty, or none of its images can be read")
        self._use("examples", solved, left_out=len(samples) - len(solved), split=TRAINING)
        return solved

    def _texts(self, folder: Path) -> Sequence[Solved]:
        found = read_texts(folder)
        answers = {solved.case.id: solved.answer for solved in found}
        known = with_digests(solved.case for solved in found)
        solved = [Solved(case=case, answer=answers[case.id]) for case in known]
        self._use("texts", solved, left_out=len(found) - len(solved), folder=folder.name)
        return solved

    def _use(self, name: str, solved: Sequence[Solved], *, left_out: int, **what: str) -> None:
        """Note what is used by its content, wherever it lies; no locked image is shown with its answer."""
        shown = {image.digest or "" for s in solved for image in s.case.images}
        refuse_locked(shown, doing=f"the {name} of a prompt")
        if left_out:
            _log.warning("%s: %d have an image that cannot be read, and are left out", name, left_out)
        content = [
            [s.case.id, s.case.question, s.answer, [image.digest for image in s.case.images]] for s in solved
        ]
        self.used[name] = {**what, "n": len(solved), "left_out": left_out, "sha256": fingerprint(content)}

    @cached_property
    def _asked(self) -> Sequence[Sample]:
        return list(with_digests(self._selection))

    def _encoder(self, word: str) -> Embed:
        model = resolve_model(word).model
        if not isinstance(model, ContrastiveModel) or not isinstance(model.encoder, VectorEncoder):
            raise UsageError(f"{word} gives no vectors: what is near is told by an encoder such as CLIP")
        self.used["encoder"] = model.fingerprint
        return partial(_embed, model.encoder, Encoded(model.encoder))


def with_digests(samples: Iterable[AnyCase]) -> Iterator[AnyCase]:
    """The samples with digests on their images; those with an image that cannot be read are left out."""
    held = list(samples)
    with Prefetcher() as prefetcher:
        found = prefetcher.fetch((image for sample in held for image in sample.images), pixels=False)
    for sample in held:
        images = [found[image] for image in sample.images]
        readable = tuple(image for image in images if isinstance(image, Image))
        if len(readable) == len(images):
            yield replace(sample, images=readable)


def _embed(encoder: VectorEncoder, kept: Encoded, items: Sequence[Image] | Sequence[str]) -> FloatArray:
    """Vectors of unit length; those of images are kept on the disk."""
    images = [item for item in items if isinstance(item, Image)]
    if not images:
        return encoder.features(items)
    rows: dict[int, FloatArray] = {}
    for place, vector in kept.each(images):
        if isinstance(vector, Failure):
            raise ImageError(f"{images[place].uri}: {vector.error}")
        rows[place] = vector
    return unit(np.stack([rows[place] for place in range(len(images))]))
