"""One process that reads changed inputs: `python -m tests.fuzz.child FOLDER POOL SEED WAY FORMAT=COUNT ...`.

WAY is traced or plain. FOLDER/FORMAT.json is written when a format is done; the input that is being read lies
in FOLDER/FORMAT, so that one that ends the process is known. Where branches are traced, inputs that reach a
new one are kept in POOL/FORMAT and changed further, also by the next process that is given the same POOL.
"""

from __future__ import annotations

import hashlib
import json
import sys
import warnings
from pathlib import Path
from random import Random

import pyarrow as pa
from tests.fuzz.guard import SECONDS, Guard, within
from tests.fuzz.mutations import mutated
from tests.fuzz.readers import FORMATS, Format
from tests.fuzz.seeds import failed_once, seeds, table

from medassay.errors import MedassayError

_SLOWER = 6  # times that a step takes longer while its branches are traced
_MOST_KEPT = 2_000


def read(one: Format, path: Path, seconds: float = SECONDS) -> tuple[int, list[str]]:
    """How many readers refused the file, and what they did that none may do."""
    refused, faults = 0, []
    for reader in one.readers:
        try:
            with within(seconds):
                reader(path)
        except MedassayError as error:
            refused += 1
            if _starved(error):
                faults.append(f"over the limit of memory at {_place(error)}: {error!s:.150}")
        except BaseException as error:  # noqa: BLE001  whatever else is raised is what is looked for
            faults.append(f"{type(error).__name__} at {_place(error)}: {' '.join(str(error).split()):.150}")
    return refused, faults


def _starved(error: BaseException | None) -> bool:
    """Whether what was refused had asked for more memory than there is.

    Arrow sets aside what the head of a page claims, 2 GiB at most, before it reads it: memory that is never
    touched, and no fault.
    """
    while error is not None:
        if isinstance(error, MemoryError) and not isinstance(error, pa.ArrowException):
            return True
        error = error.__cause__ or error.__context__
    return False


def _place(error: BaseException) -> str:
    """The innermost line of the package that the error went through."""
    at, trace = "?", error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "/medassay/" in name:
            at = f"{name.rpartition('/medassay/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return at


def main(folder: Path, pool: Path, seed: int, counts: dict[str, int], *, traced: bool) -> None:
    """Read `counts` changed inputs of each format."""
    warnings.simplefilter("ignore")
    guard, kept = Guard(folder), seeds()
    for name in counts:
        place = folder / name
        (place / "pictures").mkdir(parents=True)
        (place / "pictures" / "a.png").write_bytes(kept["image"][0])
        (place / "table.csv").write_bytes(table())
        for content in kept[name]:  # what is imported at the first use is imported before memory is bounded
            read(FORMATS[name], _laid(place, f"first{FORMATS[name].suffix}", content))
    guard.limit()
    for name, count in counts.items():
        places = folder / name, pool / name
        found = _campaign(guard, name, count, *places, Random(f"{seed} {name}"), traced=traced)
        (folder / f"{name}.json").write_text(json.dumps(found))


def _laid(place: Path, name: str, content: bytes) -> Path:
    """The content as a file of its own name, for what is read of an image is remembered by its path."""
    path = place / name
    path.write_bytes(content)
    return path


def _campaign(
    guard: Guard, name: str, count: int, place: Path, found: Path, draw: Random, *, traced: bool
) -> dict[str, object]:
    one, kept = FORMATS[name], seeds()[name]
    found.mkdir(parents=True, exist_ok=True)
    earlier = [path.read_bytes() for path in sorted(found.iterdir())]
    pool, longest, accepted, prints = [*kept, *earlier], max(map(len, kept)), 0, set[bytes]()
    failed: dict[str, tuple[str, str]] = {}
    seconds = SECONDS * _SLOWER if traced else SECONDS
    guard.branches.clear()
    known = [*kept, *failed_once(name, slow=traced)]
    for number, content in enumerate(known):
        with guard.watching(traced=traced):
            _, faults = read(one, _laid(place, f"{number}-known{one.suffix}", content), seconds)
        failed |= {
            f"known {number}: {fault}": (fault, content.hex()) for fault in (*faults, *guard.forbidden)
        }
    at_first = len(guard.branches)
    for number, content in enumerate(earlier):
        with guard.watching(traced=traced):
            read(one, _laid(place, f"{number}-earlier{one.suffix}", content), seconds)
    for number in range(count):
        content = mutated(draw, name, draw.choice(draw.choice((kept, pool))), kept)
        path, before = _laid(place, f"{number}{one.suffix}", content), len(guard.branches)
        with guard.watching(traced=traced):
            refused, faults = read(one, path, seconds)
        accepted += refused < len(one.readers)
        prints.add(hashlib.sha256(content).digest()[:8])
        if len(guard.branches) > before and len(pool) < _MOST_KEPT and len(content) < 2 * longest:
            pool.append(content)
            (found / hashlib.sha256(content).hexdigest()).write_bytes(content)
        for fault in (*faults, *guard.forbidden):
            failed.setdefault(fault.partition(": ")[0], (fault, content.hex()))
        path.unlink()
    return {
        "seeds": len(known),
        "tried": count,
        "different": len(prints),
        "accepted": accepted,
        "kept": len(pool),
        "branches_of_seeds": at_first,
        "reached": guard.reached(),
        "faults": failed,
    }


if __name__ == "__main__":
    said = dict(argument.split("=") for argument in sys.argv[5:])
    shares = {name: int(count) for name, count in said.items()}
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), shares, traced=sys.argv[4] == "traced")
