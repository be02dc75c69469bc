"""Changes to plain bytes: what reaches the parsers of damaged files."""

from __future__ import annotations

import struct
from random import Random

NUMBERS = (0, 1, 2, 7, 16, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1)


def number(draw: Random, width: int, order: str = "<") -> bytes:
    """A number at the edge of what some type holds, in 1, 2, 4 or 8 bytes."""
    kind = {1: "B", 2: "H", 4: "I", 8: "Q"}[width]
    value = draw.choice((*NUMBERS, 2**63 - 1, 2**64 - 1, draw.getrandbits(width * 8)))
    return struct.pack(order + kind, value & (2 ** (8 * width) - 1))


def over(content: bytes, at: int, piece: bytes) -> bytes:
    """The content with a piece written over it."""
    return content[:at] + piece + content[at + len(piece) :]


def havoc(draw: Random, content: bytes, other: bytes = b"") -> bytes:
    """Bytes flipped, numbers put in, pieces taken out, doubled, cut off or brought from another input."""
    content = content or b"\0"
    at = draw.randrange(len(content))
    piece = content[at : at + draw.randrange(1, 33)]
    match draw.randrange(7):
        case 0:
            return over(content, at, bytes([content[at] ^ (1 << draw.randrange(8))]))
        case 1:
            return over(content, at, number(draw, draw.choice((1, 2, 4, 8)), draw.choice("<>")))
        case 2:
            return content[:at] + content[at + len(piece) :]
        case 3:
            return content[:at] + piece * draw.choice((2, 3, 300)) + content[at:]
        case 4:
            return content[:at]
        case 5:
            return over(content, at, bytes(draw.getrandbits(8) for _ in piece))
        case _:
            start = draw.randrange(len(other) or 1)
            return content[:at] + other[start : start + 64] + content[at:]
