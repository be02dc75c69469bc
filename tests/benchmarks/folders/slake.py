"""SLAKE in two languages: closed that is not yes/no, an image in both, a row without answer."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw, write_json

WORDS = ["slake@en", "slake@zh"]

_TEST = (
    (1, 1, "en", "Does the picture contain liver?", "Yes", "CLOSED"),
    (2, 1, "en", " Which is bigger, the lung or the heart? ", "Lung", "CLOSED"),
    (3, 2, "en", "Where is the abnormality?", "Left Lung, Right", "OPEN"),
    (4, 2, "en", "Is the lung healthy?", "No", "CLOSED"),
    (5, 3, "zh", "图中包含肝脏吗?", "包含", "CLOSED"),
    (6, 3, "zh", "肺是异常的吗?", "不是", "CLOSED"),
    (7, 3, "zh", "图中肺、心脏和肝脏哪个更大?", "肝脏", "CLOSED"),
    (8, 4, "zh", "异常器官的功能是什么?", "右肺, 左侧", "OPEN"),
)
_TRAIN = (
    (10, 5, "en", "What is in the picture?", "Heart", "OPEN"),
    (11, 5, "en", "Does the picture contain liver?", "", "OPEN"),
    (12, 3, "en", "What modality is this?", "CT", "OPEN"),
    (13, 6, "zh", "图中有肺吗?", "有", "CLOSED"),
    (14, 1, "zh", "这是什么模态?", "CT", "OPEN"),
)
_VALIDATION = (
    (20, 7, "en", "Is this an MRI?", "Yes", "CLOSED"),
    (21, 7, "zh", "这是什么模态?", "核磁共振", "OPEN"),
)


def make(root: Path, word: str) -> None:
    """All files; for "slake@zh" only the questions in Chinese."""
    for name, rows in (("test", _TEST), ("train", _TRAIN), ("validate", _VALIDATION)):
        kept = [_record(*row) for row in rows if word != "slake@zh" or row[2] == "zh"]
        write_json(root / f"{name}.json", kept)
    for image in range(1, 8):
        draw(root / "imgs" / f"xmlab{image}" / "source.jpg", image)


def _record(qid: int, image: int, language: str, question: str, answer: str, kind: str) -> dict[str, object]:
    return {
        "img_id": image,
        "img_name": f"xmlab{image}/source.jpg",
        "question": question,
        "answer": answer,
        "q_lang": language,
        "location": "Brain_Tissue" if image == 2 else "Lung",
        "modality": "X-Ray" if image == 1 else "CT",
        "answer_type": kind,
        "base_type": "vqa",
        "content_type": "Organ",
        "triple": ["vhead", "_", "_"],
        "qid": qid,
    }
