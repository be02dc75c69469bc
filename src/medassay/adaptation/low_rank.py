"""Low-rank adapters (LoRA, Hu et al. 2021, arXiv 2106.09685) in the image tower of a CLIP-type encoder."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from medassay.errors import MissingExtra, ModelError, UsageError
from medassay.models.encoder import Trainable, VectorEncoder

Targets = Literal["attention", "linear", "linear+embedding"]
_ATTENTION = re.compile(r".*\.(q_proj|k_proj|v_proj|query|key|value|qkv)")  # the last one: fused


@dataclass(frozen=True, slots=True, kw_only=True)
class LowRank:
    """W' = W + alpha / rank * B A, with dropout before A; `targets` says which W of the image tower.

    Of towers whose attention is one module that runs its weights itself (torch.nn.MultiheadAttention, in the
    ViTs of open_clip) only the other layers can carry adapters: "linear".
    """

    rank: int = 8
    alpha: int = 32
    dropout: float = 0.05
    targets: Targets = "attention"


class Tuned:
    """A copy of an encoder with adapters in its image tower, everything else frozen.

    Args:
        encoder: whose image tower can be trained (`Trainable`).
        settings: of the adapters.
        source: how the base weights are found again: a card's source, a folder or a hub id.
        revision: of a hub id.

    Attributes:
        names: of the modules that carry an adapter, resolved before anything is trained.

    Raises:
        UsageError: an encoder whose image tower is not known here.
        ModelError: it has no module of that kind.
        MissingExtra: peft is not installed.
    """

    def __init__(
        self, encoder: VectorEncoder, settings: LowRank, *, source: str, revision: str | None
    ) -> None:
        if not isinstance(encoder, Trainable):
            raise UsageError(
                f"{encoder.name}: it is not known how its image tower is trained: CLIP, SigLIP, BLIP and "
                "BLIP-2 of transformers and what open_clip wrote can be; linear-probe takes any encoder"
            )
        peft = _peft()
        self._encoder = encoder
        model = encoder.trainable()
        self.names = sorted(_targets(model, settings.targets, encoder.image_tower))
        if not self.names:
            raise ModelError(
                f"{encoder.name}: its image tower has no {settings.targets} layers for adapters; "
                "targets=linear takes every linear layer that is run as one"
            )
        config = peft.LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            lora_dropout=settings.dropout,
            target_modules=self.names,
            bias="none",
            revision=revision,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of what peft asks of transformers
            self.model = peft.get_peft_model(model, config)
        # peft names the base by the folder that its weights were read from, which is of this machine alone
        self.model.peft_config["default"].base_model_name_or_path = source

    @property
    def parameters(self) -> list[Any]:
        """The tensors of the adapters: all that is trained here."""
        return [p for p in self.model.parameters() if p.requires_grad]

    def vectors(self, images: Sequence[Any]) -> Any:
        """Vectors (n, d) with their gradient."""
        return self._encoder.differentiable(self.model.get_base_model(), list(images))

    def state(self) -> dict[str, Any]:
        """A copy of the adapters' tensors by name."""
        return {n: p.detach().clone() for n, p in self.model.named_parameters() if p.requires_grad}

    def restore(self, state: dict[str, Any]) -> None:
        """Put back what `state` gave."""
        import torch

        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                if name in state:
                    parameter.copy_(state[name])

    def save(self, folder: Path) -> None:
        """Write the adapters as peft has them."""
        self.model.save_pretrained(folder, save_embedding_layers=False)  # else it asks the hub for the base


def _targets(model: Any, targets: Targets, tower: str) -> list[str]:
    """The names of the layers to adapt, in the image tower."""
    import torch

    inside = [(name, module) for name, module in model.named_modules() if name.startswith(tower)]
    fused = tuple(  # it reads the weights of its layers and never runs them: an adapter would learn nothing
        f"{name}." for name, module in inside if isinstance(module, torch.nn.MultiheadAttention)
    )
    linear = [name for name, m in inside if isinstance(m, torch.nn.Linear) and not name.startswith(fused)]
    if targets == "attention":
        return [name for name in linear if _ATTENTION.fullmatch(name)]
    tables = [name for name, m in inside if isinstance(m, torch.nn.Embedding)]
    return [*linear, *tables] if targets == "linear+embedding" else linear


def _peft() -> Any:
    try:
        import peft
    except ModuleNotFoundError as error:
        raise MissingExtra("peft", "train") from error
    return peft
