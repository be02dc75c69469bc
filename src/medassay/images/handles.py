"""What a uri names and who opens it.

A uri is a plain path, or names a scheme: `npz:PATH?key=test_images&index=5`,
`parquet:PATH?column=image&row=12`, `zip:PATH?member=a/b.png`, `inline:BASE64`. Other modules register
schemes of their own (`phantom:`).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, quote, unquote

import numpy as np
from numpy.typing import NDArray

from medassay.errors import ImageError, MissingExtra

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

    Content = bytes | NDArray[np.uint8] | Picture
    Opener = Callable[[str], Content]

A = TypeVar("A")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):")  # two letters at least: C:\ is a path
_OPENERS: dict[str, Opener] = {}


class Unreadable(Exception):
    """Why an image cannot be had; which one is added at the edge, where its uri is known."""


def register(scheme: str, opener: Opener) -> None:
    """Let `opener` read the uris of a scheme.

    It gives the original bytes of a file, a uint8 (H, W[, 3]) array, or a picture of 8-bit grey or RGB.
    """
    _OPENERS[scheme] = opener


def openers() -> tuple[Opener, ...]:
    """All openers that are registered."""
    return tuple(_OPENERS.values())


def uri(scheme: str, path: Path, **fields: str | float) -> str:
    """The uri of one image inside a file that holds many."""
    query = "&".join(f"{k}={quote(str(v))}" for k, v in fields.items())
    return f"{scheme}:{quote(str(path))}?{query}"


def split_uri(text: str) -> tuple[str, dict[str, str]]:
    """The path (or name) and the fields of a uri made by `uri`."""
    body, _, query = text.partition(":")[2].partition("?")
    return unquote(body), dict(parse_qsl(query))


def is_path(text: str) -> bool:
    """Whether a uri is a plain path."""
    return _SCHEME.match(text) is None


def path_of(text: str) -> str:
    """The path of the file that a uri reads from (or the name, where its scheme reads none)."""
    return text if is_path(text) else split_uri(text)[0]


def named(text: str) -> str:
    """A uri as an error names it: `/data/images.zip (member a/b.png)`."""
    if is_path(text):
        return text
    path, fields = split_uri(text)
    if not fields:
        return text if len(text) <= 80 else f"{text[:80]}..."
    return f"{path} ({', '.join(f'{k} {v}' for k, v in fields.items())})"


def fields_of(text: str, *names: str) -> tuple[str, dict[str, str]]:
    """The path and the fields of a uri that may have no others than these.

    Raises:
        Unreadable: it has another, by a slip of the pen.
    """
    path, fields = split_uri(text)
    if strange := [name for name in fields if name not in names]:
        raise Unreadable(f"{', '.join(strange)}: the fields of such a uri are {', '.join(names)}")
    return path, fields


def field_of(fields: Mapping[str, str], name: str) -> str:
    """A field that a uri must have.

    Raises:
        Unreadable: it is not there.
    """
    if name not in fields:
        raise Unreadable(f"its uri lacks {name}=...")
    return fields[name]


def whole(text: str, name: str) -> int:
    """A field's whole number.

    Raises:
        Unreadable: it is none.
    """
    try:
        return int(text)
    except ValueError:
        raise Unreadable(f"{name}={text} is not a whole number") from None


def content(text: str) -> Content:
    """What the opener of a uri gives; the bytes of the file for a plain path.

    Raises:
        ImageError: it cannot be read; names the image and the reason.
        MissingExtra: the package that opens such images is not installed.
    """
    match = _SCHEME.match(text)
    with naming(text):
        return Path(text).read_bytes() if match is None else _opener(match[1])(text)


@contextmanager
def naming(text: str) -> Iterator[None]:
    """Turn whatever keeps an image from being read into an error that names the image.

    Raises:
        ImageError: in place of `Unreadable` and of what files and their readers raise.
    """
    try:
        yield
    except Unreadable as error:
        raise ImageError(f"{named(text)}: {error}") from error
    except FileNotFoundError as error:
        raise ImageError(f"{named(text)}: no such file") from error
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise ImageError(f"{named(text)}: cannot be read ({type(error).__name__}: {error})") from error


@contextmanager
def decoding(kind: str) -> Iterator[None]:
    """Say in one way that a file is damaged or of a sort that its decoder does not know.

    Raises:
        Unreadable: whatever the decoder raised, except that an extra is missing.
    """
    try:
        yield
    except (Unreadable, ImageError, MissingExtra):
        raise
    except Exception as error:  # a decoder fails in many ways on a damaged file
        raise Unreadable(f"cannot be decoded as {kind} ({_reason(error)})") from error


def _reason(error: Exception) -> str:
    name = type(error).__name__
    if name == "UnidentifiedImageError":  # its own words name an address in memory
        return "of a kind that is not known"
    return f"{name}: {' '.join(str(error).split())}"


def _opener(scheme: str) -> Opener:
    if scheme not in _OPENERS:
        raise Unreadable(f"nothing opens {scheme!r} images; is the benchmark's package installed?")
    return _OPENERS[scheme]


def kept(number: int) -> Callable[[Callable[..., A]], Callable[..., A]]:
    """Keep the last results of a function, and work out each only once however many threads ask."""

    def decorate(function: Callable[..., A]) -> Callable[..., A]:
        held, lock = lru_cache(maxsize=number)(function), threading.Lock()

        @wraps(function)
        def once(*arguments: Any) -> A:
            with lock:
                return held(*arguments)

        return once

    return decorate
