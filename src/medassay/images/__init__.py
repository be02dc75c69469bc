"""Images by handle: openers by the scheme of a uri, content digests, and decoding ahead in threads."""

from medassay.images.ahead import Prefetcher
from medassay.images.arrays import open_array
from medassay.images.depth import MAX_PIXELS
from medassay.images.dicom import open_dicom
from medassay.images.encoded import open_file
from medassay.images.handles import register, split_uri, uri
from medassay.images.nifti import open_volume
from medassay.images.operations import blank, noise, noised
from medassay.images.packed import open_member
from medassay.images.pictures import open_image, providers, read_bytes, register_operation, resolve
from medassay.images.planes import Planes, look, planes
from medassay.images.tables import open_cell, open_inline
from medassay.types.samples import PICTURE_VERSION

# What a run's manifest says of its images. Whoever changes what a picture looks like raises the version.
POLICY = (
    f"images {PICTURE_VERSION}: 8-bit files as stored, upright, first frame, transparency on white; "
    "DICOM by its VOI LUT or first window, middle frame; NIfTI the middle axial slice hung radiologically; "
    "values of more than 8 bits from the least to the largest, or as the uri says; "
    "resized by the model's own processor"
)

__all__ = [
    "MAX_PIXELS",
    "POLICY",
    "Planes",
    "Prefetcher",
    "look",
    "noised",
    "open_image",
    "planes",
    "providers",
    "read_bytes",
    "register",
    "register_operation",
    "resolve",
    "split_uri",
    "uri",
]

register("dicom", open_dicom)
register("file", open_file)
register("inline", open_inline)
register("nifti", open_volume)
register("npz", open_array)
register("parquet", open_cell)
register("zip", open_member)

register_operation("blank", blank)
register_operation("noise", noise)
