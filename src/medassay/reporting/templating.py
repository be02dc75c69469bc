"""Templates to pages that hold all they show."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medassay.reporting import words

if TYPE_CHECKING:
    from jinja2 import Environment


def fill(template: str, **values: Any) -> str:
    """The page of a template: the values escaped, the style sheet within."""
    environment = _environment()
    source, _, _ = environment.loader.get_source(environment, "style.css")  # type: ignore[union-attr]
    return environment.get_template(template).render(**values, style=environment.filters["safe"](source))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "number": words.number,
        "interval": lambda pair: words.interval(*pair),
        "count": words.count,
        "metric": words.metric_name,
        "printable": words.printable,
        "tick": lambda value: f"{value:g}".replace("-", "−"),
    }
    return environment
