"""Images by handle: openers by the scheme of a uri, content digests, and decoding ahead in threads.

A uri is a plain path, or names a scheme: `npz:PATH?key=test_images&index=5`,
`parquet:PATH?column=image&row=12`, `inline:BASE64`. Other modules register schemes of their own
(`phantom:`). What a model receives is opened here and nowhere else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, quote, unquote

import numpy as np
from numpy.typing import NDArray

from medassay.errors import ImageError
from medassay.types import Image, Op

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Content = bytes | NDArray[np.uint8]
Opener = Callable[[str], Content]
Operation = Callable[["Picture", Op], "Picture"]

MAX_PIXELS = 200_000_000  # above this a file is taken for a decompression bomb
_CACHE_BYTES = 256 * 2**20
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):")  # two letters at least: C:\ is a path
_OPENERS: dict[str, Opener] = {}
_OPERATIONS: dict[str, Operation] = {}


def register(scheme: str, opener: Opener) -> None:
    """Let `opener` read the uris of a scheme: the original bytes of a file, or a uint8 (H, W[, 3]) array."""
    _OPENERS[scheme] = opener


def register_operation(name: str, operation: Operation) -> None:
    """Let images carry the seeded perturbation `name`."""
    _OPERATIONS[name] = operation


def uri(scheme: str, path: Path, **fields: str | int) -> str:
    """The uri of one image inside a file that holds many."""
    query = "&".join(f"{k}={quote(str(v))}" for k, v in fields.items())
    return f"{scheme}:{quote(str(path))}?{query}"


def split_uri(text: str) -> tuple[str, dict[str, str]]:
    """The path (or name) and the fields of a uri made by `uri`."""
    body, _, query = text.partition(":")[2].partition("?")
    return unquote(body), dict(parse_qsl(query))


def open_image(image: Image) -> Picture:
    """The picture in RGB, with the operations of the handle applied.

    Raises:
        ImageError: it cannot be read or decoded; names the image and the reason.
    """
    held = _pictures.get(image)
    if held is None:
        held = _decode(image)
        _pictures.put(image, held)
    return held


def read_bytes(image: Image) -> bytes:
    """The original bytes of the file; an image that is an array becomes a PNG.

    Raises:
        ImageError: it cannot be read.
    """
    content = _content(image.uri)
    if isinstance(content, bytes):
        return content
    buffer = io.BytesIO()
    _picture(content).save(buffer, format="PNG")
    return buffer.getvalue()


def resolve(image: Image) -> Image:
    """The same handle with the digest of its content.

    Raises:
        ImageError: it cannot be read.
    """
    return image if image.digest is not None else replace(image, digest=_digest(image.uri))


class Prefetcher:
    """Resolves digests, and decodes ahead if asked, in threads. A context manager."""

    def __init__(self, threads: int = 4) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="medassay-images")

    def fetch(self, images: Iterable[Image], *, pixels: bool) -> dict[Image, Image | ImageError]:
        """For every distinct handle the resolved one, or why it cannot be had."""
        distinct = list(dict.fromkeys(images))
        return dict(zip(distinct, self._pool.map(lambda i: _fetch(i, pixels), distinct), strict=True))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


def _fetch(image: Image, pixels: bool) -> Image | ImageError:
    try:
        held = resolve(image)
        if pixels:
            open_image(held)
    except ImageError as error:
        return error
    except Exception as error:  # noqa: BLE001  an opener of a plugin: its bug costs its own images only
        return ImageError(f"{image.uri}: its opener failed ({type(error).__name__}: {error})")
    return held


class _Pictures:
    """Decoded pictures, the most recently used ones up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self._limit, self._bytes = limit, 0
        self._held: OrderedDict[Image, Picture] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, image: Image) -> Picture | None:
        with self._lock:
            if image in self._held:
                self._held.move_to_end(image)
            return self._held.get(image)

    def put(self, image: Image, picture: Picture) -> None:
        with self._lock:
            if image in self._held:
                return
            self._held[image] = picture
            self._bytes += 3 * picture.width * picture.height
            while self._bytes > self._limit and len(self._held) > 1:
                _, gone = self._held.popitem(last=False)
                self._bytes -= 3 * gone.width * gone.height


_pictures = _Pictures(_CACHE_BYTES)


def _decode(image: Image) -> Picture:
    try:
        picture = _picture(_content(image.uri))
        for op in image.ops:
            if op.name not in _OPERATIONS:
                raise ImageError(f"{image.uri}: no operation is called {op.name!r}")
            picture = _OPERATIONS[op.name](picture, op)
    except ImageError:
        raise
    except Exception as error:  # a decoder fails in many ways on a damaged file; each is one failed row
        raise ImageError(f"{image.uri}: cannot be decoded ({type(error).__name__}: {error})") from error
    return picture


