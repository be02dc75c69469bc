from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics.test_tables import row, value

from medassay.metrics import METRICS
from medassay.metrics.boxes import intersection_over_union
from medassay.statistics import estimate_all
from medassay.types import Box, Measure, Response, Row

CORNERS = st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 12)] * 2)
BOXES = st.lists(CORNERS.map(lambda c: Box(x0=c[0], y0=c[1], x1=c[0] + c[2], y1=c[1] + c[3])), max_size=4)


def answered(text: str, *gold: Box) -> Row:
    return row("box", Response(text=text), boxes=gold)


def said(boxes: Sequence[Box]) -> str:
    return ", ".join(str([b.x0, b.y0, b.x1, b.y1]) for b in boxes) or "nothing"


def of(name: str, rows: Sequence[Row]) -> float:
    return value(METRICS[name], rows)


def best_by_trying(given: Sequence[Box], gold: Sequence[Box]) -> set[tuple[int, float]]:
    """(right at 0.5, their summed IoU) of every assignment whose sum of IoU is greatest."""
    long, short = (given, gold) if len(given) >= len(gold) else (gold, given)
    found = []
    for chosen in permutations(long, len(short)):
        pairs = [intersection_over_union(a, b) for a, b in zip(chosen, short, strict=True)]
        right = [pair for pair in pairs if pair >= 0.5]
        found.append((sum(pairs), (len(right), round(sum(right), 9))))
    most = max(total for total, _ in found)
    return {counts for total, counts in found if total > most - 1e-9}


@settings(deadline=None)
@given(BOXES, BOXES.filter(bool))
def test_pairs_are_the_best_of_all_assignments(given: list[Box], gold: list[Box]) -> None:
    columns = METRICS["box_f1_at_0.5"].columns([answered(said(given), *gold)])
    right, n_given, n_gold, total = columns["counts"][0].tolist()
    assert (n_given, n_gold) == (len(given), len(gold))
    assert (right, round(total, 9)) in best_by_trying(given, gold)


LEFT, RIGHT = Box(x0=0, y0=0, x1=10, y1=10), Box(x0=20, y0=0, x1=30, y1=10)


def test_boxes_are_counted_over_all_rows_and_an_answer_without_any_misses_its_own() -> None:
    rows = [
        answered("[0, 0, 10, 8], [20, 5, 30, 10]", LEFT, RIGHT),  # 0.8 and 0.5
        answered("[0, 0, 10, 10], [40, 40, 50, 50], [60, 60, 70, 70]", LEFT),  # 1 and two too many
        answered("I cannot answer that.", LEFT, RIGHT),
    ]
    assert of("box_precision_at_0.5", rows) == 3 / 5
    assert of("box_recall_at_0.5", rows) == 3 / 5
    assert of("box_f1_at_0.5", rows) == 2 * 3 / (5 + 5)
    assert of("box_matched_iou", rows) == pytest.approx((0.8 + 0.5 + 1) / 3)
    assert of("success_rate", rows) == pytest.approx(2 / 3)
    assert np.isnan(of("box_precision_at_0.5", rows[2:]))
    assert of("box_f1_at_0.5", rows[2:]) == 0.0


def test_accuracy_at_a_threshold_includes_it_and_keeps_what_was_not_read() -> None:
    texts = ("[0, 0, 10, 10]", "[0, 0, 10, 5]", "[0, 0, 10, 4.9]", "[0, 0, 10, 10], [20, 0, 30, 10]", "there")
    rows = [answered(text, LEFT) for text in texts]  # 1, 0.5, 0.49, 0.5, not read
    found = [of(f"box_accuracy_at_{threshold}", rows) for threshold in (0.25, 0.5, 0.75)]
    assert found == pytest.approx([4 / 5, 3 / 5, 1 / 5])


def test_failed_rows_bound_what_they_can() -> None:
    rows = [answered("[0, 0, 10, 10]", LEFT), row("box", Response(error="timeout: 60 s"), boxes=(RIGHT,))]
    names = ("box_accuracy_at_0.5", "box_f1_at_0.5", "box_precision_at_0.5")
    found = estimate_all(rows, [Measure(metric=name) for name in names], METRICS, seed="s")
    assert [(e.value, e.worst, e.best) for e in found] == [
        (1.0, 0.5, 1.0),
        (1.0, pytest.approx(2 / 3), 1.0),
        (1.0, None, None),
    ]


# ---- average precision

NAMES = ("mass", "nodule", "effusion")


