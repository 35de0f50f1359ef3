"""Layout versions: immutable documents, with their locations and stations as rows.

The document is checked by ``wavepick layout check`` before it comes here; what this module reads
of it, it reads strictly, and names the place of a fault by JSON pointer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from server.db.base import new_id
from server.errors import BadInput, NotFound
from server.models import LayoutVersion, Location, Station
from server.services import audit, changes
from server.services.catalogue import DIRECTORY
from server.services.clock import Clock

FORMAT = "wavepick-layout/1"

MOST: Final[Mapping[str, int]] = {
    "locations": 200_000,
    "nodes": 200_000,
    "edges": 400_000,
    "stations": 1_000,
    "zones": 1_000,
}
"""Largest layout that is taken in: planning time and memory grow with it."""


class _Point(NamedTuple):
    x_mm: int
    y_mm: int
    floor: int


def save(
    session: Session,
    clock: Clock,
    *,
    document: dict[str, Any],
    activate: bool = True,
    person_id: str | None = None,
) -> LayoutVersion:
    """Store a layout as a new version of its name, or find it where it is stored already.

    Locations on an edge get the point at their offset, interpolated between the edge's ends.

    Raises
    ------
    BadInput
        The document misses something or refers to what it does not define.
    """
    name = _text(document, "name", "")
    if document.get("format") != FORMAT:
        raise BadInput(
            f'layout "{name}": format must be "{FORMAT}", got "{document.get("format")}"',
            code="bad-layout",
            pointer="/format",
        )
    for part, at_most in MOST.items():
        if len(document.get(part) or ()) > at_most:
            raise BadInput(
                f'layout "{name}": more than {at_most:,} {part}',
                code="layout-too-large",
                pointer=f"/{part}",
            )
    versions = list(
        session.scalars(
            select(LayoutVersion)
            .where(LayoutVersion.name == name)
            .order_by(LayoutVersion.version.desc())
        )
    )
    layout = next((version for version in versions if version.document == document), None)
    made = layout is None
    if layout is None:
        layout = LayoutVersion(
            id=new_id(),
            name=name,
            version=versions[0].version + 1 if versions else 1,
            document=document,
            created_at=clock(),
            active=False,
        )
        places = _places(document, layout.id)
        session.add(layout)
        session.flush()
        session.add_all(places)
        audit.record(
            session, clock, action="layout.save", subject=f"layout:{layout.id}", person_id=person_id
        )
    if activate and not layout.active:
        session.execute(update(LayoutVersion).values(active=False))
        layout.active = True
        if not made:
            audit.record(
                session,
                clock,
                action="layout.activate",
                subject=f"layout:{layout.id}",
                person_id=person_id,
            )
        changes.touch(session, DIRECTORY)
    session.flush()
    changes.touch(session, "layouts")
    return layout


def active(session: Session) -> LayoutVersion:
    """The layout that new waves are planned on, or :class:`NotFound`."""
    layout = session.scalars(select(LayoutVersion).where(LayoutVersion.active)).first()
    if layout is None:
        raise NotFound("there is no active layout; import one first", code="no-layout")
    return layout


def get(session: Session, layout_id: str) -> LayoutVersion:
    """The layout version with that id, or :class:`NotFound`."""
    layout = session.get(LayoutVersion, layout_id)
    if layout is None:
        raise NotFound(f'layout "{layout_id}" does not exist', code="unknown-layout")
    return layout


def versions(session: Session) -> list[LayoutVersion]:
    """All layout versions, newest first."""
    return list(session.scalars(select(LayoutVersion).order_by(LayoutVersion.id.desc())))


def aisle_of(code: str) -> str:
    """The aisle that a location's code names: its first two parts ("A-01" of "A-01-1-03-L")."""
    parts = code.split("-")
    return "-".join(parts[:2]) if len(parts) > 2 else parts[0]


def _places(document: dict[str, Any], layout_id: str) -> list[Location | Station]:
    nodes: dict[str, _Point] = {}
    for at, node in _objects(document, "nodes"):
        nodes[_text(node, "id", at)] = _Point(
            _integer(node, "x_mm", at), _integer(node, "y_mm", at), int(node.get("floor", 0))
        )
    lengths: dict[tuple[str, str], int] = {}
    for at, edge in _objects(document, "edges"):
        ends = (_text(edge, "from", at), _text(edge, "to", at))
        first, second = (_node(nodes, end, at) for end in ends)
        straight = round(((first.x_mm - second.x_mm) ** 2 + (first.y_mm - second.y_mm) ** 2) ** 0.5)
        lengths[ends] = lengths[ends[::-1]] = max(1, int(edge.get("length_mm", straight)))
    rows: list[Location | Station] = []
    seen: set[str] = set()
    for at, place in _objects(document, "locations"):
        code = _unseen(seen, _text(place, "id", at), at)
        rows.append(
            Location(
                layout_id=layout_id,
                code=code,
                zone=place.get("zone"),
                aisle=aisle_of(code),
                check_digits=place.get("check_digits"),
                side=place.get("side"),
                level=int(place.get("level", 0)),
                **_location_point(place, nodes, lengths, at)._asdict(),
            )
        )
    for at, place in _objects(document, "stations"):
        rows.append(
            Station(
                layout_id=layout_id,
                code=_unseen(seen, _text(place, "id", at), at),
                kind=_text(place, "kind", at),
                zone=place.get("zone"),
                **_node(nodes, _text(place, "node", at), at)._asdict(),
            )
        )
    return rows


def _location_point(
    place: dict[str, Any],
    nodes: dict[str, _Point],
    lengths: dict[tuple[str, str], int],
    at: str,
) -> _Point:
    if place.get("node") is not None:
        return _node(nodes, _text(place, "node", at), at)
    ends = place.get("edge")
    if not isinstance(ends, list) or len(ends) != 2:
        raise BadInput(
            f'location "{place.get("id")}": needs "node" or "edge"', code="bad-layout", pointer=at
        )
    first, second = (_node(nodes, end, at) for end in ends)
    length = lengths.get((ends[0], ends[1]))
    if length is None:
        raise BadInput(
            f'location "{place.get("id")}": there is no edge "{ends[0]}"-"{ends[1]}"',
            code="bad-layout",
            pointer=f"{at}/edge",
        )
    share = min(1.0, max(0.0, int(place.get("offset_mm", 0)) / length))
    return _Point(
        round(first.x_mm + share * (second.x_mm - first.x_mm)),
        round(first.y_mm + share * (second.y_mm - first.y_mm)),
        first.floor if share < 0.5 else second.floor,
    )


def _objects(document: dict[str, Any], key: str) -> list[tuple[str, dict[str, Any]]]:
    rows = document.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput(f'"{key}" must be a list of objects', code="bad-layout", pointer=f"/{key}")
    return [(f"/{key}/{index}", row) for index, row in enumerate(rows)]


def _text(row: dict[str, Any], key: str, at: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise BadInput(f'"{key}" must be a text', code="bad-layout", pointer=f"{at}/{key}")
    return value


def _integer(row: dict[str, Any], key: str, at: str) -> int:
    value = row.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadInput(f'"{key}" must be a whole number', code="bad-layout", pointer=f"{at}/{key}")
    return value


def _node(nodes: dict[str, _Point], name: Any, at: str) -> _Point:
    if name not in nodes:
        raise BadInput(f'there is no node "{name}"', code="bad-layout", pointer=at)
    return nodes[name]


def _unseen(seen: set[str], code: str, at: str) -> str:
    if code in seen:
        raise BadInput(f'"{code}" is given twice', code="bad-layout", pointer=f"{at}/id")
    seen.add(code)
    return code
