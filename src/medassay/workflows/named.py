"""A model by what the user calls it: a card, a folder, a hub id, an address, or code of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from medassay import lock, models, registry
from medassay.errors import ModelError, UnknownName, UsageError
from medassay.models import LOADERS
from medassay.models.sources import place_of
from medassay.types import Model, ModelCard, Style
from medassay.workflows.resolve import lasting

_INSTEAD = {"transformers": ("vllm",)}
"""Engines that run the same checkpoints as another, by the one that runs them unasked."""

Place = Callable[[Callable[[], Model]], Model]
"""Where a model that can be built is built: here, or in copies elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A model with what it was called and its card, where it has one."""

    model: Model
    name: str
    word: str
    card: ModelCard | None = None


ModelLike = str | Path | Model | Callable[..., Any] | Named


def resolve_model(
    model: ModelLike,
    *,
    budget: float | None = None,
    replicas: int | None = None,
    gpus_per_replica: float | None = None,
    may_ask: Callable[[str], bool] = lambda _address: True,
) -> Named:
    """Find and load a model: a card, a folder, a hub id, an address, `module:attribute`, or the thing itself.

    One that was resolved before is returned as it is: several runs then share what was loaded.

    `budget` is what a server may cost, in euros. `replicas` are copies on Ray, of a model that answers here,
    with `gpus_per_replica` each (see `Replicas`); `may_ask` says of a machine's address
    whether requests may be sent there.

    Raises:
        UsageError: nothing is called so, an option does not fit, a budget for what costs nothing, or
            replicas of a server.
        ModelError: it cannot be loaded.
        MissingExtra: replicas are wanted and ray is not installed.
    """
    if isinstance(model, Named):
        return model
    address = isinstance(model, str) and re.match(r"https?://", model) is not None
    server = address or _carded_server(model)
    if replicas is not None and server:
        raise UsageError(f"{model} is a server: --replicas is for models whose weights are here")
    if isinstance(model, str) and address:
        return _served(model, budget)
    if budget is not None and not server:
        raise UsageError(f"{model} is no server: a budget is for models that are paid by the token")
    place = _here if replicas is None else partial(_copied, replicas, gpus_per_replica, may_ask)
    if not isinstance(model, (str, Path)):
        return _own(model, word=getattr(model, "__name__", type(model).__name__), place=place)
    return _named(str(model), budget, place)


def _named(text: str, budget: float | None, place: Place) -> Named:
    if Path(text).is_dir():
        return _checkpoint(text, options={}, place=place)
    word = registry.parse(text)
    if word.name in registry.names("model"):
        return _carded(word, text, budget, place)
    if ":" in word.name or word.name.endswith(".py"):
        return _own(absolute(word.name), word=text, options=word.options, place=place)
    if Path(word.name).is_dir() or ("/" in word.name and not word.name.startswith((".", "/", "~"))):
        return _checkpoint(word.name, options=word.options, place=place)
    if "/" in word.name:
        raise ModelError(f"{word.name}: no such folder")
    raise UnknownName("model", word.name, registry.names("model"))


def _here(make: Callable[[], Model]) -> Model:
    return make()


def _copied(n: int, gpus: float | None, may_ask: Callable[[str], bool], make: Callable[[], Model]) -> Model:
    from medassay.models.replicas import Replicas

    return Replicas(make, n, gpus=gpus, may_ask=may_ask)


def _served(text: str, budget: float | None) -> Named:
    """`http://host:port/v1`, or with what the server needs to be told: `http://host/v1:name=...,key=...`."""
    word = registry.parse(text)
    engine = registry.load_attribute(LOADERS["server"])
    options = registry.arguments(engine, word.options, what=word.name)
    if budget is not None:
        options["budget"] = budget
    held = engine(word.name, **options)
    return Named(model=held, name=held.name.rpartition("/")[2], word=text)


def _carded_server(model: ModelLike) -> bool:
    """Whether a card of that name says that a server answers."""
    name = registry.parse(model).name if isinstance(model, str) else ""
    return name in registry.names("model") and registry.find("model", name).loader == "server"


def _carded(word: registry.Word, text: str, budget: float | None, place: Place) -> Named:
    card: ModelCard = registry.find("model", word.name)
    if card.status == "card only":
        raise ModelError(f"{card.name} cannot be loaded here: {card.reason}")
    engine, given = _engine(card.loader, word.options, what=card.name)
    options = {**card.options, **given}
    source = card.source
    if source.startswith("hf://") and (revision := card.revision or _met_at(card)):
        options.setdefault("revision", revision)
    if card.style != Style():  # an encoder is not addressed in words, and has none
        options["style"] = card.style
    if budget is not None:
        options["budget"] = budget
    held = place(partial(engine, place_of(source), **options))
    if source.startswith("hf://") and "revision" not in options and (commit := getattr(held, "commit", None)):
        lock.record(card.name, lock.Weights(source=card.source, revision=commit))
    return Named(model=held, name=card.name, word=text, card=card)


def _met_at(card: ModelCard) -> str | None:
    """The commit in the lock file, so that a card without a revision names the same weights every time."""
    known = lock.weights().get(card.name)
    return known.revision if known and known.source == card.source else None


def _checkpoint(source: str, *, options: Mapping[str, str], place: Place) -> Named:
    """A folder or hub id without a card: its own configuration says which engine runs it."""
    loader = models.loader_of(source, revision=options.get("revision"))
    engine, given = _engine(loader, options, what=source)
    held = place(partial(engine, lasting(source), **given))
    card = None
    if loader in {"adapted", "tuned"}:
        from medassay.models.about import card_of

        card = card_of(Path(source))
    return Named(model=held, name=Path(source).name or source, word=source, card=card)


def _engine(loader: str, options: Mapping[str, str], *, what: str) -> tuple[Any, dict[str, Any]]:
    """The class that runs a model, and its options; `engine=vllm` takes vLLM where transformers would do."""
    wanted = options.get("engine", loader)
    if wanted not in {loader, *_INSTEAD.get(loader, ())}:
        offered = ", ".join((loader, *_INSTEAD.get(loader, ())))
        raise UsageError(f"{what} cannot be run by {wanted!r}: its engine is {offered}")
    engine = registry.load_attribute(LOADERS[wanted])
    others = {key: value for key, value in options.items() if key != "engine"}
    return engine, registry.arguments(engine, others, what=what)


def _own(held: Any, *, word: str, place: Place, options: Mapping[str, str] | None = None) -> Named:
    """The user's own, or its `module:attribute`: a model, or a function from requests to texts."""
    made = place(partial(_own_model, held, word, options or {}, f"one run {uuid4().hex}"))
    return Named(model=made, name=_short(word), word=word)


def _own_model(held: Any, word: str, options: Mapping[str, str], run: str) -> Model:
    """The model itself, or one round the function. `run` is the id of a function that was given none."""
    if isinstance(held, str):
        held = registry.load_attribute(held, default="model")
    if hasattr(held, "answer") and hasattr(held, "fingerprint"):
        model: Model = held
        return model
    if not callable(held):
        raise UsageError(
            f"{word} is neither a model nor a function from a list of requests to a list of texts"
        )
    from medassay.models.function import FunctionModel

    return FunctionModel(held, **{"id": run, **registry.arguments(FunctionModel, options, what=word)})


def absolute(name: str) -> str:
    """`folder/file.py:attribute` as any process finds it; `module:attribute` as it is."""
    place, colon, attribute = name.partition(":")
    return f"{Path(place).absolute()}{colon}{attribute}" if place.endswith(".py") else name


def _short(word: str) -> str:
    return registry.parse(word).name.rpartition(":")[2]
