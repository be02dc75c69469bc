"""Texts made to be slow to read: each is `TEXTS[name](n)`, about n characters long."""

from __future__ import annotations

from collections.abc import Callable

TEXTS: dict[str, Callable[[int], str]] = {
    name: lambda n, unit=unit: (unit * (n // len(unit) + 1))[:n]  # type: ignore[misc]
    for name, unit in {
        "letters": "A B C D E ",
        "lettered lines": "A. yes\nB. no\n",
        "decisions": "the answer is A or B. ",
        "decisions cut short": "answer answer is the ",
        "brackets": "([{<",
        "closed brackets": "(A)[B]{C}",
        "boxed": "\\boxed{",
        "boxed letters": "\\boxed{A}",
        "answer tags": "<answer>A",
        "boxes": "[1, 2, 3, 4], ",
        "boxes cut short": "[1, 2, 3, ",
        "box tags": "<box>[[1,2,3,4]]",
        "place tags": "<loc0001><loc0002>",
        "JSON": '{"bbox_2d": [1, 2, 3, 4], "label": "x"}, ',
        "JSON cut short": '{"answer": {"label": "',
        "keys": "{x: 1, y: 2, width: 3, ",
        "digits": "0123456789",
        "numbers": "1,234.5 mm ",
        "ranges": "10 to ",
        "powers": "10^10 x 10^3 ",
        "refusals": "I cannot determine it. ",
        "refusals cut short": "I am not able to ",
        "German refusals cut short": "kann ich a b c d e ",
        "foreign answers cut short": "respuesta a b réponse c d antwort ",
        "Arabic answers": "الإجابة الصحيحة ",
        "Chinese": "答案是否有没有",
        "yes and no": "yes or no / yes, no ",
        "denials": "no fracture or not normal, ",
        "stars": "*a **b ",
        "blanks": " \t",
        "lines": "\n",
        "thinking": "<think>A</think>",
        "thinking open": "<think>",
        "wide letters": "ＡＢＣ ",
        "Cyrillic letters": "А. . ",
        "questions": "Question: A?\n",
        "bounds": "< > <= at least ",
    }.items()
}
"""Many brackets, letters, decisions, digits, refusals, marks that never close: time must stay linear."""
