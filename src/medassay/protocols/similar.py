"""The option that is most like a text, as `difflib` measures it: what several harnesses fall back on."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher


def most_similar(options: Sequence[str], text: str) -> int | None:
    """The index of the first option whose similarity to the text is highest; None where all are 0.

    The similarity is `SequenceMatcher(None, option, text).ratio()`, which is not symmetric. The text is
    indexed once for all options, and one whose bound does not pass the best so far is not compared:
    neither changes the result.
    """
    matcher = SequenceMatcher(None, "", text)
    best, highest = None, 0.0
    for index, option in enumerate(options):
        matcher.set_seq1(option)
        if matcher.real_quick_ratio() > highest and matcher.quick_ratio() > highest:
            ratio = matcher.ratio()
            if ratio > highest:
                best, highest = index, ratio
    return best
