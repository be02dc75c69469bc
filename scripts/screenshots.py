"""The pictures of the documentation, from real runs: report and viewer in a browser without a window.

Needs Chromium (`apt-get install chromium`, or $CHROMIUM). Run `medassay demo` first. The leaderboard also has
the runs on VQA-RAD that lie beside (`runs/vqa-rad-*`); its rows stay out: real images are in no picture.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import HTTPCookieProcessor, build_opener

from medassay.workflows.validation import validate

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
    "--virtual-time-budget=20000",
]
DEMO = Path("runs/demo")
VALIDATED = DEMO / "validation"
REPORTS: dict[str, tuple[Path, str, list[str]]] = {
    "report.png": (DEMO / "report.html", "1200,1500", []),
    "report_dark.png": (DEMO / "report.html", "1200,2600", ["--force-dark-mode"]),
    "validation.png": (VALIDATED / "validation.html", "1200,1900", []),
}
VIEWS = {
    "viewer-leaderboard.png": ("#/", "1300,760"),
    "viewer-rows.png": ("#/rows?runs={small}&show=wrong", "1300,1000"),
    "viewer-compare.png": ("#/rows?runs={large},{small}&show=disagree", "1300,1000"),
}


def main() -> None:
    """Take them all."""
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no Chromium here: apt-get install chromium, or set $CHROMIUM")
    docs = Path(__file__).resolve().parents[1] / "docs"
    images = docs / "images"
    images.mkdir(parents=True, exist_ok=True)
    validate(DEMO / "demo-clip-diagnosis-direct", plan=docs / "examples" / "validation.yaml", out=VALIDATED)
    for name, (page, size, more) in REPORTS.items():
        _take(browser, page.resolve().as_uri(), size, images / name, more)
    with _viewer() as (address, keys):
        for name, (place, size) in VIEWS.items():
            _take(browser, address + place.format(**keys), size, images / name)


def _take(browser: str, address: str, size: str, picture: Path, more: Sequence[str] = ()) -> None:
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser,
                *FLAGS,
                *more,
                f"--user-data-dir={profile}",
                f"--window-size={size}",
                f"--screenshot={picture}",
                address,
            ],
            check=True,
            stderr=subprocess.DEVNULL,
        )
    print(picture)


@contextmanager
def _viewer() -> Iterator[tuple[str, dict[str, str]]]:
    """The viewer's address, and the keys of the runs that pictures show."""
    runs = ["runs/demo", *map(str, sorted(Path("runs").glob("vqa-rad-*")))]
    command = [sys.executable, "-m", "medassay", "view", *runs, "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            address = json.loads(server.stdout.readline())["address"]
            browser = build_opener(HTTPCookieProcessor())
            browser.open(address)  # with the token, for which it is given a cookie
            with browser.open(urljoin(address, "api/runs")) as answer:
                held = {(run["model"], run["benchmark"]): run["key"] for run in json.load(answer)}
            yield address, {"large": held["demo-vlm", "phantom"], "small": held["demo-vlm-small", "phantom"]}
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
