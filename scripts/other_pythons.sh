#!/usr/bin/env bash
# The tests on every other Python that is here.
set -euo pipefail
cd "$(dirname "$0")/.."
for version in 3.12 3.13 3.14; do
    if ! "python$version" -c 'pass' 2>/dev/null; then
        echo "python$version: not here"
        continue
    fi
    place=$(mktemp -d)
    "python$version" -m venv "$place"
    "$place/bin/python" -m pip install --quiet --disable-pip-version-check '.[dev]'
    "$place/bin/python" -m pytest -q -n 2 -m "not soak"
    rm -rf "$place"
done
