"""Requests in the words of the chat-completions protocol, and its answers as responses. Pure functions."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from medassay import codec
from medassay.models.chat import split_thinking
from medassay.types import Decoding, Image, Message, Request, Response, Usage

Dialect = Literal["openai", "openai-reasoning", "gemini", "local"]
"""What a server understands beyond the common part. `openai-reasoning`: o3 and later, which take neither a
temperature nor `max_tokens`; `local`: vLLM, SGLang, LMDeploy, llama.cpp, Ollama."""

_KINDS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
    b"BM": "image/bmp",
}
_YEAR_10000 = 253_402_300_800  # the first second of which no date can be made
T = TypeVar("T")
_FINISHED = {"stop": "stop", "length": "length", "content_filter": "refusal"}


class Unsupported(ValueError):
    """The request asks for something that the server has no words for."""


def payload(
    request: Request, *, name: str, dialect: Dialect, encoded: Callable[[Image], str]
) -> dict[str, Any]:
    """The arguments of `chat.completions.create`.

    Args:
        request: what is asked.
        name: the model's, on the server.
        dialect: what the server understands.
        encoded: gives the data URI of an image.

    Raises:
        Unsupported: decoding that the dialect cannot express; nothing is left out silently.
    """
    messages = [{"role": m.role, "content": _content(m, encoded)} for m in request.messages]
    return {"model": name, "messages": messages, **_decoding(request, dialect)}


def data_uri(content: bytes) -> str:
    """The bytes as they are, in base64, with the kind that they begin with."""
    kind = next((k for start, k in _KINDS.items() if content.startswith(start)), "application/octet-stream")
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def response(body: Mapping[str, Any], *, seconds: float) -> Response:
    """The answer in a chat completion.

    Raises:
        ValueError: it is none: no choices, no message, or a field that is not what it should be.
    """
    try:
        choice = body["choices"][0]
        message = choice["message"]
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError("a chat completion without a message") from error
    if not isinstance(message, Mapping):
        raise ValueError(f"a chat completion whose message is {type(message).__name__}")
    text, refusal = _held(message, "content", ""), _held(message, "refusal", "")
    thinking, answer = split_thinking(text)
    finish = "refusal" if refusal else _FINISHED.get(_held(choice, "finish_reason", "stop"), "stop")
    usage: Mapping[str, Any] = _held(body, "usage", {})
    served = (_held(body, "model", ""), _held(body, "system_fingerprint", ""))
    return Response(
        text=answer or refusal,
        thinking=_held(message, "reasoning_content", "") or _held(message, "reasoning", "") or thinking,
        finish_reason=finish,
        usage=Usage(
            input_tokens=_held(usage, "prompt_tokens", 0), output_tokens=_held(usage, "completion_tokens", 0)
        ),
        seconds=seconds,
        served_model=" ".join(filter(None, served)),
        served_at=_moment(body.get("created")),
    )


def _held(held: Mapping[str, Any], name: str, default: T) -> T:
    """A field of the kind of its default, which also stands for what is not said (null, empty)."""
    value = held.get(name) or default
    if not isinstance(value, type(default)):
        raise ValueError(f"a message whose {name} is {type(value).__name__}")
    if isinstance(value, int) and value < 0:
        raise ValueError(f"a message whose {name} is {value}")
    return value


def _moment(created: Any) -> int:
    """Unix time in seconds; 0 for what is none, as some servers give: no answer is worth less for it."""
    return int(created) if isinstance(created, (int, float)) and 0 < created < _YEAR_10000 else 0


def _content(message: Message, encoded: Callable[[Image], str]) -> str | list[dict[str, Any]]:
    if all(isinstance(part, str) for part in message.parts):
        return "\n".join(str(part) for part in message.parts)
    return [
        {"type": "text", "text": part}
        if isinstance(part, str)
        else {"type": "image_url", "image_url": {"url": encoded(part)}}
        for part in message.parts
    ]


def _decoding(request: Request, dialect: Dialect) -> dict[str, Any]:
    decoding, default = request.decoding, Decoding()
    given: dict[str, Any] = {"stop": list(decoding.stop)} if decoding.stop else {}
    extra: dict[str, Any] = {}
    if dialect == "openai-reasoning":
        given["max_completion_tokens"] = decoding.max_tokens
        if decoding.temperature not in {0.0, 1.0} or decoding.top_p != default.top_p:
            raise Unsupported("this model takes no temperature and no top_p")
    else:
        given |= {"max_tokens": decoding.max_tokens, "temperature": decoding.temperature}
        if decoding.top_p != default.top_p:
            given["top_p"] = decoding.top_p
        if decoding.temperature > 0:
            given["seed"] = request.seed + request.replicate
    if decoding.repetition_penalty != default.repetition_penalty:
        extra["repetition_penalty"] = decoding.repetition_penalty
    if decoding.thinking is not None:
        extra["chat_template_kwargs"] = {"enable_thinking": decoding.thinking}
    if extra and dialect != "local":
        raise Unsupported(f"{dialect} has no word for {', '.join(extra)}")
    if decoding.schema is not None:
        held = {"name": "answer", "schema": codec.loads(decoding.schema), "strict": True}
        given["response_format"] = {"type": "json_schema", "json_schema": held}
    return {**given, "extra_body": extra} if extra else given
