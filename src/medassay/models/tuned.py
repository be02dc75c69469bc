"""What `medassay adapt` leaves of a model that answers in words: its base with an adapter, or new weights.

adapted.json   the recipe, the model it stands on, how that wants to be addressed
weights/       an adapter as peft has it, or a whole checkpoint
chat_template.jinja  the one that it learned under
"""

from __future__ import annotations

from pathlib import Path

from medassay.models.about import read_about
from medassay.models.transformers import TransformersModel
from medassay.types import Style

WEIGHTS = "weights"
TEMPLATE = "chat_template.jinja"


def open_tuned(  # noqa: PLR0913  options of the command line
    path: str,
    *,
    dtype: str = "auto",
    device: str = "auto",
    attention: str | None = None,
    batch: int = 8,
    rank: bool = False,
    name: str = "",
) -> TransformersModel:
    """The model, addressed as it was when it learned, its adapter merged.

    Args:
        path: The folder that `medassay adapt` wrote.
        dtype: As in `TransformersModel`, like all below.
        device: Where it computes.
        attention: Of transformers.
        batch: The most requests in one batch.
        rank: Also give the probabilities of the options.
        name: How it is called in reports; by default the folder's name.

    Raises:
        ModelError: the folder is damaged, or what it stands on is not there any more.
    """
    about = read_about(Path(path))
    return TransformersModel(
        str(Path(path) / WEIGHTS),
        dtype=dtype,
        device=device,
        attention=attention,
        batch=batch,
        rank=rank,
        style=Style(**about["style"]),
        conversation=str(Path(path) / TEMPLATE),
        name=name or Path(path).resolve().name,
    )
