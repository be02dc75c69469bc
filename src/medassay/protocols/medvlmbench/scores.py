"""What MedVLMBench makes of one answer, by the names of its meters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medassay.metrics.overlap import longest_common_subsequence
from medassay.protocols.medvlmbench.letters import letter
from medassay.protocols.medvlmbench.words import normal, tokens
from medassay.protocols.shared import grams, sentence_bleus

RECALLED = 0.75  # an open answer is right from this recall on
OVERLAP = ("exact_match", "recall", "precision", "f1_score")
CLOSED = (*OVERLAP, "accuracy")
OPEN = ("bleu1", "bleu2", "bleu3", "bleu4", "rouge1", "rouge2", "rougeL", *OVERLAP, "accuracy", "meteor")
_PARTS = ("fmeasure", "precision", "recall")
CAPTION = (
    *("bleu1", "bleu2", "bleu3", "bleu4"),
    *(f"{name}_{part}" for name in ("rouge1", "rouge2", "rougeL") for part in _PARTS),
    "methor",
    "exact_match",
)
_OUTSIDE = re.compile(r"[^a-z0-9]+")


def overlap(answer: str, gold: str) -> dict[str, float]:
    """exact_match, precision, recall and f1_score: counts of the answer's words, not clipped.

    `exact_match` is the share of the answer's words that the distinct words of the gold make up. A word
    that is said twice counts twice, so saying it again raises precision. All are 0 where a side is empty.
    """
    said, right = tokens(normal(answer.lower())), tokens(normal(gold.lower()))
    held = {"exact_match": sum(word in said for word in right) / said.total() if said else 0.0}
    hit = sum(n for word, n in said.items() if word in right)
    if not said or not right or not hit:
        return held | {"precision": 0.0, "recall": 0.0, "f1_score": 0.0}
    missed = sum(n for word, n in right.items() if word not in said)
    precision, recall = hit / said.total(), hit / (hit + missed)
    f1 = 2 * precision * recall / (precision + recall)
    return held | {"precision": precision, "recall": recall, "f1_score": f1}


def open_scores(answer: str, gold: str) -> dict[str, float]:
    """Of an open question: `OPEN`. It is right from a recall of three quarters on.

    METEOR is given the two normal forms as if each were one word, so it is .5 where they are equal (or have
    one stem) and 0 elsewhere.
    """
    said, right = normal(answer.lower()), normal(gold.lower())
    shared = overlap(answer, gold)
    rouge = {name: held["fmeasure"] for name, held in _rouge(said, right).items()}
    accuracy = float(shared["recall"] >= RECALLED)
    return shared | _bleu(said, right) | rouge | {"accuracy": accuracy, "meteor": _meteor([said], [right])}


def closed_scores(answer: str, gold: str) -> dict[str, float]:
    """Of a closed question: `CLOSED`. It is right where the gold stands in the answer, "no" in "know"."""
    return overlap(answer, gold) | {"accuracy": float(gold.lower() in answer.lower())}


def choice_scores(answer: str, gold: str, offered: str) -> tuple[str | None, dict[str, float]]:
    """The letter that is read, and `CLOSED`: the words are compared with the letter of the key.

    The normal form deletes the article a, so that a key of A shares no word with anything.
    """
    found = letter(answer, offered)
    right = found is not None and found.lower() == gold.lower()
    return found, overlap(answer, gold) | {"accuracy": float(right)}


def caption_scores(answer: str, gold: str) -> dict[str, float]:
    """Of a report: `CAPTION`; METEOR is over words here, and misspelt."""
    said, right = normal(answer.lower()), normal(gold.lower())
    rouge = {f"{n}_{part}": v for n, held in _rouge(said, right).items() for part, v in held.items()}
    exact = overlap(answer, gold)["exact_match"]
    return _bleu(said, right) | rouge | {"methor": _meteor(said.split(), right.split()), "exact_match": exact}


def _bleu(said: str, right: str) -> dict[str, float]:
    return {f"bleu{n}": v for n, v in enumerate(sentence_bleus(said.split(), right.split()), start=1)}


def _rouge(said: str, right: str) -> dict[str, dict[str, float]]:
    """As torchmetrics gives it: letters and digits of ASCII, no stems."""
    ours, theirs = (_OUTSIDE.sub(" ", text).split() for text in (said, right))
    common = {f"rouge{n}": _shared(ours, theirs, n) for n in (1, 2)}
    common["rougeL"] = longest_common_subsequence(ours, theirs)
    lost = {"rouge2": 1}  # a text has one bigram less than words
    return {
        name: _parts(n, len(ours) - lost.get(name, 0), len(theirs) - lost.get(name, 0))
        for name, n in common.items()
    }


def _shared(ours: Sequence[str], theirs: Sequence[str], n: int) -> int:
    return (grams(ours, n) & grams(theirs, n)).total()


def _parts(common: int, ours: int, theirs: int) -> dict[str, float]:
    if not common:
        return dict.fromkeys(_PARTS, 0.0)
    precision, recall = common / ours, common / theirs
    f1 = 2 * precision * recall / (precision + recall)
    return {"fmeasure": f1, "precision": precision, "recall": recall}


class _NoWordNet:
    """nltk's WordNet is a download of its own: no word has a synonym."""

    @staticmethod
    def synsets(_word: str) -> tuple[()]:
        return ()


def _meteor(said: Sequence[str], right: Sequence[str]) -> float:
    from nltk.translate.meteor_score import single_meteor_score

    return float(single_meteor_score(right, said, wordnet=_NoWordNet))
