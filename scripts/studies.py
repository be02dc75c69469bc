"""Run the two studies of docs/study.md from the training of their models to the sealed report.

python scripts/studies.py --data SHARED/data [--out build/studies] [--write]

With --write the reports go into docs/studies. Neither study needs a GPU or the network.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EYES = "phantom@diagnosis:n=1200,difficulty=0.8"
LUNGS = "pneumoniamnist"


def main() -> None:
    """Both studies, each in a folder of its own, with a key made for the occasion."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds pneumoniamnist/")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "studies")
    parser.add_argument("--write", action="store_true", help="put the reports into docs/studies")
    asked = parser.parse_args()
    data = (asked.data / LUNGS).resolve()
    plans = {
        "glaucoma": ROOT / "src/medassay/workflows/studies/example.yaml",
        "pneumonia": ROOT / "docs/studies/pneumonia.yaml",
    }
    taught = {
        "glaucoma": ["-b", EYES, "--only", "specialty=fundus", "--only", "task=diagnosis"],
        "pneumonia": ["-b", LUNGS, "-d", str(data), "--shared", "drop"],
    }
    files = {"glaucoma": [], "pneumonia": ["-d", str(data)]}
    for name, plan in plans.items():
        started = time.perf_counter()
        place = asked.out.resolve() / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        study(place, plan, taught=taught[name], files=files[name])
        print(f"{name}: {time.perf_counter() - started:.0f} s")
        if asked.write:
            shutil.copyfile(place / "study" / "report.md", ROOT / "docs" / "studies" / f"{name}.md")


def study(place: Path, plan: Path, *, taught: list[str], files: list[str]) -> None:
    """One study, from the training to the verification; every step is a command that a user gives."""
    key, public = place / "key.pem", place / "public.pem"
    run(place, "openssl", "genpkey", "-algorithm", "ed25519", "-out", str(key))
    run(place, "openssl", "pkey", "-in", str(key), "-pubout", "-out", str(public))
    medassay(place, "adapt", "linear-probe", "-m", "demo-clip", *taught, "--out", "probe", "--quiet")
    who = ["--who", "The authors of medassay"]
    medassay(place, "study", "lock", str(plan), "--out", "study", *files, *who, "--key", str(key))
    medassay(place, "study", "choose", "study", *files, *who)
    medassay(place, "study", "look", "study", *files, *who, "--why", "the planned analysis")
    medassay(place, "study", "report", "study", *who, "--key", str(key))
    medassay(place, "study", "verify", "study", "--public", str(public))
    run(place / "study", "sha256sum", "--quiet", "-c", "SHA256SUMS")


def medassay(place: Path, *words: str) -> None:
    """A command of medassay in a folder."""
    run(place, sys.executable, "-m", "medassay", *words)


def run(place: Path, *words: str) -> None:
    """A command; the first that fails ends all."""
    subprocess.run(words, cwd=place, check=True, env={**os.environ, "COLUMNS": "80"})


if __name__ == "__main__":
    main()
