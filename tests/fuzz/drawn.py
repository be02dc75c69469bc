"""Seeds that need a library to be written: images, DICOM, NIfTI, and tables of ours."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from medassay.types import Estimate, Response, Row, Sample, Score, Target

_RAMP = np.arange(64, dtype=np.uint16).reshape(8, 8) * 60
_COLOURS = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)


def written(write: Callable[[Path], object]) -> bytes:
    """What a function writes into a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        write(path)
        return path.read_bytes()


def rows() -> Iterator[Row]:
    """Two rows of a run."""
    for name in "ab":
        sample = Sample(id=name, kind="open", question="What?", target=Target(texts=("x",)))
        yield Row(
            sample=sample, response=Response(text="x"), score=Score(status="scored", values={"accuracy": 1.0})
        )


def estimates() -> list[Estimate]:
    """One estimate."""
    return [
        Estimate(
            metric="accuracy",
            slice="all",
            value=0.5,
            se=0.1,
            low=0.4,
            high=0.6,
            method="m",
            n=10,
            n_clusters=10,
            counts={"scored": 10},
        )
    ]


def pictures() -> list[bytes]:
    """PNG in five modes, JPEG, TIFF of two pages, GIF, WebP and BMP."""
    from PIL import Image

    colours = Image.fromarray(_COLOURS)
    modes = [
        colours,
        colours.convert("L"),
        colours.convert("P"),
        colours.convert("RGBA"),
        Image.fromarray(_RAMP),
    ]
    kinds: list[tuple[Any, str, dict[str, Any]]] = [(picture, "PNG", {}) for picture in modes]
    kinds += [
        (colours, "JPEG", {"exif": _turned()}),
        (colours, "TIFF", {"save_all": True, "append_images": [colours]}),
        (Image.fromarray(_RAMP), "TIFF", {"compression": "tiff_lzw"}),
        (colours.convert("P"), "GIF", {"save_all": True, "append_images": [colours.convert("P").rotate(90)]}),
        (colours, "WEBP", {}),
        (colours, "BMP", {}),
        (colours, "JPEG2000", {}),
        (colours, "PPM", {}),
        (colours, "ICO", {"sizes": [(8, 8)]}),
    ]
    found = []
    for picture, kind, options in kinds:
        body = BytesIO()
        picture.save(body, kind, **options)
        found.append(body.getvalue())
    return found


def _turned() -> Any:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def volumes() -> list[bytes]:
    """NIfTI-1 and NIfTI-2, packed and not, in two, three and four dimensions, and in colours."""
    import nibabel

    stack = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    colours = np.zeros((2, 3, 4), dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")])
    made = [
        nibabel.Nifti1Image(stack, np.diag([-1.0, 1, 2, 1])),
        nibabel.Nifti2Image(stack.astype(np.float32), np.eye(4)),
        nibabel.Nifti1Image(np.stack([stack, stack], axis=-1), np.eye(4)),
        nibabel.Nifti1Image(colours, np.eye(4)),
        nibabel.Nifti1Image(stack[..., 0], np.eye(4)),
    ]
    return [
        made[0].to_bytes(),
        *(gzip.compress(image.to_bytes(), mtime=0) for image in made),
        made[2].to_bytes(),
    ]


def dicom_files() -> list[bytes]:
    """Grey, colours, a palette, frames, look-up tables; plain, run-length, JPEG, JPEG-LS, JPEG 2000."""
    from pydicom.dataset import Dataset
    from pydicom.uid import JPEG2000Lossless, JPEGLSLossless, RLELossless

    window: dict[str, Any] = {
        "WindowCenter": 1000,
        "WindowWidth": 2000,
        "RescaleSlope": 1,
        "RescaleIntercept": -1024,
    }
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [4, 0, 8])
    table.add_new("LUTData", "US", [0, 50, 100, 200])
    palette: dict[str, Any] = {}
    for colour in ("Red", "Green", "Blue"):
        palette[f"{colour}PaletteColorLookupTableDescriptor"] = [8, 0, 16]
        palette[f"{colour}PaletteColorLookupTableData"] = np.arange(8, dtype="<u2").tobytes()
    small = (_RAMP % 8).astype(np.uint8)
    return [
        _dicom(_RAMP, **window),
        _dicom(
            _RAMP,
            PixelPaddingValue=0,
            PhotometricInterpretation="MONOCHROME1",
            VOILUTFunction="SIGMOID",
            **window,
        ),
        _dicom(np.stack([_RAMP] * 2), NumberOfFrames=2, VOILUTSequence=[table]),
        _dicom(_COLOURS, PhotometricInterpretation="RGB"),
        _dicom(small, PhotometricInterpretation="PALETTE COLOR", **palette),
        _dicom(_RAMP, syntax=RLELossless, **window),
        _dicom(_RAMP, syntax=JPEGLSLossless),
        _dicom(np.tile(_RAMP, (8, 8)), syntax=JPEG2000Lossless),
        _dicom(small, syntax="1.2.840.10008.1.2.4.50"),
    ]


def _dicom(pixels: Any, *, syntax: str = "1.2.840.10008.1.2.1", **elements: Any) -> bytes:
    """A file of explicit VR round some pixels."""
    from PIL import Image
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.encaps import encapsulate
    from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

    file = Dataset()
    file.file_meta = FileMetaDataset()
    file.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file.SOPClassUID, file.SOPInstanceUID = CTImageStorage, "1.2.3.4"
    file.PatientName, file.Modality, file.PhotometricInterpretation = "Planted^Name", "CT", "MONOCHROME2"
    coloured = pixels.ndim == 3 and pixels.shape[-1] == 3
    file.Rows, file.Columns = pixels.shape[:2] if coloured else pixels.shape[-2:]
    file.SamplesPerPixel = 3 if coloured else 1
    if coloured:
        file.PlanarConfiguration = 0
    bits = 8 * pixels.itemsize
    file.BitsAllocated, file.BitsStored, file.HighBit = bits, bits, bits - 1
    file.PixelRepresentation = 0
    for name, value in elements.items():
        setattr(file, name, value)
    file.PixelData = pixels.tobytes()
    file["PixelData"].VR = "OW" if bits > 8 else "OB"
    if syntax.endswith(".4.50"):
        body = BytesIO()
        Image.fromarray(pixels).save(body, "JPEG")
        file.PixelData = encapsulate([body.getvalue()])
        file["PixelData"].VR, file["PixelData"].is_undefined_length = "OB", True
        file.file_meta.TransferSyntaxUID = UID(syntax)
    elif syntax != ExplicitVRLittleEndian:
        file.compress(syntax)
    body = BytesIO()
    file.save_as(body, enforce_file_format=True)
    return body.getvalue()
