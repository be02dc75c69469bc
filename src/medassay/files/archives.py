"""Members of .zip files: what one claims is checked before it is unpacked, and none is written to disk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from medassay.errors import MedassayError, reason

_SMALL = 64 * 2**20  # bytes that a member may unpack to whatever its packed size
_MAX_RATIO = 100  # above this a larger one is taken for a bomb; images and text stay below 20
_METHODS = {
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
    zipfile.ZIP_BZIP2,
}  # LZMA asks for memory as its head says


class Damaged(ValueError):
    """An archive or a member cannot be read, or must not be; the message says why."""


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """An archive.

    Raises:
        Damaged: it is none, or whatever went wrong while it was read.
        FileNotFoundError: there is no such file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (MedassayError, Damaged, FileNotFoundError):
        raise
    except Exception as error:  # zipfile and its decoders raise errors of a dozen kinds
        raise Damaged(reason(error)) from error


def checked(member: zipfile.ZipInfo, *, also: frozenset[int] = frozenset()) -> zipfile.ZipInfo:
    """The member, which is safe to unpack: no more comes out of it than it claims.

    Args:
        member: of an archive.
        also: methods of compression that the caller unpacks by itself.

    Raises:
        Damaged: it claims to unpack to far more than its size, is encrypted, or compressed in a strange way.
    """
    if member.file_size > _SMALL and member.file_size > _MAX_RATIO * member.compress_size:
        raise Damaged(
            f"{member.filename!r} of {member.compress_size} bytes unpacks to {member.file_size}: a bomb"
        )
    if member.flag_bits & 1:
        raise Damaged(f"{member.filename!r} is encrypted")
    if member.compress_type not in _METHODS | also:
        raise Damaged(f"{member.filename!r} is compressed by the method {member.compress_type}")
    return member
