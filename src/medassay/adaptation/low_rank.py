"""Low-rank adapters (LoRA, Hu et al. 2021, arXiv 2106.09685) in the image tower of a CLIP-type encoder."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from medassay.errors import MissingExtra, ModelError, UsageError
from medassay.models.encoder import VectorEncoder
from medassay.models.encoders.clip import ClipEncoder

Targets = Literal["attention", "linear", "linear+embedding"]
_ATTENTION = re.compile(r".*\.(q_proj|k_proj|v_proj)")
_TOWER = "vision_model."


@dataclass(frozen=True, slots=True, kw_only=True)
class LowRank:
    """W' = W + alpha / rank * B A, with dropout before A; `targets` says which W of the image tower."""

    rank: int = 8
    alpha: int = 32
    dropout: float = 0.05
    targets: Targets = "attention"


class Tuned:
    """A copy of an encoder with adapters in its image tower, everything else frozen.

    Args:
        encoder: CLIP or SigLIP as transformers has them.
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
        if not isinstance(encoder, ClipEncoder):
            raise UsageError(f"{encoder.name}: adapters are put into CLIP and SigLIP of transformers only")
        peft = _peft()
        self._encoder = encoder
        model = encoder.trainable()
        self.names = sorted(_targets(model, settings.targets))
        if not self.names:
            raise ModelError(f"{encoder.name}: its image tower has no {settings.targets} layers to adapt")
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


def _targets(model: Any, targets: Targets) -> Iterator[str]:
    import torch

    fused = (
        tuple(  # it reads the weights of its layers and never runs them: an adapter there would learn nothing
            f"{name}."
            for name, module in model.named_modules()
            if isinstance(module, torch.nn.MultiheadAttention)
        )
    )
    for name, module in model.named_modules():
        if not name.startswith(_TOWER) or name.startswith(fused):
            continue
        linear = isinstance(module, torch.nn.Linear)
        if targets == "attention" and not _ATTENTION.fullmatch(name):
            continue
        if linear or (targets == "linear+embedding" and isinstance(module, torch.nn.Embedding)):
            yield name


def _peft() -> Any:
    try:
        import peft
    except ModuleNotFoundError as error:
        raise MissingExtra("peft", "train") from error
    return peft
