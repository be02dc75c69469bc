import subprocess
import sys
from pathlib import Path


def test_the_pages_of_metrics_and_protocols_say_what_the_code_does():
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, root / "scripts" / "scoring_pages.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"not current: {done.stderr}run scripts/scoring_pages.py"
