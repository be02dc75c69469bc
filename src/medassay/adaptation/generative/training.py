"""Training through transformers' Trainer and its kin: one way of checkpoints and logs for all recipes."""

from __future__ import annotations

import math
import os
import shutil
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medassay.adaptation.generative.anatomy import region_of
from medassay.adaptation.generative.dialogues import Dialogue
from medassay.adaptation.generative.lesson import Lesson, Moment
from medassay.adaptation.generative.tuning import Tuning
from medassay.models.hardware import import_torch
from medassay.models.loading import quiet
from medassay.types import fingerprint

_STATE = "trainer_state.json"  # written last: a checkpoint that has it is whole
_ROWS = ("step", "epoch", "train_loss", "learning_rate", "validation_loss")
_NOT_SHOWN = ("_runtime", "_per_second", "num_tokens", "total_flos")  # of the machine, not of what is learned


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many optimiser steps there are, and after how many of them is logged and validation looked at."""

    steps: int
    log: int
    check: int
    effective_batch: int

    @classmethod
    def of(cls, tuning: Tuning, n: int, *, per_dialogue: int = 1) -> Pace:
        """The pace over `n` dialogues, each of which takes as many places in a batch."""
        together = tuning.batch * tuning.accumulate * processes()
        a_pass = max(1, math.ceil(n * per_dialogue / together))
        steps = max(1, math.ceil(a_pass * tuning.epochs))
        steps = min(steps, tuning.steps or steps)
        log = max(1, steps // (10 * tuning.checks))
        check = max(1, steps // tuning.checks // log) * log  # what is looked at was logged too
        return cls(steps=steps, log=log, check=check, effective_batch=together)


def processes() -> int:
    """How many processes train together, as accelerate or torchrun started them."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def sharded() -> bool:
    """Whether weights will be spread over processes: then none of them can run the model by itself."""
    return any(os.environ.get(name) == "true" for name in ("ACCELERATE_USE_DEEPSPEED", "ACCELERATE_USE_FSDP"))


def device_of(lesson: Lesson) -> str:
    """Where this process trains: of several on one machine each has a GPU of its own."""
    device = lesson.model.device
    if processes() == 1 or not device.startswith("cuda"):
        return device
    return "cpu" if sharded() else f"cuda:{os.environ.get('LOCAL_RANK', '0')}"


def looked_at(lesson: Lesson, tuning: Tuning) -> list[Dialogue]:
    """The validation dialogues that are looked at: all, or as many as the tuning says, drawn by hash."""
    order = sorted(lesson.validation, key=lambda held: fingerprint(["look", held.id]))
    return order[: tuning.looked_at]


