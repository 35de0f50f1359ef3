"""Totes: where they are and when they may be used again."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from server.models import ListState, ListTote, PickList, PlaceKind, StockBalance, Tote

EMPTY = "empty"
BOUND = "bound"
DROPPED = "dropped"

# Built once, as nearly every fact asks them: building takes longer than asking.
_UNITS = select(func.coalesce(func.sum(StockBalance.on_hand), 0)).where(
    StockBalance.kind == PlaceKind.TOTE, StockBalance.place == bindparam("tote")
)
_ON_LISTS = (
    select(func.count())
    .select_from(ListTote)
    .join(PickList, PickList.id == ListTote.list_id)
    .where(
        ListTote.tote == bindparam("tote"),
        ListTote.dropped_station.is_(None),
        PickList.state.not_in((ListState.CLOSED, ListState.CANCELLED)),
    )
)


def units_in(session: Session, code: str) -> int:
    """How many units the books say are in the tote."""
    session.flush()
    return int(session.scalar(_UNITS, {"tote": code}) or 0)


def release_if_empty(session: Session, code: str) -> None:
    """Make a tote free for the next list when nothing is in it and no open list has it."""
    tote = session.get(Tote, code)
    if tote is None or units_in(session, code):
        return
    in_use = session.scalar(_ON_LISTS, {"tote": code})
    if not in_use:
        tote.state, tote.list_id, tote.station = EMPTY, None, None
