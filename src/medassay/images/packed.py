"""Images in .zip archives: `zip:PATH?member=folder/name.png`."""

from __future__ import annotations

import zipfile
from pathlib import Path

from medassay.errors import reason
from medassay.files.archives import Damaged, checked
from medassay.images.handles import Unreadable, field_of, fields_of, kept

MAX_BYTES = 2**30  # a member that unpacks to more is taken for a bomb


def open_member(text: str) -> bytes:
    """The bytes of a member, as they were packed."""
    path, fields = fields_of(text, "member")
    archive = _archive(path, Path(path).stat().st_mtime_ns)
    try:
        member = archive.getinfo(field_of(fields, "member"))
    except KeyError:
        raise Unreadable("the archive has no such member") from None
    if member.file_size > MAX_BYTES:
        raise Unreadable(f"unpacks to {member.file_size} bytes, above the limit of {MAX_BYTES}")
    try:
        return archive.read(checked(member))
    except Damaged as error:
        raise Unreadable(f"the member is not unpacked: {error}") from error
    except Exception as error:  # zipfile and its decoders raise errors of a dozen kinds
        raise Unreadable(f"the member is damaged ({reason(error)})") from error


@kept(16)
def _archive(path: str, _mtime_ns: int) -> zipfile.ZipFile:
    """An open archive; its members may be read by many threads at once."""
    try:
        return zipfile.ZipFile(path)
    except OSError:
        raise
    except Exception as error:
        raise Unreadable(f"not a whole .zip file ({reason(error)})") from error
