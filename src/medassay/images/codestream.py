"""How large a compressed frame says it is, before a decoder believes it."""

from __future__ import annotations

import struct

_JPEG, _JPEG_2000 = b"\xff\xd8", b"\xff\x4f\xff\x51"
_FRAMES = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}  # the markers of a frame's head (SOF; JPEG-LS: F7)


def size_of(stream: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG, JPEG-LS or JPEG 2000 stream; None if it does not tell.

    After ISO/IEC 10918-1 B.2.2 and 15444-1 A.5.1.
    """
    if stream[:2] != _JPEG:
        start = stream.find(_JPEG_2000)  # some files have the boxes of a .jp2 before it
        if start < 0:
            return None
        x1, y1, x0, y0 = struct.unpack_from(">4I", stream, start + 8)
        return x1 - x0, y1 - y0
    at = 2
    while at + 9 <= len(stream):
        if stream[at + 1] == 0xFF:  # padding before a marker
            at += 1
        elif stream[at + 1] in _FRAMES:
            height, width = struct.unpack_from(">HH", stream, at + 5)
            return width, height
        else:
            at += 2 + int.from_bytes(stream[at + 2 : at + 4], "big")
    return None
