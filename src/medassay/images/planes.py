"""Looking into an image: other slices, frames and pages than a model was shown, and other grey values.

A handle names one picture; here the fields of its uri are chosen anew, whatever the file that holds it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from medassay.images import dicom, encoded, nifti
from medassay.images.depth import WAYS, Levels, bounded
from medassay.images.handles import content, decoding, is_path, naming, split_uri, uri
from medassay.images.pictures import open_image
from medassay.types import Image

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_OWN = ("dicom", "nifti", "file", "npz")  # schemes whose uris take fields
_TURNED = ("frame", "axis", "slice", "montage", "page")  # fields that say where in a stack a picture is


@dataclass(frozen=True, slots=True, kw_only=True)
class Planes:
    """What of an image can be chosen.

    `levels`: the values shown black and white; None where grey values cannot be chosen (8 bits, colours).
    `stacks`: how many positions there are, by the field that picks one: "frame" (DICOM), "page" (TIFF,
    animations), or the axes of a volume; empty for a single picture. `at`: where the picture lies in them.
    """

    size: tuple[int, int]
    levels: Levels | None = None
    stacks: Mapping[str, int] = field(default_factory=dict)
    at: Mapping[str, int] = field(default_factory=dict)


def planes(image: Image) -> Planes:
    """What can be chosen of an image.

    Raises:
        ImageError: it cannot be read.
        MissingExtra: the package that opens such images is not installed.
    """
    picture = open_image(image)
    body = _bytes(image)
    if body is None:
        return Planes(size=picture.size)
    _, given = _fields(image)
    with naming(image.uri), decoding("an image"):
        deep, stacks, at = _kind(body).inside(body, given)
    levels = picture.info.get("levels") if deep and not image.ops else None
    return Planes(size=picture.size, levels=levels, stacks=stacks, at=at)


def look(image: Image, chosen: Mapping[str, str]) -> Picture:
    """The picture with fields of its uri chosen anew: `low` and `high`, `frame`, `page`, `axis` and `slice`.

    What perturbs the image is left out where anything is chosen: it is made for the picture as it was shown.

    Raises:
        ImageError: it cannot be read, or there is no such slice or window.
        MissingExtra: the package that opens such images is not installed.
    """
    if not chosen:
        return open_image(image)
    scheme, given = _fields(image)
    dropped = {*(WAYS if "low" in chosen else ()), *(_TURNED if set(chosen) & set(_TURNED) else ())}
    fields = {name: value for name, value in given.items() if name not in dropped} | dict(chosen)
    if scheme in _OWN:
        return open_image(Image(uri=uri(scheme, Path(split_uri(image.uri)[0]), **fields)))
    body = _bytes(image)
    if body is None:
        return open_image(replace(image, ops=()))
    if is_path(image.uri):  # by its scheme, whose opener keeps the volume it has unpacked
        return open_image(Image(uri=uri(_kind(body).scheme, Path(image.uri), **fields)))
    with naming(image.uri), decoding("an image"):
        return _kind(body).picture(body, fields).convert("RGB")


def _fields(image: Image) -> tuple[str, dict[str, str]]:
    """The scheme of a uri ("" for a path) and those of its fields that choose a picture."""
    if is_path(image.uri):
        return "", {}
    scheme = image.uri.partition(":")[0]
    return scheme, split_uri(image.uri)[1] if scheme in _OWN else {}


def _bytes(image: Image) -> bytes | None:
    """The bytes of the file that an image is cut from; None where there is none (an array, a drawing)."""
    scheme, _ = _fields(image)
    if scheme == "npz":
        return None
    if scheme in _OWN:
        return _bytes(Image(uri=split_uri(image.uri)[0]))
    original = content(image.uri)
    return original if isinstance(original, bytes) else None


Inside = tuple[bool, dict[str, int], dict[str, int]]
"""Whether grey values can be chosen; how many positions there are, and where the picture lies."""


@dataclass(frozen=True, slots=True)
class _Kind:
    scheme: str
    picture: Callable[[bytes, Mapping[str, str]], Picture]
    inside: Callable[[bytes, Mapping[str, str]], Inside]


def _kind(body: bytes) -> _Kind:
    if dicom.recognised(body):
        return _Kind("dicom", dicom.picture_of, _in_dicom)
    if nifti.recognised(body):
        return _Kind("nifti", nifti.picture_of, _in_nifti)
    return _Kind("file", encoded.picture_of, _in_encoded)


def _in_dicom(body: bytes, fields: Mapping[str, str]) -> Inside:
    import pydicom

    file = pydicom.dcmread(io.BytesIO(body), force=True, stop_before_pixels=True)
    curved = file.get("VOILUTSequence") or file.get("VOILUTFunction") == "SIGMOID"
    grey = str(file.PhotometricInterpretation).startswith("MONOCHROME") and not curved
    frames = int(file.get("NumberOfFrames") or 1)
    return grey, *_stack("frame", frames, int(fields.get("frame", frames // 2)))


def _in_nifti(body: bytes, fields: Mapping[str, str]) -> Inside:
    from medassay.images.volume import Volume, unpacked

    volume = Volume(unpacked(body))
    stacks = {axis: volume.shape[k] for axis, k in nifti.AXES.items() if volume.shape[k] > 1}
    axis = fields.get("axis", "axial")
    at = {} if "montage" in fields else {axis: int(fields.get("slice", stacks.get(axis, 1) // 2))}
    return not volume.coloured, stacks, at


def _in_encoded(body: bytes, fields: Mapping[str, str]) -> Inside:
    import PIL.Image

    with PIL.Image.open(io.BytesIO(body)) as picture:
        bounded(*picture.size)
        deep = picture.mode.startswith("I") or picture.mode == "F"
        return deep, *_stack("page", getattr(picture, "n_frames", 1), int(fields.get("page", "0")))


def _stack(name: str, count: int, position: int) -> tuple[dict[str, int], dict[str, int]]:
    return ({name: count}, {name: position}) if count > 1 else ({}, {})
