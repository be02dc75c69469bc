"""Every promise of docs/promises.md names tests that exist and would run."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_each_promise_names_tests_that_are_there():
    table = [
        line for line in (ROOT / "docs" / "promises.md").read_text("utf-8").splitlines() if "`tests/" in line
    ]
    assert len(table) > 15
    for line in table:
        if line.startswith("Each promise"):
            continue
        named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", line)
        assert named, line
        for path, name in named:
            tree = ast.parse((ROOT / path).read_text("utf-8"))
            tests = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert any(test.startswith("test_") for test in tests), path
            assert not name or name in tests, f"{path}::{name} is gone: the promise is held by nothing"
