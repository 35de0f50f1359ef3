"""The suites by name; light: a suite's module is imported when the suite is asked for.

A further suite is a module in :mod:`benchmarks.suites`, a reader in :mod:`benchmarks.readers` where
its format is new, and a line here.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from benchmarks.suite import Suite


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a suite lives (``module:name``), what it measures, and the data it needs."""

    target: str
    summary: str
    data: str = ""


SUITES: Mapping[str, Entry] = {
    "sprp": Entry(
        "benchmarks.suites.sprp:ONE_BLOCK",
        "2,400 public instances, one block: exact routing",
        "sprp.tar.xz",
    ),
    "sprp-two-block": Entry(
        "benchmarks.suites.sprp:TWO_BLOCKS",
        "the same with a middle cross-aisle",
        "sprp.tar.xz",
    ),
}
"""In the order in which they are listed: routing first, then batching."""


def load_suite(name: str) -> Suite:
    """Return a suite; ``KeyError`` for a name that is not in :data:`SUITES`."""
    module, _, attribute = SUITES[name].target.partition(":")
    return cast("Suite", getattr(importlib.import_module(module), attribute))
