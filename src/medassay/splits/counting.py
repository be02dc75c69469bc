"""Words and runs of letters in texts: counted once, weighted in every fold by that fold's own texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.errors import MissingExtra
from medassay.types import Case

_FEWEST_WORDS, _FEWEST_LETTERS = 2, 3  # texts that a word, a run of letters must stand in


def text_of(case: Case) -> str:
    """What the classifier reads: the question and its options, without their letters."""
    return "\n".join([case.question, *(choice.label for choice in case.choices)])


@dataclass(frozen=True, slots=True)
class Counted:
    """Texts as counts: `matrix` is sparse, (n, words + letters), the first `words` columns are of words."""

    matrix: Any
    words: int

    def __len__(self) -> int:
        return int(self.matrix.shape[0])

    def __getitem__(self, places: NDArray[Any]) -> Counted:
        return replace(self, matrix=self.matrix[places])

    def regression(self) -> Any:
        """Logistic regression of TF-IDF, to be fitted to a `matrix`, whose texts give the weights."""
        from sklearn.compose import ColumnTransformer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline

        weighted = ColumnTransformer(
            [
                ("words", _weights(_FEWEST_WORDS), slice(0, self.words)),
                ("letters", _weights(_FEWEST_LETTERS), slice(self.words, self.matrix.shape[1])),
            ],
            sparse_threshold=1.0,
        )
        return make_pipeline(weighted, LogisticRegression(max_iter=1000))


class Counter:
    """Counts words (one and two) and runs of three to five letters; what it does not know it leaves out.

    Args:
        texts: those that are learned from.

    Raises:
        MissingExtra: scikit-learn is not installed.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        try:
            from sklearn.feature_extraction.text import CountVectorizer
        except ImportError as error:
            raise MissingExtra("scikit-learn", "report") from error
        self._words = CountVectorizer(ngram_range=(1, 2)).fit(texts)
        self._letters = CountVectorizer(ngram_range=(3, 5), analyzer="char_wb").fit(texts)

    def __call__(self, texts: Sequence[str]) -> Counted:
        """The counts of texts."""
        from scipy.sparse import hstack

        words, letters = self._words.transform(texts), self._letters.transform(texts)
        return Counted(hstack([words, letters], format="csr", dtype=np.float64), words.shape[1])


def _weights(fewest: int) -> Any:
    """TF-IDF of the columns that stand in at least so many of the texts it is fitted to."""
    from sklearn.base import BaseEstimator, TransformerMixin
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.pipeline import make_pipeline

    class Frequent(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
        def __init__(self, fewest: int) -> None:
            self.fewest = fewest

        def fit(self, matrix: Any, _labels: Any = None) -> Any:
            self.kept_ = np.flatnonzero(matrix.getnnz(axis=0) >= self.fewest)
            return self

        def transform(self, matrix: Any) -> Any:
            return matrix[:, self.kept_]

    return make_pipeline(Frequent(fewest), TfidfTransformer(sublinear_tf=True))
