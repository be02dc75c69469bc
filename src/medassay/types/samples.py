"""What a benchmark holds: images by handle, options, targets, samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

Kind = Literal[
    "choice", "multi-choice", "closed", "yes/no", "open", "label", "multilabel", "report", "box", "number"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
UNKNOWN_CLUSTER = "unknown"
PICTURE_VERSION = 2
"""Of how stored images become pictures (`medassay.images.POLICY`): raised when any file is shown otherwise,
so that answers to the old picture are not taken for answers to the new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One seeded perturbation, applied when an image is opened."""

    name: str
    seed: int = 0
    parameters: tuple[tuple[str, float | str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A handle, never pixels: where an image lies and what its content is.

    `uri` is read by an opener of `medassay.images` and never part of a key; `digest` ("sha256:" and
    64 hex digits) is of the original bytes, or of an array's bytes, dtype and shape. `size` is (width,
    height) in pixels of the original, where the dataset says it: boxes in fractions need it. It is no part
    of a key.
    """

    uri: str
    digest: str | None = None
    ops: tuple[Op, ...] = ()
    size: tuple[int, int] | None = None

    def content(self) -> dict[str, Any]:
        """What the image contributes to a key.

        Raises:
            ValueError: the digest has not been resolved, so the content is not known.
        """
        if self.digest is None:
            raise ValueError(f"the content of {self.uri} is not known yet: resolve the image before its key")
        ops = [[op.name, op.seed, list(op.parameters)] for op in self.ops]
        content = {"image": self.digest, "version": PICTURE_VERSION}
        return {**content, "ops": ops} if ops else content


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An option: how it is called, and the sentences that describe it to an encoder (its prompt ensemble)."""

    label: str
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An axis-aligned box in pixels of the original image, origin at the upper left, x1 and y1 exclusive."""

    x0: float
    y0: float
    x1: float
    y1: float
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is right. Which field counts follows from the kind of the sample.

    `texts`: the accepted answers, any of which is right (choice: the letter; label: the label); for
    multi-choice and multilabel all of them together. `unknown`: labels of which nobody knows whether they are
    present (multilabel): they count neither way. `boxes`: for box. `number` in `unit`: for number.
    """

    texts: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    number: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All of a sample that a prompt or a solver may see."""

    id: str
    kind: Kind
    question: str
    images: tuple[Image, ...] = ()
    choices: tuple[Choice, ...] = ()
    cluster: str = UNKNOWN_CLUSTER  # patient, else study, else image: the unit that is resampled
    tags: Mapping[str, str] = field(default_factory=dict)


_CASE_FIELDS = tuple(f.name for f in fields(Case))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(Case):
    """One row of a benchmark as its authors meant it. `group` ties samples that are scored together."""

    target: Target
    group: str | None = None

    @property
    def case(self) -> Case:
        """The sample without what is right about it."""
        return Case(**{name: getattr(self, name) for name in _CASE_FIELDS})
