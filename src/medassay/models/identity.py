"""What makes a checkpoint this checkpoint: digests of its files, known again without reading them twice."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from medassay.models.checkpoint import ADAPTER_CONFIG, Checkpoint
from medassay.models.quirks.layouts import layout_of
from medassay.types import fingerprint

_CONFIGS = ("config.json", "generation_config.json", "open_clip_config.json")
_PROCESSOR_NAMES = (
    "added_tokens.json",
    "merges.txt",
    "preprocessor_config.json",
    "processor_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.json",
    "vocab.txt",
)
_PROCESSOR_SUFFIXES = frozenset({".model", ".tiktoken"})  # sentencepiece and tiktoken vocabularies
_known: dict[str, str] = {}


def folder_identity(checkpoint: Checkpoint) -> dict[str, Any]:
    """Weights, adapter, configuration and processor as digests; the same wherever the folder lies.

    Weights from the hub are named by repository and commit, which settle them, rather than read.

    Raises:
        ModelError: there are no weights.
    """
    model = checkpoint.model
    layout = layout_of(checkpoint.config)
    parts = layout.parts(model) if layout else {}
    return {
        "weights": {name: _part(part) for name, part in parts.items()} or _weights(model),
        "adapter": _adapters(checkpoint.adapters),
        "config": _combined(model.folder / name for name in _CONFIGS),
        "processor": processor_digest(checkpoint.processor),
        "quantisation": checkpoint.config.get("quantization_config"),
        **({"code": checkpoint.code} if checkpoint.code else {}),
    }


def processor_digest(folder: Path) -> str:
    """One digest of the files of a processor and its vocabulary."""
    return _combined(_processor_files(folder))


def text_digest(text: str) -> str:
    """SHA-256 of a text, as digests are written here: "sha256:" and 64 hex digits."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, read once per (path, size, mtime): kept in the user's cache folder.

    Raises:
        OSError: it cannot be read.
    """
    state = path.stat()
    key = fingerprint([str(path.resolve()), state.st_size, str(state.st_mtime_ns)])
    if key not in _known:
        _known[key] = _remembered(key) or _remember(key, _read(path))
    return _known[key]


def _part(part: Checkpoint) -> dict[str, str]:
    """One of several checkpoints that make a model, with what lies beside its weights."""
    files = [*(part.folder / name for name in _CONFIGS), *_processor_files(part.folder)]
    return {"weights": _weights(part), "files": _combined(files)}


def _weights(model: Checkpoint) -> str:
    return f"hub:{model.source}@{model.commit}" if model.commit else _combined(model.weights)


def _combined(paths: Iterable[Path]) -> str:
    return "sha256:" + fingerprint({path.name: file_digest(path) for path in paths if path.is_file()})


def _adapters(folders: Iterable[Path]) -> str | list[str] | None:
    """The digest of one adapter; of several, learned one after the other, the list."""
    digests = [_combined([f / ADAPTER_CONFIG, *sorted(f.glob("adapter_model*"))]) for f in folders]
    return digests if len(digests) > 1 else next(iter(digests), None)


def _processor_files(folder: Path) -> list[Path]:
    named = [folder / name for name in _PROCESSOR_NAMES]
    return named + sorted(p for p in folder.iterdir() if p.suffix in _PROCESSOR_SUFFIXES)


def _read(path: Path) -> str:
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "medassay" / "digests"


def _remembered(key: str) -> str | None:
    with contextlib.suppress(OSError):
        text = (_cache() / key).read_text(encoding="ascii")
        return text if len(text) == len("sha256:") + 64 else None
    return None


def _remember(key: str, digest: str) -> str:
    # A cache that cannot be written costs time, nothing else. The rename makes an entry whole or absent.
    with contextlib.suppress(OSError):
        folder = _cache()
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{key}.{os.getpid()}"
        draft.write_text(digest, encoding="ascii")
        draft.replace(folder / key)
    return digest
