"""The inputs that are changed: small whole files of every format, made here."""

from __future__ import annotations

import gzip
import json
import struct
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from tests.fuzz.drawn import dicom_files, pictures, volumes

LINES: dict[str, list[dict[str, Any]]] = {
    "answers": [
        {"id": "a", "response": "Yes.", "probs": [0.9, 0.1], "options": {"A": "yes", "B": "no"}, "gold": "A"},
        {"id": "b", "response": "", "error": "no answer", "question": "What?", "image": "b.png"},
    ],
    "lm-eval": [
        {
            "doc_id": 0,
            "doc": {"question": "What?", "choices": {"text": ["a", "b"], "label": ["A", "B"]}},
            "target": ["A"],
            "arguments": {"gen_args_0": {"arg_0": "What?"}},
            "resps": [[["-1.5", "True"]], [["-2.5", "False"]]],
            "filtered_resps": ["A"],
            "filter": "none",
            "metrics": ["acc"],
            "acc": 1.0,
        }
    ],
    "lmms-eval": [
        {"doc_id": 1, "input": "What?", "target": "A", "resps": [["A"]], "filtered_resps": ["A"], "acc": 0.0,
         "doc_hash": "x", "submission": {}}
    ],
    "every-eval-ever": [
        {
            "schema_version": "instance_level_eval_0.2.2",
            "evaluation_id": "e",
            "model_id": "m",
            "evaluation_name": "n",
            "sample_id": "1",
            "interaction_type": "single_turn",
            "input": {"raw": "What?", "reference": ["A"], "choices": ["a", "b"]},
            "output": {"raw": ["A"]},
            "answer_attribution": [{"turn_idx": 0, "extracted_value": "A"}],
            "evaluation": {"score": 1.0, "is_correct": True},
        }
    ],
    "mmmu-pro": [
        {"id": "test_A_1", "pred_indexs": "A", "response": "A", "options": "['a', 'b']", "answer": "A",
         "index2ans": {"A": "a"}}
    ],
    "reviews": [
        {"id": "a", "reviewer": "r", "verdict": "agree", "note": "", "at": "2026-01-01T00:00:00+00:00"}
    ],
    "pairs": [
        {"id": "p", "image": "p.png", "question": "What?", "chosen": "a", "rejected": "b"},
        {"id": "q", "image": "p.png", "rejected_image": "q.png", "chosen": "a", "rejected": "b",
         "conversations": [{"from": "human", "value": "<image>What?"}, {"from": "gpt", "value": "a"}],
         "rejected_conversations": [{"from": "human", "value": "What?"}, {"from": "gpt", "value": "b"}]},
    ],
}  # fmt: skip
_SAMPLE = {
    "id": "a",
    "epoch": 1,
    "input": [
        {"role": "user", "content": [{"type": "text", "text": "What?"}, {"type": "image", "image": "a.png"}]}
    ],
    "choices": ["yes", "no"],
    "target": ["A"],
    "output": {"choices": [{"message": {"content": "A"}, "stop_reason": "stop"}], "completion": "A"},
    "scores": {"match": {"value": "C"}},
    "attachments": {"k": "v"},
    "error": None,
}
_HEADER = {
    "version": 2,
    "eval": {"model": "m"},
    "results": {"scores": [{"name": "match", "metrics": {"accuracy": {"name": "accuracy", "value": 1.0}}}]},
}
DOCUMENTS: dict[str, Any] = {
    "inspect": {**_HEADER, "samples": [_SAMPLE, {**_SAMPLE, "id": "b", "error": {"message": "none"}}]},
    "mmmu": {"validation_A_1": "A", "validation_A_2": ["a", 1.5]},
    "mmmu outputs": [
        {"id": "a", "question_type": "open", "response": "x", "judge": "Correct", "answer": ["x"]}
    ],
    "medvlmbench": [{"image_path": "NA", "qs": "What?", "answer": "A", "prediction": "A"}],
    "diagnosis": {"true_label": [[1], [0, 1]], "pred_label": [1, 0], "pred_score": [0.5, 0.25]},
    "pairs": LINES["pairs"],
    "manifest": {
        "protocol": {"id": "x", "asked": "y"},
        "model": {"name": "m", "fingerprint": "f"},
        "id": "i",
    },
    "cells": {"cells": [{"setting": "s", "benchmark": "b", "model": "m", "status": "done"}]},
}
_TABLES = (
    "id,index,image,question,answer,prediction,A,B,hit,label\n1,1,a.png,What?,A,A,yes,no,1,yes\n2,2,b.png,x,B,,,,0,no\n",
    "id;label;rater\na;yes;one\nb;no;two\n",
    "id,part,probability,source\na,reasoning,0.9,x\nb,understanding,0.1,x\n",
    "id,label,stands_for,by\na,reasoning,2,x\nb,understanding,3.5,x\n",
    "index\timage\tquestion\tprediction\n0\t" + "A" * 80 + "\tWhat?\tA\n1\t0\tWhat?\tB\n",
    "0,0.25,0.75\n1,0.5,0.5\n",
    "id,true_0,score_0,score_1\n0,1,0.25,0.75\n",
    "sep=;\nimage;question;answer;option_a;option_b;patient;split\na.png;What?;a;a;b;p1;test\n",
)
_DATASET = """kind: dataset
schema: 1
name: mine
title: Mine
task: choice
table: table.csv
images: pictures
columns:
  image: image
  question: question
  answer: answer
  options: [A, B]
  patient: id
  tags: {hit: hit}
"""
_SUITE = """kind: suite
schema: 1
name: s
title: S
models: {M: demo-vlm, N: {model: demo-clip, differs: much}}
benchmarks:
  B: {benchmark: phantom@diagnosis, limit: 60, solver: blind}
tables:
  - {title: T, models: [M], benchmarks: [B]}
"""
_GRID = """kind: adapt-grid
models: [demo-clip]
recipes: [linear-probe]
benchmarks: [phantom@detection]
fractions: [0.5, 1.0]
seeds: 2
"""
_PLAN = """kind: validation
schema: 1
title: T
intended_use: U
endpoint: {metric: accuracy, where: {task: diagnosis}, at_least: 0.90}
subgroups: [sex]
limits: [None.]
signatures: [Lead]
"""
_ERRATA = """benchmark: b
version: 1
corrections:
  - {ids: [a], published: [A], corrected: [B], who: w, why: w, evidence: e}
"""
_PRICES = "kind: prices\nschema: 1\nmodels:\n  m: {input: 2.00, output: 8.00}\n"


