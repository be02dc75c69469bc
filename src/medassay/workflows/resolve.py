"""Words of the command line to things that can be run."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from medassay import judges, lock, models, protocols, registry
from medassay.errors import DataError, ModelError, UnknownName, UsageError
from medassay.models import LOADERS
from medassay.models.sources import place_of
from medassay.types import Benchmark, Metric, Model, ModelCard, Sample, Style, Where

_INSTEAD = {"transformers": ("vllm",)}
"""Engines that run the same checkpoints as another, by the one that runs them unasked."""

Place = Callable[[Callable[[], Model]], Model]
"""Where a model that can be built is built: here, or in copies elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A benchmark with where its files lie and the options it is loaded with."""

    name: str  # what finds the benchmark again: its name, or the path of its file
    benchmark: Benchmark
    where: Where
    options: Mapping[str, Any]
    revision: str | None = None  # of the data: the card's, or the one that the lock file holds
    files: Mapping[str, str] = field(default_factory=dict)  # SHA-256 by path, of what was downloaded

    def samples(self) -> Iterator[Sample]:
        """Stream the samples, from the start."""
        return self.benchmark.load(self.where, **self.options)

    def without_pictures(self) -> Task:
        """The same task for answers that exist: its images need not lie beside its tables."""
        return replace(self, where=replace(self.where, pictures=False))

    @property
    def title(self) -> str:
        """The name, with the variant where one was chosen."""
        return self.benchmark.name + (f"@{self.where.variant}" if self.where.variant else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A model with what it was called and its card, where it has one."""

    model: Model
    name: str
    word: str
    card: ModelCard | None = None


ModelLike = str | Path | Model | Callable[..., Any] | Named


def resolve_benchmark(
    benchmark: str | Benchmark,
    *,
    data: str | Path | None = None,
    split: str | None = None,
    fetch: bool = True,
    protocol: str = protocols.STRICT,
    asking: bool = True,
) -> Task:
    """Find a benchmark and its files.

    `protocol` names the rules under which it is judged, and in whose words it is asked if `asking`. `data`
    is a folder, or "NAME=FOLDER"; without it `$MEDASSAY_DATA/NAME` is looked at, then (if `fetch`) the
    files are downloaded and locked.

    Raises:
        UsageError: an unknown name, variant, split or option, or a protocol that has no rules for it.
        DataError: the folder is missing, or there is none and nothing can be fetched.
    """
    word = registry.parse(benchmark) if isinstance(benchmark, str) else registry.Word(name=benchmark.name)
    held = find_benchmark(word.name) if isinstance(benchmark, str) else benchmark
    if word.variant is not None and word.variant in held.absent:
        raise UsageError(f"{held.name}@{word.variant} cannot be had: {held.absent[word.variant]}")
    if word.variant is not None and word.variant not in held.variants:
        raise UnknownName("variant", word.variant, held.variants)
    split = split or held.splits[0]
    if split in held.absent:
        raise UsageError(f"{held.name}: the split {split!r} cannot be had: {held.absent[split]}")
    if split not in held.splits:
        raise UsageError(f"{held.name} has no split {split!r}: it has {', '.join(held.splits)}")
    where = Where(root=_root(held, data), split=split, variant=word.variant)
    revision, files = held.revision, dict[str, str]()
    if where.root is None and fetch and needs_files(held):
        where = replace(where, root=lock.fetch(held, where))
        entry = lock.read(lock.LOCK)[held.name]
        revision, files = entry.revision, dict(entry.files)
    if where.variant is None and where.root is not None and held.detect is not None:
        where = replace(where, variant=held.detect(where))
    options = registry.arguments(held.load, word.options, what=held.name)
    ruled = protocols.choose(protocol).on(held, asking=asking)
    return Task(
        name=word.name if word.name in registry.names("benchmark") else _lasting(word.name),
        benchmark=ruled,
        where=where,
        options=options,
        revision=revision,
        files=files,
    )


def needs_files(benchmark: Benchmark) -> bool:
    """Whether its files must be got: they are neither generated nor beside their own description."""
    return benchmark.source != "generated" and not benchmark.source.startswith("file:")


def _lasting(name: str) -> str:
    """The name as a run's manifest keeps it: a file is found again from any folder."""
    return str(Path(name).absolute()) if Path(name).exists() else name


def find_benchmark(name: str) -> Benchmark:
    """The card of that name.

    Raises:
        UsageError: nothing is called so, or a file holds something else.
    """
    held = registry.find("benchmark", name)
    if not isinstance(held, Benchmark):
        raise UsageError(f"{name} holds a {type(held).__name__}, not a Benchmark")
    return held


def benchmark_of(manifest: Mapping[str, Any]) -> Benchmark:
    """The card of a run's benchmark, under the protocol by which the run was judged.

    Raises:
        UsageError: the benchmark or the protocol is not there any more, or a rubric has other words now.
    """
    held = find_benchmark(manifest["benchmark_word"])
    policy = manifest["protocol"]
    if judge := manifest.get("judge"):
        rubric = registry.find("rubric", judge["rubric"])
        if rubric.fingerprint != judge["words_sha256"]:
            raise UsageError(f"the words of the rubric {rubric.name} have changed since: have it judge again")
        return judges.judged(replace(held, asked=policy["asked"]), rubric, policy["rules"])
    asked = replace(held, asked=policy.get("asked", protocols.STRICT))  # runs of before protocols have none
    return protocols.choose(policy.get("rules", protocols.STRICT)).on(asked, asking=False)


def resolve_measure(name: str, benchmark: Benchmark) -> tuple[Metric, Mapping[str, str]]:
    """The metric that the benchmark measures under that name, and the tags of its rows; else the registry's.

    Raises:
        UnknownName: neither has it.
    """
    for measure in benchmark.measures:
        if isinstance(measure.metric, Metric) and measure.metric.name == name:
            return measure.metric, measure.where
    held: Metric = registry.find("metric", name)
    return held, next((m.where for m in benchmark.measures if m.metric == name), {})


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
    held = place(partial(engine, _lasting(source), **given))
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


def _root(benchmark: Benchmark, data: str | Path | None) -> Path | None:
    if data is None:
        home = os.environ.get("MEDASSAY_DATA") if needs_files(benchmark) else None
        held = Path(home) / benchmark.name if home else None
        return held if held is not None and held.is_dir() else None
    name, equals, folder = str(data).partition("=")
    if equals and not Path(data).exists():
        if name != benchmark.name:
            raise UsageError(f"--data names {name!r}, but the benchmark is {benchmark.name!r}")
        data = folder
    root = Path(data).expanduser()
    if not root.is_dir():
        raise DataError(f"{root}: no such folder (the files of {benchmark.name} should lie there)")
    return root
