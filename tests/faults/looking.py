"""What a run left, so that two can be compared to the byte; times lie in one block apart."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

from medassay.reporting.manifest import lasting
from medassay.workflows.folder import MANIFEST

BLOCKS = {
    "report.html": re.compile(rb'<section>\n<h2 class="section">Times</h2>.*?</section>\n', re.DOTALL),
    "report.md": re.compile(rb"## Times\n.*", re.DOTALL),
}


def seen(run: Path) -> dict[str, str]:
    """The hash of every file of a run's folder, its times left out."""
    files = (path for path in sorted(run.rglob("*")) if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(run)): sha256(timeless(path)).hexdigest() for path in files}


def timeless(path: Path) -> bytes:
    """A file without its times: a manifest without their keys, a report without their block."""
    content = path.read_bytes()
    if path.name == MANIFEST:
        return json.dumps(lasting(json.loads(content))).encode()
    if path.name in BLOCKS:
        rest, blocks = BLOCKS[path.name].subn(b"", content)
        assert blocks == 1, f"{path}: {blocks} blocks of times"
        return rest
    return content