def arguments(lesson: Lesson, tuning: Tuning, pace: Pace, kind: Any, **more: Any) -> Any:
    """The arguments of a training, of `TrainingArguments` or a class derived from it (`kind`)."""
    torch = import_torch()
    device = lesson.model.device
    on_gpu = device.startswith("cuda")
    half = tuning.precision == "bfloat16" or (
        tuning.precision == "auto" and on_gpu and torch.cuda.is_bf16_supported()
    )
    again = on_gpu if tuning.checkpointing is None else tuning.checkpointing
    options: dict[str, Any] = {
        "output_dir": str(lesson.place),
        "per_device_train_batch_size": tuning.batch,
        "per_device_eval_batch_size": tuning.batch,
        "gradient_accumulation_steps": tuning.accumulate,
        "learning_rate": tuning.rate,
        "max_steps": pace.steps,
        "warmup_steps": math.ceil(tuning.warmup * pace.steps),
        "lr_scheduler_type": tuning.schedule if tuning.schedule != "constant" else "constant_with_warmup",
        "weight_decay": tuning.decay,
        "max_grad_norm": tuning.clip,
        "bf16": half,
        "gradient_checkpointing": again,
        "gradient_checkpointing_kwargs": {"use_reentrant": False} if again else None,
        "eval_strategy": "steps",
        "eval_steps": pace.check,
        "eval_on_start": True,
        "save_strategy": "steps",
        "save_steps": pace.check,
        "save_total_limit": 2,
        "restore_callback_states_from_checkpoint": True,  # how many looks had been in vain
        "load_best_model_at_end": True,
        "metric_for_best_model": "eval_loss",
        "greater_is_better": False,
        "logging_steps": pace.log,
        "report_to": list(lesson.report_to) or "none",
        "run_name": lesson.place.parent.name,
        "seed": lesson.seed,
        "data_seed": lesson.seed,
        "remove_unused_columns": False,
        "dataloader_num_workers": 4 if on_gpu else 0,
        "dataloader_pin_memory": on_gpu,
        "disable_tqdm": True,
        "use_cpu": device == "cpu",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of names that older transformers still want
        return kind(**{**options, **more})


def rated(trainer: Any, tuning: Tuning) -> Any:
    """The trainer's class with a learning rate of the projector's own, and without the cards it writes."""

    class Rated(trainer):  # type: ignore[misc]
        def create_optimizer(self, model: Any = None) -> Any:
            optimiser = super().create_optimizer(model)
            if tuning.projector_rate is None:
                return optimiser
            names = {id(p): name for name, p in self.model.named_parameters()}
            for group in list(optimiser.param_groups):
                theirs = [p for p in group["params"] if region_of(names.get(id(p), "")) == "projector"]
                if theirs:
                    mine = {id(p) for p in theirs}
                    group["params"] = [p for p in group["params"] if id(p) not in mine]
                    rest = {key: value for key, value in group.items() if key not in {"params", "lr"}}
                    optimiser.add_param_group({**rest, "params": theirs, "lr": tuning.projector_rate})
            return optimiser

        def create_model_card(self, *_: Any, **__: Any) -> None:
            """The folder has a card of its own."""

        def _save(self, *args: Any, **kwargs: Any) -> None:
            held: Any = vars(self)
            processor = held["processing_class"]
            held["processing_class"] = None  # its stand-ins cannot be written
            super()._save(*args, **kwargs)
            held["processing_class"] = processor

    return Rated


def callbacks(lesson: Lesson, tuning: Tuning) -> list[Any]:
    """Early stopping, and whoever wants to know how far it is."""
    from transformers import EarlyStoppingCallback, TrainerCallback

    class Told(TrainerCallback):  # type: ignore[misc]
        def __init__(self) -> None:
            self._began, self._from, self._seen = 0.0, 0, math.nan

        def on_train_begin(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
            self._began, self._from = time.monotonic(), state.global_step

        def on_log(
            self, _args: Any, state: Any, _control: Any, logs: Mapping[str, Any] | None = None, **_: Any
        ) -> None:
            logs = logs or {}
            self._seen = float(logs.get("eval_loss", self._seen))
            if lesson.progress is None or "loss" not in logs:
                return
            done = state.global_step - self._from
            each = (time.monotonic() - self._began) / max(1, done)
            lesson.progress(
                Moment(
                    step=state.global_step,
                    steps=state.max_steps,
                    loss=float(logs["loss"]),
                    rate=float(logs.get("learning_rate", math.nan)),
                    validation=self._seen,
                    remaining=each * (state.max_steps - state.global_step),
                )
            )

    stop = [EarlyStoppingCallback(early_stopping_patience=tuning.patience)] if tuning.patience else []
    return [Told(), *stop]


def run(trainer: Any, place: Path) -> None:
    """Train, from the last whole checkpoint in `place` where there is one; the best weights are left in."""
    from transformers import PrinterCallback

    trainer.remove_callback(PrinterCallback)  # it prints every log; here `Lesson.progress` is told
    whole = _last_checkpoint(place)
    trainer.args.eval_on_start = whole is None  # a second look at that point would count as one in vain
    with quiet(), own_draws(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Could not find a config file", UserWarning)  # peft, of the base
        warnings.simplefilter("ignore", FutureWarning)
        trainer.train(resume_from_checkpoint=whole)


def clear(place: Path) -> None:
    """Remove the checkpoints of a training that is over; what trackers wrote stays."""
    for folder in _checkpoints(place):
        shutil.rmtree(folder)


def curve(log: Sequence[Mapping[str, Any]]) -> list[dict[str, float]]:
    """The logged steps as rows with the same columns, NaN where a step has no such number.

    Rows of one step become one: what training logged there and what validation said.
    """
    rows: dict[int, dict[str, Any]] = {}
    for entry in log:
        if {"loss", "eval_loss"} & set(entry):  # the last entry sums up
            kept = {_named(n): v for n, v in entry.items() if not n.endswith(_NOT_SHOWN)}
            rows.setdefault(int(entry["step"]), {}).update(kept)
    more = sorted({name for row in rows.values() for name in row} - set(_ROWS))
    return [
        {name: float(row.get(name, math.nan)) for name in (*_ROWS, *more)} for _, row in sorted(rows.items())
    ]


def _named(name: str) -> str:
    """As the recipes for encoders call it."""
    return "train_loss" if name == "loss" else name.replace("eval_", "validation_")


def _checkpoints(place: Path) -> list[Path]:
    return sorted(place.glob("checkpoint-*"), key=lambda folder: int(folder.name.rpartition("-")[2]))


def _last_checkpoint(place: Path) -> str | None:
    """The newest whole one; halves of a killed process are removed."""
    whole = []
    for folder in _checkpoints(place):
        if (folder / _STATE).is_file():
            whole.append(folder)
        else:
            shutil.rmtree(folder)
    return str(whole[-1]) if whole else None


@contextmanager
def own_draws() -> Iterator[None]:
    """Trainers seed the generators of the whole process, when they are made: put them back."""
    import random

    import numpy as np

    torch = import_torch()
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002  the state that others may use
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002
