"""Files of preferences: those of RULE, MMed-RAG and MMedPO, and a simple form of this package's own.

RULE (Xia et al. 2024), MMed-RAG (arXiv 2410.13085) and MMedPO (arXiv 2412.06141) publish
JSON lists of rows {id, image, conversations, rejected_conversations} with, where they have them, the keys
image_root, rejected_image, rejected_noised, chosen_noised and weighted_score. The own form is JSON Lines of
{id, image or images, question, chosen, rejected} with, if wanted, cluster, weight and rejected_image(s).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from medassay import codec
from medassay.adaptation.generative.pairs import Pair
from medassay.errors import DataError
from medassay.files.places import is_file
from medassay.images import noised
from medassay.types import Image, Message, Part, Request, Role, fingerprint

_MARK = "<image>"


class _Malformed(Exception):
    """What is wrong with a row; its number is added where the rows are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """Where the images of a file lie, and the noise that takes the place of some.

    Attributes:
        root: the folder that the rows' images are named from.
        sd: of the noise of images that a row marks as noised, in units of the full range.
        seed: of the noise; every row draws its own.
    """

    root: Path
    sd: float = 1.0
    seed: int = 0


def read_pairs(path: Path, folder: Folder) -> list[Pair]:
    """The pairs of a file, in its order. A pair whose id is taken gets "#2", "#3" behind it.

    An `image_root` of the machine that wrote the file is not looked at. The cluster is the image where the
    file names no other.

    Raises:
        DataError: the file cannot be read, or rows of it are malformed; names the first by its number.
    """
    held, wrong, seen = list[Pair](), list[str](), Counter[str]()
    for number, row in enumerate(_rows(path), 1):
        try:
            _check_id(row)
            pair = _public(row, folder) if "conversations" in row else _own(row, folder)
        except _Malformed as error:
            wrong.append(f"row {number}: {error}")
            continue
        seen[pair.id] += 1
        times = seen[pair.id]
        held.append(pair if times == 1 else replace(pair, id=f"{pair.id}#{times}"))
    if wrong:
        others = f" ({len(wrong) - 1:,} more rows are malformed)" if len(wrong) > 1 else ""
        raise DataError(f"{path}: {wrong[0]}{others}")
    if not held:
        raise DataError(f"{path}: no pairs")
    return held


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        text = path.read_text("utf-8")
        rows = codec.loads(text) if text.lstrip().startswith("[") else _lines(text)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise DataError(f"{path}: neither a JSON list nor JSON Lines ({error})") from error
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise DataError(f"{path}: row {number}: it is no JSON object")
        yield row


def _lines(text: str) -> list[Any]:
    return [codec.loads(line) for line in text.splitlines() if line.strip()]


def _check_id(row: Mapping[str, Any]) -> None:
    """See that the id, of which noise is drawn too, is a name."""
    if not isinstance(row.get("id"), str | int | None):
        raise _Malformed("id should be a text or a whole number")


def _public(row: Mapping[str, Any], folder: Folder) -> Pair:
    """A row as the three repositories publish it."""
    image = _text(row, "image")
    other = _text(row, "rejected_image") if row.get("rejected_image") else image
    shown = (
        _shown([image], folder, noise=_flag(row, "chosen_noised"), row=row),
        _shown([other], folder, noise=_flag(row, "rejected_noised"), row=row),
    )
    chosen_request, chosen = _conversation(row, "conversations", shown[0])
    rejected_request, rejected = _conversation(row, "rejected_conversations", shown[1])
    return Pair(
        id=str(row.get("id", image)),
        cluster=image,
        chosen_request=chosen_request,
        chosen=chosen,
        rejected_request=rejected_request,
        rejected=rejected,
        weight=_weight(row, "weighted_score"),
    )


