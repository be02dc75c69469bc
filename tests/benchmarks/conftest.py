"""A few rows of every dataset in its own format; what is binary is made here."""

from __future__ import annotations

import importlib
import json
import pkgutil
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
Folder = Callable[[str], Path]
Maker = Callable[[Path, str], None]


def makers() -> dict[str, Maker]:
    """What makes the folder of a word ("name@variant"), from the modules of `tests/benchmarks/folders`."""
    found: dict[str, Maker] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).with_name("folders"))]):
        held = importlib.import_module(f"tests.benchmarks.folders.{module.name}")
        found |= dict.fromkeys(held.WORDS, held.make)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Makes a writable folder with the fixture of a benchmark, or of "name@variant"."""

    def make(word: str) -> Path:
        root = tmp_path / word.replace("@", "-")
        name, _, variant = word.partition("@")
        if word in makers():
            if (FIXTURES / name.replace("-", "_")).is_dir():
                shutil.copytree(FIXTURES / name.replace("-", "_"), root)
            root.mkdir(exist_ok=True)
            makers()[word](root, word)
            return root
        if variant == "hub":
            (root / "data").mkdir(parents=True)
            rows = _vqa_rad_rows() if name == "vqa-rad" else _rocov2_rows()
            _write_parquet(root / "data" / "test-00000-of-00001.parquet", rows)
        else:
            shutil.copytree(FIXTURES / name.replace("-", "_"), root)
        if word == "vqa-rad@osf":
            (root / "testset.json").unlink()
            (root / "trainset.json").unlink()
        return root

    return make


def _vqa_rad_rows() -> list[dict[str, object]]:
    root = FIXTURES / "vqa_rad"
    return [
        {
            "image": {"bytes": (root / "images" / row["image_name"]).read_bytes(), "path": None},
            "question": row["question"].lower(),
            "answer": str(row["answer"]).lower(),
        }
        for row in json.loads((root / "testset.json").read_text("utf-8"))
    ]


def _rocov2_rows() -> list[dict[str, object]]:
    return [
        {
            "image": {"bytes": path.read_bytes(), "path": path.name},
            "image_id": path.stem,
            "caption": f"The caption of {path.stem}",
            "cui": ["C0040405"],
        }
        for path in sorted((FIXTURES / "rocov2" / "test").glob("*.jpg"))
    ]


def _write_parquet(path: Path, rows: list[dict[str, object]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(rows), path)
