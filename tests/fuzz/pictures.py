"""Changes to the chunks, segments and elements that images are made of."""

from __future__ import annotations

import struct
import zlib
from random import Random

from tests.fuzz.octets import havoc, number, over

_PNG = b"\x89PNG\r\n\x1a\n"
_KINDS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"eXIf", b"acTL", b"fcTL", b"fdAT", b"iCCP", b"zTXt", b"iTXt")


def picture(draw: Random, content: bytes) -> bytes:
    """A change that fits the kind of image the bytes are."""
    if content.startswith(_PNG):
        return _png(draw, content)
    if content.startswith(b"\xff\xd8"):
        return _jpeg(draw, content)
    if content[:2] in {b"II", b"MM"}:
        return _tiff(draw, content)
    at = draw.randrange(min(64, len(content)))  # GIF, WebP, BMP: what matters stands at the front
    return over(content, at, number(draw, draw.choice((1, 2, 4))))


def _png(draw: Random, content: bytes) -> bytes:
    chunks, at = [], 8
    while at < len(content):
        length = struct.unpack(">I", content[at : at + 4])[0]
        chunks.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + length]))
        at += 12 + length
    place = draw.randrange(len(chunks))
    kind, body = chunks[place]
    match draw.randrange(6):
        case 0:
            chunks.insert(place, (draw.choice(_KINDS), havoc(draw, body)))
        case 1:
            del chunks[place]
        case 2:
            chunks.insert(draw.randrange(len(chunks)), chunks[place])
        case 3 if kind == b"IDAT":
            chunks[place] = kind, zlib.compress(havoc(draw, zlib.decompress(body)), 1)
        case 4:
            head = chunks[0][1]
            chunks[0] = b"IHDR", over(head, draw.choice((0, 4)), number(draw, 4, ">"))[:13]
        case _:
            chunks[place] = kind, havoc(draw, body)
    return _PNG + b"".join(
        struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b)) for k, b in chunks
    )


def _jpeg(draw: Random, content: bytes) -> bytes:
    segments, at = [], 2
    while content[at + 1] != 0xDA:  # the scan follows
        length = struct.unpack(">H", content[at + 2 : at + 4])[0]
        segments.append((content[at : at + 2], content[at + 4 : at + 2 + length]))
        at += 2 + length
    place = draw.randrange(len(segments))
    mark, body = segments[place]
    match draw.randrange(5):
        case 0:
            segments.insert(place, (bytes([0xFF, draw.randrange(0xC0, 0xFF)]), havoc(draw, body)))
        case 1:
            del segments[place]
        case 2:
            segments.append((mark, body))
        case _:
            segments[place] = mark, havoc(draw, body)
    head = b"".join(m + struct.pack(">H", (len(b) + 2) & 0xFFFF) + b for m, b in segments)
    return content[:2] + head + content[at:]


def _tiff(draw: Random, content: bytes) -> bytes:
    order = "<" if content[:2] == b"II" else ">"
    start = struct.unpack(order + "I", content[4:8])[0]
    count = struct.unpack(order + "H", content[start : start + 2])[0]
    entry = start + 2 + 12 * draw.randrange(count)
    field = draw.choice((0, 2, 4, 8))  # tag, type, count, value
    return over(content, entry + field, number(draw, 2 if field < 4 else 4, order))


# ---- DICOM

_LONG = {b"OB", b"OW", b"OF", b"OD", b"SQ", b"UN", b"UT", b"UC", b"UR", b"OL", b"OV"}  # PS3.5, 7.1.2
_NUMERALS = (b"", b"0", b"-1", b"1\\2\\3", b"1e400", b"nan", b"x", b"99999999999", b"2 ", b"\\", b"0.0000001")
_WORDS = (
    b"MONOCHROME1",
    b"RGB",
    b"PALETTE COLOR",
    b"YBR_FULL",
    b"YBR_FULL_422",
    b"SIGMOID",
    b"CT",
    b"\xff\xfe",
)
_SYNTAXES = tuple(
    f"1.2.840.10008.1.2{end}".encode()
    for end in (
        "",
        ".1",
        ".1.99",
        ".2",
        ".4.50",
        ".4.57",
        ".4.70",
        ".4.80",
        ".4.90",
        ".4.201",
        ".5",
        ".4.100",
    )
)


def dicom(draw: Random, content: bytes) -> bytes:
    """A change to one element, written again with its length; the file must be of explicit VR."""
    elements, at = [], 132
    while at + 8 <= len(content):
        tag, kind = content[at : at + 4], content[at + 4 : at + 6]
        head = 12 if kind in _LONG else 8
        said = content[at + 8 : at + 12] if head == 12 else content[at + 6 : at + 8] + b"\0\0"
        length = struct.unpack("<I", said)[0]
        rest = length == 0xFFFFFFFF  # pixels in frames, which come last
        body = content[at + head :] if rest else content[at + head : at + head + length]
        elements.append((tag, kind, body, rest))
        at += head + len(body)
    place = draw.randrange(len(elements))
    tag, kind, body, rest = elements[place]
    match draw.randrange(8):
        case 0:
            del elements[place]
        case 1:
            elements[place] = tag, draw.choice((b"US", b"DS", b"IS", b"LO", b"SQ", b"UN", b"FD")), body, rest
        case 2:
            elements[place] = draw.choice(elements)[0], kind, body, rest
        case _:
            elements[place] = tag, kind, _value(draw, kind, body), rest
    return content[:132] + b"".join(_element(*element) for element in elements)


def _value(draw: Random, kind: bytes, body: bytes) -> bytes:
    if kind in {b"US", b"SS"}:
        return number(draw, 2)
    if kind == b"UI":
        return draw.choice((*_SYNTAXES, b"", b"1.2.3"))
    if kind in {b"DS", b"IS"}:
        return draw.choice(_NUMERALS)
    if kind in {b"CS", b"LO"}:
        return draw.choice((*_WORDS, havoc(draw, body)))
    return havoc(draw, body)


def _element(tag: bytes, kind: bytes, body: bytes, rest: bool) -> bytes:
    if rest:
        return tag + kind + b"\0\0\xff\xff\xff\xff" + body
    body += b"\0" * (len(body) % 2)
    if kind in _LONG:
        return tag + kind + b"\0\0" + struct.pack("<I", len(body)) + body
    return tag + kind + struct.pack("<H", len(body) & 0xFFFF) + body
