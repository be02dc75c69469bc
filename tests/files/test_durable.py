"""A file is the old one or the new one, and a line is there or not, whatever the disk says."""

import errno
import os
import sys

import pytest

from medassay.files.durable import append, put_in_place


@pytest.fixture
def full(monkeypatch):
    def no(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("medassay.files.durable.os.fsync", no)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux and a C compiler")
def test_a_draft_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    done = []
    monkeypatch.setattr(
        "medassay.files.durable.os.fsync", lambda n: done.append(os.path.realpath(f"/proc/self/fd/{n}"))
    )
    draft, path = tmp_path / "draft", tmp_path / "file"
    draft.write_bytes(b"new")
    put_in_place(draft, path)
    assert path.read_bytes() == b"new"
    assert done == [str(draft), str(tmp_path)]


def test_a_draft_that_cannot_be_synced_replaces_nothing(tmp_path, full):
    draft, path = tmp_path / "draft", tmp_path / "file"
    draft.write_bytes(b"new")
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="No space"):
        put_in_place(draft, path)
    assert path.read_bytes() == b"old"


def test_lines_follow_each_other(tmp_path):
    for line in (b"one\n", b"two\n"):
        append(tmp_path / "lines", line)
    assert (tmp_path / "lines").read_bytes() == b"one\ntwo\n"


def test_a_line_that_is_not_whole_on_the_disk_is_taken_back(tmp_path, full):
    path = tmp_path / "lines"
    path.write_bytes(b"one\n")
    with pytest.raises(OSError, match="No space"):
        append(path, b"two\n")
    assert path.read_bytes() == b"one\n"
