"""MedEvalKit's scores of open answers: equality, nltk's BLEU, the package `rouge`, sets of words."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from medassay.protocols.medevalkit.reading import parse
from medassay.protocols.shared import sentence_bleus

_EPSILON = 1e-8  # the package `rouge` adds it to the denominator


def open_scores(gold: str, text: str) -> dict[str, float]:
    """em, bleu1 to bleu4, rouge1, rouge2, rougel, precision, recall and f1 of one answer.

    `rouge` raises on an empty answer and ends the run; here such an answer scores 0.
    """
    gold, said = gold.lower(), parse(text)
    ours, theirs = _tokens(said), _tokens(gold)
    made = sentence_bleus(ours, theirs, floor=sys.float_info.min)
    bleu = {f"bleu{n}": value for n, value in enumerate(made, start=1)}
    precision, recall, f1 = _sets(said.split(), gold.split())
    return {
        "em": float(said == gold),
        **bleu,
        **rouge(said, gold),
        "precision": precision,
        "recall": recall,
        "f1": f1,
    }


def rouge(answer: str, gold: str) -> dict[str, float]:
    """ROUGE-1, -2 and -L as the package `rouge` gives them: sets of n-grams, sentences at full stops."""
    ours, theirs = _sentences(answer), _sentences(gold)
    if not ours or not theirs:
        return {"rouge1": 0.0, "rouge2": 0.0, "rougel": 0.0}
    said, right = _words(ours), _words(theirs)
    return {
        "rouge1": _of_sets(_grams(said, 1), _grams(right, 1)),
        "rouge2": _of_sets(_grams(said, 2), _grams(right, 2)),
        "rougel": _summary(ours, theirs),
    }


def _tokens(text: str) -> list[str]:
    return text.lower().replace(".", " .").split(" ")


def _sets(answer: Sequence[str], gold: Sequence[str]) -> tuple[float, float, float]:
    common = len(set(answer) & set(gold))
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / len(set(answer)), common / len(set(gold))
    return precision, recall, 2 * precision * recall / (precision + recall)


def _sentences(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.lower().split(".") if part]


def _words(sentences: Sequence[str]) -> list[str]:
    return [word for sentence in sentences for word in sentence.split(" ")]


def _grams(words: Sequence[str], n: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}


def _of_sets(ours: set[tuple[str, ...]], theirs: set[tuple[str, ...]]) -> float:
    common = len(ours & theirs)
    precision = common / len(ours) if ours else 0.0
    recall = common / len(theirs) if theirs else 0.0
    return 2 * precision * recall / (precision + recall + _EPSILON)


def _summary(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """Distinct words of the longest common subsequences of all pairs of sentences, over distinct words."""
    union = {word for right in theirs for said in ours for word in _common(right.split(" "), said.split(" "))}
    recall, precision = len(union) / len(set(_words(theirs))), len(union) / len(set(_words(ours)))
    return 2 * precision * recall / (precision + recall + _EPSILON)


def _common(x: Sequence[str], y: Sequence[str]) -> set[str]:
    """The words of a longest common subsequence; of several the one that the package walks back to."""
    table = [[0] * (len(y) + 1) for _ in range(len(x) + 1)]
    for i, a in enumerate(x, 1):
        for j, b in enumerate(y, 1):
            table[i][j] = table[i - 1][j - 1] + 1 if a == b else max(table[i - 1][j], table[i][j - 1])
    found, i, j = set[str](), len(x), len(y)
    while i and j:
        if x[i - 1] == y[j - 1]:
            found.add(x[i - 1])
            i, j = i - 1, j - 1
        elif table[i - 1][j] > table[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return found