def _picture(content: Content) -> Picture:
    import PIL.Image

    if not isinstance(content, bytes):
        return PIL.Image.fromarray(np.ascontiguousarray(content)).convert("RGB")
    with PIL.Image.open(io.BytesIO(content)) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise ImageError(f"{picture.width} x {picture.height} pixels are above the limit of {MAX_PIXELS}")
        if picture.mode.startswith("I;16"):  # keep the upper 8 of 16 bits; PIL alone would clip
            return PIL.Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGB")
        if picture.mode in {"I", "F"}:
            raise ImageError(
                f"pixels of mode {picture.mode} have no agreed range: convert the file to 8 or 16 bits"
            )
        return picture.convert("RGB")


def _content(text: str) -> Content:
    match = _SCHEME.match(text)
    try:
        if match is None:
            return Path(text).read_bytes()
        return _opener(match[1], text)(text)
    except ImageError:
        raise
    except FileNotFoundError as error:
        raise ImageError(f"{error.filename}: no such file") from error
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise ImageError(f"{text[:200]}: cannot be read ({type(error).__name__}: {error})") from error


def _opener(scheme: str, text: str) -> Opener:
    if scheme not in _OPENERS:
        raise ImageError(
            f"{text[:80]}: nothing opens {scheme!r} images; is the benchmark's package installed?"
        )
    return _OPENERS[scheme]


def _digest(text: str) -> str:
    if _SCHEME.match(text):
        return _digest_of(_content(text))
    try:
        state = os.stat(text)  # noqa: PTH116  one system call per image counts here
    except OSError as error:
        raise ImageError(f"{text}: {error.strerror or error}") from error
    return _file_digest(text, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=100_000)
def _file_digest(path: str, _size: int, _mtime_ns: int) -> str:
    return _digest_of(_content(path))


def _digest_of(content: Content) -> str:
    if isinstance(content, bytes):
        return "sha256:" + hashlib.sha256(content).hexdigest()
    state = hashlib.sha256(f"{content.dtype.str}{content.shape}".encode())
    state.update(np.ascontiguousarray(content).data)
    return "sha256:" + state.hexdigest()


def _open_inline(text: str) -> bytes:
    try:
        return base64.b64decode(text.partition(":")[2], validate=True)
    except binascii.Error as error:
        raise ImageError(f"{text[:40]}...: not base64 ({error})") from error


def _open_npz(text: str) -> NDArray[np.uint8]:
    path, fields = split_uri(text)
    array = _npz_array(path, Path(path).stat().st_mtime_ns, fields["key"])
    return np.asarray(array[int(fields["index"])], dtype=np.uint8)


@lru_cache(maxsize=4)
def _npz_array(path: str, _mtime_ns: int, key: str) -> NDArray[Any]:
    import zipfile

    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            array: NDArray[Any] = arrays[key]
    except (zipfile.BadZipFile, EOFError) as error:
        raise ImageError(f"{path}: not a whole .npz file ({error})") from error
    if array.dtype != np.uint8:
        raise ImageError(f"{path}: {key} holds {array.dtype}, not 8-bit pixels")
    return array


def _open_parquet(text: str) -> bytes:
    path, fields = split_uri(text)
    group, first = _row_group(path, Path(path).stat().st_mtime_ns, int(fields["row"]), fields["column"])
    value = group[int(fields["row"]) - first].as_py()
    value = value["bytes"] if isinstance(value, Mapping) else value
    if not isinstance(value, bytes):
        raise ImageError(f"{text}: the column holds no image bytes")
    return value


def _row_group(path: str, mtime_ns: int, row: int, column: str) -> tuple[Any, int]:
    first = 0
    for index, size in enumerate(_row_group_sizes(path, mtime_ns)):
        if row < first + size:
            return _read_row_group(path, mtime_ns, index, column), first
        first += size
    raise ImageError(f"{path}: has {first} rows, row {row} was asked for")


@lru_cache(maxsize=16)
def _row_group_sizes(path: str, _mtime_ns: int) -> tuple[int, ...]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return tuple(file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups))


@lru_cache(maxsize=4)
def _read_row_group(path: str, _mtime_ns: int, index: int, column: str) -> Any:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return file.read_row_group(index, columns=[column]).column(column)


register("inline", _open_inline)
register("npz", _open_npz)
register("parquet", _open_parquet)
