"""The one gate for data that must not leave: every way out asks here first.

A card says whether its data may be sent to a machine that is not the user's (`Benchmark.may_leave`).
Where it may not, a way out is opened only by the user, by name, and what was opened is recorded.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Literal
from urllib.parse import urlsplit

from medassay.errors import NotPermitted
from medassay.types import Benchmark, Model

Way = Literal["model", "judge", "tracker", "node", "report", "log", "export"]
"""Where data can go: to a remote model or judge, a tracker, another machine of a cluster; or into a file
that is made to be passed on (a report with pictures, a log, an export)."""

_FILES: frozenset[Way] = frozenset({"report", "log", "export"})


def is_local(address: str) -> bool:
    """Whether an address is this machine: a loopback address, `localhost`, a Unix socket.

    Nothing is looked up: a name that resolves to this machine is another machine's until the user says so.
    """
    if address.startswith(("unix:", "/")):
        return True
    host = _host(address)
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def open_to(benchmark: Benchmark, way: Way, *, address: str = "", permitted: Collection[str] = ()) -> bool:
    """Whether the data of a benchmark may go that way.

    Args:
        benchmark: whose data.
        way: where to.
        address: of the machine, where it is one; "" for a file.
        permitted: what the user opened: hosts (`api.example.org`), or ways that are files (`report`).
    """
    if benchmark.may_leave or (address and is_local(address)):
        return True
    return (way if way in _FILES else _host(address)) in permitted


def require(benchmark: Benchmark, way: Way, *, address: str = "", permitted: Collection[str] = ()) -> None:
    """Stop unless the data may go that way; arguments as for `open_to`.

    Raises:
        NotPermitted: it may not, and the user has not said that it may.
    """
    if open_to(benchmark, way, address=address, permitted=permitted):
        return
    what = way if way in _FILES else _host(address) or "another machine"
    to = f"into a {way}" if way in _FILES else f"to {what} ({way})"
    raise NotPermitted(
        f"the data of {benchmark.name} must stay on this machine ({benchmark.licence}; access: "
        f"{benchmark.access}) and would go {to}. If you are allowed to do that, say so with --permit {what}; "
        "the manifest records it."
    )


def destination(model: Model) -> str:
    """The address that a model sends requests to; "" for one that answers on this machine.

    A model that sends them elsewhere has the attribute `destination`. What a user's own function does with
    them nobody but the user can know.
    """
    return str(getattr(model, "destination", ""))


def nodes(model: Model) -> tuple[str, ...]:
    """The addresses of other machines on which copies of a model may stand; none for most models."""
    return tuple(getattr(model, "destinations", ()))


def _host(address: str) -> str:
    split = urlsplit(address if "//" in address else f"//{address}")
    return (split.hostname or "").lower()
