"""From metres, stops, lines, units and totes to minutes."""

from __future__ import annotations

from dataclasses import dataclass, fields

from optimizer.errors import OptimizerError
from optimizer.plan import PickList, Plan


@dataclass(frozen=True, slots=True)
class TimeModel:
    """Linear time model of picking: every list is the sum of what is done on it.

    The form is the usual split of order-picking time into travel, search, pick and set-up
    (Tompkins et al. 2010; de Koster, Le-Duc & Roodbergen 2007, section 1). The values are guesses
    for a person with a pushed cart and a handheld, of the same order as the settings of the
    batching literature (Henn & Wäscher 2012: search and pick 10 s per item, set-up 180 s per
    batch, both for paper lists). They are meant to be replaced by values fitted from a site's
    own scans.

    Parameters
    ----------
    walk_mm_per_s
        Walking speed with a cart, millimetres per second. Guess: 1.0 m/s; an unloaded walk is
        about 1.4 m/s.
    stop_ms
        Per visited location: brake, find the place, scan it.
    line_ms
        Per pick: read the task, scan item and tote.
    unit_ms
        Per unit taken.
    tote_ms
        Per tote on the cart: put it on and scan it, take it off at the end.
    list_ms
        Per list: ask for work, fetch the cart, hand it over.
    sort_unit_ms
        Per unit put into a wall slot afterwards; used by :meth:`work_ms` only.

    Raises
    ------
    OptimizerError
        The speed is not positive or a time is negative.

    References
    ----------
    .. [1] de Koster, R., Le-Duc, T., Roodbergen, K. J. (2007). Design and control of warehouse
       order picking: a literature review. European Journal of Operational Research 182(2),
       481-501. https://doi.org/10.1016/j.ejor.2006.07.009
    .. [2] Henn, S., Wäscher, G. (2012). Tabu search heuristics for the order batching problem in
       manual order picking systems. European Journal of Operational Research 222(3), 484-494.
       https://doi.org/10.1016/j.ejor.2012.05.049
    """

    walk_mm_per_s: int = 1000
    stop_ms: int = 5000
    line_ms: int = 4000
    unit_ms: int = 1500
    tote_ms: int = 8000
    list_ms: int = 60000
    sort_unit_ms: int = 3500

    def __post_init__(self) -> None:
        if self.walk_mm_per_s < 1:
            raise OptimizerError(f"walk_mm_per_s must be positive, got {self.walk_mm_per_s}")
        for field in fields(self):
            if getattr(self, field.name) < 0:
                raise OptimizerError(f"{field.name} must not be negative")

    def duration_ms(self, pick_list: PickList) -> int:
        """Duration of a list in milliseconds, walking rounded up to the next millisecond."""
        picks = [pick for stop in pick_list.stops for pick in stop.picks]
        return (
            -(-pick_list.length_mm * 1000 // self.walk_mm_per_s)
            + self.stop_ms * len(pick_list.stops)
            + self.line_ms * len(picks)
            + self.unit_ms * sum(pick.quantity for pick in picks)
            + self.tote_ms * len(pick_list.totes)
            + self.list_ms
        )

    def work_ms(self, plan: Plan) -> int:
        """Person-time of a plan in milliseconds: its lists and the sorting at the put wall."""
        sorted_units = sum(
            pick.quantity
            for pick_list in plan.lists
            if pick_list.wall_load is not None
            for stop in pick_list.stops
            for pick in stop.picks
        )
        return (
            sum(self.duration_ms(pick_list) for pick_list in plan.lists)
            + self.sort_unit_ms * sorted_units
        )