def _own(row: Mapping[str, Any], folder: Folder) -> Pair:
    """A row of this package's own form."""
    names = _names(row, "image") or _names(row, "images")
    others = _names(row, "rejected_image") or _names(row, "rejected_images") or names
    question, name = _text(row, "question"), _text(row, "id")
    shown = [_shown(each, folder, noise=False, row=row) for each in (names, others)]
    requests = [_request([(*images, question)]) for images in shown]
    return Pair(
        id=name,
        cluster=str(row.get("cluster") or "+".join(names) or name),
        chosen_request=requests[0],
        chosen=_text(row, "chosen"),
        rejected_request=requests[1],
        rejected=_text(row, "rejected"),
        weight=_weight(row, "weight"),
    )


def _conversation(row: Mapping[str, Any], key: str, shown: Sequence[Image]) -> tuple[Request, str]:
    """What is asked, and the answer that the conversation ends with."""
    said = row.get(key)
    turns = [turn if isinstance(turn, dict) else {} for turn in said] if isinstance(said, list) else []
    if not turns or [turn.get("from") for turn in turns] != ["human", "gpt"] * (len(turns) // 2):
        raise _Malformed(f'{key} should be turns from "human" and "gpt" in alternation, "gpt" the last')
    texts = [turn["value"] if isinstance(turn.get("value"), str) else "" for turn in turns]
    if not all(text.strip() for text in texts):
        raise _Malformed(f"{key} has a turn without words")
    marks = sum(text.count(_MARK) for text in texts[:-1:2])
    if marks > len(shown):
        raise _Malformed(f"{key} names {marks} images with {_MARK}; there is one")
    images = iter(shown)
    asked = [_placed(text, images) if n % 2 == 0 else (text.strip(),) for n, text in enumerate(texts[:-1])]
    return _request([(*images, *asked[0]), *asked[1:]]), texts[-1].strip()


def _placed(text: str, images: Iterator[Image]) -> tuple[Part, ...]:
    """The words of a turn with an image where its mark stood."""
    parts = list[Part]()
    for place, piece in enumerate(text.split(_MARK)):
        if place:
            parts.append(next(images))
        if words := piece.strip():
            parts.append(words)
    return tuple(parts)


def _request(turns: Sequence[tuple[Part, ...]]) -> Request:
    roles: tuple[Role, Role] = ("user", "assistant")
    return Request(messages=tuple(Message(role=roles[n % 2], parts=parts) for n, parts in enumerate(turns)))


def _shown(names: Sequence[str], folder: Folder, *, noise: bool, row: Mapping[str, Any]) -> tuple[Image, ...]:
    """Handles of a row's images, or of the noise in their places."""
    paths = [folder.root / name for name in names]
    missing = [name for name, path in zip(names, paths, strict=True) if not is_file(path)]
    if missing:
        raise _Malformed(
            f"its image {missing[0]:.100} is not in {folder.root}: name their folder with images=DIR"
        )
    draw = int(fingerprint([folder.seed, row.get("id"), list(names)])[:8], 16)
    ops = (noised(draw, sd=folder.sd),) if noise else ()
    return tuple(Image(uri=str(path), ops=ops) for path in paths)


def _names(row: Mapping[str, Any], key: str) -> list[str]:
    held = row.get(key) or []
    names = [held] if isinstance(held, str) else held
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise _Malformed(f"{key} should be the name of a file, or a list of them")
    return names


def _text(row: Mapping[str, Any], key: str) -> str:
    held = row.get(key)
    text = str(held).strip() if isinstance(held, (str, int)) else ""
    if not text:
        raise _Malformed(f"it has no {key}")
    return text


def _flag(row: Mapping[str, Any], key: str) -> bool:
    held = row.get(key, 0)
    if held not in (0, 1):
        raise _Malformed(f"{key} is 0 or 1, not {held!r}")
    return bool(held)


def _weight(row: Mapping[str, Any], key: str) -> float:
    held = row.get(key, 1.0)
    if isinstance(held, bool) or not isinstance(held, (int, float)) or not 0 <= held < math.inf:
        raise _Malformed(f"{key} is a number of at least 0, not {held!r}")
    return float(held)
