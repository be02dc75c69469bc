import struct

import pytest

from medassay.images.codestream import size_of


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", 2 + len(body)) + body


HEAD = struct.pack(">BHHB", 8, 480, 640, 1)  # precision, lines, columns, components
TABLE = segment(0xC4, bytes(range(17)))


@pytest.mark.parametrize(
    ("stream", "size"),
    [
        (b"\xff\xd8" + TABLE + b"\xff" + segment(0xC3, HEAD), (640, 480)),
        (b"\xff\xd8" + segment(0xE0, b"\xff\xc0" * 9) + segment(0xF7, HEAD), (640, 480)),
        (b"boxes\xff\x4f\xff\x51" + struct.pack(">HH4I", 47, 0, 650, 490, 10, 10), (640, 480)),
        (b"\xff\xd8" + TABLE, None),
        (b"\xff\xd8" + segment(0xE0, b"\xff\x4f\xff\x51" + bytes(40)), None),
        (b"neither", None),
    ],
)
def test_the_size_is_in_the_head_of_the_frame(stream, size):
    assert size_of(stream) == size
