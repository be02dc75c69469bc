"""Downloads that stay what they were: fetched at a pinned revision, or locked at the first one.

A card names its source as `hf://owner/name/pattern|pattern` (a dataset of the Hugging Face hub) or as
the `https://` address of one file; `{split}` in it is replaced. Any other address is a page to be read.
Where the card pins no revision, the first download writes the one it met, and the SHA-256 of every
file, into `medassay.lock` beside the suite; from then on the data must be that, on every machine that
has the lock.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import logging
import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar
from urllib.parse import urlsplit

from medassay import codec
from medassay.errors import DataError
from medassay.types import Benchmark, Where

LOCK = Path("medassay.lock")
_SCHEMA_VERSION = 1
_CHUNK = 2**20
_FILES = frozenset({".csv", ".gz", ".json", ".jsonl", ".npz", ".parquet", ".tsv", ".txt", ".zip"})
T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a benchmark's data is held to: `revision` is a commit, or a checksum `md5:...`, `sha256:...`.

    `files` maps a path below the folder to `sha256:` and 64 hex digits.
    """

    source: str
    revision: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The commit that a model's card without a revision was first met at."""

    source: str
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What was found when a benchmark's files were last gone through.

    `counts` are samples by split and `data_sha256` the hashes of their content; `accepted` are the splits
    whose count is not the card's and that the user took all the same.
    """

    counts: Mapping[str, int]
    data_sha256: Mapping[str, str]
    accepted: Sequence[str] = ()


def fetch(benchmark: Benchmark, where: Where, *, lock: Path = LOCK, cache: Path | None = None) -> Path:
    """The folder with the files of a split, downloaded if need be, and checked against the lock.

    Args:
        benchmark: its `source` and `revision` say what to get.
        where: the split.
        lock: the user's lock file; written when something new was met.
        cache: where downloads are kept; by default the hub's own cache, and `MEDASSAY_CACHE` or
            `~/.cache/medassay` for the rest.

    Raises:
        DataError: nothing can be downloaded (offline, no open access), or it is not what the lock holds.
    """
    if benchmark.access != "open":
        raise _unavailable(benchmark, f"access is by {benchmark.access}")
    held = read(lock).get(benchmark.name)
    _agree(benchmark, held, lock)
    revision = held.revision if held else benchmark.revision
    source = benchmark.source.replace("{split}", where.split)
    try:
        if source.startswith("hf://"):
            folder, pattern, revision = _from_hub(source, revision, cache)
        elif fetchable(benchmark):
            folder, pattern, revision = _from_web(source, revision, benchmark.name, cache)
        else:
            raise _unavailable(benchmark, "no file that can be fetched")
    except (OSError, ValueError, HTTPException) as error:
        raise _unavailable(benchmark, str(error).partition("\n")[0] or type(error).__name__) from error
    files = _files(folder, pattern)
    _compare(benchmark, held, pattern, files, folder, lock)
    merged = Entry(
        source=benchmark.source, revision=revision, files={**(held.files if held else {}), **files}
    )
    if merged != held:
        _write(lock, "benchmarks", benchmark.name, merged)
    return folder


def fetchable(benchmark: Benchmark) -> bool:
    """Whether there is an address from which `fetch` may download."""
    held = benchmark.source
    web = held.startswith(("https://", "http://")) and _names_a_file(held)
    return benchmark.access == "open" and (held.startswith("hf://") or web)


def read(lock: Path = LOCK) -> dict[str, Entry]:
    """What the lock file holds, by the name of the benchmark; nothing where there is no file.

    Raises:
        DataError: the file is not a lock file of a version that is known.
    """
    return _section(lock, "benchmarks", Entry)


def prepared(lock: Path = LOCK) -> dict[str, Prepared]:
    """What was prepared, by the title of the benchmark ("name@variant").

    Raises:
        DataError: as for `read`.
    """
    return _section(lock, "prepared", Prepared)


def weights(lock: Path = LOCK) -> dict[str, Weights]:
    """The commits of models, by the name of the card.

    Raises:
        DataError: as for `read`.
    """
    return _section(lock, "models", Weights)


def record(name: str, entry: Prepared | Weights, *, lock: Path = LOCK) -> None:
    """Write down what was prepared ("name@variant"), or at which commit a model was met.

    Raises:
        DataError: the lock file is damaged, or cannot be written.
    """
    _write(lock, "prepared" if isinstance(entry, Prepared) else "models", name, entry)


def _section(lock: Path, name: str, kind: type[T]) -> dict[str, T]:
    try:
        return {key: kind(**entry) for key, entry in _load(lock).get(name, {}).items()}
    except (TypeError, AttributeError) as error:
        raise _damaged(lock, error) from error


def _load(lock: Path) -> dict[str, Any]:
    try:
        held: dict[str, Any] = codec.loads(lock.read_text("utf-8"))
        version = held["schema_version"]
    except FileNotFoundError:
        return {"schema_version": _SCHEMA_VERSION, "benchmarks": {}}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(lock, error) from error
    if version != _SCHEMA_VERSION:
        raise DataError(f"{lock}: schema_version {version} is not known; update medassay.")
    return held


def _damaged(lock: Path, error: Exception) -> DataError:
    return DataError(f"{lock}: not a lock file ({error}); mend it, or remove it to lock anew.")


def _agree(benchmark: Benchmark, held: Entry | None, lock: Path) -> None:
    wanted = (benchmark.source, benchmark.revision or (held.revision if held else ""))
    if held and (held.source, held.revision) != wanted:
        raise DataError(
            f"{lock}: {benchmark.name} is locked to {held.source} at {held.revision}, its card says "
            f"{' at '.join(wanted)}; remove the entry to lock anew."
        )


def _unavailable(benchmark: Benchmark, reason: str) -> DataError:
    return DataError(
        f"{benchmark.name}: cannot be downloaded from {benchmark.source} ({reason}). "
        f"Get the files there and pass --data {benchmark.name}=DIR."
    )


def _from_hub(source: str, revision: str | None, cache: Path | None) -> tuple[Path, str, str]:
    from huggingface_hub import HfApi, snapshot_download

    owner, name, pattern = source.removeprefix("hf://").split("/", 2)
    repository = f"{owner}/{name}"
    try:
        commit = revision or HfApi().dataset_info(repository).sha
        if commit is None:
            raise ValueError(f"the hub names no commit of {repository}")
        folder = snapshot_download(
            repository,
            repo_type="dataset",
            revision=commit,
            allow_patterns=pattern.split("|"),
            cache_dir=cache,
        )
    except Exception as error:  # the HTTP library whose errors come through differs by version of the hub's
        raise OSError(str(error)) from error
    return Path(folder), pattern, commit


def _names_a_file(source: str) -> bool:
    return PurePosixPath(urlsplit(source).path).suffix in _FILES


def _from_web(source: str, revision: str | None, name: str, cache: Path | None) -> tuple[Path, str, str]:
    folder = (cache or _cache()) / name
    path = folder / source.rpartition("/")[2]
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _download(source, path, revision)
    algorithm = revision.partition(":")[0] if revision else "sha256"
    found = _digest(path, algorithm)
    if revision not in {None, found}:
        raise ValueError(f"{path} is {found}, not {revision}: remove it and run again")
    return folder, path.name, found


def _cache() -> Path:
    return Path(os.environ.get("MEDASSAY_CACHE") or Path.home() / ".cache" / "medassay")


def _download(source: str, path: Path, revision: str | None) -> None:
    """Write the file under its name only when it is whole and, where that is known, right."""
    _log.info("downloading %s to %s", source, path)
    with _partial(path) as part:
        with urllib.request.urlopen(source, timeout=60) as reply, part.open("wb") as file:  # noqa: S310  http(s) only, see fetch
            while chunk := reply.read(_CHUNK):
                file.write(chunk)
            expected = reply.headers["Content-Length"]
        if expected is not None and part.stat().st_size != int(expected):
            raise OSError(f"the connection broke after {part.stat().st_size} of {expected} bytes")
        if revision is not None and (found := _digest(part, revision.partition(":")[0])) != revision:
            raise ValueError(f"the download is {found}, not {revision}")


@contextmanager
def _partial(path: Path) -> Iterator[Path]:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return f"{algorithm}:{hashlib.file_digest(file, algorithm).hexdigest()}"


def _files(folder: Path, pattern: str) -> dict[str, str]:
    paths = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file()}
    return {name: _digest(p, "sha256") for name, p in paths.items() if _fits(name, pattern)}


def _fits(name: str, patterns: str) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns.split("|"))


def _compare(
    benchmark: Benchmark, held: Entry | None, pattern: str, files: dict[str, str], folder: Path, lock: Path
) -> None:
    expected = {n: d for n, d in held.files.items() if _fits(n, pattern)} if held else {}
    if not files and not expected:
        raise DataError(f"{benchmark.name}: {benchmark.source} has no file like {pattern}.")
    for name, digest in expected.items():
        if name not in files:
            raise DataError(f"{folder / name}: missing, but locked in {lock}; download it again.")
        if files[name] != digest:
            raise DataError(f"{folder / name}: its {files[name]} is not the {digest} that {lock} holds.")


def _write(lock: Path, section: str, name: str, entry: Entry | Prepared | Weights) -> None:
    from filelock import FileLock

    try:
        with FileLock(f"{lock}.guard"):
            held = _load(lock)
            held[section] = {**held.get(section, {}), name: asdict(entry)}
            with _partial(lock) as part:
                part.write_text(json.dumps(held, indent=2, sort_keys=True) + "\n", "utf-8")
    except OSError as error:
        raise DataError(
            f"{lock}: cannot be written ({error}); run where it can, or keep it elsewhere."
        ) from error
