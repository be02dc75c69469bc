import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("script", ["audit_page.py", "catalogue.py", "models_page.py", "scoring_pages.py"])
def test_a_page_made_by_a_script_says_what_the_code_does(script: str) -> None:
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, root / "scripts" / script, "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stderr}; run scripts/{script}"
