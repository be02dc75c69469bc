"""Changes inside archives, arrays, tables and volumes, whose lengths and checksums are made anew."""

from __future__ import annotations

import gzip
import io
import json
import re
import struct
import zipfile
from collections.abc import Callable
from random import Random

from tests.fuzz.octets import havoc, number, over
from tests.fuzz.trees import TEXTS, VALUES, changed, written

Change = Callable[[Random, bytes], bytes]
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_NAMES = ("../../elsewhere", "/tmp/elsewhere", "a\\..\\b", "", "x" * 300, "é", "samples/1.json", "a/")
_DIRECTORY = {"made": 4, "flags": 8, "method": 10, "crc": 16, "packed": 20, "size": 24, "offset": 42}


def gzipped(draw: Random, content: bytes, change: Change) -> bytes:
    """A change below gzip; now and then to the stream itself."""
    if draw.random() < 0.1:
        return havoc(draw, content)
    return gzip.compress(change(draw, gzip.decompress(content)), 1, mtime=0)


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(draw: Random, members: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", draw.choice(_METHODS[:2] * 9 + _METHODS)) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, archive.compression)
    return body.getvalue()


def zipped(draw: Random, content: bytes, change: Change) -> bytes:
    """A change to a member, to what is in the archive, or to what its directory says of a member."""
    if draw.random() < 0.25:
        places = [match.start() for match in re.finditer(b"PK\x01\x02", content)]
        field = draw.choice(list(_DIRECTORY))
        width = 2 if field in {"made", "flags", "method"} else 4
        method = draw.choice((0, 8, 9, 12, 14, 93, 99))
        piece = struct.pack("<H", method) if field == "method" else number(draw, width)
        return over(content, draw.choice(places) + _DIRECTORY[field], piece)
    members = _members(content)
    name = draw.choice(list(members))
    match draw.randrange(6):
        case 0:
            members[draw.choice(_NAMES)] = members.pop(name)
        case 1:
            del members[name]
        case _:
            members[name] = change(draw, members[name])
    return _packed(draw, members)


# ---- Excel

_ENTITIES = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'


def _markup(draw: Random, content: bytes) -> bytes:
    """A change to the XML of a workbook: an attribute, a text, a tag, or what stands before them."""
    spots = list(re.finditer(rb'"[^"<>]*"|>[^<>]+<|<[^<>]+>', content))
    spot = draw.choice(spots)
    text = draw.choice(
        (*TEXTS, "-5", "XFD1048577", "A0", "1:1", "A1:B", "s", "inlineStr", "e", "d", "b", "t")
    )
    value = text.encode("utf-8", "replace").replace(b"<", b"").replace(b"&", b"")
    mark = spot.group()
    if mark.startswith(b'"'):
        new = b'"' + value.replace(b'"', b"") + b'"'
    elif mark.startswith(b">"):
        new = draw.choice((b">" + value + b"<", b">&c;<"))
    else:
        new = draw.choice((b"", mark * 2, mark * 3000))
    content = content[: spot.start()] + new + content[spot.end() :]
    if b"&c;" in content:
        content = content.replace(b"?>", b"?>" + _ENTITIES, 1)
    return content


def workbook(draw: Random, content: bytes) -> bytes:
    """A change to a spreadsheet."""
    return zipped(draw, content, _markup)


# ---- arrays

_DTYPES = (
    "|O",
    "|u1",
    "<f8",
    "<U9",
    "|V8",
    ">i4",
    "<c16",
    "<M8[ns]",
    "|b1",
    "|S0",
    "<f2",
    "|S999999999",
    "x",
)
_SHAPES = ("()", "(0,)", "(1,)", "(-1, 4)", "(2147483648, 4096, 3)", "(4, 4, 3)", "(2, 4, 4)", "(True,)", "4")
_HEAD = "{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"


def _array(draw: Random, content: bytes) -> bytes:
    """A change to the head of a .npy, whose length is made to fit, or to its numbers."""
    length = struct.unpack("<H", content[8:10])[0]
    head, body = content[10 : 10 + length].decode("latin-1"), content[10 + length :]
    fields = eval(head, {"__builtins__": {}})  # our own seeds
    said = {
        "descr": repr(fields["descr"]),
        "order": repr(fields["fortran_order"]),
        "shape": repr(fields["shape"]),
    }
    match draw.randrange(5):
        case 0:
            said["descr"] = repr(draw.choice(_DTYPES))
        case 1:
            said["shape"] = draw.choice(_SHAPES)
        case 2:
            said["order"] = draw.choice(("True", "1", "None"))
        case 3:
            body = havoc(draw, body)
        case _:
            said["descr"] = draw.choice(("[('a', '<f8')]", "__import__('os').system('true')", "(" * 90, "[]"))
    text = _HEAD.format(**said).encode("latin-1")
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return content[:8] + struct.pack("<H", len(text)) + text + body


def npz(draw: Random, content: bytes) -> bytes:
    """A change to a .npz."""
    return zipped(draw, content, _array)


# ---- tables


def parquet(draw: Random, content: bytes) -> bytes:
    """Other values and types under the same columns, or a change to the footer, or to a page."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    footer = struct.unpack("<I", content[-8:-4])[0]
    start = len(content) - 8 - footer
    match draw.randrange(5):
        case 0 | 1:
            tail = havoc(draw, content[start:-8])
            return content[:start] + tail + struct.pack("<I", len(tail)) + b"PAR1"
        case 2:
            return over(content, draw.randrange(4, start), number(draw, draw.choice((1, 2, 4))))
    table = pq.read_table(io.BytesIO(content))
    if "map<" in str(table.schema):  # pyarrow ends the process that writes a map whose keys are null
        return over(content, draw.randrange(4, start), number(draw, 4))
    name = draw.choice(table.column_names)
    at, values = table.column_names.index(name), table.column(name).to_pylist()
    if draw.random() < 0.5:
        new = [draw.choice(VALUES[:-2]) for _ in range(1)] * len(values)
    else:
        new = [_value(draw, value) for value in values]
    column = pa.array(new) if draw.random() < 0.5 else pa.array(new, table.schema.field(at).type)
    label = draw.choice((name, name, name, draw.choice(TEXTS)))
    body = io.BytesIO()
    pq.write_table(table.set_column(at, label, column), body)
    return body.getvalue()


def _value(draw: Random, value: object) -> object:
    if isinstance(value, str) and value.startswith(("{", "[")):
        return written(changed(draw, json.loads(value)))
    return havoc(draw, value) if isinstance(value, bytes) else value


# ---- NIfTI

_NIFTI_1 = {
    0: 4,
    **dict.fromkeys(range(40, 56, 2), 2),  # dimensions
    70: 2,  # type
    72: 2,  # bits
    **dict.fromkeys(range(76, 108, 4), 4),  # voxel sizes
    108: 4,  # offset of the voxels
    112: 4,  # slope
    116: 4,  # intercept
    252: 2,  # codes of the two transforms
    254: 2,
    **dict.fromkeys(range(256, 328, 4), 4),
    344: 4,  # magic
}
_NIFTI_2 = {
    0: 4,
    4: 8,
    12: 2,
    14: 2,
    **dict.fromkeys(range(16, 80, 8), 8),
    168: 8,
    176: 8,
    184: 8,
    344: 4,
    348: 4,
    **dict.fromkeys(range(352, 496, 8), 8),
}


def nifti(draw: Random, content: bytes) -> bytes:
    """A change to a field of the header, packed again as it was."""
    if content[:2] == b"\x1f\x8b":
        return gzipped(draw, content, nifti)
    fields = _NIFTI_1 if content[:4] in {b"\x5c\x01\x00\x00", b"\x00\x00\x01\x5c"} else _NIFTI_2
    at = draw.choice(list(fields))
    real = struct.pack("<f", draw.choice((0.0, -1.0, 1e38, float("nan"), float("inf"), 1e-38)))
    width = fields[at]
    return over(content, at, real if width == 4 and draw.random() < 0.5 else number(draw, width))


# ---- folders of models, kept as one archive


def model_folder(draw: Random, content: bytes, change: Change) -> bytes:
    """A change to a file of a folder: its settings, the head of its tensors, or its arrays."""
    members = _members(content)
    name = draw.choice(list(members))
    if draw.random() < 0.05:
        del members[name]
    elif name.endswith(".safetensors"):
        members[name] = _tensors(draw, members[name], change)
    elif name.endswith(".npz"):
        members[name] = npz(draw, members[name])
    else:
        members[name] = change(draw, members[name])
    return _packed(Random(0), members)


def _tensors(draw: Random, content: bytes, change: Change) -> bytes:
    length = struct.unpack("<Q", content[:8])[0]
    head = change(draw, content[8 : 8 + length])
    said = number(draw, 8) if draw.random() < 0.15 else struct.pack("<Q", len(head))
    return said + head + content[8 + length :]
