"""METEOR 1.5 (Denkowski and Lavie 2014): the authors' Java program, which `pycocoevalcap` carries.

It matches words, stems, WordNet synonyms and paraphrases; nltk's METEOR is another metric. The program is
started once for many rows.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from medassay.errors import MissingExtra, ModelError, UsageError
from medassay.types import FloatArray

_JAR = "meteor/meteor-1.5.jar"
_OPTIONS = ("-", "-", "-stdio", "-l", "en", "-norm")


def meteor_1_5(answers: Sequence[str], accepted: Sequence[Sequence[str]]) -> FloatArray:
    """METEOR 1.5 of each answer with the nearest accepted text, (n,) in [0, 1]; an empty answer has 0.

    Raises:
        MissingExtra: pycocoevalcap is not installed.
        UsageError: there is no Java.
        ModelError: the program ended before its last answer.
    """
    values = np.zeros(len(answers))
    asked = [i for i, answer in enumerate(answers) if _line(answer)]
    if not asked:
        return values
    with subprocess.Popen(
        _command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as program:
        for i in asked:
            texts = (*(_line(gold) for gold in accepted[i]), _line(answers[i]))
            statistics = _ask(program, " ||| ".join(("SCORE", *texts)))
            values[i] = float(_ask(program, f"EVAL ||| {statistics}"))
            _read(program)  # the mean over one row, which says the same
    return values


def _command() -> list[str]:
    found = find_spec("pycocoevalcap")
    if found is None or not found.submodule_search_locations:
        raise MissingExtra("pycocoevalcap", "captions")
    java = shutil.which("java")
    if java is None:
        raise UsageError(
            "meteor_1_5 runs in Java, and there is none: install a Java runtime, or leave it out"
        )
    jar = Path(next(iter(found.submodule_search_locations))) / _JAR
    return [java, "-Xmx2G", "-jar", str(jar), *_OPTIONS]


def _line(text: str) -> str:
    """The text on one line, without what parts texts in the program's own language."""
    return " ".join(text.replace("|||", " ").split())


def _ask(program: subprocess.Popen[str], line: str) -> str:
    assert program.stdin is not None
    try:
        program.stdin.write(f"{line}\n")
        program.stdin.flush()
    except BrokenPipeError as error:
        raise _ended(program) from error
    return _read(program)


def _read(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    line = program.stdout.readline()
    if not line:
        raise _ended(program)
    return line.strip()


def _ended(program: subprocess.Popen[str]) -> ModelError:
    return ModelError(f"METEOR 1.5 ended with status {program.wait()}: run `java -version`; it needs 2 GB")
