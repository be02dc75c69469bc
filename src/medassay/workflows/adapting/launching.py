"""A training by several processes, started by accelerate, each on a GPU of its own (or on the CPU)."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, get_args

from medassay.adaptation.generative.lesson import Lesson, Moment, Tuned
from medassay.errors import MissingExtra, ModelError, UsageError
from medassay.workflows.adapting.learning import recipe_of
from medassay.workflows.named import resolve_model
from medassay.workflows.resolve import resolve_benchmark

Sharding = Literal["ddp", "zero3", "fsdp"]
SHARDINGS: tuple[Sharding, ...] = get_args(Sharding)
_JOB, _LEFT, _WEIGHTS, _LOG = "job.pickle", "left.json", "weights", "processes.log"
_TAIL = 15  # lines of a failed training that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How many processes train together, and how the model is laid over them.

    `sharding`: "ddp" a whole copy each, "zero3" DeepSpeed ZeRO-3, "fsdp" PyTorch FSDP2.
    """

    processes: int = 1
    sharding: Sharding = "ddp"

    def __post_init__(self) -> None:
        if self.processes < 1:
            raise UsageError(f"--processes {self.processes}: at least one process trains")
        if self.sharding == "zero3" and find_spec("deepspeed") is None:
            raise MissingExtra("deepspeed", "deepspeed")

    @property
    def alone(self) -> bool:
        """Whether this process trains by itself."""
        return self.processes == 1 and self.sharding == "ddp"

    def command(self, device: str) -> list[str]:
        """What the processes are started by, before the module.

        Raises:
            UsageError: a model to be spread over processes that have no GPU.
        """
        if device != "cpu":
            held = files("medassay.adaptation.generative") / "launch" / f"{self.sharding}.yaml"
            given = ["--config_file", str(held), "--num_processes", str(self.processes)]
            return [sys.executable, "-m", "accelerate.commands.launch", *given]
        if self.sharding != "ddp":
            raise UsageError(f"--sharding {self.sharding} needs CUDA GPUs: CPUs hold a copy each")
        given = [
            "--standalone",
            "--nproc_per_node",
            str(self.processes),
        ]  # accelerate starts one on CPUs
        return [sys.executable, "-m", "torch.distributed.run", *given]


def together(
    launch: Launch, recipe: str, model: str, benchmark: tuple[str, str | None], lesson: Lesson
) -> Tuned:
    """What a recipe leaves that several processes follow together.

    Raises:
        ModelError: a process failed; says the last lines of what it wrote.
    """
    place, device = lesson.place, lesson.model.device
    bare = {name: getattr(lesson, name) for name in _SHIPPED}
    (place / _JOB).write_bytes(pickle.dumps((recipe, model, benchmark, bare)))
    (place / _LEFT).unlink(missing_ok=True)
    words = [*launch.command(device.partition(":")[0]), "-m", __name__, str(place)]
    with (
        (place / _LOG).open("wb") as log,
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, env=_environment()) as running,
    ):
        for line in running.stdout or ():
            _told(line, lesson.progress)
    if running.returncode != 0 or not (place / _LEFT).is_file():
        said = (place / _LOG).read_text("utf-8", errors="replace").splitlines()[-_TAIL:]
        raise ModelError("training failed; the processes last said:\n" + "\n".join(said))
    left = json.loads((place / _LEFT).read_text("utf-8"))
    (place / _JOB).unlink()
    return Tuned(save=partial(shutil.move, place / _WEIGHTS), **left)


_SHIPPED = ("source", "revision", "train", "validation", "samples", "pairs", "seed", "place", "report_to")
"""What of a lesson other processes are handed; model and scorer they find by their names."""


def _environment() -> dict[str, str]:
    """This process's, with where the package lies: other processes must not find another."""
    here = str(Path(__file__).parents[3])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))}


def _told(line: bytes, progress: Callable[[Moment], None] | None) -> None:
    """Pass on a step that the first process logged; other words are not for this."""
    if progress is None or not line.startswith(b'{"moment":'):
        return
    progress(Moment(**json.loads(line)["moment"]))


def _work(place: Path) -> None:
    """One of the processes."""
    recipe, model, (benchmark, data), bare = pickle.loads((place / _JOB).read_bytes())  # noqa: S301  our own
    named: Any = resolve_model(model).model
    first = os.environ.get("RANK", "0") == "0"
    lesson = Lesson(
        **bare,
        model=named,
        scorer=resolve_benchmark(benchmark, data=data).benchmark.scorer,
        progress=_write_moment if first else None,
    )
    function, options = recipe_of(recipe)
    learned: Tuned = function(**options)(replace(lesson, report_to=lesson.report_to if first else ()))
    learned.save(place / _WEIGHTS)
    if first:
        left = {
            name: getattr(learned, name) for name in ("whole", "trained", "parameters", "settings", "curve")
        }
        (place / _LEFT).write_text(json.dumps(left), "utf-8")


def _write_moment(moment: Moment) -> None:
    held = {name: getattr(moment, name) for name in Moment.__slots__}
    sys.stdout.write(json.dumps({"moment": held}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _work(Path(sys.argv[1]))
