"""A real server of the protocol, `transformers serve`, with the demo model: it installs on a CPU alone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from itertools import islice
from pathlib import Path

import pytest

from medassay import models, registry
from medassay.models.server import ServerModel
from medassay.prompts import plain, styled
from medassay.types import Style, Where

for needed in ("openai", "fastapi", "uvicorn"):
    pytest.importorskip(needed, reason=f"{needed} absent")

FOLDER = Path(models.__file__).parent / "demo" / "demo-vlm"
PATIENCE = 120  # seconds, on a busy machine


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("serve") / "log"
    command = [str(Path(sys.executable).with_name("transformers")), "serve", str(FOLDER)]
    with log.open("w") as file:
        process = subprocess.Popen(
            [*command, "--device", "cpu", "--host", "127.0.0.1", "--port", str(port)],
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        )
        try:
            _wait(f"http://127.0.0.1:{port}/health", process, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            process.wait(20)


def _wait(health, process, log):
    for _ in range(PATIENCE * 5):
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(health, timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


def test_a_served_model_says_what_the_same_model_says_here(address):
    samples = registry.find("benchmark", "phantom").load(Where(variant="vqa"), n=8)
    style = Style(decoding={"max_tokens": 12})
    requests = [styled(plain(sample.case), style) for sample in islice(samples, 16)]
    served = ServerModel(address, name=str(FOLDER), concurrency=4, tries=2)
    local = registry.load_attribute(models.LOADERS["transformers"])(str(FOLDER), dtype="float32", batch=4)
    theirs, ours = (dict(model.answer(requests)) for model in (served, local))
    assert [theirs[i].error for i in range(16)] == [None] * 16
    assert [theirs[i].text.strip() for i in range(16)] == [ours[i].text.strip() for i in range(16)]
    assert theirs[0].served_model
    assert theirs[0].usage.output_tokens > 0
