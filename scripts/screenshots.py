"""The pictures of the documentation, from real runs: the report in a browser without a window.

Needs Chromium (`apt-get install chromium`, or $CHROMIUM). Run `medassay demo` first.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = {
    "report.png": ("runs/demo/report.html", "1200,1500"),
}


def main() -> None:
    """Take them all."""
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no Chromium here: apt-get install chromium, or set $CHROMIUM")
    images = Path(__file__).resolve().parents[1] / "docs" / "images"
    images.mkdir(parents=True, exist_ok=True)
    for name, (page, size) in PICTURES.items():
        with tempfile.TemporaryDirectory() as profile:
            subprocess.run(
                [
                    browser,
                    *FLAGS,
                    f"--user-data-dir={profile}",
                    f"--window-size={size}",
                    f"--screenshot={images / name}",
                    Path(page).resolve().as_uri(),
                ],
                check=True,
                stderr=subprocess.DEVNULL,
            )
        print(images / name)


if __name__ == "__main__":
    main()
