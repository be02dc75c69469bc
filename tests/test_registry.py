import sys
from pathlib import Path
from typing import Literal

import pytest

from medassay import registry
from medassay.errors import DataError, UnknownName, UsageError
from medassay.registry import Word, arguments, find, load_attribute, parse


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("phantom", Word(name="phantom")),
        ("vqa-rad@osf", Word(name="vqa-rad", variant="osf")),
        ("phantom@vqa:seed=3,n=10", Word(name="phantom", variant="vqa", options={"seed": "3", "n": "10"})),
        ("mine.py:model:id=v 1", Word(name="mine.py:model", options={"id": "v 1"})),
        ("phantom:seed=3,n", None),
        ("two words", None),
        ("", None),
    ],
)
def test_words(text, word):
    if word is None:
        with pytest.raises(UsageError):
            parse(text)
    else:
        assert parse(text) == word


def load(
    where, *, seed: int = 0, size: float | None = None, hard: bool = False, part: Literal["a", "b"] = "a"
):
    return seed, size, hard, part


def test_options_take_the_types_of_the_function():
    options = {"seed": "3", "size": "0.5", "hard": "yes", "part": "b"}
    assert arguments(load, options, what="x") == {"seed": 3, "size": 0.5, "hard": True, "part": "b"}
    assert arguments(load, {"size": "none"}, what="x") == {"size": None}


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"sede": "3"}, "no option 'sede': it has seed, size, hard, part"),
        ({"seed": "three"}, "x: seed should be int, not 'three'"),
        ({"hard": "perhaps"}, "x: hard is true or false"),
        ({"part": "c"}, "x: part is one of a, b"),
    ],
)
def test_an_option_that_does_not_fit_says_what_would(options, why):
    with pytest.raises(UsageError, match=why):
        arguments(load, options, what="x")


def test_a_file_of_ones_own_is_found_by_its_path(tmp_path: Path):
    (tmp_path / "mine.py").write_text("BENCHMARK = 'a benchmark'\nother = 2\n")
    assert find("benchmark", str(tmp_path / "mine.py")) == "a benchmark"
    assert load_attribute(f"{tmp_path / 'mine.py'}:other") == 2
    with pytest.raises(UsageError, match="has no 'third'"):
        load_attribute(f"{tmp_path / 'mine.py'}:third")
    with pytest.raises(UsageError, match=r"none\.py: no such Python file"):
        find("benchmark", str(tmp_path / "none.py"))


def test_a_module_beside_the_command_is_found(tmp_path, monkeypatch):
    (tmp_path / "beside_the_command.py").write_text("def model(requests):\n    return []\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert callable(load_attribute("beside_the_command:model"))
    with pytest.raises(UsageError, match="no module is called 'not_there'"):
        load_attribute("not_there:model")


def test_the_path_of_a_described_benchmark_is_one_word(tmp_path):
    for name in ("my data, 2025.yaml", "a@b:c=d.csv"):
        assert registry.parse(f"/tmp/{name}") == registry.Word(name=f"/tmp/{name}")
    with pytest.raises(DataError, match=r"my data\.yaml: no such file"):
        find("benchmark", str(tmp_path / "my data.yaml"))


class Point:
    def __init__(self, name, package):
        self.name, self.package = name, package
        self.dist = type("Distribution", (), {"name": package})

    def load(self):
        return f"from {self.package}"


def test_plugins_come_after_the_built_in_and_must_be_alone(monkeypatch):
    points = [Point("theirs", "one"), Point("both", "one"), Point("both", "two"), Point("mine", "three")]
    monkeypatch.setattr(registry, "_plugins", lambda kind: points)
    monkeypatch.setattr(registry, "_table", lambda kind: {"mine": 1})
    assert registry.names("metric") == ["mine", "both", "theirs"]
    assert find("metric", "mine") == 1
    assert find("metric", "theirs") == "from one"
    with pytest.raises(UsageError, match="one/both, two/both"):
        find("metric", "both")
    with pytest.raises(UnknownName, match="did you mean 'theirs'"):
        find("metric", "their")
