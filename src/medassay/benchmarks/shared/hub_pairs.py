"""Datasets that travel on the hub as Parquet with `image`, `question` and `answer`, and nothing else.

There are no ids and no types: a sample is numbered by its row, clustered by the content of its image, and its
kind is yes/no where its answer is. So these benchmarks say `kinds_follow="answer"` and ask with `brief`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from medassay.benchmarks.shared.files import parquet_files, parquet_image, read_parquet
from medassay.types import UNKNOWN_CLUSTER, Kind, Sample, Target

YES_NO = frozenset({"yes", "no"})


def hub_pairs(root: Path, split: str, name: str) -> Iterator[Sample]:
    """Stream the samples of a split in the order of the shards; `name` begins their ids.

    Raises:
        DataError: a shard is damaged, or lacks a column, an image or an answer.
    """
    number = count()
    for path in parquet_files(root, split):
        for row, record in enumerate(read_parquet(path, ("image", "question", "answer"))):
            image = parquet_image(path, row, record)
            yield Sample(
                id=f"{name}-{split}-{next(number)}",
                kind=kind_of(record["answer"]),
                question=record["question"].strip(),
                target=target_of(record["answer"]),
                images=(image,),
                cluster=image.digest or UNKNOWN_CLUSTER,
            )


def kind_of(answer: str, otherwise: Kind = "open") -> Kind:
    """`yes/no` where the answer is one of them, else `otherwise`."""
    return "yes/no" if answer.strip().lower() in YES_NO else otherwise


def target_of(answer: str) -> Target:
    """The answer as it is written, yes and no in lower case."""
    text = answer.strip()
    return Target(texts=(text.lower() if text.lower() in YES_NO else text,))
