"""Run the benchmarks one after the other and write what they print as one table: build/bench.md.

    python benchmarks/table.py [--data SHARED/data] [--out build/bench.md]

The same lies beside it as JSON: the machine, and of each script its seconds, exit code and lines.

What fails or passes its time is a line of the table, and the rest goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIMIT = 150  # seconds for one
SCRIPTS = (
    ("startup.py",),
    ("engine.py",),
    ("peers.py", "--samples", "1000"),
    ("bootstrap.py",),
    ("loading.py",),
    ("scoring.py",),
    ("plain_loop.py", "--images", "3", "--rounds", "1"),
    ("gpu.py",),
    ("generation.py",),
    ("generation.py", "--shared", "--images", "3", "--rounds", "2"),
    ("probe.py", "--images", "4000"),
    ("serving.py",),
    ("scale.py", "--rows", "5000", "50000"),
    ("near_duplicates.py", "DATA"),
    ("audit.py",),
    ("viewer.py",),
)


def main() -> int:
    """All of them; 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--out", type=Path, default=HERE.parent / "build" / "bench.md")
    asked = parser.parse_args()
    lines = ["# Measured here", "", machine(), "", "| script | seconds | printed |", "|---|--:|---|"]
    held: list[dict[str, object]] = []
    for script, *words in SCRIPTS:
        if "DATA" in words and not asked.data.is_dir():
            lines.append(f"| `{script}` | – | left out: no {asked.data.name} |")
            continue
        seconds, told, code = measured(script, [str(asked.data) if w == "DATA" else w for w in words])
        printed = [line.strip() for line in told.splitlines() if line.strip()]
        shown = "<br>".join(line.replace("|", "/") for line in printed)
        name = " ".join((script, *(word for word in words if word != "DATA")))
        held.append({"script": name, "seconds": round(seconds, 1), "exit": code, "printed": printed})
        if code:
            shown = f"**ended with {code}** {shown[-300:]}"
        lines.append(f"| `{name}` | {seconds:.0f} | {shown} |")
        print(f"{name}: {seconds:.0f} s{'' if not code else f', ended with {code}'}", flush=True)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text("\n".join(lines) + "\n", "utf-8")
    told = json.dumps({"machine": machine(), "scripts": held}, indent=1)
    asked.out.with_suffix(".json").write_text(told + "\n", "utf-8")
    print(f"wrote {asked.out}")
    return int(any(script["exit"] for script in held))


def measured(script: str, words: list[str]) -> tuple[float, str, int]:
    """Seconds, what was printed, and the exit code; 124 where it took too long."""
    started = time.perf_counter()
    try:
        command = [sys.executable, HERE / script, *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return time.perf_counter() - started, f"not done after {LIMIT} s", 124
    told = done.stdout
    if done.returncode:  # what was missed is said before it ends, what broke in the last line
        told += "\n".join(done.stderr.splitlines()[-1:])
    return time.perf_counter() - started, told, done.returncode


def machine() -> str:
    """On what this was measured."""
    packages = []
    for name in ("numpy", "pyarrow", "torch", "transformers"):
        try:
            packages.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return (
        f"{os.cpu_count()} cores of {platform.machine()}, {platform.system()}, Python "
        f"{platform.python_version()}, {', '.join(packages)}. GPU: {gpu()}."
    )


def gpu() -> str:
    """The CUDA device, or that there is none."""
    try:
        import torch
    except ImportError:
        return "none asked, torch is not installed"
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "none"


if __name__ == "__main__":
    sys.exit(main())
