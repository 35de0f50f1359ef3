"""Wavepick's planning core: dataclasses in, dataclasses out.

No files, sockets or database. The public names below are loaded when first asked for, so that a
light name (:class:`Order`) does not pull in the engines behind the planner.

``plan()`` itself is :func:`optimizer.planner.plan`: ``optimizer.plan`` is the module that says
what a plan is.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.document import comparison_document as comparison_document
    from optimizer.document import parse_plan as parse_plan
    from optimizer.document import plan_document as plan_document
    from optimizer.errors import LayoutError as LayoutError
    from optimizer.errors import OptimizerError as OptimizerError
    from optimizer.errors import PlanDocumentError as PlanDocumentError
    from optimizer.errors import ProblemError as ProblemError
    from optimizer.errors import RejectedPlanError as RejectedPlanError
    from optimizer.errors import UnreachableError as UnreachableError
    from optimizer.evaluation import Evaluation as Evaluation
    from optimizer.evaluation import Violation as Violation
    from optimizer.evaluation import ViolationKind as ViolationKind
    from optimizer.evaluation import evaluate as evaluate
    from optimizer.layout.model import Edge as Edge
    from optimizer.layout.model import Layout as Layout
    from optimizer.layout.model import Location as Location
    from optimizer.layout.model import Node as Node
    from optimizer.layout.model import Side as Side
    from optimizer.layout.model import Station as Station
    from optimizer.layout.model import StationKind as StationKind
    from optimizer.layout.model import Zone as Zone
    from optimizer.params import Params as Params
    from optimizer.plan import Pick as Pick
    from optimizer.plan import PickList as PickList
    from optimizer.plan import Plan as Plan
    from optimizer.plan import Reason as Reason
    from optimizer.plan import Stop as Stop
    from optimizer.plan import Termination as Termination
    from optimizer.plan import TerminationReason as TerminationReason
    from optimizer.plan import Totals as Totals
    from optimizer.plan import Tote as Tote
    from optimizer.plan import Unplanned as Unplanned
    from optimizer.planner import Comparison as Comparison
    from optimizer.planner import Progress as Progress
    from optimizer.planner import baseline as baseline
    from optimizer.planner import compare as compare
    from optimizer.planner import recommend as recommend
    from optimizer.problem import CartType as CartType
    from optimizer.problem import Item as Item
    from optimizer.problem import Method as Method
    from optimizer.problem import Order as Order
    from optimizer.problem import OrderLine as OrderLine
    from optimizer.problem import Picker as Picker
    from optimizer.problem import Problem as Problem
    from optimizer.problem import Stock as Stock
    from optimizer.stopping import AnyOf as AnyOf
    from optimizer.stopping import MaxIterations as MaxIterations
    from optimizer.stopping import MaxSeconds as MaxSeconds
    from optimizer.stopping import never as never
    from optimizer.time_model import TimeModel as TimeModel

_HOMES = {
    "optimizer.document": (
        "comparison_document",
        "parse_plan",
        "plan_document",
    ),
    "optimizer.errors": (
        "LayoutError",
        "OptimizerError",
        "PlanDocumentError",
        "ProblemError",
        "RejectedPlanError",
        "UnreachableError",
    ),
    "optimizer.evaluation": (
        "Evaluation",
        "Violation",
        "ViolationKind",
        "evaluate",
    ),
    "optimizer.layout.model": (
        "Edge",
        "Layout",
        "Location",
        "Node",
        "Side",
        "Station",
        "StationKind",
        "Zone",
    ),
    "optimizer.params": ("Params",),
    "optimizer.plan": (
        "Pick",
        "PickList",
        "Plan",
        "Reason",
        "Stop",
        "Termination",
        "TerminationReason",
        "Tote",
        "Totals",
        "Unplanned",
    ),
    "optimizer.planner": (
        "Comparison",
        "Progress",
        "baseline",
        "compare",
        "recommend",
    ),
    "optimizer.problem": (
        "CartType",
        "Item",
        "Method",
        "Order",
        "OrderLine",
        "Picker",
        "Problem",
        "Stock",
    ),
    "optimizer.stopping": (
        "AnyOf",
        "MaxIterations",
        "MaxSeconds",
        "never",
    ),
    "optimizer.time_model": ("TimeModel",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "AnyOf",
    "CartType",
    "Comparison",
    "Edge",
    "Evaluation",
    "Item",
    "Layout",
    "LayoutError",
    "Location",
    "MaxIterations",
    "MaxSeconds",
    "Method",
    "Node",
    "OptimizerError",
    "Order",
    "OrderLine",
    "Params",
    "Pick",
    "PickList",
    "Picker",
    "Plan",
    "Problem",
    "ProblemError",
    "Progress",
    "Reason",
    "RejectedPlanError",
    "Side",
    "Station",
    "StationKind",
    "Stock",
    "Stop",
    "Termination",
    "TerminationReason",
    "TimeModel",
    "Totals",
    "Tote",
    "Unplanned",
    "UnreachableError",
    "Violation",
    "ViolationKind",
    "Zone",
    "baseline",
    "compare",
    "comparison_document",
    "evaluate",
    "never",
    "parse_plan",
    "plan_document",
    "recommend",
]


if not TYPE_CHECKING:  # so that the type checker knows every name, and only these

    def __getattr__(name: str) -> object:
        """Load a public name from its module."""
        if name not in _HOME_OF:
            raise AttributeError(f"module 'optimizer' has no attribute {name!r}")
        value: object = getattr(importlib.import_module(_HOME_OF[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
