"""Classes of a diagnosis and the sentences that describe them to an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from medassay.errors import UsageError
from medassay.types import Choice

Prompts = Literal["ensemble", "published"]
"""`ensemble`: every template with every name of a class; `published`: the one sentence of a publication."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A class. `name` is the dataset's; `synonyms` are what else it is called in sentences.

    `published` is the single prompt of a published protocol, verbatim with its stray blanks, kept apart from
    the ensemble. `sentences` stand in place of the templates for a class whose name fits none ("normal").
    """

    name: str
    synonyms: tuple[str, ...] = ()
    published: str = ""
    sentences: tuple[str, ...] = ()


def named(*names: str, published: str = "") -> tuple[Label, ...]:
    """Classes in short: "melanoma|malignant melanoma" is a name with its synonyms behind it.

    Args:
        names: the classes.
        published: the template of a published protocol, with `{}` for the name.
    """
    split = (name.split("|") for name in names)
    return tuple(Label(name=n, synonyms=tuple(rest), published=published.format(n)) for n, *rest in split)


def choices(
    labels: Sequence[Label], templates: Sequence[str], prompts: Prompts = "ensemble"
) -> tuple[Choice, ...]:
    """The options of a sample, in the order of the labels; of two the second is the positive one.

    Args:
        labels: the classes.
        templates: sentences with `{}` for the name of a class.
        prompts: which sentences describe a class. One without a published prompt keeps its ensemble.

    Raises:
        UsageError: published prompts are asked for, and none of the classes has one.
    """
    if prompts == "published" and not any(label.published for label in labels):
        raise UsageError(f"there are no published prompts for {', '.join(label.name for label in labels)}")
    return tuple(Choice(label=label.name, texts=_texts(label, templates, prompts)) for label in labels)


def _texts(label: Label, templates: Sequence[str], prompts: Prompts) -> tuple[str, ...]:
    if prompts == "published" and label.published:
        return (label.published,)
    names = (label.name, *label.synonyms)
    return label.sentences or tuple(t.format(name) for t in templates for name in names)
