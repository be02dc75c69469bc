"""How MedEvalKit reads answers: a box, a tag, what follows a marker; then a letter or the nearest option."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase

from medassay.protocols.similar import most_similar

_MARKERS = (
    "**answer**:",
    "**answer**",
    "*answer*:",
    "**answer:**",
    "answer is",
    "answer:",
    "答案:",
    "final answer",
    "final answer is",
)
_BOX = "\\boxed{"
UNBALANCED = "None"


def boxed(text: str) -> str:
    """The content of the last box; the word "None" where there is none or its braces do not balance."""
    start = text.rfind(_BOX)
    depth = 0
    for place in range(start + len(_BOX), len(text)) if start >= 0 else ():
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth < 0:
            return text[start + len(_BOX) : place].strip()
    return UNBALANCED


def tagged(text: str, name: str = "answer") -> str:
    """The contents of all such tags with blanks between; the text itself where there are none."""
    parts, (opened, shut), place = list[str](), (f"<{name}>", f"</{name}>"), 0
    while (start := text.find(opened, place)) >= 0:
        end = text.find(shut, start)
        if end < 0:
            break
        parts.append(text[start + len(opened) : end] + " ")
        place = end
    return "".join(parts).strip() or text


def parse(text: str) -> str:
    """The answer part in lower case."""
    text = text.lower()
    if "boxed" in text:
        text = boxed(text)
    elif "<answer>" in text:
        text = tagged(text)
    for marker in _MARKERS:
        text = text.rpartition(marker)[2]
    return text


def first(text: str) -> str:
    """What its datasets take out before anything else: a balanced box, else a tag."""
    inside = boxed(text)
    return inside if inside != UNBALANCED else tagged(text)


def mmmu_answer(text: str) -> str:
    """What MMMU's parser is given: the tags, then a closed box, then both once more."""
    said = tagged(text) if "<answer>" in text else text
    inside = boxed(said)
    said = said if inside == UNBALANCED else inside
    if "<answer>" in said:
        return tagged(said).strip()
    return (boxed(said) if "\\boxed" in said else said).strip()


def chosen(options: Sequence[str], text: str) -> tuple[str, str]:
    """What a text chooses: ("letter" | "option", what it says), or ("nearest", the letter of the nearest).

    Args:
        options: as they were shown, "A. Pneumonia".
        text: the raw answer.
    """
    letters = ascii_lowercase[: len(options)]
    text = text.lower()
    blocks = text.split("\n\n")
    bare = blocks[-1].split(".")[0]
    if blocks[0] in set(letters):
        text = blocks[0]
    elif bare in set(letters):
        text = bare
    whole = parse(text).strip().lower().replace("\n", "")
    said = whole.split(".")[0].split(":")[-1]
    lowered = [option.lower() for option in options]
    if said in set(letters):
        return "letter", said
    if said in lowered:
        return "option", said
    return "nearest", letters[most_similar(lowered, whole) or 0]


def right(options: Sequence[str], gold: str, text: str) -> bool:
    """Whether the harness credits the answer; `gold` is a letter, or the text of an option."""
    gold = gold.strip().lower()
    lowered = [option.lower() for option in options]
    how, said = chosen(options, text)
    if how == "nearest":
        return gold in {said, lowered[ascii_lowercase.index(said)]}
    if said == gold:
        return True
    if how == "letter":
        return lowered[ascii_lowercase.index(said)] == gold
    index = ascii_lowercase.find(gold) if len(gold) == 1 else -1
    return 0 <= index < len(lowered) and lowered[index] == said


def polarity(gold: str, text: str) -> bool:
    """Right where one of the substrings "yes" and "no" occurs alone, and the gold ("unknown" says no)."""
    said = parse(text).replace("\n", "").replace(".", "")
    return (("yes" in said) != ("no" in said)) and gold.lower() in said


def equal(gold: str, text: str) -> bool:
    """Right where the answer part without full stops and line ends is the gold."""
    return parse(text).replace("\n", "").replace(".", "") == gold.lower()
