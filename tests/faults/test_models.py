"""A model that hangs, runs out of memory or is a server gone wrong: rows named, then all of them there."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.faults.looking import seen
from tests.models.server.endpoint import Reply, said, serving

from medassay.models.batching import Batcher, Failure
from medassay.models.fakes import Scripted
from medassay.models.server import ServerModel
from medassay.types import Response, Style
from medassay.workflows.examining import examine
from medassay.workflows.running import run

ROOT = Path(__file__).resolve().parents[2]
BENCHMARK, REQUESTS = "phantom@diagnosis:n=8", 18
HANGS = f"""
import sys, time
from pathlib import Path
from medassay.models.fakes import Scripted
from medassay.workflows.running import run

place, asked = Path(sys.argv[1]), []
def say(request):
    asked.append(request)
    if len(asked) == 5:
        print("hangs", flush=True)
        time.sleep(600)
    return request.choices[0].label

model = Scripted(say, name="first", log=place / "log")
run(model=model, benchmark={BENCHMARK!r}, out=place / "run", store=place / "responses.db")
"""


def go(place, model):
    return run(model=model, benchmark=BENCHMARK, out=place / "run", store=place / "responses.db")


def first(request):
    return request.choices[0].label


def states(place):
    """What the doctor says of a run, check by check; nothing may be wrong."""
    held = [*examine(place / "run").findings, *examine(place / "responses.db").findings]
    assert not [f for f in held if f.level == "wrong"]
    return {f.check: f.said for f in held}


def test_a_model_here_that_hangs_is_killed_and_what_it_said_is_kept(tmp_path):
    """A call into foreign code cannot be given up from within; what came before it is on the disk."""
    child = subprocess.Popen([sys.executable, "-c", HANGS, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT)
    assert child.stdout is not None
    assert child.stdout.readline() == b"hangs\n"
    time.sleep(1)  # many times the delay of a commit
    child.kill()
    child.wait()
    child.stdout.close()
    assert "goes on" in states(tmp_path)["state"]

    go(tmp_path, Scripted(first, name="first", log=tmp_path / "log"))
    go(tmp_path / "whole", Scripted(first, name="first"))
    assert states(tmp_path)["state"] == "complete"
    assert seen(tmp_path / "run") == seen(tmp_path / "whole" / "run")
    asked = Counter((tmp_path / "log").read_text().split())
    assert sorted(asked.values()) == [1] * (REQUESTS - 1) + [2]  # the one that hung


def told(body, _before):
    return said("yes")


GARBAGE = {
    "HTML": ("server: an answer that cannot be read (", Reply(200, b"<html>gateway</html>")),
    "noise": ("server: an answer that cannot be read (", Reply(200, bytes(range(256)))),
    "another kind of JSON": ("server: an answer that cannot be read (", Reply(200, [1, 2, 3])),
    "null": ("server: an answer that cannot be read (", Reply(200, b"null")),
    "no message": ("server: an answer that cannot be read (", Reply(200, {"choices": [{"index": 0}]})),
    "content that is no text": (
        "server: an answer that cannot be read (",
        Reply(200, {"choices": [{"message": {"content": {"a": 1}}}]}),
    ),
    "counts that are none": (
        "server: an answer that cannot be read (",
        said("yes", usage={"prompt_tokens": "many", "completion_tokens": -1}),
    ),
    "half an answer": ("connection: ", Reply(200, b'{"choices": [', cut=True)),
    "it hangs": ("timeout: ", Reply(200, b"{}", wait=1.0)),
    "a reason that is a list": (
        "server: an answer that cannot be read (",
        said("yes", finish_reason=["stop"]),
    ),
    "a name that is a list": ("server: an answer that cannot be read (", said("yes", model=["a"])),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_a_server_that_answers_garbage_fails_its_rows_by_name(tmp_path, name):
    """Every third question meets it; the rest is answered, and the next run asks for the third only."""

    def bad(body, before):
        return GARBAGE[name][1] if _third(body) else told(body, before)

    with serving(bad) as server:
        model = ServerModel(server.address, name="tiny", tries=1, timeout=0.4)
        broken = go(tmp_path, model)
        errors = [row.response.error for row in broken.rows()]
        failed = [error for error in errors if error]
        assert 0 < len(failed) < REQUESTS, errors
        assert all(error.startswith(GARBAGE[name][0]) and "\n" not in error for error in failed), failed
        assert "asks them again" in states(tmp_path)["state"]

        server.script, before = told, len(server.asked)
        again = go(tmp_path, model)
        assert len(server.asked) - before == len(failed)
        go(tmp_path / "whole", model)
    assert again.complete
    assert states(tmp_path)["state"] == "complete"
    left, expected = seen(tmp_path / "run"), seen(tmp_path / "whole" / "run")
    assert left.pop("rows.parquet") != expected.pop("rows.parquet")  # each answer took another time
    assert left == expected


def _third(body):
    return sum(str(body["messages"]).encode()) % 3 == 0


class Small:
    """A model in a memory that holds four rows, and never the one with the longest question."""

    identity = {"loader": "small"}  # noqa: RUF012
    fingerprint = "small"
    style = Style()
    wants_pixels = False

    def __init__(self, room):
        self.room, self.sizes = room, []
        self._batcher = Batcher(16)

    def answer(self, requests, /):
        for index, held in self._batcher.each(requests, self._batch):
            yield index, Response(error=held.error) if isinstance(held, Failure) else held

    def _batch(self, batch):
        self.sizes.append(len(batch))
        if sum(map(self._needs, batch)) > self.room:
            raise MemoryError("cannot allocate 8 GiB")
        return [Response(text=first(request)) for request in batch]

    def _needs(self, request):
        return 5 if "Which" in request.text else 1


def test_out_of_memory_halves_the_batch_and_names_the_row_that_does_not_fit(tmp_path):
    small = Small(room=4)
    broken = go(tmp_path, small)
    failed = [row for row in broken.rows() if row.response.error]
    assert 0 < len(failed) < REQUESTS
    assert all("a batch of one does not fit" in row.response.error for row in failed)
    assert small.sizes[:2] == [small.sizes[0], small.sizes[0] // 2]
    assert broken.manifest["counts"]["failed"] == len(failed)
    assert f"{len(failed)} rows failed" in states(tmp_path)["state"]

    roomy = Small(room=100)
    again = go(tmp_path, roomy)
    go(tmp_path / "whole", Small(room=100))
    assert sum(roomy.sizes) == len(failed)
    assert again.complete
    assert seen(tmp_path / "run") == seen(tmp_path / "whole" / "run")
