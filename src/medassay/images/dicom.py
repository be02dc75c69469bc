"""DICOM: `dicom:PATH?frame=3&center=40&width=400`, or a plain path.

The steps are those of PS3.4 N.2: stored values, modality LUT or rescale, VOI LUT or window, inversion of
MONOCHROME1. Frames are counted from 0; the middle one is the default.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medassay.errors import MissingExtra
from medassay.images import apart
from medassay.images.codestream import size_of
from medassay.images.depth import WAYS, asked, bounded, shown
from medassay.images.grey import Grey
from medassay.images.handles import Unreadable, decoding, fields_of, whole
from medassay.images.lookup import palette

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_PREAMBLE = 128
_WITHOUT_PREAMBLE = re.compile(rb"[\x02\x08]\x00[\x00-\x18]\x00")  # an early element of group 2 or 8
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")

# One decoder for each transfer syntax, so that what a model is shown does not depend on what else is
# installed. Those of the extra `medical` have permissive licences; pylibjpeg-libjpeg (GPL) is never used.
_DECODERS = {
    "1.2.840.10008.1.2": "",  # not compressed
    "1.2.840.10008.1.2.1": "",
    "1.2.840.10008.1.2.1.99": "",
    "1.2.840.10008.1.2.2": "",
    "1.2.840.10008.1.2.4.50": "gdcm",  # JPEG
    "1.2.840.10008.1.2.4.51": "gdcm",
    "1.2.840.10008.1.2.4.57": "gdcm",
    "1.2.840.10008.1.2.4.70": "gdcm",
    "1.2.840.10008.1.2.4.80": "pyjpegls",  # JPEG-LS
    "1.2.840.10008.1.2.4.81": "pyjpegls",
    "1.2.840.10008.1.2.4.90": "pylibjpeg",  # JPEG 2000, by OpenJPEG
    "1.2.840.10008.1.2.4.91": "pylibjpeg",
    "1.2.840.10008.1.2.4.201": "pylibjpeg",
    "1.2.840.10008.1.2.4.202": "pylibjpeg",
    "1.2.840.10008.1.2.4.203": "pylibjpeg",
    "1.2.840.10008.1.2.5": "pydicom",  # RLE
}


def recognised(content: bytes) -> bool:
    """Whether these are the bytes of a DICOM file, with its preamble or without."""
    marked = content[_PREAMBLE : _PREAMBLE + 4] == b"DICM"
    return marked or _WITHOUT_PREAMBLE.match(content) is not None


def open_dicom(text: str) -> Picture:
    """The picture of a `dicom:` uri."""
    path, fields = fields_of(text, "frame", *WAYS)
    return picture_of(Path(path).read_bytes(), fields)


def picture_of(content: bytes, fields: Mapping[str, str]) -> Picture:
    """One frame as a picture of grey or RGB.

    Raises:
        Unreadable: the file is damaged, holds no image, lacks the frame, or is compressed in a way
            that no decoder of the extra reads.
        MissingExtra: pydicom or the decoder is not installed.
    """
    try:
        import pydicom
    except ImportError:
        raise MissingExtra("pydicom", "medical") from None

    with decoding("DICOM"):
        file = pydicom.dcmread(io.BytesIO(content), force=True)
        frame = _frame(file, fields)
        stored = _decoded(file, frame)
        if stored.ndim == 3:
            return _coloured(stored, file, fields)
        if file.PhotometricInterpretation == "PALETTE COLOR":
            return _coloured(palette(stored, file), file, fields)
        return _grey(stored, Grey(file, frame), fields)


def _frame(file: Any, fields: Mapping[str, str]) -> int:
    """The frame that is wanted, of an image that is small enough to be decoded."""
    if not any(name in file for name in _PIXELS):
        raise Unreadable(
            f"a DICOM file without an image, or cut short before it ({file.get('Modality', 'no modality')})"
        )
    bounded(int(file.Columns) * int(file.get("SamplesPerPixel") or 1), int(file.Rows))
    frames = int(file.get("NumberOfFrames") or 1)
    frame = whole(fields["frame"], "frame") if "frame" in fields else frames // 2
    if not 0 <= frame < frames:
        raise Unreadable(f"frame={frame}: there are {frames}, counted from 0")
    return frame


def _decoded(file: Any, frame: int) -> NDArray[Any]:
    """The stored values of a frame: (H, W), or (H, W, 3) in RGB."""
    from pydicom.pixels import get_decoder, pixel_array

    syntax = file.file_meta.get("TransferSyntaxUID")
    if syntax is None:  # a file without its head: the default of PS3.5
        syntax = file.file_meta.TransferSyntaxUID = _default_syntax(file)
    if syntax not in _DECODERS:
        raise Unreadable(f"its transfer syntax, {syntax.name}, is not read")
    plugin = _DECODERS[syntax]
    if plugin and plugin not in get_decoder(syntax).available_plugins:
        raise MissingExtra(f"{plugin}, which decodes {syntax.name},", "medical")
    if plugin not in {"", "pydicom"}:  # RLE unpacks to 64 times its bytes at most
        stream = _of_one_size(file, frame)
        if plugin == "gdcm":
            return apart.decoded(file, stream)
    stored: NDArray[Any] = pixel_array(file, index=frame, decoding_plugin=plugin)
    return stored


def _of_one_size(file: Any, frame: int) -> bytes:
    """The compressed frame; refused where it would unpack to another size than the file's."""
    from pydicom.encaps import get_frame

    stream: bytes = get_frame(file.PixelData, frame, number_of_frames=int(file.get("NumberOfFrames") or 1))
    size = size_of(stream) or (file.Columns, file.Rows)
    if size != (file.Columns, file.Rows):
        raise Unreadable(
            f"its frame has {size[0]} x {size[1]} pixels, its head says {file.Columns} x {file.Rows}"
        )
    return stream


def _default_syntax(file: Any) -> Any:
    from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

    return ImplicitVRLittleEndian if file.original_encoding[0] else ExplicitVRLittleEndian


def _coloured(pixels: NDArray[Any], file: Any, fields: Mapping[str, str]) -> Picture:
    if asked(fields) is not None:
        raise Unreadable("colours have no window")
    return shown(pixels, (0, 2**file.BitsStored - 1 if pixels.dtype != np.uint8 else 255))


def _grey(stored: NDArray[Any], grey: Grey, fields: Mapping[str, str]) -> Picture:
    import PIL.ImageChops

    if "window" in fields and grey.modality != "CT":
        raise Unreadable(f"window={fields['window']} is in Hounsfield units, this is {grey.modality}")
    padding = grey.padding(stored)
    levels = asked(fields)
    picture = grey.windowed(stored, padding) if levels is None else shown(grey.values(stored), levels)
    if grey.inverted:
        inverse = PIL.ImageChops.invert(picture)
        inverse.info.update(picture.info)
        picture = inverse
    if padding is not None:
        picture.paste(0, mask=PIL.Image.fromarray(padding))
    return picture
