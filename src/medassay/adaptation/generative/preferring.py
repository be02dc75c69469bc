"""A trainer that prefers: the loss of DPO on two batches that may differ in images."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from inspect import signature
from typing import Any

from medassay.adaptation.generative.batches import Collator
from medassay.adaptation.generative.likelihood import log_likelihoods
from medassay.adaptation.generative.pairs import Pair
from medassay.adaptation.generative.preference_loss import Preference, Shape


class PairCollator:
    """Turns rows {"place": index} into the weights and both batches of the pairs there."""

    def __init__(self, collate: Collator, pairs: Sequence[Pair]) -> None:
        self._collate, self._pairs = collate, pairs

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Weights (n,), and what `Collator` makes of the chosen and of the rejected side."""
        import torch

        pairs = [self._pairs[int(row["place"])] for row in rows]
        return {
            "weights": torch.tensor([pair.weight for pair in pairs]),
            "chosen": self._collate.of([pair.preferred for pair in pairs]),
            "rejected": self._collate.of([pair.refused for pair in pairs]),
        }


def preferring(trainer: Any, *, beta: float, shape: Shape) -> Any:
    """The trainer's class with the loss of DPO; the reference is the model with its adapter switched off.

    Logs rewards/chosen, rewards/rejected, rewards/margin (means, in nats times beta) and rewards/accuracy,
    the share of pairs whose chosen answer gained more.
    """

    class Preferring(trainer):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.model_accepts_loss_kwargs = False  # or accumulated steps would be added up, not averaged
            forward = self.accelerator.unwrap_model(self.model).get_base_model().forward
            self._narrow = "logits_to_keep" in signature(forward).parameters
            self._seen: dict[bool, dict[str, list[float]]] = {
                True: defaultdict(list),
                False: defaultdict(list),
            }

        def compute_loss(self, model: Any, inputs: Any, *_: Any, **__: Any) -> Any:
            policy = self._likelihoods(model, inputs)
            with _switched_off(self.accelerator.unwrap_model(model)):
                reference = self._likelihoods(model, inputs)
            gained = [beta * (ours - theirs) for ours, theirs in zip(policy, reference, strict=True)]
            held = Preference(chosen=gained[0], rejected=gained[1])
            self._note(model, held)
            return held.loss(inputs["weights"], shape)

        def prediction_step(self, model: Any, inputs: Any, *_: Any, **__: Any) -> tuple[Any, None, None]:
            import torch

            with torch.no_grad(), self.compute_loss_context_manager():
                return self.compute_loss(model, self._prepare_inputs(inputs)), None, None

        def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
            seen = self._seen[self.model.training]
            before = "" if self.model.training else "eval_"
            for name, values in seen.items():
                logs[before + name] = sum(values) / len(values)
            seen.clear()
            super().log(logs, *args, **kwargs)

        def _likelihoods(self, model: Any, inputs: Mapping[str, Any]) -> list[Any]:
            return [
                log_likelihoods(model, inputs[side], narrow=self._narrow) for side in ("chosen", "rejected")
            ]

        def _note(self, model: Any, held: Preference) -> None:
            margin = held.margin.detach()
            found = {
                "chosen": held.chosen,
                "rejected": held.rejected,
                "margin": margin,
                "accuracy": margin > 0,
            }
            for name, values in found.items():
                everyone = self.accelerator.gather(values.detach().float())
                self._seen[model.training][f"rewards/{name}"].extend(everyone.tolist())

    return Preferring


@contextmanager
def _switched_off(model: Any) -> Iterator[None]:
    """The model as it was before it had an adapter, without gradients and dropout."""
    import torch

    training = model.training
    model.eval()
    with torch.no_grad(), model.disable_adapter():
        yield
    model.train(training)
