"""What the page for newcomers tells them to type is there."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from medassay import protocols, registry
from medassay.cli import app

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "coming_from.md").read_text("utf-8")
COMMANDS = re.findall(r"`(medassay [a-z][^`]*)`", PAGE)


def _names(option):
    found = {word for text in COMMANDS for word in re.findall(rf"{option} ([a-z][\w.@:+=-]*)", text)}
    return sorted(found | (set(re.findall(rf"`{option} ([a-z][\w.@:+=-]*)", PAGE))))


@pytest.mark.parametrize("kind", ["model", "benchmark", "rubric"])
def test_names_are_in_the_registry(kind):
    assert _names(f"--{kind}")
    for name in _names(f"--{kind}"):
        word = registry.parse(name)
        held = registry.find(kind, word.name)
        assert word.variant is None or word.variant in held.variants


def test_protocols_and_their_bugs_are_known():
    assert len(_names("--protocol")) > 4
    for name in _names("--protocol"):
        if name != "all":
            protocols.choose(name)


def test_commands_have_the_options_that_are_named():
    for text in COMMANDS:
        words = text.split()[1:]
        path = words[:2] if words[0] in {"suite", "data"} else words[:1]
        told = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "200"}).output
        for option in re.findall(r"--[a-z-]+", text):
            assert option in told, text
