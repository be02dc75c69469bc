"""A response as the bytes of a row, with a checksum: a flipped byte passes SQLite's own checks."""

from __future__ import annotations

import zlib

from medassay import codec
from medassay.types import Response

SEALED = "ifnull(CAST(value AS BLOB), x''), CAST(checksum AS INTEGER)"
"""The columns as `unseal` takes them: a damaged row may have lost even their types."""

LONG = 512  # bytes from which compressing a value pays


def seal(fingerprint: str, key: str, response: Response) -> tuple[bytes, int]:
    """The value and the checksum of a row.

    Raises:
        ValueError: the response is a failure, which is never kept.
    """
    if response.error is not None:
        raise ValueError(f"a failure is never stored: {response.error}")
    value = codec.dumps(codec.plain(response)).encode()
    if len(value) >= LONG:
        value = zlib.compress(value)  # begins with "x", JSON with "{"
    return value, _checksum(fingerprint, bytes.fromhex(key), value)


def unseal(fingerprint: str, key: bytes, value: bytes, checksum: int) -> Response | None:
    """The response, or None where the row is damaged."""
    if _checksum(fingerprint, key, value) != checksum:
        return None
    return codec.restore(Response, codec.loads(zlib.decompress(value) if value[:1] == b"x" else value))


def _checksum(fingerprint: str, key: bytes, value: bytes) -> int:
    return zlib.crc32(value, zlib.crc32(key, zlib.crc32(fingerprint.encode())))
