"""Kermany's folders: names that repeat a child, and what macOS leaves in archives."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw

WORDS = ["kermany-pneumonia@folders"]
NAMES = (
    "test/NORMAL/IM-0001-0001",
    "test/NORMAL/NORMAL2-IM-0028-0001",
    "test/NORMAL/NORMAL2-IM-0028-0001-0002",
    "test/PNEUMONIA/person1_virus_7",
    "test/PNEUMONIA/person1_virus_6",
    "test/PNEUMONIA/person78_bacteria_378",
    "val/NORMAL/NORMAL2-IM-1427-0001",
    "val/PNEUMONIA/person1946_bacteria_4874",
    "train/NORMAL/IM-0115-0001",
    "train/PNEUMONIA/person1_bacteria_1",
)


def make(root: Path, word: str) -> None:
    for seed, name in enumerate(NAMES):
        draw(root / "chest_xray" / f"{name}.jpeg", seed)
    (root / "chest_xray" / "test" / "PNEUMONIA" / "._person1_virus_6.jpeg").write_bytes(b"\0\5\26\7")
