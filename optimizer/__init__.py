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
    from optimizer.params import Minimise as Minimise
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
    from optimizer.routing.best import best_router as best_router
    from optimizer.routing.exact import ExactRouter as ExactRouter
    from optimizer.routing.priced.best import TooLong as TooLong
    from optimizer.routing.priced.best import best_priced_router as best_priced_router
    from optimizer.routing.priced.best import find_priced_tour as find_priced_tour
    from optimizer.routing.priced.judge import PriceJudge as PriceJudge
    from optimizer.routing.priced.prices import FORBIDDEN as FORBIDDEN
    from optimizer.routing.priced.prices import WalkPrices as WalkPrices
    from optimizer.routing.priced.tour import PricedTour as PricedTour
    from optimizer.routing.router import Router as Router
    from optimizer.routing.router import Tour as Tour
    from optimizer.routing.scattered.choice import Choice as Choice
    from optimizer.routing.scattered.choice import ScatteredTour as ScatteredTour
    from optimizer.routing.scattered.choice import Supply as Supply
    from optimizer.routing.scattered.router import ScatteredRouter as ScatteredRouter
    from optimizer.routing.with_constraints.judge import judge_trips as judge_trips
    from optimizer.routing.with_constraints.rules import ConstrainedStop as ConstrainedStop
    from optimizer.routing.with_constraints.rules import ConstrainedTour as ConstrainedTour
    from optimizer.routing.with_constraints.rules import Handling as Handling
    from optimizer.routing.with_constraints.rules import SearchLimit as SearchLimit
    from optimizer.routing.with_constraints.rules import Trip as Trip
    from optimizer.routing.with_constraints.rules import TripRules as TripRules
    from optimizer.routing.with_constraints.rules import TripsStatus as TripsStatus
    from optimizer.routing.with_constraints.search import (
        route_with_constraints as route_with_constraints,
    )
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
    "optimizer.params": ("Minimise", "Params"),
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
    "optimizer.routing.best": ("best_router",),
    "optimizer.routing.exact": ("ExactRouter",),
    "optimizer.routing.priced.best": (
        "TooLong",
        "best_priced_router",
        "find_priced_tour",
    ),
    "optimizer.routing.priced.judge": ("PriceJudge",),
    "optimizer.routing.priced.prices": (
        "FORBIDDEN",
        "WalkPrices",
    ),
    "optimizer.routing.priced.tour": ("PricedTour",),
    "optimizer.routing.router": (
        "Router",
        "Tour",
    ),
    "optimizer.routing.scattered.choice": (
        "Choice",
        "ScatteredTour",
        "Supply",
    ),
    "optimizer.routing.scattered.router": ("ScatteredRouter",),
    "optimizer.routing.with_constraints.judge": ("judge_trips",),
    "optimizer.routing.with_constraints.rules": (
        "ConstrainedStop",
        "ConstrainedTour",
        "Handling",
        "SearchLimit",
        "Trip",
        "TripRules",
        "TripsStatus",
    ),
    "optimizer.routing.with_constraints.search": ("route_with_constraints",),
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
    "FORBIDDEN",
    "AnyOf",
    "CartType",
    "Choice",
    "Comparison",
    "ConstrainedStop",
    "ConstrainedTour",
    "Edge",
    "Evaluation",
    "ExactRouter",
    "Handling",
    "Item",
    "Layout",
    "LayoutError",
    "Location",
    "MaxIterations",
    "MaxSeconds",
    "Method",
    "Minimise",
    "Node",
    "OptimizerError",
    "Order",
    "OrderLine",
    "Params",
    "Pick",
    "PickList",
    "Picker",
    "Plan",
    "PriceJudge",
    "PricedTour",
    "Problem",
    "ProblemError",
    "Progress",
    "Reason",
    "RejectedPlanError",
    "Router",
    "ScatteredRouter",
    "ScatteredTour",
    "SearchLimit",
    "Side",
    "Station",
    "StationKind",
    "Stock",
    "Stop",
    "Supply",
    "Termination",
    "TerminationReason",
    "TimeModel",
    "TooLong",
    "Totals",
    "Tote",
    "Tour",
    "Trip",
    "TripRules",
    "TripsStatus",
    "Unplanned",
    "UnreachableError",
    "Violation",
    "ViolationKind",
    "WalkPrices",
    "Zone",
    "baseline",
    "best_priced_router",
    "best_router",
    "compare",
    "comparison_document",
    "evaluate",
    "find_priced_tour",
    "judge_trips",
    "never",
    "parse_plan",
    "plan_document",
    "recommend",
    "route_with_constraints",
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
