"""What every adaptation of an encoder starts from: the encoder, the parts with vectors, the recipe's word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from medassay import registry
from medassay.adaptation.examples import Examples, encoded, labelled
from medassay.adaptation.recipe import Learned, Material
from medassay.errors import UsageError
from medassay.models.contrastive import ContrastiveModel
from medassay.models.encoded import Encoded
from medassay.models.encoder import VectorEncoder
from medassay.types import fingerprint
from medassay.workflows.adapting.parts import Cut, Parts, parts_of
from medassay.workflows.resolve import Named, Task, resolve_benchmark, resolve_model


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
            parts=parts,
            train=train,
            validation=validation,
            lost=[*lost, *lost_too],
        )

    @property
    def base(self) -> dict[str, Any]:
        """Everything by which the encoder is found again, and known to be the same."""
        card, identity = self.named.card, dict(self.encoder.encoder.identity)
        folder = Path(self.named.word)
        source = str(folder.resolve()) if folder.is_dir() else self.named.word
        return {
            "name": self.named.name,
            "card": card.name if card else "",
            "source": card.source if card else source,
            "revision": getattr(self.named.model, "commit", None),
            "dtype": identity.get("dtype", "auto"),
            "fingerprint": fingerprint(identity),
            "licence": card.licence if card else "not known",
        }

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

    def about(self, recipe: str, learned: Learned) -> dict[str, Any]:
        """What `adapted.json` says."""
        base = self.base
        return {
            "recipe": recipe,
            "encoder": {key: base[key] for key in ("card", "source", "revision", "dtype", "fingerprint")},
            "adapter": learned.adapter is not None,
            "labels": list(learned.head.labels),
            "trained_on": self.test.benchmark.name,
        }


def learn(recipe: str, material: Material) -> tuple[Learned, Mapping[str, Any]]:
    """What a recipe's word leaves, and its options.

    Raises:
        UnknownName: no recipe is called so.
        UsageError: an option that it does not have.
    """
    word = registry.parse(recipe)
    name = word.name + (f"@{word.variant}" if word.variant else "")
    function = registry.find("recipe", name)
    options = registry.arguments(function, word.options, what=name)
    return function(material, **options), options
