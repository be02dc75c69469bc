"""Killed at random moments, a run loses nothing that was answered and asks nothing of it again."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from medassay.engine.commits import GROUP
from medassay.models.fakes import Constant
from medassay.store import Store

SAMPLES, KILLS = 4_000, 10
CHILD = """
import sys
from pathlib import Path
from tests.engine.kit import questions, run
from medassay.models.fakes import Constant
from medassay.store import Store

folder = Path(sys.argv[1])
with Store(folder / "responses.db") as store:
    print("started", flush=True)
    run(questions(int(sys.argv[2])), Constant("A", log=folder / "log"), store)
"""
ROOT = Path(__file__).resolve().parents[2]
LINE = 65  # characters of a key and its line end


def test_kill_and_resume(tmp_path):
    _kill(tmp_path, samples=SAMPLES, kills=KILLS)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_kill_a_hundred_times_and_resume(tmp_path):
    _kill(tmp_path, samples=60_000, kills=100)


def _kill(tmp_path, *, samples, kills):
    fingerprint = Constant("A").fingerprint
    log = tmp_path / "log"
    draw = random.Random(20)
    answered: set[str] = set()
    logged = 0
    for kill in range(kills + 1):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path), str(samples)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        child.stdout.readline()
        if kill < kills:
            _wait_for_growth(log, LINE * draw.randrange(100, samples // (kills + 1)))
            child.kill()
        returned = child.wait()
        child.stdout.close()
        assert returned == (0 if kill == kills else -9)

        asked = log.read_text().split() if log.exists() else []
        with Store(tmp_path / "responses.db") as store:
            kept = set(store.get(fingerprint, store.keys(fingerprint)))
        assert answered <= kept, "an answer was lost"
        assert not answered & set(asked[logged:]), "what was answered was asked again"
        assert kept <= set(asked)
        answered, logged = kept, len(asked)

    counts = Counter(log.read_text().split())
    assert len(answered) == len(counts) == samples
    assert len(asked) - samples <= kills * (GROUP + 1), "more was under way than one commit holds"


def _wait_for_growth(log, size):
    until = size + (log.stat().st_size if log.exists() else 0)
    while not log.exists() or log.stat().st_size < until:
        time.sleep(0.002)
