"""What of a model is trained: adapters in it, its projector, or its weights themselves."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medassay.adaptation.generative.anatomy import region_of, regions
from medassay.adaptation.generative.libraries import needed
from medassay.adaptation.generative.tuning import Tuning
from medassay.errors import ModelError


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """A model ready to be trained.

    Attributes:
        model: of peft, or the model itself where its weights are trained.
        adapted: the layers that carry an adapter, by their full names.
        whole: the modules that are trained themselves beside adapters (the projector).
    """

    model: Any
    adapted: Sequence[str]
    whole: Sequence[str]

    @property
    def peft(self) -> bool:
        """Whether adapters are what is saved."""
        return bool(self.adapted or self.whole)

    @property
    def trained(self) -> int:
        """How many numbers are trained."""
        return sum(p.numel() for p in self.model.parameters() if p.requires_grad)

    def save(self, folder: Path) -> None:
        """Write the adapter, or all weights."""
        options = {"save_embedding_layers": False} if self.peft else {}  # else peft asks the hub for the base
        self.model.save_pretrained(folder, **options)


def wrap(model: Any, tuning: Tuning, *, source: str, revision: str | None) -> Wrapped:
    """The model with what the tuning says to train, everything else frozen.

    Names are resolved to full ones before anything is trained: a list of patterns may match in part, or not
    at all, without a word.

    Args:
        model: as it was read, frozen; it is changed.
        tuning: what to train.
        source: how the weights are found again; goes into the adapter.
        revision: of a hub id.

    Raises:
        ModelError: a part that is named has nothing to train.
        MissingExtra: peft is not installed.
    """
    asked = regions(tuning.parts)
    if tuning.method == "full":
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(region_of(name) in asked)
        found = {region_of(name) for name, p in model.named_parameters() if p.requires_grad}
        _complete(asked, found, model)
        return Wrapped(model=model, adapted=(), whole=())
    adapted = sorted(name for name in _linear(model) if region_of(name) in set(asked) - {"projector"})
    whole = sorted(_projectors(model)) if "projector" in asked else []
    _complete(asked, {region_of(name) for name in (*adapted, *whole)}, model)
    (peft,) = needed("peft")
    config = peft.LoraConfig(
        r=tuning.rank,
        lora_alpha=tuning.alpha,
        lora_dropout=tuning.dropout,
        target_modules=adapted or _NOTHING,
        modules_to_save=whole or None,
        bias="none",
        revision=revision,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of what peft asks of transformers
        wrapped = peft.get_peft_model(model, config)
    # peft names the base by the folder that its weights were read from, which is of this machine alone
    wrapped.peft_config["default"].base_model_name_or_path = source
    for parameter in wrapped.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()  # small steps vanish in bfloat16
    return Wrapped(model=wrapped, adapted=adapted, whole=whole)


_NOTHING = "dummy-target-modules"  # peft's word for: no layer carries an adapter


def freeze_unreached(wrapped: Wrapped, loss: Any) -> list[str]:
    """Freeze what a loss does not depend on, and name it: it would be counted as trained and never move.

    Towers are often read before their last layer (LLaVA's from the last but one), and of the last layer of
    a bridge only what follows from its queries (InstructBLIP's). Experts that this loss was not routed to
    are left as they are.
    """
    loss.backward()
    parameters = dict(wrapped.model.named_parameters())
    unreached = [
        name
        for name, parameter in parameters.items()
        if parameter.requires_grad and ".experts." not in name and not _reached(name, parameters)
    ]
    for name in unreached:
        parameters[name].requires_grad_(False)
    wrapped.model.zero_grad(set_to_none=True)
    if not wrapped.trained:
        raise ModelError("the loss depends on nothing of what should be trained: nothing would be learned")
    return unreached


def _reached(name: str, parameters: Mapping[str, Any]) -> bool:
    """Whether a gradient came; of an adapter, whose second matrix begins at 0, to that one."""
    gradient = parameters[name.replace(".lora_A.", ".lora_B.")].grad
    return gradient is not None and bool(gradient.any())


def _linear(model: Any) -> Iterator[str]:
    """Linear layers that are run as layers, but for those that give the logits."""
    import torch
    from transformers.pytorch_utils import Conv1D

    # An inner language model's too: one that is tied to the words' vectors would change these when merged.
    last = {
        id(held.get_output_embeddings()) for held in model.modules() if hasattr(held, "set_output_embeddings")
    }
    fused = tuple(  # it reads the weights of its layers and never runs them: an adapter would learn nothing
        f"{name}." for name, held in model.named_modules() if isinstance(held, torch.nn.MultiheadAttention)
    )
    # In a mixture of experts peft takes any layer of these names for the experts', which are no layers.
    mixed = any(name.endswith(".experts") for name, _ in model.named_modules())
    taken = ("gate_proj", "up_proj", "down_proj") if mixed else ()
    for name, module in model.named_modules():
        run = isinstance(module, (torch.nn.Linear, Conv1D)) and id(module) not in last
        if run and not name.startswith(fused) and not name.endswith(taken):
            yield name


def _projectors(model: Any) -> Iterator[str]:
    """The topmost modules of the projector that hold weights; of a list of modules its members."""
    import torch

    taken: tuple[str, ...] = ()
    for name, module in model.named_modules():
        plain = not isinstance(module, (torch.nn.ModuleList, torch.nn.ModuleDict))
        held = any(True for _ in module.parameters())
        if plain and held and region_of(name) == "projector" and not name.startswith(taken or ("\0",)):
            taken = (*taken, f"{name}.")
            yield name


def _complete(asked: Sequence[str], found: set[Any], model: Any) -> None:
    missing = [region for region in asked if region not in found]
    if missing:
        raise ModelError(f"{type(model).__name__} has no {' and no '.join(missing)} with weights to train")
