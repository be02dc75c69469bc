"""A run in words: what its manifest says, for someone who was not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medassay.reporting.record import RunRecord
from medassay.reporting.words import bounds, count, metric_name
from medassay.types import UNKNOWN_CLUSTER, Estimate

UNKNOWN = "not recorded"
_TIMES = {
    "started": "Began",
    "finished": "Ended",
    "asked": "Answers asked for",
    "from_store": "Answers from the store",
    "pace": "Answers a second",
}


def title(record: RunRecord) -> str:
    """`demo-vlm on VQA-RAD`, with the variant and the way of asking where they are not the usual ones."""
    return f"{model_name(record)} on {asked(record)}"


def asked(record: RunRecord) -> str:
    """`VQA-RAD (mevf), blind`: what was asked, and how where it is not the usual way."""
    protocol = branch(record.manifest, "protocol")
    variant = branch(protocol, "benchmark").get("variant")
    solver = protocol.get("solver")
    part = f" ({variant})" if variant else ""
    way = f", {solver}" if solver not in {None, "direct"} else ""
    return f"{record.benchmark.title}{part}{way}{_foreign(protocol)}"


def _foreign(protocol: Mapping[str, Any]) -> str:
    """`, asked and scored under medevalkit`, where the words or the rules are not ours."""
    words, rules = str(protocol.get("asked") or "strict"), str(protocol.get("rules") or "strict")
    if words == rules:
        return "" if rules == "strict" else f", asked and scored under {rules}"
    return f", asked under {words}, scored under {rules}"


def model_name(record: RunRecord) -> str:
    """How the model was called."""
    model = branch(record.manifest, "model")
    return str(model.get("name") or model.get("word") or "unnamed model")


def protocol_id(record: RunRecord) -> str:
    """The fingerprint of the protocol, 64 hex digits."""
    return str(branch(record.manifest, "protocol").get("id") or UNKNOWN)


def date(record: RunRecord) -> str:
    """The day and time at which the run began, as recorded."""
    return str(branch(record.manifest, "environment").get("started") or UNKNOWN)


def branch(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The mapping at `name`; an empty one where an older manifest has none."""
    found = tree.get(name)
    return found if isinstance(found, Mapping) else {}


def incomplete(record: RunRecord) -> bool:
    """Whether rows failed, or the run did not end: then no number of it is final."""
    status = record.manifest.get("status", "complete")
    return status != "complete" or any(e.counts.get("failed", 0) for e in record.estimates)


def sentence(record: RunRecord) -> str:
    """What was run, for someone who reads one sentence only."""
    manifest, card = record.manifest, record.benchmark
    asked = branch(branch(manifest, "protocol"), "benchmark")
    part = ", ".join(f"{k} {asked[k]}" for k in ("split", "variant") if asked.get(k))
    of = f" ({part})" if part else ""
    clusters = f"{count(manifest.get('n_clusters'))} clusters"
    unit = (
        f"{clusters} by {card.cluster}" if card.cluster != UNKNOWN_CLUSTER else f"{clusters} (unit unknown)"
    )
    return (
        f"{model_name(record)} on {count(manifest.get('n'))} rows of {card.title}{of}, in {unit}. "
        f"Task: {card.task}. Modality: {card.modality}."
    )


def problem(record: RunRecord, headline: Estimate | None) -> str:
    """Why a run is not final, and how far its headline could still move; "" if it is complete."""
    if not incomplete(record):
        return ""
    failed = branch(record.manifest, "counts").get("failed", 0)
    said = (
        [f"{count(failed)} of {count(record.manifest.get('n'))} rows failed and have no answer."]
        if failed
        else []
    )
    if record.manifest.get("status") == "interrupted":
        said.append("The run was interrupted.")
    reach = bounds(headline) if headline else ""
    if headline and reach:
        said.append(f"With their answers {metric_name(headline.metric)} would lie {reach}.")
    mend = (
        "The file has no answer for them: score one that has."
        if "predictions" in record.manifest
        else "Run the same command again: only what is missing is asked."
    )
    return " ".join([*said, mend])


def cards(record: RunRecord) -> list[tuple[str, str]]:
    """The few facts that stand beside the headline."""
    environment, model = branch(record.manifest, "environment"), branch(record.manifest, "model")
    return [
        ("Protocol", protocol_id(record)[:12]),
        ("Model fingerprint", _plain(model.get("fingerprint"))[:12]),
        ("Seed", _plain(record.manifest.get("seed"))),
        ("Device", _plain(environment.get("device"))),
        ("Licence of the data", record.benchmark.licence),
    ]


