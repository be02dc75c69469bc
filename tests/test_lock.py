"""Downloads against servers on the loopback: locked at the first, held to afterwards."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from medassay import lock as locks
from medassay.errors import DataError
from medassay.types import Benchmark, Where

CONTENT = b"one split of a dataset"
COMMIT = "c0ffee" * 6 + "beef"


class Files(http.server.BaseHTTPRequestHandler):
    """Serves `CONTENT`; `/short` breaks off; whatever `/api/` and `/datasets/` say is a hub with one file."""

    protocol_version = "HTTP/1.1"
    shard = "data/test-00000-of-00001.parquet"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.asked.append(path)  # type: ignore[attr-defined]
        if path.startswith("/api/"):
            if "/tree/" in path:
                reply = [
                    {"type": "file", "path": n, "size": len(CONTENT), "oid": "0" * 40} for n in self._names()
                ]
            else:
                siblings = [{"rfilename": name} for name in self._names()]
                reply = {"id": "owner/name", "sha": COMMIT, "siblings": siblings}  # type: ignore[assignment]
            return self._send(json.dumps(reply).encode(), "application/json")
        if path == "/gone":
            return self.send_error(404)
        return self._send(CONTENT, "application/octet-stream", short=path == "/short")

    do_HEAD = do_GET  # noqa: N815  as the standard library calls it

    def _names(self) -> list[str]:
        return [self.shard, "data/train-00000-of-00001.parquet", "README.md"]

    def _send(self, body: bytes, kind: str, *, short: bool = False) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha1(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        if short:
            self.close_connection = True
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body[: len(body) // 2] if short else body)

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def server() -> Iterator[http.server.ThreadingHTTPServer]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files) as held:
        held.asked = []  # type: ignore[attr-defined]
        held.daemon_threads = True
        thread = threading.Thread(target=held.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield held
        held.shutdown()
        thread.join()


def card(source: str, **changes: Any) -> Benchmark:
    fields = dict.fromkeys(("title", "task", "modality", "licence", "citation", "primary", "cluster"), "x")
    held: dict[str, Any] = {**fields, "name": "small", "version": 1, "revision": None, "access": "open"}
    held |= {"measures": (), "load": None, "prompt": None, "scorer": None, "verified": "reference only"}
    return Benchmark(**(held | {"source": source} | changes))


@pytest.fixture
def fetch(tmp_path: Path) -> Callable[..., Path]:
    return functools.partial(
        locks.fetch, where=Where(), lock=tmp_path / "medassay.lock", cache=tmp_path / "cache"
    )


def _at(server: http.server.ThreadingHTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}{path}"


def test_first_download_locks_the_checksum_and_later_runs_do_not_ask_again(server, fetch, tmp_path):
    small = card(_at(server, "/{split}.npz"))
    folder = fetch(small)
    assert (folder / "test.npz").read_bytes() == CONTENT
    digest = "sha256:" + hashlib.sha256(CONTENT).hexdigest()
    assert locks.read(tmp_path / "medassay.lock") == {
        "small": locks.Entry(source=small.source, revision=digest, files={"test.npz": digest})
    }
    assert fetch(small) == folder
    assert server.asked == ["/test.npz"]


def test_a_changed_file_is_refused(server, fetch, tmp_path):
    small = card(_at(server, "/a.npz"))
    (fetch(small) / "a.npz").write_bytes(b"other")
    with pytest.raises(DataError, match=r"a\.npz is sha256:.*, not sha256:"):
        fetch(small)


def test_another_machine_with_the_lock_refuses_other_content(server, fetch, tmp_path, monkeypatch):
    small = card(_at(server, "/a.npz"))
    fetch(small)
    monkeypatch.setattr(sys.modules[__name__], "CONTENT", b"changed on the server")
    with pytest.raises(DataError, match="the download is sha256:"):
        fetch(small, cache=tmp_path / "elsewhere")
    assert not list((tmp_path / "elsewhere").rglob("*.part"))
    assert not list((tmp_path / "elsewhere").rglob("*.npz"))


def test_a_pinned_checksum_is_held_to_at_the_first_download(server, fetch):
    right = "md5:" + hashlib.md5(CONTENT).hexdigest()
    assert fetch(card(_at(server, "/a.npz"), revision=right)).is_dir()
    with pytest.raises(DataError, match="is locked to"):
        fetch(card(_at(server, "/a.npz"), revision="md5:" + "0" * 32))
    with pytest.raises(DataError, match="the download is md5:"):
        fetch(card(_at(server, "/b.npz"), name="b", revision="md5:" + "0" * 32))


@pytest.mark.parametrize("path", ["/short", "/gone"])
def test_what_does_not_come_whole_is_not_kept(server, fetch, tmp_path, path):
    with pytest.raises(DataError, match="--data small=DIR"):
        fetch(card(_at(server, path)))
    assert not [p for p in (tmp_path / "cache").rglob("*") if p.is_file()]
    assert not (tmp_path / "medassay.lock").exists()


def test_offline_is_one_line_that_says_what_to_do(fetch):
    with pytest.raises(DataError, match=r"^small: cannot be downloaded .*--data small=DIR\.$"):
        fetch(card("hf://owner/name/data/{split}-*.parquet"))
    with pytest.raises(DataError, match="access is by credentialed"):
        fetch(card("https://physionet.org", access="credentialed"))
    with pytest.raises(DataError, match="no file that can be fetched"):
        fetch(card("generated"))


def test_a_damaged_lock_is_named(fetch, tmp_path):
    (tmp_path / "medassay.lock").write_text("{")
    with pytest.raises(DataError, match=r"medassay\.lock: not a lock file"):
        fetch(card("generated"))


def test_the_hub_is_asked_once_for_its_commit_and_only_for_the_split(server, tmp_path):
    """Through the real client, in a process of its own: it reads its settings when it is imported."""
    code = (
        "import sys; from pathlib import Path\n"
        "from medassay.lock import fetch; from medassay.types import Where\n"
        "from test_lock import card\n"
        "here = Path(sys.argv[1])\n"
        "small = card('hf://owner/name/data/{split}-*.parquet|images.zip')\n"
        "print(fetch(small, Where(), lock=here / 'medassay.lock', cache=here / 'hub'))\n"
    )
    environment = os.environ | {
        "HF_ENDPOINT": _at(server, ""), "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_XET": "1", "HF_HOME": str(tmp_path / "home"),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]),
    }  # fmt: skip
    command = [sys.executable, "-c", code, str(tmp_path)]
    folder = Path(
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()
    )
    assert [p.relative_to(folder).as_posix() for p in folder.rglob("*.parquet")] == [Files.shard]
    assert not [path for path in server.asked if "train" in path]
    entry = locks.read(tmp_path / "medassay.lock")["small"]
    assert entry.revision == COMMIT
    assert entry.files == {Files.shard: "sha256:" + hashlib.sha256(CONTENT).hexdigest()}
    again = subprocess.run(
        command, env=environment | {"HF_HUB_OFFLINE": "1"}, check=True, capture_output=True, text=True
    )
    assert again.stdout.strip() == str(folder)
