"""Hold the installed packages against the database of known weaknesses; say so where it cannot be reached.

python scripts/audit_packages.py. Exit code 1: a package is known to be weak. No network is no failure: the
line says that nothing was checked.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys


def main() -> int:
    """Run pip-audit on this environment."""
    if importlib.util.find_spec("pip_audit") is None:
        print("pip-audit is not installed: nothing was checked (pip install pip-audit)")
        return 0
    command = [sys.executable, "-m", "pip_audit", "--skip-editable", "--format", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        held = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        print("the database of weaknesses did not answer in 60 s: nothing was checked")
        return 0
    except (ValueError, KeyError):
        print(f"pip-audit could not check anything: {done.stderr.strip().splitlines()[-1:]}")
        return 0
    checked = [package for package in held if "skip_reason" not in package]
    weak = [package for package in checked if package["vulns"]]
    for package in weak:
        names = ", ".join(found["id"] for found in package["vulns"])
        print(f"{package['name']} {package['version']}: {names}")
    left = len(held) - len(checked)
    known = f"{len(weak)} known to be weak"
    print(f"{len(checked)} packages checked, {known}; {left} unknown to the database")
    return int(bool(weak))


if __name__ == "__main__":
    sys.exit(main())
