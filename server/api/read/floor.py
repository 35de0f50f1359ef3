"""The live board and exceptions: what is going on on the floor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from server.api.read.lists import list_shapes
from server.api.read.orders import order_numbers
from server.api.read.times import iso
from server.api.read.waves import OVER, wave_shapes
from server.models import (
    ExceptionCard,
    ListState,
    Person,
    PickList,
    Role,
    SignIn,
    Stream,
    Wave,
)
from server.services import workers
from server.services.clock import Clock

Shape = dict[str, Any]

CONNECTED_FOR = timedelta(seconds=45)
"""Devices sync every 20 s; one that was silent for two of these is shown as away."""

JUST_CLOSED = timedelta(minutes=10)
"""How long closed lists and waves stay on the board."""


def board(session: Session, clock: Clock) -> Shape:
    """Return everything the live board shows, in a fixed number of queries."""
    now = clock()
    recent = now - JUST_CLOSED
    waves = session.scalars(
        select(Wave)
        .where(or_(Wave.state.not_in(OVER), Wave.closed_at >= recent))
        .order_by(Wave.number)
    ).all()
    lists = session.scalars(
        select(PickList)
        .where(
            PickList.wave_id.in_([wave.id for wave in waves]),
            or_(
                PickList.state.not_in([ListState.CLOSED, ListState.CANCELLED]),
                PickList.closed_at >= recent,
            ),
        )
        .order_by(PickList.number)
    ).all()
    force = workers.alive(session, clock)
    return {
        "now": iso(now),
        "waves": wave_shapes(session, clock, waves),
        "lists": list_shapes(session, lists),
        "exceptions": exceptions(session, only_open=True),
        "workers": {"alive": force.alive, "lanes": list(force.lanes)},
        "pickers": _pickers(session, clock),
    }


def exceptions(session: Session, *, only_open: bool, limit: int = 200) -> list[Shape]:
    """Return exception cards, newest first."""
    query = select(ExceptionCard).order_by(ExceptionCard.at.desc(), ExceptionCard.id).limit(limit)
    if only_open:
        query = query.where(ExceptionCard.state != "closed")
    cards = session.scalars(query).all()
    lists = dict(
        session.execute(
            select(PickList.id, PickList.number).where(
                PickList.id.in_({card.list_id for card in cards if card.list_id})
            )
        ).all()
    )
    orders = order_numbers(session, {card.order_id for card in cards if card.order_id})
    return [
        {
            "id": card.id,
            "kind": card.kind,
            "state": card.state,
            "at": iso(card.at),
            "list_number": lists.get(card.list_id) if card.list_id else None,
            "order_number": orders.get(card.order_id) if card.order_id else None,
            "location": card.location,
            "sku": card.sku,
            "quantity": card.quantity,
            "detail": card.detail,
            "closed_at": iso(card.closed_at),
        }
        for card in cards
    ]


def _pickers(session: Session, clock: Clock) -> list[Shape]:
    """Return the pickers with a valid handheld session, and whether their device is near."""
    now = clock()
    seen = {
        person_id: moment
        for person_id, moment in session.execute(
            select(Stream.person_id, func.max(Stream.seen_at)).group_by(Stream.person_id)
        )
        if moment is not None
    }
    held = dict(
        session.execute(
            select(PickList.holder_id, PickList.number).where(
                PickList.state.not_in([ListState.READY, ListState.CLOSED, ListState.CANCELLED])
            )
        ).all()
    )
    signed_in = session.execute(
        select(Person.id, Person.name)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(
            Person.role == Role.PICKER,
            Person.active,
            SignIn.client == "handheld",
            SignIn.revoked_at.is_(None),
            SignIn.signed_out_at.is_(None),
            SignIn.expires_at > now,
        )
        .distinct()
        .order_by(Person.name)
    )
    return [
        {
            "id": person_id,
            "name": name,
            "connected": person_id in seen and now - seen[person_id] < CONNECTED_FOR,
            "list_number": held.get(person_id),
        }
        for person_id, name in signed_in
    ]
