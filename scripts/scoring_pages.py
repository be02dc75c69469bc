"""Write docs/metrics/ and docs/protocols/, a page each, from the definitions in the code.

python scripts/scoring_pages.py [--check]
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path

from medassay import registry
from medassay.errors import UsageError
from medassay.protocols import Chosen, Protocol, Rules
from medassay.reporting.words import metric_name
from medassay.types import Benchmark, Case, Choice, Decoding, Image, Kind, Measure, Metric, Request

DOCS = Path(__file__).resolve().parents[1] / "docs"
_METHODS = {
    "proportion": "Korn-Graubard: exact binomial on the effective number of rows, over clusters",
    "auroc": "Obuchowski's clustered variance on the logit scale",
    "bootstrap": "percentiles of 2,000 bootstrap draws of whole clusters",
}
_CASES: dict[Kind, Case] = {
    "choice": Case(
        id="1",
        kind="choice",
        question="What does the image show?",
        choices=(Choice(label="Pneumonia"), Choice(label="Effusion")),
        images=(Image(uri="image"),),
    ),
    "yes/no": Case(id="2", kind="yes/no", question="Is there an effusion?", images=(Image(uri="image"),)),
    "open": Case(id="3", kind="open", question="Where is the lesion?", images=(Image(uri="image"),)),
    "report": Case(id="4", kind="report", question="", images=(Image(uri="image"),)),
}


def pages() -> dict[Path, str]:
    """Every page by its path below docs/."""
    metrics: list[Metric] = [registry.find("metric", name) for name in sorted(registry.names("metric"))]
    protocols: list[Protocol] = [registry.find("protocol", name) for name in registry.names("protocol")]
    cards: list[Benchmark] = [
        registry.find("benchmark", name) for name in sorted(registry.names("benchmark"))
    ]
    held = {Path("metrics") / "README.md": _metrics_index(metrics)}
    held |= {Path("metrics") / f"{metric.name}.md": _metric(metric, cards) for metric in metrics}
    held[Path("protocols") / "README.md"] = _protocols_index(protocols)
    held |= {Path("protocols") / f"{p.name}.md": _protocol(p, cards) for p in protocols}
    return held


# ---- metrics


def _metrics_index(metrics: list[Metric]) -> str:
    lines = [
        "# Metrics",
        "",
        "Made from the definitions in the code by `scripts/scoring_pages.py`; `medassay show NAME` prints",
        "one. Every value stands beside its interval over clusters, the number of rows and clusters, and the",
        "rows that could not be scored.",
        "",
        "| metric | rows | range | better | definition |",
        "|:--|:--|:--|:--|:--|",
    ]
    for metric in metrics:
        better = "higher" if metric.higher_is_better else "lower"
        cells = (
            f"[{metric.name}]({metric.name}.md)",
            _kinds(metric),
            _range(metric),
            better,
            metric.definition,
        )
        lines.append(_row(cells))
    return "\n".join(lines) + "\n"


def _metric(metric: Metric, cards: list[Benchmark]) -> str:
    lines = [f"# {metric_name(metric.name)}", "", f"`{metric.name}`: {metric.definition}.", ""]
    lines += [metric.details, ""] if metric.details else []
    facts = {
        "Source": metric.source,
        "Range": _range(metric),
        "Better": "higher" if metric.higher_is_better else "lower",
        "Rows": _kinds(metric),
        "Interval": _METHODS[metric.interval],
        "Failed requests": "left out; the bounds say where the value would lie with them"
        if metric.bounded
        else "left out, and with them any group of rows that is judged as one; no bound",
        "Checked against": metric.checked,
        "Measured by": _measured_by(metric, cards),
    }
    lines += [f"- **{name}**: {said}" for name, said in facts.items() if said]
    return "\n".join(lines) + "\n"


def _kinds(metric: Metric) -> str:
    return ", ".join(sorted(metric.kinds))


def _range(metric: Metric) -> str:
    low, high = (("unbounded" if math.isinf(end) else f"{end:g}") for end in (metric.low, metric.high))
    return f"{low} and up" if high == "unbounded" else f"{low} to {high}"


def _measured_by(metric: Metric, cards: list[Benchmark]) -> str:
    return ", ".join(card.name for card in cards if metric.name in {_name(m) for m in card.measures})


# ---- protocols


def _protocols_index(protocols: list[Protocol]) -> str:
    lines = [
        "# Protocols",
        "",
        "Published rules under which the same stored answers can be judged, and in whose words a run can be",
        "asked. Made from the code by `scripts/scoring_pages.py`. `medassay score RUN --protocol all` puts",
        "them side by side; `NAME+bugs` switches the known defects of a published scorer on, `NAME+BUG` one",
        "of them. Intervals are ours throughout.",
        "",
        "| protocol | source | bugs | definition |",
        "|:--|:--|--:|:--|",
    ]
    for held in protocols:
        lines.append(
            _row((f"[{held.name}]({held.name}.md)", held.source, str(len(held.bugs)), held.definition))
        )
    return "\n".join([*lines, "", "[What they make of one set of real answers](compared.md).", ""])


def _protocol(protocol: Protocol, cards: list[Benchmark]) -> str:
    lines = [f"# {protocol.title}", "", f"`--protocol {protocol.name}`. {protocol.definition}", ""]
    lines += [f"- **Source**: {protocol.source}"]
    lines += [f"- **Cite**: {protocol.citation}"] if protocol.citation else []
    lines += _bugs(protocol)
    covered = [(card, rules) for card in cards if (rules := _rules(protocol, card)) is not None]
    refused = sorted({card.name for card in cards} - {card.name for card, _ in covered})
    lines += ["", "## What it makes of each benchmark", "", *_benchmarks(covered), ""]
    if refused:
        lines += [f"No rules for {', '.join(refused)}.", ""]
    if protocol.name != "strict":
        lines += [*_words(covered), ""]
    return "\n".join(lines)


def _bugs(protocol: Protocol) -> list[str]:
    if not protocol.bugs:
        return []
    head = ["", "## Bugs that can be switched on", "", "| bug | what it does |", "|:--|:--|"]
    return head + [_row((f"`+{name}`", said)) for name, said in protocol.bugs.items()]


def _rules(protocol: Protocol, card: Benchmark) -> Rules | None:
    try:
        return Chosen(protocol=protocol).rules(card)
    except UsageError:
        return None


def _benchmarks(covered: list[tuple[Benchmark, Rules]]) -> Iterator[str]:
    """Benchmarks that are treated alike share a line."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for card, rules in covered:
        measures = ", ".join(dict.fromkeys(_name(m) for m in rules.measures))
        alike.setdefault((rules.subset or "all rows", measures, rules.note), []).append(card.name)
    yield "| benchmarks | rows | metrics | note |"
    yield "|:--|:--|:--|:--|"
    for (subset, measures, note), names in alike.items():
        yield _row((", ".join(names), subset, measures, note))


