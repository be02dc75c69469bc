"""How much of one short text is in another: exact match, token overlap, ROUGE.

Where several answers are accepted the best one counts. All values lie in [0, 1], higher is better.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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


def token_precision(answer: str, accepted: Sequence[str]) -> float:
    """Share of the answer's tokens (form "squad") that an accepted answer has; counts are clipped.

    If one side has no tokens: 1 if both have none, else 0.
    """
    return max(_share(normalise(answer, "squad"), normalise(gold, "squad")) for gold in accepted)


def token_recall(answer: str, accepted: Sequence[str]) -> float:
    """Share of an accepted answer's tokens (form "squad") that the answer has; else as `token_precision`."""
    return max(_share(normalise(gold, "squad"), normalise(answer, "squad")) for gold in accepted)


def _share(part: str, whole: str) -> float:
    ours, theirs = part.split(), whole.split()
    if not ours or not theirs:
        return float(ours == theirs)
    return (Counter(ours) & Counter(theirs)).total() / len(ours)


def contains(answer: str, accepted: Sequence[str]) -> float:
    """1 if the tokens (form "squad") of an accepted answer stand in a row in the answer, else 0."""
    said = f" {normalise(answer, 'squad')} "
    golds = (normalise(gold, "squad") for gold in accepted)
    return float(any(f" {gold} " in said if gold else not said.strip() for gold in golds))


def rouge_n(answer: str, accepted: Sequence[str], order: int) -> float:
    """ROUGE-N F1 with Porter stemmer, as google-research `rouge-score` defines it (Lin 2004)."""
    ours = ngrams(rouge_tokens(answer), order)
    return max(_overlap(ours, ngrams(rouge_tokens(gold), order)) for gold in accepted)


def ngrams(tokens: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    """How often each run of `order` tokens occurs."""
    return Counter(zip(*(tokens[start:] for start in range(order)), strict=False))


def _overlap(ours: Counter[tuple[str, ...]], gold: Counter[tuple[str, ...]]) -> float:
    common = (ours & gold).total()
    return 2 * common / (ours.total() + gold.total()) if common else 0.0


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
    with _without("sklearn"):
        from rouge_score.tokenizers import DefaultTokenizer

    return DefaultTokenizer(use_stemmer=True)


@contextmanager
def _without(package: str) -> Iterator[None]:
    """Import as if `package` were not there: nltk loads all of scikit-learn for what nobody here asks for."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # how the import system marks what is not there
    try:
        yield
    finally:
        del sys.modules[package]
