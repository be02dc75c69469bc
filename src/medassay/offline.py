"""No connection to another machine, whatever library would make it.

An audit hook (PEP 578) sees every connection and every look-up of a name before it is made, those of
libraries in Python among them; it cannot be taken away again in this process. Loopback stays open: a model's
server or the viewer on this machine. Processes that are started later are told through the environment.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from medassay.errors import UsageError

VARIABLE = "MEDASSAY_OFFLINE"
_TOLD = {VARIABLE: "1", "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
_HERE = frozenset({"localhost", "127.0.0.1", "::1", "", "0.0.0.0"})  # noqa: S104  an address to compare with


def wanted() -> bool:
    """Whether the environment asks for it."""
    return os.environ.get(VARIABLE, "") not in {"", "0"}


def close() -> None:
    """Refuse connections from now on, in this process and those it starts."""
    os.environ.update(_TOLD)
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""  # a path is a socket of this machine
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0] or ""
    else:
        return
    name = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
    if name not in _HERE and not name.startswith("127."):
        raise UsageError(f"offline: a connection to {name} was refused (--offline or {VARIABLE})")
