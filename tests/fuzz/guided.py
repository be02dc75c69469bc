"""The same readers under atheris, guided by the branches that it counts in every library written in Python.

`python -m tests.fuzz.guided FORMAT [options of libFuzzer]`, in an environment with `pip install '.[fuzz]'`;
-runs=100000 ends it, and a folder as an argument keeps what reached something new.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["medassay", "openpyxl", "pydicom", "nibabel"]):
    from tests.fuzz.child import read
    from tests.fuzz.mutations import mutated
    from tests.fuzz.readers import FORMATS
    from tests.fuzz.seeds import seeds


def main(name: str, options: list[str]) -> None:
    """Read inputs until the options say otherwise, or one is neither read nor refused."""
    one, kept, place = FORMATS[name], seeds()[name], Path(tempfile.mkdtemp())
    corpus = place / "seeds"
    corpus.mkdir()
    for number, content in enumerate(kept):
        (corpus / str(number)).write_bytes(content)
    numbers = iter(range(sys.maxsize))

    def change(content: bytes, most: int, seed: int) -> bytes:
        return mutated(Random(seed), name, content or kept[0], kept)[:most]

    def check(content: bytes) -> None:
        path = place / f"{next(numbers)}{one.suffix}"
        path.write_bytes(content)
        _, faults = read(one, path)
        path.unlink()
        if faults:
            raise AssertionError("; ".join(faults))

    limits = ["-rss_limit_mb=2048", "-max_len=1000000"]
    atheris.Setup([sys.argv[0], *limits, *options, str(corpus)], check, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