def _words(covered: list[tuple[Benchmark, Rules]]) -> Iterator[str]:
    """The words of a run under the protocol, once for each wording."""
    shown: dict[str, list[str]] = {}
    for card, rules in covered:
        for kind in (k for k in card.kinds if rules.prompt is not None and k in _CASES):
            assert rules.prompt is not None
            shown.setdefault(_said(rules.prompt(_CASES[kind])), []).append(f"{card.name} ({kind})")
    if not shown:
        return
    yield "## Its words"
    for said, names in shown.items():
        yield f"\n{', '.join(names)}:\n\n```text\n{said}\n```"


def _said(request: Request) -> str:
    turns = [
        f"{message.role}: " + "".join("[image]" if isinstance(p, Image) else p for p in message.parts)
        for message in request.messages
    ]
    default = Decoding()
    names = ("max_tokens", "temperature", "top_p", "repetition_penalty", "stop")
    given = {
        n: getattr(request.decoding, n) for n in names if getattr(request.decoding, n) != getattr(default, n)
    }
    return "\n".join([*turns, *([", ".join(f"{n} {v}" for n, v in given.items())] if given else [])])


def _name(measure: Measure) -> str:
    return measure.metric.name if isinstance(measure.metric, Metric) else measure.metric


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"


def main() -> int:
    """Write the pages, or say which are not current."""
    held = pages()
    if "--check" in sys.argv:
        stale = [
            str(p)
            for p, text in held.items()
            if not (DOCS / p).is_file() or (DOCS / p).read_text("utf-8") != text
        ]
        print("\n".join(stale), file=sys.stderr)
        return bool(stale)
    for path, text in held.items():
        (DOCS / path).parent.mkdir(exist_ok=True)
        (DOCS / path).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
