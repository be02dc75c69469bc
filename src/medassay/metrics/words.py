"""The metrics of words in the registry: short answers, captions, reports.

They read the text that was judged, so that nothing is computed that no measure asks for. A row that is not
scored is an empty text, and so 0. Of several accepted texts the best counts, unless a metric says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.metrics.captions import rouge_l_coco, sentence_bleu_method4, words
from medassay.metrics.cider import cider_d
from medassay.metrics.groups import hashed
from medassay.metrics.meteor import meteor_1_5
from medassay.metrics.overlap import contains, exact_match, rouge_n, token_precision, token_recall
from medassay.metrics.tables import mean, mean_sums
from medassay.text import Form
from medassay.types import Columns, FloatArray, Kind, Metric, Row

_SQUAD = "Rajpurkar et al., SQuAD, EMNLP 2016"
_LIN = "Lin, ROUGE, 2004; google-research rouge-score"
_EMPTY = "An unscored row is an empty text and has 0; of several accepted texts the best counts."
_TOKENS = (
    "Tokens are ours: lower case, runs of letters and digits with single hyphens, apostrophes and points "
    "inside; the Java tokeniser of the COCO evaluation gives slightly other numbers."
)

_SHORT: frozenset[Kind] = frozenset({"closed", "open"})
_LONG: frozenset[Kind] = frozenset({"open", "report"})

_FORMS: Mapping[Form, str] = {
    "raw": "white space collapsed",
    "lower": "white space collapsed, Unicode NFKC, lower case",
}

Overlap = Callable[[str, Sequence[str]], float]


def _text(row: Row) -> str:
    return (row.score.answer or "") if row.score.status == "scored" else ""


def _columns(rows: Sequence[Row], overlap: Overlap) -> Columns:
    """`value`: (n,) float64."""
    return {"value": np.array([_overlap(row, overlap) for row in rows], dtype=np.float64)}


def _overlap(row: Row, overlap: Overlap) -> float:
    return overlap(_text(row), row.sample.target.texts) if row.score.status == "scored" else 0.0


def _mean(name: str, overlap: Overlap, kinds: frozenset[Kind], **rest: Any) -> Metric:
    columns = partial(_columns, overlap=overlap)
    return Metric(name=name, kinds=kinds, columns=columns, sums=mean_sums, finish=mean, **rest)


def _meteor_columns(rows: Sequence[Row]) -> Columns:
    """`value`: (n,) float64, of one start of the program."""
    return {"value": meteor_1_5([_text(row) for row in rows], [row.sample.target.texts for row in rows])}


def _cider_columns(rows: Sequence[Row]) -> Columns:
    """`row`: (n,) uint64 its name; `answer`: (n,) its tokens; `accepted`: (n,) a tuple of tokens each."""
    return {
        "row": hashed(row.sample.id for row in rows),
        "answer": _objects([_tokens(_text(row)) for row in rows]),
        "accepted": _objects([tuple(map(_tokens, row.sample.target.texts)) for row in rows]),
    }


def _tokens(text: str) -> str:
    return " ".join(words(text))


def _objects(items: Sequence[Any]) -> NDArray[Any]:
    held = np.empty(len(items), dtype=object)
    held[:] = items
    return held


def _cider_sums(columns: Columns) -> FloatArray:
    return mean_sums(
        {"value": cider_d(columns["answer"].tolist(), columns["accepted"].tolist(), columns["row"])}
    )


_ALL: tuple[Metric, ...] = (
    *(
        _mean(
            f"exact_match_{form}",
            partial(exact_match, form=form),
            _SHORT,
            interval="proportion",
            definition=f"share of answers equal to an accepted one in the form {form!r}: {steps}",
            source="a named form of medassay.text",
            details="Forms never mix: `exact_match` is in SQuAD's form, `accuracy` in vqa-med.",
            checked="cases by hand",
        )
        for form, steps in _FORMS.items()
    ),
    _mean(
        "token_precision",
        token_precision,
        _SHORT,
        definition="mean share of the answer's tokens that an accepted answer has, clipped, in SQuAD's form",
        source=_SQUAD,
        details="P = sum_w min(C_w, R_w) / |C|. One side without tokens: 1 if both, else 0. " + _EMPTY,
        checked="the SQuAD values of shared golden cases",
    ),
    _mean(
        "token_recall",
        token_recall,
        _SHORT,
        definition="mean share of an accepted answer's tokens that the answer has, clipped, in SQuAD's form",
        source=_SQUAD,
        details="R = sum_w min(C_w, R_w) / |R|. A long answer can have all: read it beside token_precision. "
        + _EMPTY,
        checked="the SQuAD values of shared golden cases",
    ),
    _mean(
        "contains",
        contains,
        _SHORT,
        interval="proportion",
        definition="share of answers in which the tokens of an accepted one stand in a row, in SQuAD's form",
        source="a diagnostic of ours",
        details="By whole tokens, never by characters. An answer that names everything has it: no accuracy. "
        + _EMPTY,
        checked="cases by hand, and a search token by token",
    ),
    *(
        _mean(
            f"rouge_{order}",
            partial(rouge_n, order=order),
            _LONG,
            constant=True,
            definition=f"mean ROUGE-{order} F1 with Porter stemmer, google rouge-score (Lin 2004)",
            source=_LIN,
            details=_EMPTY,
            checked="the package rouge-score on random texts",
        )
        for order in (1, 2)
    ),
    _mean(
        "rouge_l_coco",
        rouge_l_coco,
        _LONG,
        constant=True,
        definition="mean ROUGE-L of the COCO caption evaluation: beta 1.2, no stemmer",
        source="Lin 2004 as in pycocoevalcap",
        details="(1 + b^2) P R / (R + b^2 P), b = 1.2; P and R are each the best over the accepted texts. "
        f"An unscored row has 0. {_TOKENS}",
        checked="pycocoevalcap on equal tokens",
    ),
    _mean(
        "sentence_bleu_method4",
        sentence_bleu_method4,
        _LONG,
        constant=True,
        definition="mean sentence BLEU-4, smoothed by method 4 of Chen and Cherry (2014) as in nltk",
        source="Chen and Cherry, WMT 2014; nltk's SmoothingFunction.method4",
        details="Orders without a match count ln(length) / (5 * 2^k) matches, k their number so far; answers "
        f"of one word leave such orders out. Not corpus BLEU (`bleu_4`). An unscored row has 0. {_TOKENS}",
        checked="nltk on equal tokens",
    ),
    Metric(
        name="meteor_1_5",
        kinds=_LONG,
        columns=_meteor_columns,
        sums=mean_sums,
        finish=mean,
        constant=True,
        definition="mean METEOR 1.5, the authors' own program (Denkowski and Lavie 2014)",
        source="Denkowski and Lavie, WMT 2014",
        details="English, option -norm. Words, stems, WordNet synonyms, paraphrases: not nltk's METEOR. Runs "
        f"the Java program in pycocoevalcap: needs the extra captions and Java. {_EMPTY}",
        checked="pycocoevalcap's own wrapper",
    ),
    Metric(
        name="cider_d",
        kinds=_LONG,
        columns=_cider_columns,
        sums=_cider_sums,
        finish=mean,
        high=10.0,
        constant=True,
        definition="mean CIDEr-D, range 0 to 10 (Vedantam et al. 2015, as in pycocoevalcap)",
        source="Vedantam et al., CVPR 2015; pycocoevalcap's CiderScorer",
        details="Cosine of TF-IDF vectors of n-grams, n = 1 to 4, clipped, times exp(-d^2 / 72) for "
        "d bigrams more or fewer, mean over accepted texts, times 10. Document frequencies are those of the "
        "evaluated rows: a subset or slice changes the value of every row, a draw of the bootstrap does not. "
        f"An unscored row has 0. {_TOKENS}",
        checked="pycocoevalcap on equal tokens, to 1e-9",
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics of words by name."""
