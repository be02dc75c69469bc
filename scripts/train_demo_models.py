"""Train, measure and save the three demo checkpoints that ship with medassay.

    python scripts/train_demo_models.py

Everything is seeded and counted in steps, so the same command gives models of the same quality (not of the
same bits: the order of additions differs between processors). Two processes of one thread each; well under
an hour on two cores.
Needs `pip install medassay[local]` and nothing from the network.

    images of training seeds -> vision tower (labels) +-> demo-vlm
                                                      +-> demo-clip, then demo-vlm-small
    images of the test seed  -> figures, model cards
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

from demo_training import checkpoints, clip, data, measure, tower, vlm
from demo_training.tokens import build_tokenizer

CHECKPOINTS = Path(__file__).resolve().parents[1] / "src" / "medassay" / "models" / "demo"
TRAINING_SEED = 1000
MISSING = "histology"
"""The specialty that demo-vlm-small never saw."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of what, and where it goes."""

    out: Path
    cache: Path
    share: float

    def count(self, full: int) -> int:
        """Steps or images of a rehearsal."""
        return max(8, round(full * self.share))

    @property
    def images(self) -> int:
        """Images of the training seed; a multiple of what questions are balanced over."""
        return 200 * max(1, round(100 * self.share))

    def pool(self) -> data.Pool:
        """The training images."""
        return data.load_pool(TRAINING_SEED, self.images, self.cache)


def main() -> None:
    """Run all stages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=CHECKPOINTS, help="folder of the checkpoints")
    parser.add_argument("--cache", type=Path, help="folder for images and the tower (default: temporary)")
    parser.add_argument("--share", type=float, default=1.0, help="of all images and steps: 0.01 rehearses")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        plan = Plan(given.out, given.cache or Path(temporary), given.share)
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(2, mp_context=spawn) as workers:
            workers.submit(_timed, train_tower, plan).result()
            for job in [workers.submit(_timed, work, plan) for work in (train_vlm, train_others)]:
                job.result()
        images = max(40, plan.count(400))
        figures = measure.measure(plan.out, images=images)
        checkpoints.write_cards(plan.out, figures, lacks=MISSING, seed=TRAINING_SEED, images=images)


def train_tower(plan: Plan) -> None:
    """The vision tower that all three start from."""
    seeded(1)
    model = tower.build()
    tower.train(model, plan.pool(), steps=plan.count(1000), seed=1)
    model.save_pretrained(plan.cache / "tower")


def train_vlm(plan: Plan) -> None:
    """demo-vlm: every specialty and every question."""
    _train_vlm(plan, "demo-vlm", plan.pool(), steps=plan.count(1500), seed=2)


def train_others(plan: Plan) -> None:
    """demo-clip, then demo-vlm-small: shorter, and without one specialty."""
    pool = plan.pool()
    seeded(3)
    tokenizer = build_tokenizer(clip.collect(pool).texts, chat=False)
    model = clip.build(tokenizer, checkpoints.load_tower(plan.cache / "tower"))
    clip.train(model, tokenizer, pool, steps=plan.count(800), seed=3)
    checkpoints.save_clip(model, tokenizer, plan.out / "demo-clip")
    _train_vlm(plan, "demo-vlm-small", pool, steps=plan.count(500), seed=4, lacks=MISSING)


def _train_vlm(plan: Plan, name: str, pool: data.Pool, *, steps: int, seed: int, lacks: str = "") -> None:
    seeded(seed)
    tokenizer = build_tokenizer(data.dialogue(pool), chat=True)
    model = vlm.build(tokenizer, checkpoints.load_tower(plan.cache / "tower"))
    seen = pool.without(lacks) if lacks else pool
    vlm.train(model, tokenizer, seen, steps=steps, seed=seed, name=name)
    checkpoints.save_vlm(model, tokenizer, plan.out / name)


def seeded(seed: int) -> None:
    """One thread and fixed initial weights."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(seed)


def _timed(work: Any, plan: Plan) -> None:
    wall, busy = time.perf_counter(), time.process_time()
    work(plan)
    wall, busy = time.perf_counter() - wall, time.process_time() - busy
    print(f"{work.__name__}: {wall:.0f} s, of which {busy:.0f} s on the processor", flush=True)


if __name__ == "__main__":
    main()
