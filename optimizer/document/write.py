"""Plans to JSON documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from optimizer.plan import PickList, Plan, Unplanned
from optimizer.problem import Method

FORMAT: Final = "wavepick-plan/1"

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
"""A JSON value."""


def plan_document(plan: Plan, *, layout: str) -> dict[str, Json]:
    """Return a plan as a JSON document; :func:`parse_plan` reads it back unchanged.

    Parameters
    ----------
    plan
        The plan.
    layout
        Name of the layout it was made for.
    """
    totals = plan.totals
    return {
        "format": FORMAT,
        "layout": layout,
        "method": plan.method.value,
        "seed": plan.seed,
        "lists": [_list_document(pick_list) for pick_list in plan.lists],
        "totals": {
            "length_mm": totals.length_mm,
            "baseline_mm": totals.baseline_mm,
            "bound_mm": totals.bound_mm,
            "duration_ms": totals.duration_ms,
            "lists": totals.lists,
            "stops": totals.stops,
            "picks": totals.picks,
            "units": totals.units,
        },
        "termination": {
            "reason": plan.termination.reason.value,
            "limit": plan.termination.limit,
            "bound_mm": plan.termination.bound_mm,
        },
        "unplanned": [_unplanned_document(entry) for entry in plan.unplanned],
    }


def comparison_document(
    plans: Sequence[Plan], *, layout: str, recommended: Method, baseline: Plan
) -> dict[str, Json]:
    """Return plans of several methods as one JSON document, with the baseline's totals."""
    return {
        "format": FORMAT,
        "layout": layout,
        "method": "compare",
        "seed": baseline.seed,
        "recommended": recommended.value,
        "baseline": plan_document(baseline, layout=layout),
        "methods": [plan_document(plan, layout=layout) for plan in plans],
    }


def _list_document(pick_list: PickList) -> dict[str, Json]:
    return {
        "id": pick_list.id,
        "method": pick_list.method.value,
        "zone": pick_list.zone,
        "picker": pick_list.picker,
        "start": pick_list.start,
        "end": pick_list.end,
        "length_mm": pick_list.length_mm,
        "duration_ms": pick_list.duration_ms,
        "after": list(pick_list.after),
        "wall_load": pick_list.wall_load,
        "totes": [
            {"id": tote.id, "slot": tote.slot, "order": tote.order} for tote in pick_list.totes
        ],
        "stops": [
            {
                "location": stop.location,
                "distance_mm": stop.distance_mm,
                "picks": [
                    {
                        "order": pick.order,
                        "line": pick.line,
                        "sku": pick.sku,
                        "qty": pick.quantity,
                        "tote": pick.tote,
                    }
                    for pick in stop.picks
                ],
            }
            for stop in pick_list.stops
        ],
        "path": [list(point) for point in pick_list.path],
    }


def _unplanned_document(entry: Unplanned) -> dict[str, Json]:
    return {
        "order": entry.order,
        "reason": entry.reason.value,
        "detail": entry.detail,
        "line": entry.line,
        "sku": entry.sku,
        "asked": entry.asked,
        "free": entry.free,
        "qty": entry.quantity,
    }
