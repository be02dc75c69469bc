"""Code that a checkpoint brings: run only where the user names whose it is and at which revision.

Nothing else in the package lets transformers or vLLM run code of a checkpoint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from medassay import codec
from medassay.errors import ModelError
from medassay.models.checkpoint import Checkpoint
from medassay.models.identity import file_digest
from medassay.types import fingerprint

_REFERRING = ("config.json", "processor_config.json", "preprocessor_config.json", "tokenizer_config.json")
_GENERATING = ("AutoModelForImageTextToText", "AutoModelForVision2Seq", "AutoModelForCausalLM")


def brings_code(folder: Path) -> bool:
    """Whether a checkpoint refers to classes in files of its own."""
    return bool(_references(folder))


def code_of(checkpoint: Checkpoint) -> str:
    """What its code is called: OWNER/NAME@COMMIT of the hub, or FOLDER@sha256:..., over its Python files."""
    if checkpoint.commit:
        return f"{checkpoint.source}@{checkpoint.commit}"
    folder = checkpoint.folder.resolve()
    files = {str(path.relative_to(folder)): file_digest(path) for path in sorted(folder.rglob("*.py"))}
    return f"{folder.name}@sha256:{fingerprint(files)}"


def permitted(checkpoint: Checkpoint, named: str | None) -> Checkpoint:
    """The checkpoint, whose own code may run if it is the code that is named.

    Args:
        checkpoint: As it was found; no code of it may run.
        named: What `code_of` says of the code that the user has read; None: nothing may run.

    Raises:
        ModelError: the code is another, there is none, or it lies in yet another repository.
    """
    if named is None:
        return checkpoint
    folder = checkpoint.folder
    if checkpoint.base is not None:
        raise ModelError(f"{folder}: an adapter, whose base may not run code: merge it into its base")
    references = _references(folder)
    if not references:
        raise ModelError(f"{folder}: it brings no code of its own: leave `code` out")
    if elsewhere := sorted(reference for reference in references if "--" in reference):
        raise ModelError(
            f"{folder}: its code lies in another repository ({elsewhere[0]}), which is not fetched: copy the "
            "files into the folder and take the part before `--` out of its auto_map"
        )
    held = code_of(checkpoint)
    if named != held:
        raise ModelError(
            f"{folder}: its code is {held}, and not {named}: nothing of it was run. Read it, then name it: "
            f"code={held}"
        )
    return replace(checkpoint, code=held)


def refusal(checkpoint: Checkpoint) -> str:
    """Why a checkpoint that needs its own code is not loaded, and what can be done."""
    return (
        f"{checkpoint.folder}: it brings code of its own, which is never run unasked. Use its conversion to "
        "a class of transformers if there is one (often named -hf), or read its *.py files and name them: "
        f"code={code_of(checkpoint)}"
    )


def trust(checkpoint: Checkpoint) -> dict[str, bool]:
    """What transformers and vLLM are told of a checkpoint's own code."""
    return {"trust_remote_code": checkpoint.code is not None}


def own_processor(checkpoint: Checkpoint) -> Any:
    """The processor of a checkpoint that may run its code."""
    from transformers import AutoProcessor

    return AutoProcessor.from_pretrained(checkpoint.folder, **trust(checkpoint))


def own_class(checkpoint: Checkpoint) -> Any | None:
    """The auto class under which a checkpoint that may run its code has its model; None: transformers has it.

    Raises:
        ModelError: its code has no model that answers.
    """
    import transformers

    mapped = checkpoint.config.get("auto_map")
    if checkpoint.code is None or not isinstance(mapped, Mapping):
        return None
    for name in _GENERATING:
        if name in mapped and (held := getattr(transformers, name, None)) is not None:
            return held
    if checkpoint.config.get("model_type") in transformers.CONFIG_MAPPING:
        return None
    raise ModelError(
        f"{checkpoint.folder}: its code is no model that answers under one of {', '.join(_GENERATING)}: wrap "
        "it in a function and name it as module:attribute"
    )


def _references(folder: Path) -> set[str]:
    """The classes of its own that a folder's configurations name: `file.Class`, `OWNER/NAME--file.Class`."""
    found: set[str] = set()
    for name in _REFERRING:
        try:
            held = codec.loads((folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):  # whoever reads the file for itself says what is wrong with it
            continue
        mapped = held.get("auto_map") if isinstance(held, dict) else None
        for reference in mapped.values() if isinstance(mapped, dict) else ():
            found |= {
                r for r in (reference if isinstance(reference, list) else [reference]) if isinstance(r, str)
            }
    return found
