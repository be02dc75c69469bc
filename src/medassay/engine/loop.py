"""Samples in, rows out, in windows: what is known comes from the store, the rest is asked in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from itertools import islice

from medassay.engine.ahead import Ahead
from medassay.engine.asker import Asker
from medassay.engine.commits import Commits
from medassay.engine.progress import Progress, Tally
from medassay.engine.talk import Talk
from medassay.solvers import direct
from medassay.store import Store
from medassay.types import Model, Prompt, Response, Row, Sample, Score, Scorer, Solver


def evaluate(  # noqa: PLR0913  every stage is named once, here
    samples: Iterable[Sample],
    model: Model,
    store: Store,
    *,
    prompt: Prompt,
    scorer: Scorer,
    solver: Solver = direct,
    seed: int = 0,
    window: int = 512,
    progress: Callable[[Progress], None] | None = None,
) -> Iterator[Row]:
    """Ask every sample and judge every answer; yields rows in the order of the samples.

    Holds two windows of samples, never all of them. Within a window all solvers advance together, so
    one round of all of them is one call of the model per decoding (for a model that wants pixels: per
    64 images, which are decoded ahead). Equal requests are asked once, and what the store holds is not
    asked at all. A row is yielded when the answers behind it are on the disk.

    What fails is a row with status failed, and is asked again on the next run: an image that cannot be
    read, a model's error, a prompt or a solver that raises. A solver is never sent a failure; a scorer
    that raises leaves its error in `Score.flags`.

    `seed` goes into requests that draw (temperature above 0) and have no seed of their own. Greedy
    requests keep theirs, so runs with different seeds share the answers that cannot differ.

    Raises:
        StoreError: answers cannot be kept. Those of earlier rows are safe.
        DataError: from the samples, after the rows of the windows before.
    """
    total = len(samples) if isinstance(samples, Sized) else None
    tally = Tally(total, progress)
    with Ahead() as ahead, Commits(store, model.fingerprint) as commits:
        asker = Asker(model, store, commits=commits, ahead=ahead, seed=seed, tally=tally)
        for held in ahead.windows(_windows(samples, window)):
            rows = _rows([Talk(sample, prompt, solver) for sample in held], asker, scorer, tally)
            commits.flush()
            yield from rows
        tally.tell()


def _windows(samples: Iterable[Sample], size: int) -> Iterator[list[Sample]]:
    iterator = iter(samples)
    while held := list(islice(iterator, size)):
        yield held


def _rows(talks: list[Talk], asker: Asker, scorer: Scorer, tally: Tally) -> list[Row]:
    """The rows of a window, when all of it is answered."""
    rows: dict[Talk, Row] = {}

    def judge(moved: Iterable[Talk]) -> list[Talk]:
        """Score the talks that have ended; the others go on."""
        going_on = []
        for talk in moved:
            if talk.response is None:
                going_on.append(talk)
            else:
                rows[talk] = _judged(talk.sample, talk.response, scorer)
                tally.row(rows[talk].score.status)
        return going_on

    active = judge(talks)
    while active:
        active = judge(asker.round(active))
    return [rows[talk] for talk in talks]


def _judged(sample: Sample, response: Response, scorer: Scorer) -> Row:
    try:
        score = scorer(sample, response)
    except Exception as error:  # noqa: BLE001  foreign code; the answer is kept and can be scored again
        score = Score(status="failed", flags=(f"scorer: {type(error).__name__}: {error}",))
    return Row(sample=sample, response=response, score=score)
