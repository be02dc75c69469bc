"""Images by handle: openers by the scheme of a uri, content digests, and decoding ahead in threads."""

from medassay.images.ahead import Prefetcher
from medassay.images.arrays import open_array
from medassay.images.handles import register, split_uri, uri
from medassay.images.packed import open_member
from medassay.images.pictures import MAX_PIXELS, open_image, read_bytes, register_operation, resolve
from medassay.images.tables import open_cell, open_inline

__all__ = [
    "MAX_PIXELS",
    "Prefetcher",
    "open_image",
    "read_bytes",
    "register",
    "register_operation",
    "resolve",
    "split_uri",
    "uri",
]

register("inline", open_inline)
register("npz", open_array)
register("parquet", open_cell)
register("zip", open_member)
