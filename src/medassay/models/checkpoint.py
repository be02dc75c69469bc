"""Where a checkpoint lies: a folder, or a hub id resolved to one commit."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medassay import codec
from medassay.errors import ModelError, reason
from medassay.files.places import is_file, is_folder
from medassay.models.sources import place_of

CONFIG = "config.json"
OPEN_CLIP_CONFIG = "open_clip_config.json"
ADAPTER_CONFIG = "adapter_config.json"
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_NOT_READ = re.compile(r".*\.(h5|msgpack|onnx|gguf|ot|tflite|pt|pth|ckpt)|(original|onnx|metal)/.*")
_WEIGHTS = (
    ("model.safetensors.index.json", "model.safetensors"),
    ("pytorch_model.bin.index.json", "pytorch_model.bin"),
)
_MAX_HEAD = 100_000_000  # bytes; safetensors itself refuses longer ones
_INDICES = frozenset({"I64", "I32", "BOOL"})  # positions and masks, which nobody trains
_OPEN_CLIP_WEIGHTS = (  # in the order in which open_clip prefers them
    "open_clip_model.safetensors",
    "open_clip_pytorch_model.safetensors",
    "open_clip_pytorch_model.bin",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A folder as `save_pretrained` or open_clip writes it; `commit` is set for a snapshot of the hub.

    An adapter's folder has `base`, the checkpoint that it changes. `code` names code of its own that may run
    (see `foreign.permitted`); None: none may.
    """

    folder: Path
    source: str
    commit: str | None = None
    base: Checkpoint | None = None
    code: str | None = None

    @property
    def name(self) -> str:
        """How it is called: the hub id, or the folder's name."""
        return self.source if self.commit else self.folder.resolve().name

    @property
    def model(self) -> Checkpoint:
        """The checkpoint that holds the full weights: itself, or what the adapter changes."""
        return self.base.model if self.base else self

    @property
    def adapters(self) -> list[Path]:
        """The folders of the adapters on the full weights, in the order in which they were learned."""
        return [*self.base.adapters, self.folder] if self.base else []

    @property
    def processor(self) -> Path:
        """The folder of the processor: the adapter's own if it has one, else the base's."""
        own = any(
            (self.folder / name).is_file() for name in ("processor_config.json", "tokenizer_config.json")
        )
        return self.base.processor if self.base and not own else self.folder

    @property
    def is_open_clip(self) -> bool:
        """Whether open_clip wrote it. Some folders hold both layouts; that of transformers goes first."""
        folder = self.model.folder
        return (folder / OPEN_CLIP_CONFIG).is_file() and not (folder / CONFIG).is_file()

    @property
    def config(self) -> dict[str, Any]:
        """The parsed configuration of the full weights."""
        return _read_json(self.model.folder / (OPEN_CLIP_CONFIG if self.is_open_clip else CONFIG))

    @property
    def weights(self) -> list[Path]:
        """The files of the full weights, in the order and choice of the library that loads them.

        Raises:
            ModelError: there are none, or a shard is missing.
        """
        return _open_clip_weights(self.model.folder) if self.is_open_clip else _weights(self.model.folder)

    @property
    def parameters(self) -> int | None:
        """How many numbers the full weights are, by the heads of their files; None if not safetensors.

        Raises:
            ModelError: there are none, or a file is damaged.
        """
        files = self.weights
        return sum(map(_numbers, files)) if all(f.suffix == ".safetensors" for f in files) else None


def locate(word: str | Path, revision: str | None = None) -> Checkpoint:
    """The checkpoint that a folder's path or a hub id names; a hub id is downloaded if it is not at hand.

    Raises:
        ModelError: it is neither, cannot be fetched, or is not a checkpoint.
    """
    word = place_of(str(word))
    folder, commit = Path(word).expanduser(), None
    if not is_folder(folder):
        if not _HUB_ID.fullmatch(str(word)):
            raise ModelError(f"{word}: no such folder, and not a hub id of the form owner/name")
        folder = _download(str(word), revision)
        commit = folder.name
    elif revision is not None:
        raise ModelError(f"{word} is a folder: a revision belongs to a hub id")
    if (folder / ADAPTER_CONFIG).is_file() and not (folder / CONFIG).is_file():
        return Checkpoint(folder=folder, source=str(word), commit=commit, base=_base(folder))
    if not (folder / CONFIG).is_file() and not (folder / OPEN_CLIP_CONFIG).is_file():
        raise ModelError(f"{folder}: no {CONFIG}; name the folder that `save_pretrained` wrote")
    return Checkpoint(folder=folder, source=str(word), commit=commit)


