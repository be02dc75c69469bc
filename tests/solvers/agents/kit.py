"""A cast that speaks by role, and a log of who has read what."""

import re
from collections import Counter

from tests.solvers.kit import context, walk

from medassay.prompts import plain
from medassay.workflows.solving import resolve_solver

TOKEN = re.compile(r"\{[^{}#]*#\d+\}")


def opinion(answer):
    return f"Reasoning: {{t}} speaks for it.\nAnswer: {answer}"


class Play:
    """A scheme walked through a case.

    `lines`: by the beginning of a role's name what it says in turn, the last line again and again; "{t}" in a
    line becomes a token that is unique to the call. `calls` are the requests by step ("expert 1#2" is what
    expert 1 is asked second, whatever else its role says in brackets), `read` by step the steps whose
    replies its request holds.
    """

    def __init__(self, word, of, lines, prompt=plain):
        self.calls = {}
        self._lines = lines
        self._spoken: Counter[str] = Counter()
        solver = resolve_solver(word).begin(context(prompt=prompt))
        self.response, self.rounds = walk(solver(of, prompt(of)), self._say)

    @property
    def read(self):
        return {
            step: {token[1:-1] for token in TOKEN.findall(request.text)}
            for step, request in self.calls.items()
        }

    @property
    def temperatures(self):
        return [request.decoding.temperature for request in self.calls.values()]

    @property
    def roles(self):
        return [request.role for request in self.calls.values()]

    def _say(self, request):
        role = request.role
        self._spoken[role] += 1
        step = f"{role.split(' (')[0]}#{self._spoken[role]}"
        self.calls[step] = request
        said = self._lines[max((name for name in self._lines if role.startswith(name)), key=len)]
        said = [said] if isinstance(said, str) else said
        line = said[min(self._spoken[role], len(said)) - 1]
        return line.replace("{t}", f"{{{step}}}")
