import logging
import os
import random
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from medassay.errors import StoreError
from medassay.store import Store, database
from medassay.store.place import network_file_system
from medassay.types import Response, Step, Usage, fingerprint

MODEL = fingerprint("model")
KEYS = [fingerprint(n) for n in range(2000)]
NEW = [fingerprint(["new", n]) for n in range(2000)]
SHORT = Response(text="Yes.")
LONG = Response(
    text="No focal consolidation. " * 100,
    probs=(0.1, 0.9),
    usage=Usage(input_tokens=7, euros=0.01),
    trace=(Step(role="radiologist", request_key="0", text="\ud800 broken"),),
)


@pytest.fixture(autouse=True)
def _unsynced(monkeypatch):
    """These tests make many files, and none of them cuts the power."""
    monkeypatch.setattr(database, "SYNCHRONOUS", "OFF")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "responses.db"


def test_what_was_put_is_there_for_the_next_process(path):
    with Store(path) as held:
        held.put(MODEL, {KEYS[0]: SHORT, KEYS[1]: LONG})
    with Store(path) as held:
        assert held.get(MODEL, KEYS[:3]) == {KEYS[0]: SHORT, KEYS[1]: LONG}
        assert held.get("another model", KEYS[:3]) == {}
        assert list(held.keys(MODEL)) == sorted(KEYS[:2])
        assert held.fingerprints() == [MODEL]


def test_many_keys_are_asked_for_at_once(path):
    with Store(path) as held:
        held.put(MODEL, dict.fromkeys(KEYS[::2], SHORT))
        assert held.get(MODEL, KEYS).keys() == set(KEYS[::2])


def test_the_first_answer_stays(path):
    with Store(path) as held:
        held.put(MODEL, {KEYS[0]: SHORT})
        held.put(MODEL, {KEYS[0]: LONG, KEYS[1]: LONG})
        assert held.get(MODEL, KEYS[:2]) == {KEYS[0]: SHORT, KEYS[1]: LONG}


def test_a_failure_is_refused_with_all_that_came_with_it(path):
    with Store(path) as held:
        with pytest.raises(ValueError, match="never stored: time-out"):
            held.put(MODEL, {KEYS[0]: SHORT, KEYS[1]: Response(error="time-out: 60 s")})
        assert held.get(MODEL, KEYS[:2]) == {}


@pytest.mark.parametrize("response", [SHORT, LONG])
def test_a_flipped_byte_of_an_answer_is_found(path, response, caplog):
    """The damaged answer counts as absent and can be given anew; its neighbour is unharmed."""
    caplog.set_level(logging.ERROR)
    with Store(path) as held:
        held.put(MODEL, {KEYS[0]: response, KEYS[1]: SHORT})
    [value] = _sql(path, "SELECT value FROM responses WHERE rowid = 1")[0]
    places = range(0, len(value), 5)
    for place in places:
        broken = value[:place] + bytes([value[place] ^ 0x10]) + value[place + 1 :]
        _sql(path, "UPDATE responses SET value = ? WHERE key = ?", (broken, bytes.fromhex(KEYS[0])))
        with Store(path) as held:
            assert held.get(MODEL, KEYS[:2]) == {KEYS[1]: SHORT}
            assert held.damaged == 1
            held.put(MODEL, {KEYS[0]: response})
            assert held.get(MODEL, KEYS[:1]) == {KEYS[0]: response}
    assert len(_sql(path, "SELECT * FROM damaged")) == len(places)


