"""What every adaptation of an encoder starts from: the encoder, the parts with vectors, the recipe's word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from medassay import registry
from medassay.adaptation.examples import Examples, encoded, labelled
from medassay.adaptation.generative.tuning import Tuning
from medassay.adaptation.recipe import Learned, Material
from medassay.errors import UsageError
from medassay.models.contrastive import ContrastiveModel
from medassay.models.encoded import Encoded
from medassay.models.encoder import VectorEncoder
from medassay.types import fingerprint
from medassay.workflows.adapting.parts import Cut, Parts, parts_of
from medassay.workflows.named import Named, resolve_model
from medassay.workflows.resolve import Task, resolve_benchmark


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """An encoder and what it learns from, with vectors. `lost` says which samples could not be read."""

    named: Named
    encoder: Encoded
    test: Task
    parts: Parts
    train: Examples
    validation: Examples
    lost: Sequence[str]

    @classmethod
    def open(
        cls,
        model: str,
        benchmark: str,
        *,
        data: str | None,
        cut: Cut,
        features: str | Path | None = None,
    ) -> Self:
        """Find the encoder and the parts, check what they share with the test part, encode what is new.

        Raises:
            UsageError: no encoder, no training part, no labels.
            DataError: parts share what they must not, or no image can be read.
        """
        named = resolve_model(model)
        if not isinstance(named.model, ContrastiveModel) or not isinstance(
            named.model.encoder, VectorEncoder
        ):
            raise UsageError(f"{model} gives no vectors of images: a probe stands on an encoder such as CLIP")
        test = resolve_benchmark(benchmark, data=data)
        parts = parts_of(test, data=data, cut=cut)
        held = Encoded(named.model.encoder, features)
        train, lost = encoded(labelled(parts.train, what=test.title), held)
        validation, lost_too = encoded(labelled(parts.validation, what=test.title), held)
        return cls(
            named=named,
            encoder=held,
            test=test,
            parts=parts.only([*train.ids, *validation.ids]),
            train=train,
            validation=validation,
            lost=[*lost, *lost_too],
        )

    @property
    def base(self) -> dict[str, Any]:
        """Everything by which the encoder is found again, and known to be the same."""
        return origin(self.named, self.encoder.encoder.identity)

    def material(self, train: Examples, validation: Examples, seed: int) -> Material:
        """What a recipe is given."""
        source, revision = self.base["source"], self.base["revision"]
        return Material(
            train=train,
            validation=validation,
            encoder=self.encoder,
            seed=seed,
            source=source,
            revision=revision,
        )

    @property
    def parameters(self) -> int | None:
        """How many numbers the encoder's weights have; None where their file does not say."""
        checkpoint = getattr(self.encoder.encoder, "checkpoint", None)
        return checkpoint.parameters if checkpoint is not None else None

    def about(self, recipe: str) -> dict[str, Any]:
        """What `adapted.json` says before anything is learned."""
        base = self.base
        return {
            "recipe": recipe,
            "encoder": {key: base[key] for key in ("card", "source", "revision", "dtype", "fingerprint")},
            "trained_on": self.test.benchmark.name,
        }


def origin(named: Named, identity: Mapping[str, Any]) -> dict[str, Any]:
    """Everything by which a model is found again, and known to be the same by its identity."""
    card, folder = named.card, Path(named.word)
    theirs = card.source if card else named.word
    return {
        "name": named.name,
        "card": card.name if card else "",
        "source": str(folder.resolve()) if folder.is_dir() else theirs,
        "revision": getattr(named.model, "commit", None),
        "dtype": identity.get("dtype", "auto"),
        "fingerprint": fingerprint(identity),
        "licence": card.licence if card else "not known",
    }


def recipe_of(word: str) -> tuple[Callable[..., Any], dict[str, Any]]:
    """What a recipe's word names, and its options.

    Raises:
        UnknownName: no recipe is called so.
        UsageError: an option that it does not have.
    """
    parsed = registry.parse(word)
    name = parsed.name + (f"@{parsed.variant}" if parsed.variant else "")
    function = registry.find("recipe", name)
    return function, registry.arguments(function, parsed.options, what=name)


def learn(recipe: str, material: Material) -> tuple[Learned, Mapping[str, Any]]:
    """What an encoder's recipe leaves, by its word, and its options.

    Raises:
        UnknownName: no recipe is called so.
        UsageError: an option that it does not have, or a recipe for models that answer in words.
    """
    function, options = recipe_of(recipe)
    if teaches_answers(function):
        raise UsageError(f"{recipe} teaches a model that answers in words: it leaves no head of an encoder")
    return function(material, **options), options


def teaches_answers(function: Callable[..., Any]) -> bool:
    """Whether a recipe is for models that answer in words."""
    return isinstance(function, type) and issubclass(function, Tuning)
