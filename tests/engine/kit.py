"""Samples, a prompt, a scorer and a model for the tests of the engine."""

from types import MappingProxyType

from medassay.engine import evaluate
from medassay.types import Message, Request, Response, Sample, Score, Style, Target


def prompt(case):
    return Request(
        messages=(Message(role="user", parts=(*case.images, case.question)),), choices=case.choices
    )


def scorer(sample, response):
    if response.error is not None:
        return Score(status="failed")
    if not response.text:
        return Score(status="unparsed")
    return Score(
        status="scored",
        answer=response.text,
        values={"accuracy": float(response.text in sample.target.texts)},
    )


def sample(question, *, id=None, images=(), choices=()):
    return Sample(
        id=id or question,
        kind="open",
        question=question,
        images=images,
        choices=choices,
        target=Target(texts=("A",)),
    )


def questions(n):
    return [sample(f"question {i}") for i in range(n)]


class Recorded:
    """A model that remembers how it was called."""

    identity = MappingProxyType({"loader": "recorded"})
    fingerprint = "recorded"
    style = Style()

    def __init__(self, say=lambda request: f"re: {request.text}", *, wants_pixels=False):
        self.calls = []
        self.wants_pixels = wants_pixels
        self._say = say

    def answer(self, requests, /):
        self.calls.append(list(requests))
        for index, request in enumerate(requests):
            yield index, Response(text=self._say(request))

    @property
    def asked(self):
        return [request.text for call in self.calls for request in call]


def run(samples, model, store, **options):
    return list(evaluate(samples, model, store, **{"prompt": prompt, "scorer": scorer, **options}))