KEPT = Path(__file__).parent / "kept"


def failed_once(name: str, *, slow: bool = False) -> list[bytes]:
    """The inputs of a format by which defects showed that are mended; if `slow` also those that take long."""
    folders = [KEPT / name, *([KEPT / "slow" / name] if slow else ())]
    return [path.read_bytes() for folder in folders for path in sorted(folder.glob("*"))]


def seeds() -> dict[str, list[bytes]]:
    """Whole files by format."""
    return {
        "json": [json.dumps(held).encode() for held in DOCUMENTS.values()],
        "jsonl": ["".join(json.dumps(one) + "\n" for one in held).encode() for held in LINES.values()],
        "csv": [text.encode() for text in _TABLES],
        "csv.gz": [gzip.compress(_TABLES[0].encode(), mtime=0)],
        "xlsx": _workbooks(),
        "parquet": _columns(),
        "npz": _arrays(),
        "dicom": dicom_files(),
        "nifti": volumes(),
        "image": pictures(),
        "yaml": [text.encode() for text in (_DATASET, _SUITE, _GRID, _PLAN, _ERRATA, _PRICES)],
        "model": [_model(CLIP), _model(ADAPTER)],
        "zip": [
            _zip({"header.json": json.dumps(_HEADER), "samples/a_epoch_1.json": json.dumps(_SAMPLE)}),
            _zip({"a.png": pictures()[0], "b.png": pictures()[1], "x/header.json": "{}"}),
        ],
    }


def table() -> bytes:
    """The table that the description of a data set is about."""
    return _TABLES[0].encode()


def _zip(members: dict[str, str | bytes]) -> bytes:
    body = BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return body.getvalue()


def _workbooks() -> list[bytes]:
    import openpyxl

    book, body = openpyxl.Workbook(), BytesIO()
    for line in _TABLES[0].splitlines()[:2]:
        book.active.append([int(cell) if cell.isdigit() else cell for cell in line.split(",")])
    book.active.append([1.5, None, True, "=1+1"])
    book.save(body)
    return [body.getvalue()]


def _columns() -> list[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from tests.fuzz.drawn import estimates, rows, written

    from medassay.reporting.table import write_parquet
    from medassay.rows import write_rows

    body = BytesIO()
    picture = {"bytes": pictures()[0], "path": "a.png"}
    pq.write_table(pa.table({"id": ["a", "b"], "image": [picture, picture], "n": [1.5, None]}), body)
    return [
        body.getvalue(),
        written(lambda path: write_rows(path, rows())),
        written(lambda path: write_parquet(path, estimates())),
    ]


def _arrays() -> list[bytes]:
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    body, head = BytesIO(), BytesIO()
    np.savez(body, pixels=pixels, stack=np.stack([pixels[..., 0]] * 2))
    np.savez(head, about=np.array(_ABOUT_HEAD), weight=np.ones((1, 2), np.float32))
    return [body.getvalue(), head.getvalue()]


_ABOUT_HEAD = json.dumps({"form": "linear", "labels": ["a"], "exclusive": False})
CLIP = {"config.json": {"model_type": "clip", "text_config": {"a": [1]}}, "tokenizer_config.json": {}}
ADAPTER = {
    "adapter_config.json": {
        "base_model_name_or_path": "nobody/nothing",
        "revision": None,
        "peft_type": "LORA",
    }
}


def _model(settings: dict[str, Any]) -> bytes:
    head = json.dumps({"w": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}}).encode()
    about = {
        "schema": 1,
        "kind": "adapted",
        "recipe": "linear-probe",
        "encoder": {"card": "demo-clip"},
        "adapter": None,
        "labels": ["a"],
        "trained_on": "phantom",
    }
    members = {name: json.dumps(held) for name, held in settings.items()}
    return _zip(
        {
            **members,
            "adapted.json": json.dumps(about),
            "model.safetensors": struct.pack("<Q", len(head)) + head + bytes(8),
            "model.safetensors.index.json": json.dumps({"weight_map": {"w": "model.safetensors"}}),
            "head.npz": _arrays()[1],
        }
    )
