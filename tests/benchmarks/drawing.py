"""What the fixtures draw and write: small pictures, tables, Parquet. No data of anybody's."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image


def picture(seed: int, *, size: int = 16, form: str = "PNG") -> bytes:
    """A small noise image; another one for every seed."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    PIL.Image.fromarray(pixels).save(buffer, format=form)
    return buffer.getvalue()


def draw(path: Path, seed: int, *, size: int = 16) -> None:
    """Write a picture; its form follows from the name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    form = {".jpg": "JPEG", ".jpeg": "JPEG"}.get(path.suffix.lower(), path.suffix[1:].upper())
    path.write_bytes(picture(seed, size=size, form=form))


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]], separator: str = ",") -> None:
    """Write a table with a header, exactly these cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator).writerows([header, *rows])


def write_json(path: Path, value: Any) -> None:
    """Write JSON, or lines of JSON where the name ends in .jsonl."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = value if path.suffix == ".jsonl" else [value]
    path.write_text("".join(json.dumps(v, ensure_ascii=False) + "\n" for v in lines), "utf-8")


def write_parquet(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write Parquet; an image is {"bytes": ..., "path": ...} as on the hub."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(list(rows)), path)


def write_sheet(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    """Write an .xlsx file of one sheet with exactly these cells."""
    import openpyxl

    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)


def base64_picture(seed: int) -> str:
    """A picture as a table holds it."""
    return base64.b64encode(picture(seed)).decode("ascii")


def draw_dicom(path: Path, seed: int, *, size: int = 16) -> None:
    """Write a small 16-bit DICOM file of noise."""
    import pydicom

    held = pydicom.Dataset()
    held.file_meta = pydicom.dataset.FileMetaDataset()
    held.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    held.file_meta.MediaStorageSOPClassUID = pydicom.uid.DigitalMammographyXRayImageStorageForPresentation
    held.file_meta.MediaStorageSOPInstanceUID = held.SOPInstanceUID = f"1.2.3.{seed}"
    held.SOPClassUID = held.file_meta.MediaStorageSOPClassUID
    held.Rows = held.Columns = size
    held.BitsAllocated = held.BitsStored = 16
    held.HighBit, held.SamplesPerPixel, held.PixelRepresentation = 15, 1, 0
    held.PhotometricInterpretation = "MONOCHROME2"
    held.PixelData = np.random.default_rng(seed).integers(0, 2**16, (size, size), dtype=np.uint16).tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    held.save_as(path, enforce_file_format=True)
