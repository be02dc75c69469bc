"""A linear probe: logistic regression on the vectors of a frozen encoder."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from medassay.adaptation.examples import Examples
from medassay.adaptation.quality import log_loss, mean_auroc
from medassay.adaptation.recipe import Learned, Material
from medassay.errors import DataError, MissingExtra, UsageError
from medassay.models.heads import Head
from medassay.types import FloatArray

_COSTS = tuple(10.0**power for power in np.arange(-5, 2.5, 0.5))  # C of logistic regression, 1e-5 to 100
_STEPS = 500  # of L-BFGS


def linear_probe(material: Material, *, cost: float = 0.0, balanced: bool = False) -> Learned:
    """L2-regularised logistic regression on vectors standardised by the training part.

    Exclusive labels: multinomial; otherwise one regression per label, on the rows where it is known. The
    cost C (the inverse of the penalty) is the one of a log grid from 1e-5 to 100 with the least validation
    log loss; each fit starts from the one before.

    Args:
        material: what is learned from.
        cost: a fixed C, such as the 0.316 of DLILP, instead of the choice.
        balanced: weigh classes by the inverse of how often they occur; ranks hardly change, probabilities do.

    Raises:
        DataError: a class has no training example.
        UsageError: a cost that is not positive.
    """
    if cost < 0:
        raise UsageError(f"cost={cost}: the cost is the inverse of a penalty, above 0")
    train, validation = material.train, material.validation
    _check(train)
    mean, scale = train.vectors.mean(axis=0), train.vectors.std(axis=0)
    scale = np.where(scale > 0, scale, 1)
    features = (train.vectors - mean) / scale
    curve, heads = [], []
    for chosen, weight, bias, converged in _path(features, train, (cost,) if cost else _COSTS, balanced):
        head = Head(
            form="linear",
            labels=train.labels,
            exclusive=train.exclusive,
            arrays={"mean": mean, "scale": scale, "weight": weight, "bias": bias},
        )
        logits = head.logits(validation.vectors)
        loss, area = log_loss(logits, validation), mean_auroc(logits, validation)
        curve.append(
            {"cost": chosen, "validation_log_loss": loss, "validation_auroc": area, "converged": converged}
        )
        heads.append(head)
    best = int(np.argmin([row["validation_log_loss"] for row in curve]))
    edge = len(curve) > 1 and best in {0, len(curve) - 1}
    arrays = heads[best].arrays
    return Learned(
        head=heads[best],
        trained=arrays["weight"].size + arrays["bias"].size,
        settings={**curve[best], "balanced": balanced, "at_the_edge_of_the_grid": edge},
        curve=curve,
    )


def _path(
    features: FloatArray, train: Examples, costs: tuple[float, ...], balanced: bool
) -> Iterator[tuple[float, FloatArray, FloatArray, bool]]:
    """(cost, weight (labels, d), bias (labels,), whether it converged), each started from the one before."""
    regressions = [_regression(balanced) for _ in range(1 if train.exclusive else len(train.labels))]
    for cost in costs:
        converged = True
        for place, regression in enumerate(regressions):
            known = ~np.isnan(train.truth[:, place])
            right = train.classes if train.exclusive else train.truth[known, place]
            regression.set_params(C=cost)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what did not converge is in the curve
                regression.fit(features if train.exclusive else features[known], right)
            converged = converged and int(np.max(regression.n_iter_)) < _STEPS
        weight = np.concatenate([regression.coef_ for regression in regressions])
        bias = np.concatenate([regression.intercept_ for regression in regressions])
        if train.exclusive and len(train.labels) == 2:  # one row tells two classes apart
            weight, bias = np.concatenate([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2
        yield cost, weight.astype(np.float32), bias.astype(np.float32), converged


def _regression(balanced: bool) -> Any:
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise MissingExtra("scikit-learn", "train") from error
    return LogisticRegression(
        max_iter=_STEPS, warm_start=True, class_weight="balanced" if balanced else None, random_state=0
    )


def _check(train: Examples) -> None:
    for place, label in enumerate(train.labels):
        missing = [
            word
            for value, word in ((1, "example"), (0, "counterexample"))
            if not (train.truth[:, place] == value).any()
        ]
        if missing:
            raise DataError(
                f"{label!r} has no {missing[0]} in the training part: nothing can be learned of it"
            )
