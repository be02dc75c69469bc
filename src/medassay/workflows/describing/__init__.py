"""A described dataset before any model is asked: what it holds (`check`), and a first description (`new`)."""

from medassay.workflows.describing.starting import new
from medassay.workflows.describing.understood import Understood, check

__all__ = ["Understood", "check", "new"]
