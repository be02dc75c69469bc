"""Quilt-VQA in the authors' two files and as Parquet: answers are sentences."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw, picture, write_json, write_parquet

WORDS = ["quilt-vqa@files", "quilt-vqa@hub"]

_ROWS = (
    (0, "a.jpg", "Is this a benign lesion?", "Yes, the borders are smooth.", "CLOSED", "Yes"),
    (1, "a.jpg", "What do the cells form?", "They form nests, and some of them form glands.", "OPEN", None),
    (2, "b.jpg", " Are there mitoses? ", "No mitoses are seen here.", "CLOSED", "no"),
)


def make(root: Path, word: str) -> None:
    """One of the two shapes."""
    if word == "quilt-vqa@files":
        asked = [{"question_id": i, "image": name, "text": f"{q}\n<image>"} for i, name, q, *_ in _ROWS]
        answers = [
            {"id": i, "image": name, "answer": answer, "answer_type": kind, "yes_no_answer": short}
            for i, name, _, answer, kind, short in _ROWS
        ]
        write_json(root / "quiltvqa_test_wo_ans.jsonl", asked)
        write_json(root / "quiltvqa_test_w_ans.json", answers)
        for seed, name in enumerate(("a.jpg", "b.jpg")):
            draw(root / "quilt_vqa" / "images" / name, seed)
        return
    rows = [
        {
            "image": {"bytes": picture(ord(name[0])), "path": name},
            "question": question,
            "answer": answer,
            "answer_type": kind,
            "context": "what the narrator said",
        }
        for _, name, question, answer, kind, _ in _ROWS
    ]
    write_parquet(root / "data" / "train-00000-of-00001.parquet", rows)
