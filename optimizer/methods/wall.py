"""What the methods with a put wall share."""

from __future__ import annotations

from optimizer.methods.prepared import Prepared, left_out
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
    return left_out(prepared, Reason.NO_WALL, detail)
