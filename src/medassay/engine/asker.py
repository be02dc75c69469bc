"""Where answers come from: the store, else the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from medassay.engine.ahead import Ahead, Found, spoilt, with_digests
from medassay.engine.asking import Question, ask, batches, failure, portions
from medassay.engine.commits import Commits
from medassay.engine.progress import Tally
from medassay.engine.talk import Talk
from medassay.prompts import styled
from medassay.store import Store
from medassay.types import Model, Request, Response, Style

IMAGES = 64  # distinct images in one call of a model that wants pixels; the next 64 are decoded meanwhile

Answer = tuple[str, Response]  # with the key


class Asker:
    """Answers what talks ask, round by round, and keeps what the model says."""

    def __init__(
        self, model: Model, store: Store, *, commits: Commits, ahead: Ahead, seed: int, tally: Tally
    ) -> None:
        self._model, self._style, self._fingerprint = model, model.style, model.fingerprint
        self._store, self._commits = store, commits
        self._ahead, self._seed, self._tally = ahead, seed, tally

    def round(self, talks: Sequence[Talk]) -> Iterator[Talk]:
        """Answer all that the talks ask now; yields those that have moved on by it, as they do."""
        questions: dict[str, Question] = {}
        waiting: dict[str, list[tuple[Talk, int]]] = {}
        for talk, position, question in self._questions(talks):
            if isinstance(question, Response):
                if talk.receive(position, "", question):
                    yield talk
            else:
                questions[question.key] = question
                waiting.setdefault(question.key, []).append((talk, position))
        for talk in talks:
            if not talk.requests and talk.response is None:  # a solver may ask nothing in a round
                talk.advance()
                yield talk
        for key, response in self._answers(questions):
            for talk, position in waiting[key]:
                if talk.receive(position, key, response):
                    yield talk

    def _questions(self, talks: Iterable[Talk]) -> Iterator[tuple[Talk, int, Question | Response]]:
        """What is asked, in the model's style; a failure where an image cannot be had."""
        asked = [
            (talk, position, dressed(request, self._style, seed=self._seed))
            for talk in talks
            for position, request in enumerate(talk.requests)
        ]
        found = self._ahead.digests(request for _, _, request in asked)
        for talk, position, request in asked:
            yield talk, position, _question(request, found)

    def _answers(self, questions: dict[str, Question]) -> Iterator[Answer]:
        self._commits.flush()  # what an earlier round was told is not asked again
        known = self._store.get(self._fingerprint, questions)
        self._tally.from_store += len(known)
        yield from known.items()
        for batch in batches(question for key, question in questions.items() if key not in known):
            if self._model.wants_pixels:
                yield from self._shown(batch)
            else:
                yield from self._asked(batch)

    def _shown(self, batch: list[Question]) -> Iterator[Answer]:
        """Ask a model that opens images: about those that can be decoded, once they are."""
        parts = list(portions(batch, IMAGES))
        decoded = self._ahead.decoded([question.request for question in part] for part in parts)
        for part, found in zip(parts, decoded, strict=True):
            errors = {question.key: spoilt(question.request, found) for question in part}
            yield from ((key, failure("image", str(error))) for key, error in errors.items() if error)
            yield from self._asked([question for question in part if not errors[question.key]])

    def _asked(self, questions: list[Question]) -> Iterator[Answer]:
        self._tally.asked += len(questions)
        for index, response in ask(self._model, [question.request for question in questions]):
            key = questions[index].key
            if response.error is None:
                self._commits.add(key, response)
            yield key, response


def dressed(request: Request, style: Style, *, seed: int) -> Request:
    """The request as a model is asked it: in its style, and with the run's seed where it draws."""
    request = styled(request, style)
    if request.decoding.temperature > 0 and request.seed == 0:
        request = replace(request, seed=seed)
    return request


def _question(request: Request, found: Found) -> Question | Response:
    if found and (error := spoilt(request, found)):
        return failure("image", str(error))
    if found:
        request = with_digests(request, found)
    try:
        return Question(request.key, request)
    except ValueError as error:  # a number that has no canonical form
        return failure("request", str(error))
