"""Numbers, names and texts as they are shown, the same in every form of the report."""

from __future__ import annotations

import math

from medassay.types import Estimate

ABSENT = "–"
_CONTROLS = (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20))
_STEERING = (
    *range(0x80, 0xA0),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
)  # C1, bidirectional overrides
_PICTURES = {**{c: 0x2400 + c for c in _CONTROLS}, 0x7F: 0x2421, **dict.fromkeys(_STEERING, 0xFFFD)}


def printable(text: str) -> str:
    """The text with control characters as pictures (NUL as U+2400), overrides and lone surrogates replaced.

    What models and datasets hold can then be written as UTF-8, never steers a terminal or a parser, and
    does not turn round what stands beside it. Text from right to left stays as it is.
    """
    seen = text.replace("\r\n", "\n").replace("\r", "\n").translate(_PICTURES)
    return seen.encode("utf-8", "replace").decode("utf-8")


def number(value: float | None, *, sign: bool = False) -> str:
    """Three decimals (one from 100 upwards), a true minus, a dash for nothing."""
    if value is None:
        return ABSENT
    if math.isnan(value):
        return "undefined"
    places = 1 if abs(value) >= 100 else 3
    return f"{value:{'+' if sign else ''}.{places}f}".replace("-", "−")


def interval(low: float | None, high: float | None, *, sign: bool = False) -> str:
    """The interval in brackets, or that there is none."""
    if low is None or high is None:
        return "no interval"
    return f"[{number(low, sign=sign)}, {number(high, sign=sign)}]"


def count(value: int | None) -> str:
    """A count with thousands set apart by commas."""
    return ABSENT if value is None else f"{value:,}"


def p_value(value: float | None) -> str:
    """A p-value with three decimals, never 0."""
    if value is None or math.isnan(value):
        return ABSENT
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def metric_name(name: str) -> str:
    """`macro_f1` as "macro F1", `auroc:edema` as "AUROC (edema)": metrics as a reader writes them."""
    known = {
        "auroc": "AUROC",
        "auroc_multilabel": "AUROC, multilabel",
        "auroc_one_against_one": "AUROC, one against one",
        "average_precision_multilabel": "average precision, multilabel",
        "ece": "ECE",
        "ece_equal_width_10": "ECE (10 equal widths)",
        "brier": "Brier",
        "aurc": "AURC",
        "excess_aurc": "excess AURC",
        "macro_f1_multilabel": "macro F1, multilabel",
        "micro_f1_multilabel": "micro F1, multilabel",
        "macro_f1": "macro F1",
        "micro_f1": "micro F1",
        "f1": "F1",
        "cohen_kappa": "Cohen's kappa",
        "quadratic_kappa": "quadratic kappa",
        "token_f1": "token F1",
        "rouge_1": "ROUGE-1",
        "rouge_2": "ROUGE-2",
        "rouge_l": "ROUGE-L",
        "rouge_l_coco": "ROUGE-L of COCO",
        "sentence_bleu_method4": "sentence BLEU (method 4)",
        "meteor_1_5": "METEOR 1.5",
        "cider_d": "CIDEr-D",
        "box_iou": "box IoU",
        "box_f1_at_0.5": "box F1 at 0.5",
        "box_matched_iou": "IoU of right boxes",
        "box_map_at_0.5": "box mAP at 0.5",
        "box_map_at_0.5_to_0.95": "box mAP at 0.5 to 0.95",
        **{f"within_{n}_percent": f"within {n} %" for n in (5, 10, 20, 50)},
        **{f"bleu_{n}": f"BLEU-{n}" for n in range(1, 5)},
    }
    name, _, of = name.partition(":")
    words = known.get(name, plain_name(name))
    return f"{words} ({of})" if of else words


def plain_name(name: str) -> str:
    """`question_type` as "question type"."""
    return name.replace("_", " ")


def values_only(where: str) -> str:
    """`diagnosis, chest` of `task=diagnosis, specialty=chest`: a terminal has no room for the tags' names."""
    return ", ".join(part.rpartition("=")[2] for part in where.split(", ")) if where else ""


def value_line(estimate: Estimate) -> str:
    """`0.612 [0.563, 0.660]`."""
    return f"{number(estimate.value)} {interval(estimate.low, estimate.high)}"


def against_baselines(estimate: Estimate, *, final: bool = True) -> str:
    """What the interval says of chance and the other baselines, in a sentence or two; "" without them.

    A verdict is withheld (`final` False) while rows are failed.
    """
    names = (
        ("chance", estimate.chance),
        ("the majority baseline", estimate.majority),
        ("one report for all", estimate.constant),
    )
    known = [(f"{name} ({number(value)})", value) for name, value in names if value is not None]
    low, high = estimate.low, estimate.high
    if not final or low is None or high is None:
        return f"For comparison: {' and '.join(name for name, _ in known)}." if known else ""
    above = [name for name, value in known if low > value]
    below = [name for name, value in known if high < value]
    inside = [name for name, value in known if low <= value <= high]
    return " ".join(
        [
            *([f"The whole interval lies above {' and '.join(above)}."] if above else []),
            *([f"The whole interval lies below {' and '.join(below)}."] if below else []),
            *(
                [f"The interval holds {' and '.join(inside)}: no difference from it is shown."]
                if inside
                else []
            ),
        ]
    )


def bounds(estimate: Estimate) -> str:
    """What the value could become once the failed rows have answers; "" when none failed."""
    if estimate.worst is None or estimate.best is None:
        return ""
    return (
        f"between {number(estimate.worst)} (every failed row wrong)"
        f" and {number(estimate.best)} (every failed row right)"
    )
