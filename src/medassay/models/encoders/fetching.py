"""Published files that are no repository of transformers: from a folder, the hub, or a ZIP on the web."""

from __future__ import annotations

import os
import shutil
import urllib.request
import zipfile
from collections.abc import Sequence
from pathlib import Path

from medassay.errors import ModelError
from medassay.types import fingerprint


def fetched(word: str, files: Sequence[str], revision: str | None = None) -> Path:
    """The folder of published files: a folder, `datasets/OWNER/NAME` of the hub, or the address of a ZIP.

    Raises:
        ModelError: it cannot be fetched, or does not hold the files.
    """
    if word.startswith("datasets/"):
        return from_hub(word.removeprefix("datasets/"), files, dataset=True, revision=revision)
    if revision is not None:
        raise ModelError(f"{word} is not on the hub: a revision belongs to what is")
    if word.startswith("https://"):
        return _unpacked(word, files)
    return Path(word).expanduser()


def from_hub(repo: str, files: Sequence[str], *, dataset: bool = False, revision: str | None = None) -> Path:
    """The folder of some files of a repository; those that it lacks are not there.

    Raises:
        ModelError: they are neither in the cache nor to be had.
    """
    import huggingface_hub as hub

    kind = "dataset" if dataset else "model"
    try:
        return Path(
            hub.snapshot_download(repo, repo_type=kind, revision=revision, allow_patterns=list(files))
        )
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise ModelError(
            f"{repo}: {', '.join(files)} cannot be fetched from the hub ({reason}); copy them into a folder "
            "and name that"
        ) from error


def _unpacked(address: str, files: Sequence[str]) -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "medassay" / "models"
    folder = home / fingerprint(address)[:16]
    if all((folder / name).is_file() for name in files):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"archive.{os.getpid()}.part"
    try:
        with urllib.request.urlopen(address, timeout=60) as reply, archive.open("wb") as file:  # noqa: S310  https only
            shutil.copyfileobj(reply, file)
        with zipfile.ZipFile(archive) as held:
            for name in files:
                _extract(held, name, folder)
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise ModelError(
            f"{address}: cannot be fetched ({error}); unpack it into a folder and name that"
        ) from error
    finally:
        archive.unlink(missing_ok=True)
    return folder


def _extract(held: zipfile.ZipFile, name: str, folder: Path) -> None:
    """The one member of that name, wherever it lies in the archive; whole or not at all."""
    [member] = [entry for entry in held.namelist() if Path(entry).name == name] or [name]
    part = folder / f"{name}.{os.getpid()}.part"
    with held.open(member) as source, part.open("wb") as file:
        shutil.copyfileobj(source, file)
    part.replace(folder / name)
