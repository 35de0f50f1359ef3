"""What the methods with a put wall share."""

from __future__ import annotations

from optimizer.methods.prepared import Prepared
from optimizer.plan import Reason, Unplanned


def no_wall(prepared: Prepared) -> tuple[Unplanned, ...]:
    """Return every order as left out, since there is no put wall to sort it at."""
    problem = prepared.problem
    if problem.wall is None:
        detail = "the problem names no put wall"
    elif problem.wall_slots < 1:
        detail = f'the put wall "{problem.wall}" has no slots'
    else:
        detail = f'no walk leads from "{problem.start}" to the put wall "{problem.wall}"'
    already = {entry.order for entry in prepared.allocation.unplanned if entry.line is None}
    return (
        *(entry for entry in prepared.allocation.unplanned if entry.line is None),
        *(
            Unplanned(
                order.id,
                Reason.NO_WALL,
                detail,
                quantity=sum(line.quantity for line in order.lines),
            )
            for order in problem.orders
            if order.id not in already
        ),
    )
