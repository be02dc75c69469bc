"""Where a store may lie: WAL needs memory that all its readers share, so not on a network file system."""

from __future__ import annotations

import re
from pathlib import Path

# fmt: off
NETWORK_FILE_SYSTEMS = frozenset([
    "afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.gcsfuse", "fuse.glusterfs", "fuse.juicefs",
    "fuse.s3fs", "fuse.sshfs", "gfs2", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs",
    "pvfs2", "smb2", "smb3", "smbfs", "wekafs",
])
# fmt: on
_ESCAPE = re.compile(r"\\(\d{3})")  # "\040" is a blank


def network_file_system(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str | None:
    """The name of the network file system that holds `path`; None if it is local or cannot be told."""
    try:
        lines = mounts.read_text(errors="replace").splitlines()
    except OSError:
        return None
    place = path.resolve()
    best, system = -1, None
    for line in lines:
        left, _, right = line.partition(" - ")
        point = Path(_ESCAPE.sub(lambda code: chr(int(code[1], 8)), left.split()[4]))
        if place.is_relative_to(point) and len(point.parts) >= best:  # a later mount hides an earlier one
            best, system = len(point.parts), right.split()[0]
    return system if system in NETWORK_FILE_SYSTEMS else None