def test_a_flipped_bit_anywhere_in_the_file_gives_no_wrong_answer(path, tmp_path, caplog):
    """Answers are right or absent, or the file is called damaged; most of it can always be saved."""
    caplog.set_level(logging.ERROR)
    right = {key: Response(text=key * (1 + n % 12)) for n, key in enumerate(KEYS[:100])}
    with Store(path) as held:
        held.put(MODEL, right)
    content = path.read_bytes()
    draw = random.Random(7)
    for _ in range(25):
        broken = bytearray(content)
        broken[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        path.write_bytes(broken)
        with suppress(StoreError), Store(path) as held:
            found = held.get(MODEL, KEYS[:100])
            assert found.items() <= right.items()
            held.put(MODEL, {key: right[key] for key in right.keys() - found.keys()})
            assert held.get(MODEL, KEYS[:100]).items() <= right.items()
        with suppress(StoreError), Store(tmp_path / "saved.db") as saved:
            saved.merge(path)
            assert saved.get(MODEL, KEYS[:100]).items() <= right.items()


def test_damage_is_reported(path, caplog):
    with Store(path) as held:
        held.put(MODEL, {KEYS[0]: SHORT})
        _sql(path, "UPDATE responses SET checksum = checksum + 1")
        held.get(MODEL, KEYS[:1])
    assert "1 damaged answers set aside" in caplog.text


def test_two_processes_and_many_threads_use_one_file(path):
    """Each writes its own and reads the others'."""
    script = (
        "import sys; from medassay.store import Store; from medassay.types import Response, fingerprint\n"
        "with Store(sys.argv[1]) as held:\n"
        "    for n in range(100): held.put('m', {fingerprint(['process', n]): Response(text=str(n))})"
    )
    with Store(path) as held:
        other = subprocess.Popen([sys.executable, "-c", script, str(path)], env=os.environ)
        threads = [
            threading.Thread(target=_put_one_by_one, args=(held, KEYS[25 * t : 25 * t + 25]))
            for t in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert other.wait() == 0
        assert {*held.keys("m"), *held.keys(MODEL)} == {
            *KEYS[:100],
            *(fingerprint(["process", n]) for n in range(100)),
        }


def test_many_processes_may_make_the_file_at_once(path):
    script = (
        "import sys; from medassay.store import Store; from medassay.types import Response, fingerprint\n"
        "sys.stdin.read(1)\n"
        "with Store(sys.argv[1]) as held: held.put('m', {fingerprint(sys.argv[2]): Response(text='A')})"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", script, str(path), str(n)], stdin=subprocess.PIPE)
        for n in range(6)
    ]
    for child in children:
        child.communicate(b"!")
    assert [child.returncode for child in children] == [0] * 6
    with Store(path) as held:
        assert len(list(held.keys("m"))) == 6


def test_stores_of_two_hosts_are_merged(path, tmp_path):
    with Store(tmp_path / "other.db") as other:
        other.put(MODEL, dict.fromkeys(KEYS[:1200], LONG))
        other.put("second", {KEYS[0]: SHORT})
        other.put(MODEL, {KEYS[1500]: SHORT})
    _sql(
        tmp_path / "other.db", "UPDATE responses SET checksum = 0 WHERE key = ?", (bytes.fromhex(KEYS[1500]),)
    )
    with Store(path) as held:
        held.put(MODEL, {KEYS[0]: SHORT})
        assert held.merge(tmp_path / "other.db") == 1200
        assert held.get(MODEL, KEYS) == {KEYS[0]: SHORT} | dict.fromkeys(KEYS[1:1200], LONG)
        assert held.get("second", KEYS) == {KEYS[0]: SHORT}
        assert held.damaged == 1
        with pytest.raises(StoreError, match=r"nowhere\.db does not exist"):
            held.merge(tmp_path / "nowhere.db")
        assert not (tmp_path / "nowhere.db").exists()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.999])
