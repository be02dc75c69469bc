"""What a model is asked, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Literal

from medassay.types.keys import fingerprint
from medassay.types.samples import Choice, Image

Part = str | Image
Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one side says: text and images in order."""

    role: Role
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How an answer is drawn. `schema` is JSON Schema text; `thinking` None leaves the model its default."""

    max_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    stop: tuple[str, ...] = ()
    repetition_penalty: float = 1.0
    schema: str | None = None
    thinking: bool | None = None


_DECODING_FIELDS = tuple(f.name for f in fields(Decoding))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to a model. Two equal requests to one model have one answer.

    Repeats and votes differ by `replicate`. `seed` feeds a generator of the request's own, so that a
    sampled answer does not depend on its neighbours in a batch. `exclusive` says that one of the choices
    is right; otherwise any number of them may be. `role` and `to` say in whose part the model is asked and
    who hears the reply: they are for the trace, and no part of the key.
    """

    messages: tuple[Message, ...]
    choices: tuple[Choice, ...] = ()
    exclusive: bool = True
    decoding: Decoding = Decoding()
    seed: int = 0
    replicate: int = 0
    role: str = field(default="model", compare=False)
    to: str = field(default="", compare=False)

    @property
    def images(self) -> tuple[Image, ...]:
        """The images of all messages, in order."""
        return tuple(p for m in self.messages for p in m.parts if isinstance(p, Image))

    @property
    def text(self) -> str:
        """The text of all messages, one part a line."""
        return "\n".join(p for m in self.messages for p in m.parts if isinstance(p, str))

    @property
    def key(self) -> str:
        """The hash of the content: the name of the answer in the store.

        Raises:
            ValueError: an image has no digest yet.
        """
        messages = [
            [m.role, [p if isinstance(p, str) else p.content() for p in m.parts]] for m in self.messages
        ]
        return fingerprint(
            {
                "messages": messages,
                "choices": [[c.label, list(c.texts)] for c in self.choices],
                "exclusive": self.exclusive,
                "decoding": {name: getattr(self.decoding, name) for name in _DECODING_FIELDS},
                "seed": self.seed,
                "replicate": self.replicate,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What an answer cost: tokens in and out (images included in the input), and money where it is known."""

    input_tokens: int = 0
    output_tokens: int = 0
    euros: float | None = None

    def __add__(self, other: Usage) -> Usage:
        """Both together; money is None where neither has any."""
        priced = [usage.euros for usage in (self, other) if usage.euros is not None]
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            euros=sum(priced) if priced else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One exchange of a solver that asks more than once: who was asked, by which request, and the reply.

    `to` is who hears it, "" the solver itself. `round` counts from 1: calls of one round do not wait for each
    other, so the highest is the longest chain of calls. It is 0 for what came after the answer (a judge).
    """

    role: str
    request_key: str
    text: str
    usage: Usage = Usage()
    seconds: float = 0.0
    to: str = ""
    round: int = 0


Draws = Literal["", "differ", "same"]
"""Whether answers drawn to one and the same question came out different; "" where nothing was drawn twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back.

    Refusals, empty and truncated texts are answers and are kept. `error` says that there is none: time-out,
    transport, decoding of an image, out of memory. It is "kind: message" and is never stored.
    `probs` are over `Request.choices`, in their order. `seconds` is the wall time of the answer.
    `served_model` and `served_at` (Unix time) are what a server says of itself: a name is no fingerprint.

    Of a solver that asks more than once, `usage` and `seconds` are of all its calls, `trace` holds them,
    `draws` says whether draws differed, `agreement` is the share of its voices that are behind the text (0
    to 1), and `fallback` is why its scheme broke: the text is then what it fell back on, and counts as any.
    """

    text: str = ""
    thinking: str = ""
    probs: tuple[float, ...] | None = None
    error: str | None = None
    finish_reason: str = "stop"
    usage: Usage = Usage()
    seconds: float = 0.0
    served_model: str = ""
    served_at: int = 0
    trace: tuple[Step, ...] = ()
    draws: Draws = ""
    agreement: float | None = None
    fallback: str = ""
