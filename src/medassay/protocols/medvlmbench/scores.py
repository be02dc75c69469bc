"""What MedVLMBench makes of one answer."""

from __future__ import annotations

from medassay.protocols.medvlmbench.words import normal, tokens
from medassay.protocols.shared import rouge_l, rouge_n, sentence_bleu

RECALLED = 0.75  # an open answer is right from this recall on


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
    """Of an open question: overlap, accuracy (recall of at least three quarters), BLEU and ROUGE."""
    shared = overlap(answer, gold)
    said, right = normal(answer.lower()).split(), normal(gold.lower()).split()
    bleu = {f"bleu{n}": sentence_bleu(said, right, n) for n in (1, 2, 3, 4)}
    return shared | {"accuracy": float(shared["recall"] >= RECALLED)} | bleu | _rouge(answer, gold)


def closed_scores(answer: str, gold: str) -> dict[str, float]:
    """Of a closed question: overlap, and accuracy: the gold stands in the answer, "no" in "know"."""
    return overlap(answer, gold) | {"accuracy": float(gold.lower() in answer.lower())}


def _rouge(answer: str, gold: str) -> dict[str, float]:
    """As torchmetrics gives it: letters and digits, no stems."""
    said, right = _plain(normal(answer.lower())), _plain(normal(gold.lower()))
    return {
        "rouge1": rouge_n(said, right, 1),
        "rouge2": rouge_n(said, right, 2),
        "rougeL": rouge_l(said, right),
    }


def _plain(text: str) -> list[str]:
    return "".join(c if c in "abcdefghijklmnopqrstuvwxyz0123456789" else " " for c in text).split()