def wanted(files: Iterable[str]) -> list[str]:
    """The files of a hub repository that are read here: no other framework's, one format of weights."""
    kept = [name for name in files if not _NOT_READ.fullmatch(name)]
    if any(name.endswith(".safetensors") for name in kept):
        kept = [name for name in kept if not name.endswith((".bin", ".bin.index.json"))]
    return kept


def _base(folder: Path) -> Checkpoint:
    settings = _read_json(folder / ADAPTER_CONFIG)
    name, revision = settings.get("base_model_name_or_path"), settings.get("revision")
    if not isinstance(name, str) or not name:
        raise ModelError(f"{folder / ADAPTER_CONFIG}: base_model_name_or_path is missing")
    if not isinstance(revision, str | None):
        raise ModelError(f"{folder / ADAPTER_CONFIG}: the revision is no text")
    return locate(name, revision)


def _download(repo: str, revision: str | None) -> Path:
    import huggingface_hub as hub
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    try:
        info = hub.HfApi().model_info(repo, revision=revision)
        files = wanted(entry.rfilename for entry in info.siblings or ())
        return Path(hub.snapshot_download(repo, revision=info.sha, allow_patterns=files))
    except GatedRepoError as error:
        raise ModelError(f"{repo}: gated; accept its terms on the hub, then run `hf auth login`") from error
    except RepositoryNotFoundError as error:
        raise ModelError(f"{repo}: no such folder, and no such repository on the hub") from error
    except RevisionNotFoundError as error:
        raise ModelError(f"{repo}: the hub has no revision {revision!r} of it") from error
    except Exception as error:  # noqa: BLE001  offline, no network, a proxy: the cache may have it
        return _cached(repo, revision, reason(error))


def _cached(repo: str, revision: str | None, reason: str) -> Path:
    import huggingface_hub as hub

    try:
        return Path(hub.snapshot_download(repo, revision=revision, local_files_only=True))
    except (OSError, ValueError) as error:
        raise ModelError(f"{repo}: not in the local hub cache, and not fetched ({reason})") from error


def _weights(folder: Path) -> list[Path]:
    for index, single in _WEIGHTS:
        if (folder / index).is_file():
            names = _shards(folder / index)
        elif (folder / single).is_file():
            names = [single]
        else:
            continue
        missing = [name for name in names if not is_file(folder / name)]
        if missing or not names:
            raise ModelError(f"{folder}: {index} names weights that are not there ({', '.join(missing[:3])})")
        return [folder / name for name in names]
    raise ModelError(f"{folder}: no weights (model.safetensors or pytorch_model.bin); copy them there")


def _shards(index: Path) -> list[str]:
    """The files that an index names, all of which lie beside it."""
    held = _read_json(index).get("weight_map")
    names = set(map(str, held.values())) if isinstance(held, dict) else set()
    if strange := sorted(name for name in names if Path(name).name != name):
        raise ModelError(f"{index}: {strange[0]!r} is no file beside it: copy the index again")
    return sorted(names)


def _numbers(path: Path) -> int:
    """The numbers in a safetensors file that are no indices: eight bytes of length, then JSON."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > _MAX_HEAD:
                raise ValueError(f"its head claims {length} bytes")
            tensors = codec.loads(file.read(length))
        return sum(
            int(math.prod(each["shape"]))
            for name, each in tensors.items()
            if name != "__metadata__" and each["dtype"] not in _INDICES
        )
    except (OSError, ValueError, ArithmeticError, AttributeError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: no whole safetensors file ({reason(error)}): copy it again") from error


def _open_clip_weights(folder: Path) -> list[Path]:
    for name in _OPEN_CLIP_WEIGHTS:
        if (folder / name).is_file():
            return [folder / name]
    raise ModelError(f"{folder}: no weights ({' or '.join(_OPEN_CLIP_WEIGHTS)}); copy them there")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = codec.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: not readable as JSON ({reason(error)})") from error
    if not isinstance(value, dict):
        raise ModelError(f"{path}: holds no JSON object")
    return value
