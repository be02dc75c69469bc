"""Every tutorial runs from its first cell to its last, in a fresh folder, as a reader would run it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TUTORIALS = Path(__file__).resolve().parents[1] / "docs" / "tutorials"
NAMES = sorted(path.name for path in TUTORIALS.glob("*.ipynb"))
SHARE = ("1_diagnosis.ipynb", "4_lora.ipynb")  # that are run with every change; `make soak` runs the others


def test_there_are_tutorials_and_none_keeps_what_a_machine_printed():
    assert len(NAMES) >= 6
    for name in NAMES:
        held = json.loads((TUTORIALS / name).read_text("utf-8"))
        assert not [cell for cell in held["cells"] if cell.get("outputs")], name


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in SHARE else pytest.mark.soak) for name in NAMES]
)
def test_a_tutorial_runs(name, tmp_path, request):
    pytest.importorskip("torch", reason="torch is not installed")
    if name in {"3_linear_probe.ipynb", "4_lora.ipynb"}:
        pytest.importorskip("peft", reason="peft absent")
    (tmp_path / "data").mkdir()
    if name == "2_vqa.ipynb":
        (tmp_path / "data" / "vqa-rad").symlink_to(request.getfixturevalue("shared_data") / "vqa_rad")
    cells = json.loads((TUTORIALS / name).read_text("utf-8"))["cells"]
    code = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "MEDASSAY_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout
