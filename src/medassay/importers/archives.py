"""Members of a .zip file, also packed with Zstandard, which Python reads only from 3.14 on."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from medassay.errors import DataError
from medassay.files.archives import Damaged, checked, opened

_PIECE = 2**20
ZSTANDARD = 93  # the method's number in the ZIP specification (APPNOTE 6.3.8, section 4.4.5)
_LOCAL = struct.Struct("<4s5H3I2H")  # a member's own header; its last two fields are lengths that follow it


def members(path: Path, names: Iterator[str]) -> Iterator[tuple[str, bytes]]:
    """The content of the members, one after the other.

    Raises:
        DataError: the archive or a member is damaged.
    """
    try:
        with opened(path) as archive, path.open("rb") as file:
            for name in names:
                member = checked(archive.getinfo(name), also=frozenset({ZSTANDARD}))
                packed = member.compress_type == ZSTANDARD
                yield name, _unpacked(file, member) if packed else archive.read(member)
    except (Damaged, OSError) as error:
        raise DataError(f"{path}: a damaged archive ({error}): copy the file again") from error


def _unpacked(file: IO[bytes], member: zipfile.ZipInfo) -> bytes:
    """What was packed, in one frame or several, and never more than the member claims."""
    import pyarrow as pa

    file.seek(member.header_offset)
    *_, name_length, extra_length = _LOCAL.unpack(file.read(_LOCAL.size))
    start = file.seek(name_length + extra_length, 1)
    if member.compress_size > file.seek(0, 2) - start:  # before memory is set aside for it
        raise Damaged(f"{member.filename!r} claims more than the file holds")
    file.seek(start)
    source = pa.BufferReader(file.read(member.compress_size))
    with pa.CompressedInputStream(source, "zstd") as stream:
        content = bytearray()
        while len(content) < member.file_size and (piece := stream.read(_PIECE)):
            content += piece
    if zlib.crc32(content) != member.CRC:
        raise Damaged(f"{member.filename!r} is not what was packed")
    return bytes(content)
