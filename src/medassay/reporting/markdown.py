"""`report.md`: the numbers and the manifest in words, for a repository, an issue or a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from medassay.reporting import arrange, cost, manifest, words
from medassay.reporting.compared import Compared, comparison_lines
from medassay.reporting.files import write_text
from medassay.reporting.prompts import PromptTable, prompt_table
from medassay.reporting.record import RunRecord

_SPECIAL = re.compile(r"[\\`*_{}\[\]#|<>~$&]|^[-+=!]")
_HEAD = (
    "value",
    "95 % interval",
    "SE",
    "chance",
    "majority",
    "constant",
    "rows",
    "clusters",
    "unparsed",
    "refused",
    "failed",
)


def write_markdown(
    path: Path,
    records: Sequence[RunRecord],
    comparisons: Sequence[Compared] = (),
    front: Sequence[str] = (),
) -> Path:
    """Write headline, comparisons, estimates, slices and the manifest in words, without rows of the data.

    `front` are parts in Markdown that stand first: what is said over all runs.

    Raises:
        StoreError: the file cannot be written.
    """
    return write_text(path, render(records, comparisons, front))


def render(
    records: Sequence[RunRecord],
    comparisons: Sequence[Compared] = (),
    front: Sequence[str] = (),
) -> str:
    """The report as GitHub-flavoured Markdown: equal records give equal text."""
    parts = [f"# {len(records)} evaluations"] if len(records) > 1 else []
    parts += front
    if comparisons:
        parts += ["## Compared on the same rows", _comparisons(comparisons, records)]
    if len(records) > 1:
        parts += ["## Side by side", *(estimates_table(t) for t in arrange.leaderboard(records))]
    for record in records:
        parts += _run(record, level=2 if len(records) > 1 else 1)
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """The text on one line, so that Markdown, and HTML within it, show it as it is."""
    flat = " ".join(words.printable(text).split())
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", flat)


def _run(record: RunRecord, *, level: int) -> list[str]:
    estimate, below = arrange.headline(record), "#" * (level + 1)
    parts = [f"{'#' * level} {escape(manifest.title(record))}", escape(manifest.sentence(record))]
    problem = manifest.problem(record, estimate)
    if problem:
        parts.append(f"> **Incomplete.** {escape(problem)}")
    if estimate is not None:
        verdict = words.against_baselines(estimate, final=not problem)
        of = "" if estimate.slice == arrange.WHOLE else f" ({escape(estimate.slice)})"
        name = f"{words.metric_name(estimate.metric)}{of}"
        parts.append(f"**{name} {words.value_line(estimate)}**. {escape(verdict)}".rstrip(". ") + ".")
    parts += [escape(sentence) for sentence in cost.sentences(record.manifest)]
    whole = arrange.overall(record)
    if whole is not None:
        parts += [f"{below} Estimates", estimates_table(whole)]
    if prompts := prompt_table(record):
        parts += [f"{below} How much the wording matters", _prompts(prompts)]
        parts.append("\n".join(f"- {escape(sentence)}" for sentence in prompts.sentences))
    parts += [estimates_table(table) for table in arrange.slices(record)]
    facts = ((escape(term), escape(text)) for term, text in manifest.facts(record))
    times = ((escape(term), escape(text)) for term, text in manifest.times(record))
    head = ("what", "value")
    parts += [f"{below} What was run", table_of(head, facts, numbers=0)]
    return [*parts, f"{below} Times", table_of(head, times, numbers=0)]


def _prompts(held: PromptTable) -> str:
    lines = (
        (escape(line.name), line.value, line.interval, line.rows, "chosen" if line.chosen else "")
        for line in held.lines
    )
    return table_of(("wording", "value", "95 % interval", "rows", ""), lines, numbers=3)


def estimates_table(table: arrange.Table) -> str:
    """Estimates with all that stands beside them, how intervals were made, and notes."""
    constant = "constant" in table.baselines
    lines = [
        (_name(line), *_numbers(line, constant=constant)) for block in table.blocks for line in block.lines
    ]
    head = [name for name in _HEAD if name != "constant" or constant]
    grid = table_of((escape(table.head), *head), lines, numbers=len(head))
    methods = f"Intervals by {escape(table.methods)}." if table.methods else ""
    notes = "\n".join(f"{i}. {escape(note)}" for i, note in enumerate(table.notes, 1))
    return "\n\n".join(part for part in (f"**{escape(table.caption)}**", grid, methods, notes) if part)


def _name(line: arrange.Line) -> str:
    of = f" ({escape(line.of)})" if line.of else ""
    return f"{escape(line.name)}{of}" + (f" <sup>{line.note}</sup>" if line.note else "")


def _numbers(line: arrange.Line, *, constant: bool) -> tuple[str, ...]:
    e = line.estimate
    return (
        words.number(e.value),
        words.interval(e.low, e.high),
        words.number(e.se),
        words.number(e.chance),
        words.number(e.majority),
        *((words.number(e.constant),) if constant else ()),
        words.count(e.n),
        words.count(e.n_clusters),
        *(words.count(e.counts.get(status, 0)) for status in ("unparsed", "refused", "failed")),
    )


def _comparisons(comparisons: Sequence[Compared], records: Sequence[RunRecord]) -> str:
    head = (
        "first",
        "second",
        "metric",
        "values",
        "difference",
        "95 % interval",
        "p",
        "only first, only second",
    )
    lines = []
    for c in comparison_lines(comparisons, records):
        names = (escape(c.first), escape(c.second), escape(c.metric))
        numbers = (c.values, c.difference, c.interval, escape(c.p), c.discordant, c.n, c.n_clusters)
        lines.append((*names, *numbers, escape(c.verdict)))
    return table_of((*head, "rows", "clusters", "verdict"), lines, numbers=0)


def table_of(head: Sequence[str], lines: Iterable[Sequence[str]], *, numbers: int) -> str:
    """A table whose last `numbers` columns are aligned to the right."""
    rule = [":--"] * (len(head) - numbers) + ["--:"] * numbers
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *lines))
