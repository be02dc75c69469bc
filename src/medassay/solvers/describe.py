"""A description of the image first, then the answer with the description at hand."""

from __future__ import annotations

from dataclasses import replace

from medassay.solvers.messages import pictured, preceded, roomy
from medassay.types import Case, Message, Request, Turns

DESCRIBE = (
    "Describe what can be seen, as a specialist would: the kind of image, the structures, every abnormality."
)


def describe_then_answer(case: Case, request: Request, *, see: bool = True, tokens: int = 512) -> Turns:
    """Ask for a description of the images without the question, then the question with the description.

    Questions on the same images share their description.

    Args:
        case: its images are described; without any, the question is asked as it is.
        request: the question.
        see: whether the images are shown again with the question; without them the description is all that
            the answer can rest on.
        tokens: of the description, unless the user or the prompt says how many.
    """
    if not case.images:
        [response] = yield [request]
        return response
    words = Message(role="user", parts=(DESCRIBE,))
    shown = replace(words, parts=(*case.images, DESCRIBE))
    alone = replace(request, messages=(shown,), choices=(), role="describer", to="answerer")
    [described] = yield [roomy(alone, tokens)]
    said = Message(role="assistant", parts=(described.text.strip() or "(nothing)",))
    question = pictured(request, lambda _image: ())
    [response] = yield [replace(preceded(question, (shown if see else words, said)), role="answerer")]
    return response
