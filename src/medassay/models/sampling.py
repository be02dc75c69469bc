"""Steps between a model's logits and its next token, each row for itself.

Each is a callable (tokens so far, scores) -> scores of one `generate` call: an answer must not depend on
which rows share its batch, so nothing here draws from a shared generator or looks at padding.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from medassay.types import Request


class RowSampler:
    """Draws by temperature and top-p; every row from a generator of its own, seeded by the request's key.

    One uniform number per token is mapped through the row's cumulative distribution. The key holds seed and
    replicate as well as the content, so equal seeds do not tie different questions together.
    """

    def __init__(self, requests: Sequence[Request]) -> None:
        decoding = requests[0].decoding
        self._temperature, self._top_p = decoding.temperature, decoding.top_p
        self._generators = [random.Random(int(request.key, 16)) for request in requests]  # noqa: S311

    def __call__(self, _: Any, scores: Any) -> Any:
        """Scores that leave one token: shape (rows, vocabulary), 0 for the drawn one, else -inf."""
        import torch

        probs, order = torch.sort(
            (scores.float() / self._temperature).softmax(-1), dim=-1, descending=True, stable=True
        )
        cumulative = probs.cumsum(-1)
        # Kept: the smallest set of the likeliest tokens that reaches top_p; always the first.
        kept = probs * (cumulative - probs < self._top_p)
        cumulative = kept.cumsum(-1)
        drawn = torch.tensor([g.random() for g in self._generators], device=scores.device)[:, None]
        place = (cumulative <= drawn * cumulative[:, -1:]).sum(-1, keepdim=True)
        place = torch.minimum(place, (kept > 0).sum(-1, keepdim=True) - 1)  # rounding at the upper end
        return torch.full_like(scores, -torch.inf).scatter(-1, order.gather(-1, place), 0.0)


class RepetitionPenalty:
    """Divides positive and multiplies negative logits of tokens seen before (Keskar et al. 2019, CTRL).

    As in transformers the prompt counts as seen; unlike there, its padding does not.
    """

    def __init__(self, penalty: float, mask: Any) -> None:
        self._penalty, self._mask = penalty, mask.bool()

    def __call__(self, tokens: Any, scores: Any) -> Any:
        """Penalised scores, shape (rows, vocabulary)."""
        import torch

        new = tokens.shape[1] - self._mask.shape[1]
        counts = torch.nn.functional.pad(self._mask, (0, new), value=True) & (tokens < scores.shape[-1])
        # One column more than the vocabulary takes what does not count.
        seen = torch.zeros((len(scores), scores.shape[-1] + 1), dtype=torch.bool, device=scores.device)
        seen.scatter_(1, torch.where(counts, tokens, scores.shape[-1]), True)
        penalised = torch.where(scores > 0, scores / self._penalty, scores * self._penalty)
        return torch.where(seen[:, :-1], penalised, scores)


class FirstLogProbs:
    """Remembers the log-probabilities of the first new token, before anything bends them."""

    def __init__(self) -> None:
        self.values: Any = None  # (rows, vocabulary), float32

    def __call__(self, _: Any, scores: Any) -> Any:
        """The scores, unchanged."""
        if self.values is None:
            self.values = scores.float().log_softmax(-1)
        return scores


class Forced:
    """Makes every row say given tokens and sums their log-likelihood."""

    def __init__(self, tokens: Sequence[Sequence[int]], end: int) -> None:
        self._tokens, self._end, self._step = tokens, end, 0
        self.totals = [0.0] * len(tokens)

    def __call__(self, _: Any, scores: Any) -> Any:
        """Scores that leave the next given token, or the end token after the last."""
        import torch

        log_probs = scores.float().log_softmax(-1)
        forced = [row[self._step] if self._step < len(row) else self._end for row in self._tokens]
        for i, row in enumerate(self._tokens):
            if self._step < len(row):
                self.totals[i] += float(log_probs[i, forced[i]])
        self._step += 1
        index = torch.tensor(forced, device=scores.device)[:, None]
        return torch.full_like(scores, -torch.inf).scatter(-1, index, 0.0)


class StopTexts:
    """Ends a row once its new text holds a stop string, wherever token borders fall."""

    def __init__(self, tokenizer: Any, stop: Sequence[str]) -> None:
        self._tokenizer, self._stop = tokenizer, stop
        self._tail = 4 * max(map(len, stop)) + 4  # tokens; a character may take four of them, one per byte
        self._prompt: int | None = None
        self._ended: dict[int, int] = {}  # row: how many new tokens it had by then
        self._new = self._rows = 0

    @property
    def lengths(self) -> list[int]:
        """New tokens per row up to and with the one that completed a stop string; what follows is padding."""
        return [self._ended.get(row, self._new) for row in range(self._rows)]

    def __call__(self, tokens: Any, _: Any, **__: object) -> Any:
        """Whether each row is done, shape (rows,)."""
        import torch

        if self._prompt is None:
            self._prompt = tokens.shape[1] - 1  # called first after the first new token
        recent = tokens[:, max(self._prompt, tokens.shape[1] - self._tail) :]
        texts = self._tokenizer.batch_decode(recent, skip_special_tokens=True)
        self._new, self._rows = tokens.shape[1] - self._prompt, len(texts)
        for row, text in enumerate(texts):
            if any(stop in text for stop in self._stop):
                self._ended.setdefault(row, self._new)
        return torch.tensor([row in self._ended for row in range(self._rows)], device=tokens.device)
