"""The JSON Schema for editors says what the reader takes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from medassay.benchmarks import described
from medassay.benchmarks.described.tasks import TASKS
from medassay.benchmarks.described.words import KEYS, ROLES, from_yaml

from .test_described import ASKED, FULL, GOOD, HEAD, MISTAKES, TABLE

SCHEMA = json.loads((Path(described.__file__).parent / "schema.json").read_text("utf-8"))
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


def fits(value: Any, rule: Any) -> bool:
    """The part of JSON Schema that ours uses; a word that is not known here fails."""
    known = {"$schema", "$defs", "title", "description"}
    return all(CHECKS[word](value, rule) for word in rule if word not in known)


def _properties(value, rule):
    return all(fits(v, rule["properties"][k]) for k, v in value.items() if k in rule["properties"])


def _additional(value, rule):
    left = [v for k, v in value.items() if k not in rule.get("properties", {})]
    allowed = rule["additionalProperties"]
    return not left if allowed is False else all(fits(v, allowed) for v in left)


CHECKS = {
    "$ref": lambda v, r: fits(v, SCHEMA["$defs"][r["$ref"].rpartition("/")[2]]),
    "type": lambda v, r: any(
        isinstance(v, TYPES[t]) for t in ([r["type"]] if isinstance(r["type"], str) else r["type"])
    ),
    "const": lambda v, r: v == r["const"],
    "enum": lambda v, r: v in r["enum"],
    "pattern": lambda v, r: isinstance(v, str) and re.search(r["pattern"], v) is not None,
    "minimum": lambda v, r: isinstance(v, int) and v >= r["minimum"],
    "minLength": lambda v, r: isinstance(v, str) and len(v) >= r["minLength"],
    "minItems": lambda v, r: not isinstance(v, list) or len(v) >= r["minItems"],
    "items": lambda v, r: not isinstance(v, list) or all(fits(member, r["items"]) for member in v),
    "anyOf": lambda v, r: any(fits(v, one) for one in r["anyOf"]),
    "required": lambda v, r: isinstance(v, dict) and set(r["required"]) <= set(v),
    "properties": lambda v, r: isinstance(v, dict) and _properties(v, r),
    "additionalProperties": lambda v, r: isinstance(v, dict) and _additional(v, r),
}


def test_it_names_the_keys_columns_and_tasks_of_the_reader():
    assert set(SCHEMA["properties"]) == set(KEYS)
    assert set(SCHEMA["properties"]["columns"]["properties"]) == set(ROLES)
    assert SCHEMA["properties"]["task"]["enum"] == list(TASKS)


@pytest.mark.parametrize(
    "text",
    [FULL, FULL + "may leave: yes\n", *(f"task: {task}\n{TABLE}{case[0]}\n" for task, case in ASKED.items())],
)
def test_it_accepts_what_is_read(text):
    assert fits(yaml.safe_load(HEAD + text), SCHEMA)


STRUCTURE = [
    m
    for m in MISTAKES
    if re.search(r"is not known|unknown key|belong here|should be|separator$|no sep", MISTAKES[m])
]


@pytest.mark.parametrize("mistake", STRUCTURE)
def test_it_refuses_what_is_refused_for_its_form(mistake):
    key, _, value = mistake.partition(": ")
    good = {name: yaml.safe_load(text) for name, text in GOOD.items()}
    assert fits(good, SCHEMA)
    assert not fits({**good, key: yaml.safe_load(value)}, SCHEMA)


DOCS = Path(__file__).resolve().parents[2] / "docs" / "own_data.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)


def test_every_task_has_an_example_that_is_taken(tmp_path):
    path, tasks = tmp_path / "example.yaml", set()
    for text in EXAMPLES:
        path.write_text(text, "utf-8")
        tasks.add(from_yaml(path).task)
        assert fits(yaml.safe_load(text), SCHEMA)
    assert tasks == set(TASKS)
