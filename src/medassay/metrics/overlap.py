"""How much of one short text is in another: exact match, token F1, ROUGE-L.

Where several answers are accepted the best one counts. All values lie in [0, 1], higher is better.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from medassay.text import Form, normalise

_WORD = re.compile(r"[a-z0-9]+")


def exact_match(answer: str, accepted: Sequence[str], form: Form) -> float:
    """1 if `answer` equals one of `accepted` in the named normal form, else 0."""
    return float(normalise(answer, form) in {normalise(a, form) for a in accepted})


def token_f1(answer: str, accepted: Sequence[str]) -> float:
    """SQuAD token F1 (Rajpurkar et al. 2016): harmonic mean of clipped token precision and recall.

    If one side has no tokens: 1 if both have none, else 0.
    """
    return max(_token_f1(normalise(answer, "squad").split(), normalise(a, "squad").split()) for a in accepted)


def _token_f1(answer: list[str], gold: list[str]) -> float:
    if not answer or not gold:
        return float(answer == gold)
    return 2 * (Counter(answer) & Counter(gold)).total() / (len(answer) + len(gold))


def rouge_l(answer: str, accepted: Sequence[str]) -> float:
    """ROUGE-L F1 with Porter stemmer, as google-research `rouge-score` defines it (Lin 2004)."""
    tokens = rouge_tokens(answer)
    return max(_rouge_l(tokens, rouge_tokens(a)) for a in accepted)


def _rouge_l(answer: Sequence[str], gold: Sequence[str]) -> float:
    common = longest_common_subsequence(answer, gold)
    if not common:
        return 0.0
    precision, recall = common / len(answer), common / len(gold)
    return 2 * precision * recall / (precision + recall)


def longest_common_subsequence(a: Sequence[str], b: Sequence[str]) -> int:
    """Length of the longest common subsequence, a bit per token of `a` (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for i, token in enumerate(a):
        places[token] = places.get(token, 0) | 1 << i
    row = full = (1 << len(a)) - 1
    for token in b:
        match = row & places.get(token, 0)
        row = ((row + match) | (row - match)) & full
    return len(a) - row.bit_count()


def rouge_tokens(text: str) -> list[str]:
    """The tokens that `rouge-score` compares: lower case, letters and digits only, stemmed."""
    return [token for word in _WORD.findall(text.lower()) for token in _stems(word)]


@lru_cache(maxsize=100_000)
def _stems(word: str) -> tuple[str, ...]:
    """What rouge-score makes of one word: asked once a word, because stemming is what costs."""
    return tuple(_tokenizer().tokenize(word))


@cache
def _tokenizer() -> Any:
    from rouge_score.tokenizers import DefaultTokenizer

    return DefaultTokenizer(use_stemmer=True)
