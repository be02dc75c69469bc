"""The items of a study's parts as hashes: what is locked, and what a run's rows are held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256

from medassay.errors import DataError, ImageError
from medassay.images import resolve
from medassay.types import Sample, fingerprint
from medassay.workflows.manifest import cluster_of
from medassay.workflows.resolve import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One locked item: its id, the hash of all that it is, and the digests of its images."""

    id: str
    sha256: str
    cluster: str
    images: tuple[str, ...]


def belongs(sample: Sample, where: Mapping[str, str]) -> bool:
    """Whether a sample is of the study."""
    return all(sample.tags.get(name) == value for name, value in where.items())


def item_of(sample: Sample) -> Item:
    """The item of a sample whose images are resolved.

    Raises:
        DataError: an image is not.
    """
    images = tuple(image.digest or "" for image in sample.images)
    if not all(images):
        raise DataError(f"sample {sample.id}: the content of an image is not known")
    target = sample.target
    whole = [
        [sample.id, sample.kind, sample.question, sample.cluster, sample.group, list(images)],
        [choice.label for choice in sample.choices],
        [list(target.texts), list(target.unknown), [list(asdict(b).values()) for b in target.boxes]],
        [target.number, target.unit, sorted(sample.tags.items())],
    ]
    digest = sha256(fingerprint(whole).encode()).hexdigest()
    return Item(id=sample.id, sha256=digest, cluster=cluster_of(sample), images=images)


def items_of(task: Task, where: Mapping[str, str]) -> Iterator[Item]:
    """The items of a part, in order.

    Raises:
        DataError: an image cannot be read: a study cannot be locked over what is not there.
    """
    for sample in task.samples():
        if not belongs(sample, where):
            continue
        try:
            images = tuple(image if image.digest else resolve(image) for image in sample.images)
        except ImageError as error:
            raise DataError(f"sample {sample.id}: {error}") from error
        yield item_of(replace(sample, images=images))


def digest_of(items: Iterable[Item]) -> str:
    """The sha256 over all items, whatever their order."""
    state = sha256()
    for item in sorted(items, key=lambda item: item.id):
        state.update(f"{item.id}\n{item.sha256}\n".encode())
    return state.hexdigest()
