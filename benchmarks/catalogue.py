"""The suites by name; light: a suite's module is imported when the suite is asked for.

A further suite is a module in :mod:`benchmarks.suites`, a reader in :mod:`benchmarks.readers` where
its format is new, and a line here.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from benchmarks.errors import BenchError

if TYPE_CHECKING:
    from benchmarks.suite import Suite


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a suite lives (``module:name``), what it measures, the data and the peers it needs.

    ``maximise`` tells that a larger objective is better.
    """

    target: str
    summary: str
    data: str = ""
    peers: tuple[str, ...] = ()
    maximise: bool = False


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
    "sprp-ss": Entry(
        "benchmarks.suites.sprp_ss:ONE_BLOCK",
        "8,400 public instances, one block: scattered storage, cells and tour together",
        "sprp.tar.xz",
    ),
    "sprp-ss-two-block": Entry(
        "benchmarks.suites.sprp_ss:TWO_BLOCKS",
        "the same with a middle cross-aisle",
        "sprp.tar.xz",
    ),
    "routing-peers": Entry(
        "benchmarks.suites.routing_peers:ROUTING_PEERS",
        "generated grids: exact routing beside OR-Tools Routing and PyVRP",
        peers=("pyvrp",),
    ),
    "routing-graph": Entry(
        "benchmarks.suites.routing_graph:ROUTING_GRAPH",
        "generated graphs with one-way aisles: local search beside the same",
        peers=("pyvrp",),
    ),
    "bahceci-oncan": Entry(
        "benchmarks.suites.bahceci_oncan:BAHCECI_ONCAN",
        "1,350 public instances of 8 or 12 orders: batching with proof",
        "bahceci_oncan.tar.xz",
    ),
    "henn-waescher": Entry(
        "benchmarks.suites.henn_waescher:HENN_WAESCHER",
        "1,439 public instances of 20 to 100 orders: batching",
        "henn_waescher.tar.xz",
    ),
    "henn-waescher-100-75": Entry(
        "benchmarks.suites.henn_waescher:HENN_WAESCHER_100_75",
        "the 40 of them with 100 orders and 75 pieces on a cart",
        "henn_waescher.tar.xz",
    ),
    "henn-waescher-tight": Entry(
        "benchmarks.suites.henn_waescher:HENN_WAESCHER_TIGHT",
        "the 212 of them that fill the fewest possible carts to 99 % or more",
        "henn_waescher.tar.xz",
    ),
    "foodmart": Entry(
        "benchmarks.suites.foodmart:FOODMART",
        "92 public instances of 5 to 50 orders in boxes, two blocks: batching",
        "foodmart.tar.xz",
    ),
    "foodmart-published": Entry(
        "benchmarks.suites.foodmart:FOODMART_PUBLISHED",
        "the 28 of them with a published optimum",
        "foodmart.tar.xz",
    ),
    "obstacles": Entry(
        "benchmarks.suites.obstacles:OBSTACLES",
        "177 public instances in four halls with obstacles: batching with tours around them",
        "kairos.tar.xz",
    ),
    "ibsrp": Entry(
        "benchmarks.suites.ibsrp:IBSRP",
        "242 public instances: batching, sequencing, two pickers, hard due dates",
        "kris_small.tar.xz",
    ),
    "wave-selection": Entry(
        "benchmarks.suites.wave_selection:WAVE_SELECTION",
        "20 public instances: orders and aisles of the most units per aisle",
        "sbpo_a.tar.xz",
        maximise=True,
    ),
    "zalando": Entry(
        "benchmarks.suites.zalando:ZALANDO",
        "3 public instances: orders, pieces, batches and pick lists together",
        "zalando_small.tar.xz",
    ),
    "large-waves": Entry(
        "benchmarks.suites.large_waves:LARGE_WAVES",
        "generated waves of 1,000 to 20,000 small orders through the public plan",
    ),
    "online-retail": Entry(
        "benchmarks.suites.online_retail:ONLINE_RETAIL",
        "real orders of a web shop on generated layouts",
        "orders/online_retail_sample.csv",
    ),
}
"""In the order in which they are listed: routing first, then batching."""


def load_suite(name: str) -> Suite:
    """Return a suite.

    Raises
    ------
    KeyError
        For a name that is not in :data:`SUITES`.
    BenchError
        When a solver that the suite runs beside ours is not installed.
    """
    return load_entry(SUITES[name])


def load_entry(entry: Entry) -> Suite:
    """Return the suite of an entry; errors as :func:`load_suite`."""
    for peer in entry.peers:
        if importlib.util.find_spec(peer) is None:
            raise BenchError(
                f"this suite runs beside {peer}, which is not installed: it comes with the extra "
                '"bench" of wavepick'
            )
    module, _, attribute = entry.target.partition(":")
    return cast("Suite", getattr(importlib.import_module(module), attribute))