def served(record: RunRecord) -> str:
    """What a server said that it is, and a warning where it was more than one model; "" for local models."""
    held = branch(record.manifest, "served")
    models = branch(held, "models")
    if not models:
        return ""
    said = "; ".join(f"{name} ({count(n)} rows)" for name, n in models.items())
    between = " to ".join(dict.fromkeys(str(day)[:10] for day in held.get("between", ())))
    warning = "MORE THAN ONE MODEL ANSWERED: " if len(models) > 1 else ""
    return f"{warning}{said}{f', {between}' if between else ''}"


def facts(record: RunRecord) -> list[tuple[str, str]]:
    """The manifest as pairs of a term and its explanation, in the order in which a reader asks."""
    manifest, card = record.manifest, record.benchmark
    protocol, model, environment = (branch(manifest, k) for k in ("protocol", "model", "environment"))
    benchmark, selection = branch(protocol, "benchmark"), branch(protocol, "selection")
    licence = f"{card.licence} ({card.access})"
    return [
        ("Run", _plain([manifest.get("id"), manifest.get("status")])),
        ("Benchmark", f"{card.title} ({card.name}, version {card.version})"),
        ("Task and modality", f"{card.task}; {card.modality}"),
        ("Part of it", _plain({k: benchmark.get(k) for k in ("split", "variant", "options")})),
        ("Data", _plain({k: benchmark.get(k) for k in ("revision", "data_sha256")})),
        ("Source", card.source),
        ("Licence", licence),
        ("Loader checked against", card.verified),
        ("Items", _selection(manifest, selection)),
        ("Resampled unit", card.cluster),
        ("Prompt", _plain(protocol.get("prompt"))),
        ("Solver", _plain(protocol.get("solver"))),
        ("Decoding", _decoding(protocol.get("decoding"))),
        ("Images", _plain(protocol.get("images"))),
        ("Asked in the words of", _plain(protocol.get("asked"))),
        ("Judged by the rules of", _plain(protocol.get("rules"))),
        ("Extraction", _plain(protocol.get("extraction"))),
        ("Scoring", _plain(protocol.get("scoring"))),
        ("Protocol", protocol_id(record)),
        ("Model", _plain(model.get("name"))),
        ("Model asked for as", _plain(model.get("word"))),
        ("Model fingerprint", _plain(model.get("fingerprint"))),
        ("Model identity", _plain(model.get("identity"))),
        ("Seen in training", _plain(branch(manifest, "exposure").get("text"))),
        *([("Served by", served(record))] if served(record) else []),
        *([("Tokens and euros", _plain(manifest.get("usage")))] if served(record) else []),
        ("Seed", _plain(manifest.get("seed"))),
        ("Device", _plain(environment.get("device"))),
        ("Software", _software(environment)),
        ("Cite", card.citation),
        *([("Notes on the benchmark", card.notes)] if card.notes else []),
    ]


def times(record: RunRecord) -> list[tuple[str, str]]:
    """When and how fast: all of a report that differs when the same run is made again or goes on."""
    held = {**branch(record.manifest, "environment"), **record.manifest}
    return [(term, _plain(held.get(name))) for name, term in _TIMES.items()]


def lasting(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest without what `times` tells of it."""
    held = {name: value for name, value in manifest.items() if name not in _TIMES}
    environment = {k: v for k, v in branch(manifest, "environment").items() if k not in _TIMES}
    return {**held, "environment": environment}


def _decoding(changes: Any) -> str:
    return "as the prompt and the model's style set it" if changes == {} else _plain(changes)


def _selection(manifest: Mapping[str, Any], selection: Mapping[str, Any]) -> str:
    n = manifest.get("n", selection.get("n"))
    clusters = manifest.get("n_clusters", selection.get("n_clusters"))
    size = f"{count(n)} rows in {count(clusters)} clusters"
    limit = selection.get("limit")
    return f"{size}, all of the split" if limit is None else f"{size}, by a limit of {limit}"


def _software(environment: Mapping[str, Any]) -> str:
    packages = branch(environment, "packages")
    known = {"medassay": environment.get("medassay"), "Python": environment.get("python"), **packages}
    names = [f"{name} {version}" for name, version in known.items() if version]
    return ", ".join([*names, *filter(None, [environment.get("platform")])]) or UNKNOWN


def _plain(value: Any) -> str:
    """A value of the manifest without braces and quotes."""
    if value is None or value in ("", [], {}, ()):
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        pairs = [
            f"{k.replace('_', ' ')} {_plain(v)}" for k, v in value.items() if v not in (None, "", {}, [])
        ]
        return ", ".join(pairs) or UNKNOWN
    if isinstance(value, (list, tuple)):
        return ", ".join(_plain(v) for v in value)
    return str(value)
