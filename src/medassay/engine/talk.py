"""One sample's way to its answer: a solver that is advanced as its requests are answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from medassay.engine.asking import failure
from medassay.types import Case, Draws, Prompt, Request, Response, Sample, Solver, Step, Turns, Usage


class Talk:
    """Holds the solver of one sample between rounds.

    `requests` are what it wants to know next; `response` is set once it has ended, well or not. An
    error of the prompt or the solver ends this talk alone. What was asked until then stays in the response.
    """

    __slots__ = (
        "_answers",
        "_drawn",
        "_left",
        "_name",
        "_round",
        "_steps",
        "_turns",
        "requests",
        "response",
        "sample",
    )

    def __init__(self, sample: Sample, prompt: Prompt, solver: Solver) -> None:
        self.sample = sample
        self.requests: tuple[Request, ...] = ()
        self.response: Response | None = None
        self._turns: Turns = _nothing()
        self._steps: list[Step] = []
        self._answers: list[tuple[str, Response] | None] = []
        self._drawn: dict[Request, list[str]] = {}  # by what is asked, whatever the seed
        self._left = self._round = 0
        self._name = f"prompt {_name(prompt)}"
        case = sample.case
        self._guarded(lambda: self._begin(case, prompt, solver))

    def receive(self, position: int, key: str, response: Response) -> bool:
        """Take the answer to `requests[position]`.

        Returns:
            Whether the talk has moved on by it: it asks anew, or has ended.
        """
        if self.response is not None:
            return False
        if response.error is not None:
            self.fail(response)
            return True
        self._answers[position] = (key, response)
        self._left -= 1
        if self._left:
            return False
        self.advance()
        return True

    def advance(self) -> None:
        """Send the solver the answers to its requests."""
        answers = [answer for answer in self._answers if answer is not None]
        for request, (key, response) in zip(self.requests, answers, strict=True):
            self._note(request, key, response)
        self._guarded(lambda: self._ask(self._turns.send([r for _, r in answers])))

    def fail(self, response: Response) -> None:
        """End without an answer."""
        self.response, self.requests = self._told(response), ()
        with suppress(Exception):
            self._turns.close()

    def _guarded(self, move: Callable[[], None]) -> None:
        try:
            move()
        except StopIteration as end:
            self._end(end.value)
        except Exception as error:  # noqa: BLE001  foreign code: its bug costs this row only
            self.fail(failure(self._name, error))

    def _begin(self, case: Case, prompt: Prompt, solver: Solver) -> None:
        request = prompt(case)
        self._name = f"solver {_name(solver)}"
        self._turns = solver(case, request)
        self._ask(next(self._turns))

    def _ask(self, requests: Iterable[Request]) -> None:
        self.requests = tuple(requests)
        for request in self.requests:
            if not isinstance(request, Request):
                raise TypeError(f"asked {type(request).__name__}, not a Request")
        self._round += 1
        self._answers = [None] * len(self.requests)
        self._left = len(self.requests)

    def _end(self, response: Response) -> None:
        if not isinstance(response, Response):
            self.fail(failure(self._name, f"returned {type(response).__name__}, not a Response"))
            return
        self.response, self.requests = self._told(response), ()

    def _note(self, request: Request, key: str, response: Response) -> None:
        """Keep what was said, and by whom."""
        self._steps.append(
            Step(
                role=request.role,
                to=request.to,
                round=self._round,
                request_key=key,
                text=response.text,
                usage=response.usage,
                seconds=response.seconds,
            )
        )
        if request.decoding.temperature > 0:
            asked = replace(request, seed=0, replicate=0)
            self._drawn.setdefault(asked, []).append(response.text)

    def _told(self, response: Response) -> Response:
        """The response with all that it took.

        The trace has what the solver itself put into it, then the calls, unless there was one and its reply
        is the response.
        """
        if not self._steps:
            return response
        alone = len(self._steps) == 1 and response.error is None and response.text == self._steps[0].text
        return replace(
            response,
            trace=response.trace if alone else (*response.trace, *self._steps),
            usage=sum((step.usage for step in self._steps), Usage()),
            seconds=sum(step.seconds for step in self._steps),
            draws=_draws(self._drawn.values()),
        )


def _nothing() -> Turns:
    """The solver of a talk that has not come so far as to have one."""
    yield []
    return Response()


def _draws(drawn: Iterable[list[str]]) -> Draws:
    """Whether any two draws of one question differ."""
    repeated = [texts for texts in drawn if len(texts) > 1]
    if not repeated:
        return ""
    return "differ" if any(len(set(texts)) > 1 for texts in repeated) else "same"


def _name(function: object) -> str:
    return getattr(function, "__name__", type(function).__name__)
