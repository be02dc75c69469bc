"""How well logits fit what is true: what recipes choose by, on validation examples alone."""

from __future__ import annotations

import numpy as np

from medassay.adaptation.examples import Examples
from medassay.models.heads import probabilities
from medassay.statistics.auroc import area, problems
from medassay.types import FloatArray


def log_loss(logits: FloatArray, examples: Examples) -> float:
    """The mean negative log-likelihood of the truth, in nats; unknown labels take no part.

    A proper score (Gneiting and Raftery 2007): it is least for the true probabilities, and does not tie where
    a ranking is perfect.
    """
    logits, truth = logits.astype(np.float64), examples.truth
    if examples.exclusive:
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-np.mean(np.sum(log_probs * truth, axis=1)))
    known = ~np.isnan(truth)
    each = np.logaddexp(0, -logits) * (truth == 1) + np.logaddexp(0, logits) * (truth == 0)
    return float(each[known].mean())


def mean_auroc(logits: FloatArray, examples: Examples) -> float:
    """The mean AUROC of the labels, each against the rest; NaN where no label has both."""
    truth = examples.classes if examples.exclusive else np.nan_to_num(examples.truth, nan=-1)
    score = probabilities(logits, exclusive=True) if examples.exclusive else logits
    found = problems(truth, score, np.arange(len(examples.ids)))
    return area(found).value if found else float("nan")