def scene(rng: np.random.Generator, *, weak: bool = False) -> tuple[list[Box], list[tuple[Box, float]]]:
    """Gold boxes, and detections near some of them with distinct confidences."""

    def at(corner: Any, size: Any, label: str) -> Box:
        x, y, w, h = (int(v) for v in (*corner, *size))
        return Box(x0=x, y0=y, x1=x + w, y1=y + h, label=label)

    gold, found = [], []
    for _ in range(rng.integers(1, 5)):
        corner, size = rng.integers(0, 200, 2), rng.integers(20, 60, 2)
        name = str(rng.choice(NAMES))
        gold.append(at(corner, size, name))
        for _ in range(rng.integers(0, 3)):
            moved = at(
                corner + rng.integers(-9, 9, 2),
                size + rng.integers(-9, 9, 2),
                str(rng.choice([name, name, NAMES[0]])),
            )
            found.append((moved, float(np.round(rng.random(), 12))))
    return gold, found


def detected(gold: Sequence[Box], found: Sequence[tuple[Box, float]]) -> Row:
    objects = [
        {"bbox_2d": [b.x0, b.y0, b.x1, b.y1], "label": b.label, "score": confidence}
        for b, confidence in found
    ]
    return answered(json.dumps(objects) if objects else "nothing", *gold)


def theirs(scenes: Sequence[Any]) -> tuple[float, float]:
    """pycocotools' mean average precision: at 0.5 to 0.95, and at 0.5."""
    pytest.importorskip("pycocotools", reason="pycocoevalcap absent")  # it brings pycocotools
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def entry(image: int, b: Box) -> dict[str, Any]:
        box = [b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0]
        return {"image_id": image, "category_id": NAMES.index(b.label) + 1, "bbox": box}

    golds = [entry(i, b) for i, (gold, _) in enumerate(scenes) for b in gold]
    golds = [{**g, "id": k, "area": 1000, "iscrowd": 0} for k, g in enumerate(golds, 1)]
    found = [{**entry(i, b), "score": c} for i, (_, held) in enumerate(scenes) for b, c in held]
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "info": {},
            "images": [{"id": i} for i in range(len(scenes))],
            "annotations": golds,
            "categories": [{"id": k, "name": name} for k, name in enumerate(NAMES, 1)],
        }
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(found), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return float(evaluation.stats[0]), float(evaluation.stats[1])


def test_average_precision_is_that_of_pycocotools() -> None:
    for seed in range(8):
        rng = np.random.default_rng(seed)
        scenes = [scene(rng) for _ in range(rng.integers(3, 30))]
        rows = [detected(*held) for held in scenes]
        whole, half = theirs(scenes)
        assert of("box_map_at_0.5_to_0.95", rows) == pytest.approx(whole, abs=1e-9)
        assert of("box_map_at_0.5", rows) == pytest.approx(half, abs=1e-9)


def test_weights_are_repeated_images() -> None:
    rng = np.random.default_rng(3)
    rows = [detected(*scene(rng)) for _ in range(12)]
    weights = rng.integers(0, 3, 12)
    repeated = [r for r, w in zip(rows, weights, strict=True) for _ in range(w)]
    metric = METRICS["box_map_at_0.5"]
    assert value(metric, rows, weights[None].astype(float)) == pytest.approx(value(metric, repeated))


def test_a_box_without_a_name_is_of_the_class_asked_for() -> None:
    mass = Box(x0=0, y0=0, x1=10, y1=10, label="Mass")
    named = '{"bbox_2d": [0, 0, 10, 10], "label": "mass", "confidence": 0.4}'
    unnamed = '{"bbox_2d": [0, 0, 10, 10], "confidence": 0.4}'
    other = '{"bbox_2d": [0, 0, 10, 10], "label": "nodule", "confidence": 0.4}'
    found = [of("box_map_at_0.5", [answered(text, mass)]) for text in (named, unnamed, other)]
    assert found == [1.0, 1.0, 0.0]


def test_the_order_of_equal_confidences_does_not_matter() -> None:
    boxes = ("[0, 0, 10, 10]", "[40, 40, 50, 50]")
    rows = [
        [answered("[" + ", ".join(f'{{"bbox_2d": {b}, "score": 0.5}}' for b in order) + "]", LEFT)]
        for order in (boxes, boxes[::-1])
    ]
    assert [of("box_map_at_0.5", held) for held in rows] == [0.5, 0.5]


def test_without_confidences_there_is_no_average_precision() -> None:
    assert np.isnan(of("box_map_at_0.5", [answered("[0, 0, 10, 10]", LEFT)]))
