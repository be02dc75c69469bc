"""Intervals that are printed without a warning, given that they are.

Near 0 and 1 an interval is warned of where the data show too few rows, or clusters, that are wrong. Of runs
whose truth lies beyond that limit only those with unusually many wrong ones escape the warning, and the plain
intervals of these miss the truth more often than they say. So the bound on that side follows from the
distribution that is cut off at the limit (conditional inference: Fithian, Sun and Taylor 2014,
arXiv 1410.2597) where that reaches further than the plain one. All else is the plain interval's.
"""

from __future__ import annotations

from collections.abc import Callable

from medassay.statistics.intervals import TAIL, Interval, expit, log_odds

_LEVEL_SHARE = 0.1
_LEVEL_RANKING = 0.05
"""What the bound leaves out of the runs that are not warned of. Those that would miss on the other side are
warned of, so it is not halved; exact tails of a share keep about half of it, hence twice as much there."""

_HALVINGS = 60


def of_share(plain: Interval, share: float, trials: float, fewest: float) -> Interval:
    """The interval of a proportion of which at least `fewest` rows of the rarer kind were asked.

    Args:
        plain: Korn and Graubard's interval.
        share: of right rows.
        trials: the effective number of rows.
        fewest: the number of effective rows of the rarer kind below which there is a warning.
    """
    from scipy.special import betainc

    seen = min(share, 1 - share) * trials

    def as_many(rare: float) -> float:
        kept = float(betainc(fewest, trials - fewest + 1, rare))
        return float(betainc(seen, trials - seen + 1, rare)) / kept if kept > 0 else 0.0

    least = _where(as_many, _LEVEL_SHARE, 0.0, seen / trials)
    return _reaching(plain, share, 1 - least)


def of_ranking(plain: Interval, value: float, highest: float) -> Interval:
    """The interval of an AUROC (or of one less it) that was asked to be at most `highest`.

    Args:
        plain: Obuchowski's interval on the logit scale.
        value: the AUROC.
        highest: the distance from 0 and 1 as an AUROC above one half, beyond which there is a warning.
    """
    from scipy.special import ndtr, ndtri

    centre, limit = log_odds(max(value, 1 - value)), log_odds(highest)
    scale = (log_odds(plain[1]) - log_odds(plain[0])) / (-2 * ndtri(TAIL))

    def as_low(truth: float) -> float:
        kept = float(ndtr((limit - truth) / scale))
        return 1 - float(ndtr((centre - truth) / scale)) / kept if kept > 0 else 1.0

    most = _where(as_low, 1 - _LEVEL_RANKING, centre, centre + 40 * scale)
    return _reaching(plain, value, expit(most))


def _where(rising: Callable[[float], float], level: float, low: float, high: float) -> float:
    """Where a rising function reaches a level, by halving."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < level else (low, middle)
    return low


def _reaching(plain: Interval, value: float, bound: float) -> Interval:
    """The interval, with the upper bound at least `bound`; mirrored where the value is below one half."""
    low, high = plain
    return (low, max(high, bound)) if value >= 0.5 else (min(low, 1 - bound), high)
