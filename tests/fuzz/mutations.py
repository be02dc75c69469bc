"""Inputs changed along the structure of their format: checksums and lengths are made anew, so that what
is changed is read. One in ten is changed as plain bytes instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random

from tests.fuzz.containers import gzipped, model_folder, nifti, npz, parquet, workbook, zipped
from tests.fuzz.octets import havoc
from tests.fuzz.pictures import dicom, picture
from tests.fuzz.trees import TEXTS, changed, written

Mutator = Callable[[Random, bytes], bytes]


def mutated(draw: Random, format_name: str, content: bytes, others: Sequence[bytes]) -> bytes:
    """One to three changes of a kept input, at times with a piece of another one."""
    for _ in range(draw.choice((1, 1, 2, 3))):
        if draw.random() < 0.1:
            content = havoc(draw, content, draw.choice(others))
            continue
        try:
            content = MUTATORS[format_name](draw, content)
        except Exception:  # noqa: BLE001  an earlier change has left no structure
            content = havoc(draw, content, draw.choice(others))
    return content


def _json(draw: Random, content: bytes) -> bytes:
    return _encoded(draw, written(changed(draw, json.loads(content)), ascii_only=draw.random() < 0.8))


def _json_lines(draw: Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    at = draw.randrange(len(lines))
    match draw.randrange(8):
        case 0:
            lines.insert(at, draw.choice(lines))
        case 1:
            del lines[at]
        case 2:
            lines[at] = lines[at].rstrip(b"\n")
        case _:
            lines[at] = _json(draw, lines[at]) + b"\n"
    return b"".join(lines)


def _csv(draw: Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "surrogateescape")
    separator = max(",;\t", key=text.count)
    rows = [line.split(separator) for line in text.split("\n")]
    row = draw.choice(rows)
    at = draw.randrange(len(row))
    match draw.randrange(9):
        case 0:
            row.insert(at, draw.choice(TEXTS))
        case 1:
            del row[at]
        case 2:
            row[at] = '"' + row[at]
        case 3:
            rows.append(row)
        case 4:
            rows.remove(row)
        case 5:
            return _encoded(draw, text.replace(separator, draw.choice(",;\t|\x00")))
        case _:
            row[at] = draw.choice(TEXTS)
    return _encoded(draw, "\n".join(separator.join(cells) for cells in rows))


_YAML_LINES = (
    "a: &a [*a]",
    "x: !!python/object/apply:os.system ['true']",
    "\tkey: value",
    "- - - -",
    "? {a: b}",
    "<<: *nobody",
    "...\n---",
    "%YAML 9.9",
    "key: |",
    "&a [&b [&c [*a, *b, *c]]]",
)


def _yaml(draw: Random, content: bytes) -> bytes:
    import yaml

    if draw.random() < 0.4:  # JSON is YAML
        tree = yaml.load(content, Loader=yaml.CBaseLoader)
        return _encoded(draw, written(changed(draw, tree)))
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    at = draw.randrange(len(lines))
    key, colon, _ = lines[at].partition(":")
    match draw.randrange(7):
        case 0:
            lines.insert(at, draw.choice(_YAML_LINES))
        case 1:
            del lines[at]
        case 2:
            lines[at] = " " * draw.randrange(4) + lines[at]
        case 3:
            lines.append(lines[at])
        case 4:
            lines[at] = f"{key}{colon} {'[' * 400}"
        case _:
            lines[at] = f"{key}{colon} {draw.choice((*TEXTS, '[]', '{}', '*a', '&a', '!!binary x', '1e400'))}"
    return _encoded(draw, "\n".join(lines))


def _encoded(draw: Random, text: str) -> bytes:
    encoding = draw.choice(("utf-8", "utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1"))
    return text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")


MUTATORS: dict[str, Mutator] = {
    "json": _json,
    "jsonl": _json_lines,
    "csv": _csv,
    "csv.gz": lambda draw, content: gzipped(draw, content, _csv),
    "xlsx": workbook,
    "parquet": parquet,
    "npz": npz,
    "dicom": dicom,
    "nifti": nifti,
    "image": picture,
    "yaml": _yaml,
    "model": lambda draw, content: model_folder(draw, content, _json),
    "zip": lambda draw, content: zipped(draw, content, _json),
}
