import threading
import time

import pytest

from medassay.engine.commits import DELAY, GROUP, Commits
from medassay.errors import StoreError
from medassay.store import Store
from medassay.types import Response, fingerprint

KEYS = [fingerprint(n) for n in range(3 * GROUP)]
ANSWER = Response(text="A")


class Watched(Store):
    """A store that counts its commits, and fails when told to."""

    commits = 0
    broken = False

    def __init__(self, path):
        super().__init__(path)
        self.refused = threading.Event()

    def put(self, fingerprint, responses):
        if self.broken:
            self.refused.set()
            raise StoreError("no space left")
        self.commits += 1
        super().put(fingerprint, responses)


@pytest.fixture
def store(tmp_path):
    with Watched(tmp_path / "responses.db") as held:
        yield held


def test_fast_answers_share_commits(store):
    with Commits(store, "m") as commits:
        for key in KEYS:
            commits.add(key, ANSWER)
    assert set(store.keys("m")) == set(KEYS)
    assert store.commits < len(KEYS) / 10  # three, and one for every time the clock has struck


def test_a_lone_answer_is_kept_while_the_next_is_awaited(store):
    with Commits(store, "m") as commits:
        commits.add(KEYS[0], ANSWER)
        deadline = time.monotonic() + 100 * DELAY
        while not store.commits and time.monotonic() < deadline:
            time.sleep(DELAY)
        assert list(store.keys("m")) == [KEYS[0]]


def test_flush_returns_when_all_is_kept(store):
    with Commits(store, "m") as commits:
        commits.add(KEYS[0], ANSWER)
        commits.flush()
        assert list(store.keys("m")) == [KEYS[0]]


def test_a_failure_in_the_background_is_raised_where_it_is_heard(store):
    store.broken = True
    with Commits(store, "m") as commits:
        commits.add(KEYS[0], ANSWER)
        assert store.refused.wait(60)
        with pytest.raises(StoreError, match="no space left"):
            commits.add(KEYS[1], ANSWER)
        store.broken = False


def test_what_could_not_be_kept_is_tried_again(store):
    store.broken = True
    with Commits(store, "m") as commits:
        commits.add(KEYS[0], ANSWER)
        assert store.refused.wait(60)
        store.broken = False
    assert list(store.keys("m")) == [KEYS[0]]
