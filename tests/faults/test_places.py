"""A disk that is full or may only be read, a folder that another run holds, a store with damaged pages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager, suppress

import pytest
from tests.faults.looking import seen

from medassay.errors import DataError, StoreError
from medassay.models.fakes import Scripted
from medassay.store import Store
from medassay.workflows.examining import examine
from medassay.workflows.folder import MANIFEST
from medassay.workflows.running import run

BENCHMARK, REQUESTS = "phantom@diagnosis:n=8", 18


def first(request):
    return request.choices[0].label


def go(place, *, out="run", store="responses.db", log=None):
    return run(
        model=Scripted(first, name="first", log=log),
        benchmark=BENCHMARK,
        out=place / out,
        store=place / store,
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The place of a run that nothing befell."""
    place = tmp_path_factory.mktemp("whole")
    go(place)
    return place


def mount(*words):
    return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0


@contextmanager
def disk(place, size):
    """A disk of so many KiB; what it is mounted with may be changed."""
    place.mkdir()
    mounts = sys.platform == "linux" and os.geteuid() == 0
    if not mounts or not mount("-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(place)):
        pytest.skip("needs root to mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("size", [8, 96, 128, 224])
def test_a_disk_that_is_full_stops_the_run_with_a_word_and_room_lets_it_go_on(tmp_path, whole, size):
    """A real disk of that many KiB, too small for the store, the manifest, the page, the last table."""
    log = tmp_path / "log"
    with disk(tmp_path / "disk", size) as place:
        with pytest.raises(StoreError, match=r"No space left|no space left|free space"):
            go(place, log=log)
        assert mount("-o", "remount,size=8192k", str(place))
        if (place / "run" / "manifest.json").exists():
            assert examine(place / "run").sound
        go(place, log=log)
        assert seen(place / "run") == seen(whole / "run")
        assert examine(place).sound
        assert examine(place / "responses.db").sound
    asked = Counter(log.read_text().split())
    assert len(asked) == REQUESTS
    assert max(asked.values()) <= 2


def test_a_disk_that_may_only_be_read_is_one_line_and_nothing_is_asked(tmp_path, whole):
    with disk(tmp_path / "disk", 8192) as place:
        go(place)
        assert mount("-o", "remount,ro", str(place))
        before = seen(place / "run")
        with pytest.raises(StoreError, match=r"Read-only|cannot be written"):
            go(place, log=tmp_path / "log")
        with pytest.raises(StoreError, match=r"Read-only|cannot be written"):
            go(place, out="other", log=tmp_path / "log")
        assert not (tmp_path / "log").exists()
        assert seen(place / "run") == before == seen(whole / "run")
        assert examine(place / "run").sound


def test_a_folder_that_a_run_holds_is_refused_to_another(tmp_path, whole):
    met: list[StoreError] = []

    def meddle(request):
        if not met:
            with pytest.raises(StoreError, match="is held by another run") as caught:
                go(tmp_path)
            met.append(caught.value)
        return first(request)

    run(
        model=Scripted(meddle, name="first"),
        benchmark=BENCHMARK,
        out=tmp_path / "run",
        store=tmp_path / "responses.db",
    )
    assert met
    assert seen(tmp_path / "run") == seen(whole / "run")


def test_wherever_a_byte_of_the_store_flips_the_run_comes_out_the_same(tmp_path, whole):
    """Two bytes of every page: found and asked again, or the file is refused and what is sound is merged."""
    content, expected = (whole / "responses.db").read_bytes(), seen(whole / "run")
    path = tmp_path / "responses.db"
    ways: Counter[str] = Counter()
    page = int.from_bytes(content[16:18])
    for place in sorted({start + at for start in range(0, len(content), page) for at in (3, page - 2)}):
        broken = bytearray(content)
        broken[place] ^= 0xFF
        for old in tmp_path.glob("responses.db*"):
            old.unlink()
        path.write_bytes(broken)
        report, refused = go_or_refused(tmp_path, out=str(place))
        if refused:
            ways["refused"] += 1
            ways["nothing to merge"] += not merged(tmp_path / f"{place}.db", path)
            report = go(tmp_path, out=str(place), store=f"{place}.db")
        ways["asked again"] += 0 < report.manifest["asked"] < REQUESTS
        assert seen(tmp_path / str(place)) == expected, place
        assert examine(tmp_path / str(place)).sound
    assert ways["asked again"] > 0
    assert ways["refused"] > ways["nothing to merge"] > 0


def go_or_refused(place, out):
    """The run, or the one line that says why its store cannot be used; then the doctor says so too."""
    try:
        return go(place, out=out), ""
    except StoreError as error:
        said = str(error)
    assert said
    assert "\n" not in said
    assert not examine(place / "responses.db").sound
    return None, said


def merged(into, path):
    with Store(into) as saved, suppress(StoreError):
        saved.merge(path)
        return True
    return False


def test_a_byte_of_a_runs_folder_flips_and_the_same_command_mends_it(tmp_path, whole):
    go(tmp_path)
    expected = seen(whole / "run")
    for name in expected:
        path = tmp_path / "run" / name
        broken = bytearray(path.read_bytes())
        broken[len(broken) // 2] ^= 0x80  # no text in UTF-8 after that
        path.write_bytes(broken)
        if name == MANIFEST:  # whose run it was cannot be told any more
            with pytest.raises(DataError, match="run again into another folder"):
                go(tmp_path)
            path.unlink()
        go(tmp_path)
        assert seen(tmp_path / "run") == expected, name
