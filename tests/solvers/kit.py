"""A solver walked through by hand, and a context for those that need one."""

from medassay.metrics import score
from medassay.prompts import plain
from medassay.solvers.context import Context, Solved
from medassay.types import Case, Choice, Image, Request, Response


def walk(turns, say):
    """Answer what a solver asks with `say(request)`; its response and the requests, round by round."""
    rounds = []
    try:
        asked = list(next(turns))
        while True:
            rounds.append(asked)
            asked = list(turns.send([_response(say(request)) for request in asked]))
    except StopIteration as end:
        return end.value, rounds


def _response(said):
    return said if isinstance(said, Response) else Response(text=said)


def picture(name, **rest):
    return Image(uri=f"{name}.png", digest=f"sha256:{name}", **rest)


def case(question="Is it large?", *, id="1", kind="yes/no", images=("a",), options=(), cluster="unknown"):
    return Case(
        id=id,
        kind=kind,
        question=question,
        images=tuple(picture(name) for name in images),
        choices=tuple(Choice(label=label) for label in options),
        cluster=cluster,
    )


def solved(answer, **rest):
    return Solved(case=case(**rest), answer=answer)


def context(**rest):
    return Context(**{"prompt": plain, "scorer": score, **rest})


def texts(request: Request):
    """What a request says, message by message."""
    return ["".join(part for part in m.parts if isinstance(part, str)) for m in request.messages]