def test_of_a_store_with_a_bad_page_all_else_is_merged(path, tmp_path, share):
    """Wherever the page lies, in the table or its index; the run on the damaged file ends in one line."""
    with Store(path) as held:
        for start in range(0, 2000, 100):
            held.put(MODEL, {key: Response(text=key * 5) for key in KEYS[start : start + 100]})
    content = bytearray(path.read_bytes())
    [[root]] = _sql(path, "SELECT max(rootpage) FROM sqlite_master")
    page = 4096 * max(int(share * len(content) / 4096), root)  # not the roots, which lead to all else
    content[page : page + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with Store(path) as held, pytest.raises(StoreError, match="is damaged: name another store"):
        held.put(MODEL, dict.fromkeys((*held.get(MODEL, KEYS), *NEW), SHORT))
    with Store(tmp_path / "new.db") as saved:
        assert saved.merge(path) >= 2000 - 60
        found = saved.get(MODEL, KEYS)
        assert all(response == Response(text=key * 5) for key, response in found.items())


def test_a_full_disk_loses_nothing_that_was_there(path):
    with Store(path) as held:
        held.put(MODEL, dict.fromkeys(KEYS[:10], SHORT))
        [[pages]] = held._connection.execute("PRAGMA page_count").fetchall()
        held._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(
            StoreError,
            match=r"responses\.db: no space left: free some and run again; what was",
        ):
            held.put(MODEL, {k: Response(text=k * 100) for k in KEYS[10:500]})
        assert held.get(MODEL, KEYS) == dict.fromkeys(KEYS[:10], SHORT)
        held._connection.execute("PRAGMA max_page_count = 1000000")
        held.put(MODEL, {KEYS[10]: SHORT})
    with Store(path) as held:
        assert held.get(MODEL, KEYS) == dict.fromkeys(KEYS[:11], SHORT)


def test_what_cannot_be_opened_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("text")
    with pytest.raises(StoreError, match=r"a\.db: its folder is a file"):
        Store(tmp_path / "file" / "a.db")
    with pytest.raises(StoreError, match="file: is not a medassay store"):
        Store(tmp_path / "file")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(tmp_path)


def test_a_file_that_may_only_be_read_is_one_clear_line(path):
    with Store(path) as held:
        held.put(MODEL, {KEYS[0]: SHORT})
        held._connection.execute("PRAGMA query_only = ON")  # as on a read-only disk
        with pytest.raises(StoreError, match=r"cannot be written: check its permissions"):
            held.put(MODEL, {KEYS[1]: SHORT})
        assert held.get(MODEL, KEYS[:2]) == {KEYS[0]: SHORT}


def test_someone_elses_database_is_left_alone(tmp_path):
    _sql(tmp_path / "other.db", "CREATE TABLE theirs (a)")
    before = (tmp_path / "other.db").read_bytes()
    with pytest.raises(StoreError, match=r"other\.db is not a medassay store"):
        Store(tmp_path / "other.db")
    assert (tmp_path / "other.db").read_bytes() == before


def test_a_store_of_a_later_version_is_refused(path):
    Store(path).close()
    _sql(path, "PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="written by a later medassay"):
        Store(path)


def test_a_store_of_an_earlier_version_is_brought_up(path, monkeypatch):
    with Store(path) as held:
        held.put(MODEL, {KEYS[0]: SHORT})
    monkeypatch.setattr(
        database, "MIGRATIONS", (*database.MIGRATIONS, ("ALTER TABLE responses ADD COLUMN at REAL",))
    )
    with Store(path) as held:
        assert held.get(MODEL, KEYS[:1]) == {KEYS[0]: SHORT}
    assert _sql(path, "PRAGMA user_version") == [(2,)]


def test_every_answer_is_synced_to_the_disk(path, monkeypatch):
    monkeypatch.undo()
    with Store(path) as held:
        modes = [
            held._connection.execute(f"PRAGMA {p}").fetchone()[0] for p in ("journal_mode", "synchronous")
        ]
    assert modes == ["wal", 2]


MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /home rw - nfs4 server:/home rw
31 30 254:1 / /home/local rw - xfs /dev/vdb rw
32 22 0:41 / /mnt/two\\040words rw - fuse.sshfs host: rw
"""


@pytest.mark.parametrize(
    ("place", "system"),
    [
        ("/data/a.db", None),
        ("/home/me/a.db", "nfs4"),
        ("/home/local/a.db", None),
        ("/mnt/two words/a.db", "fuse.sshfs"),
        ("/homestead/a.db", None),
    ],
)
def test_network_file_systems_are_known(tmp_path, place, system):
    (tmp_path / "mountinfo").write_text(MOUNTS)
    assert network_file_system(Path(place), tmp_path / "mountinfo") == system
    assert network_file_system(Path(place), tmp_path / "absent") is None


def test_a_store_on_a_network_file_system_is_refused(path, monkeypatch):
    monkeypatch.setattr(database, "network_file_system", lambda _path: "nfs4")
    with pytest.raises(StoreError, match=r"network file system \(nfs4\).*medassay store merge"):
        Store(path)
    assert not path.exists()


def _put_one_by_one(held, keys):
    for key in keys:
        held.put(MODEL, {key: SHORT})


def _sql(path, statement, values=()):
    connection = sqlite3.connect(path)
    try:
        with connection:
            return connection.execute(statement, values).fetchall()
    finally:
        connection.close()
