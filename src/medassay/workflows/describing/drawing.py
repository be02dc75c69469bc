"""One sample in plain characters: its image, how it is asked, what is right, and what that scores."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from medassay.contracts import gold_answer
from medassay.errors import ImageError
from medassay.images import open_image
from medassay.types import Benchmark, Image, Response, Sample

_WIDTH, _COLUMNS, _MARGIN = 80, 40, 11
_LIGHT = " .:-=+*#%@"  # from dark to light, on a dark ground


def drawn(benchmark: Benchmark, sample: Sample) -> str:
    """The sample in lines of at most 80 characters."""
    return "\n".join(_lines(benchmark, sample))


def _lines(benchmark: Benchmark, sample: Sample) -> Iterator[str]:
    right = gold_answer(sample)
    score = benchmark.scorer(sample, Response(text=right))
    values = ", ".join(f"{name} {value:g}" for name, value in score.values.items())
    yield f"sample     {sample.id} ({sample.kind})"
    for image in sample.images[:1]:
        yield from (" " * _MARGIN + line for line in _picture(image))
    yield from _beside("asked", benchmark.prompt(sample.case).text)
    yield from _beside("right", f"{right} ({values})")


def _beside(title: str, text: str) -> Iterator[str]:
    wrapped = (part for line in text.splitlines() for part in textwrap.wrap(line, _WIDTH - _MARGIN) or [""])
    for index, line in enumerate(wrapped):
        yield f"{title if not index else '':<{_MARGIN}}{line}".rstrip()


def _picture(image: Image) -> Iterator[str]:
    """The image in grey characters, which are about twice as high as wide."""
    try:
        grey = open_image(image).convert("L")
    except ImageError as error:
        yield str(error)
        return
    rows = max(1, min(_COLUMNS // 2, round(_COLUMNS * grey.height / grey.width / 2)))
    small = grey.resize((_COLUMNS, rows))
    levels = small.tobytes()
    for row in range(rows):
        line = levels[row * _COLUMNS : (row + 1) * _COLUMNS]
        yield "".join(_LIGHT[level * len(_LIGHT) // 256] for level in line).rstrip()
