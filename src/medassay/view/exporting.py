"""The viewer as files: the same page over what the server would have said, for any web server.

Rows lie in files of some hundred, images by the hash of their content, each once. Reviews stay in the runs:
they have people's names.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from medassay.errors import ImageError, MissingExtra
from medassay.images import open_image, resolve
from medassay.rows import read_rows
from medassay.types import Image, fingerprint
from medassay.view.detail import detail
from medassay.view.index import index
from medassay.view.pictures import small
from medassay.view.shown import Shown

STATIC = Path(__file__).parent / "static"
CHUNK = 200  # rows in a file
SIDE = 1024  # pixels of an image's longer side


def write(runs: Sequence[tuple[str, Shown]], out: Path, *, without_rows: Collection[str] = ()) -> None:
    """Write the page and its data into a folder.

    Args:
        runs: by key.
        out: an empty folder, or none.
        without_rows: the keys of runs of which only numbers go.

    Raises:
        DataError: the rows of a run are damaged.
    """
    shutil.copytree(STATIC, out, dirs_exist_ok=True)
    page = out / "index.html"
    page.write_text(page.read_text("utf-8").replace('data-source="server"', 'data-source="files"'), "utf-8")
    summaries = []
    for key, run in runs:
        open_ = run.rows is not None and key not in without_rows
        summaries.append({**run.summary(), "readable": open_})
        if open_:
            _write_rows(run, out, out / "data" / key)
    _json(out / "data" / "runs.json", summaries)


def _write_rows(run: Shown, out: Path, folder: Path) -> None:
    _json(folder / "index.json", index(run))
    for number, details in enumerate(_chunks(run, out)):
        _json(folder / f"rows-{number}.json", details)


def _chunks(run: Shown, out: Path) -> Iterator[list[dict[str, Any]]]:
    rows = read_rows(run.path / "rows.parquet")
    while chunk := list(islice(rows, CHUNK)):
        yield [
            {**detail(row), "pictures": [_picture(image, out) for image in row.sample.images]}
            for row in chunk
        ]


def _picture(image: Image, out: Path) -> dict[str, Any]:
    """The image's file as the page finds it ("" where it cannot be opened) and its own size in pixels."""
    try:
        size = open_image(image).size
        name = f"images/{fingerprint([SIDE, resolve(image).content()])[:32]}"
        if not (out / name).exists():
            body = small(image, SIDE)
            (out / name).parent.mkdir(exist_ok=True)
            (out / name).write_bytes(body)
    except (ImageError, MissingExtra):  # the row is shown without it, as the page says
        return {"file": "", "size": (1, 1)}
    return {"file": name, "size": size}


def _json(path: Path, held: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(held, separators=(",", ":")), "utf-8")
