"""Members of a .zip file, also packed with Zstandard, which Python reads only from 3.14 on."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from medassay.errors import DataError

ZSTANDARD = 93  # the method's number in the ZIP specification (APPNOTE 6.3.8, section 4.4.5)
_LOCAL = struct.Struct("<4s5H3I2H")  # a member's own header; its last two fields are lengths that follow it


def members(path: Path, names: Iterator[str]) -> Iterator[tuple[str, bytes]]:
    """The content of the members, one after the other.

    Raises:
        DataError: the archive or a member is damaged.
    """
    name = ""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            for name in names:
                info = archive.getinfo(name)
                if info.compress_type != ZSTANDARD:
                    yield name, archive.read(name)
                    continue
                file.seek(info.header_offset)
                *_, name_length, extra_length = _LOCAL.unpack(file.read(_LOCAL.size))
                file.seek(name_length + extra_length, 1)
                content = _unpacked(file.read(info.compress_size))
                if zlib.crc32(content) != info.CRC:
                    raise DataError(f"{path}: {name} is damaged: copy the file again")
                yield name, content
    except (zipfile.BadZipFile, OSError, zlib.error, struct.error) as error:
        raise DataError(
            f"{path}: {name or 'the archive'} is damaged ({error}): copy the file again"
        ) from error


def _unpacked(content: bytes) -> bytes:
    """What was packed, in one frame or several."""
    import pyarrow as pa

    with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
        return bytes(stream.read())
