"""Reads the lists of a stored ``wavepick-plan/1`` document, as far as launching needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.errors import BadInput

FORMAT = "wavepick-plan/1"


@dataclass(frozen=True, slots=True)
class PlannedPick:
    """Units of one order line that go into one tote."""

    order: str
    line: str
    sku: str
    quantity: int
    tote: str


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """One visit of one location, ``distance_mm`` walked after the stop before (or the start)."""

    location: str
    distance_mm: int | None
    picks: tuple[PlannedPick, ...]


@dataclass(frozen=True, slots=True)
class PlannedTote:
    """A cart slot (0-based) and the plan's tote on it; ``order`` where it is one order's own."""

    id: str
    slot: int
    order: str | None


@dataclass(frozen=True, slots=True)
class PlannedList:
    """One tour as the planner found it."""

    id: str
    method: str
    zone: str | None
    start: str
    end: str
    length_mm: int
    duration_ms: int
    path: tuple[tuple[int, int, int], ...]
    after: tuple[str, ...]
    totes: tuple[PlannedTote, ...]
    stops: tuple[PlannedStop, ...]


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """What the plan sheet compares; lengths in mm, durations in ms."""

    method: str
    length_mm: int
    duration_ms: int
    lists: int
    baseline_mm: int
    bound_mm: int | None
    unplanned: int
    termination: str


def plan_figures(document: dict[str, Any]) -> PlanFigures:
    """The totals of a plan document; raises :class:`BadInput` like :func:`planned_lists`."""
    _check_format(document)
    totals, termination = document.get("totals"), document.get("termination")
    if not isinstance(totals, dict) or not isinstance(termination, dict):
        raise BadInput("the plan has no totals or termination", code="bad-plan", pointer="/totals")
    return PlanFigures(
        method=_text(document, "method", ""),
        length_mm=_integer(totals, "length_mm", "/totals"),
        duration_ms=_integer(totals, "duration_ms", "/totals"),
        lists=_integer(totals, "lists", "/totals"),
        baseline_mm=_integer(totals, "baseline_mm", "/totals"),
        bound_mm=_optional_integer(totals, "bound_mm", "/totals"),
        unplanned=len({str(row.get("order")) for row, _ in _rows(document, "unplanned", "")}),
        termination=_text(termination, "reason", "/termination"),
    )


def planned_lists(document: dict[str, Any]) -> tuple[PlannedList, ...]:
    """The pick lists of a plan document, in its order.

    Raises
    ------
    BadInput
        Not a plan document, or a part is missing or of another type; the pointer says where.
    """
    _check_format(document)
    return tuple(_list(row, at) for row, at in _rows(document, "lists", ""))


def _check_format(document: dict[str, Any]) -> None:
    if document.get("format") != FORMAT:
        raise BadInput(f'format must be "{FORMAT}"', code="bad-plan", pointer="/format")


def _list(row: dict[str, Any], at: str) -> PlannedList:
    return PlannedList(
        id=_text(row, "id", at),
        method=_text(row, "method", at),
        zone=_optional_text(row, "zone", at),
        start=_text(row, "start", at),
        end=_text(row, "end", at),
        length_mm=_integer(row, "length_mm", at),
        duration_ms=_integer(row, "duration_ms", at),
        path=tuple(_corner(corner, f"{at}/path") for corner in row.get("path", ())),
        after=tuple(str(id_) for id_ in row.get("after", ())),
        totes=tuple(
            PlannedTote(
                id=_text(tote, "id", where),
                slot=_integer(tote, "slot", where),
                order=_optional_text(tote, "order", where),
            )
            for tote, where in _rows(row, "totes", at)
        ),
        stops=tuple(
            PlannedStop(
                location=_text(stop, "location", where),
                distance_mm=_optional_integer(stop, "distance_mm", where),
                picks=tuple(_pick(pick, there) for pick, there in _rows(stop, "picks", where)),
            )
            for stop, where in _rows(row, "stops", at)
        ),
    )


def _pick(row: dict[str, Any], at: str) -> PlannedPick:
    quantity = _integer(row, "qty", at)
    if quantity < 1:
        raise BadInput("qty must be at least 1", code="bad-plan", pointer=f"{at}/qty")
    return PlannedPick(
        order=_text(row, "order", at),
        line=_text(row, "line", at),
        sku=_text(row, "sku", at),
        quantity=quantity,
        tote=_text(row, "tote", at),
    )


def _corner(value: Any, at: str) -> tuple[int, int, int]:
    if (
        not isinstance(value, list | tuple)
        or len(value) != 3
        or not all(isinstance(part, int) for part in value)
    ):
        raise BadInput("a corner is [x_mm, y_mm, floor]", code="bad-plan", pointer=at)
    return (value[0], value[1], value[2])


def _rows(row: dict[str, Any], key: str, at: str) -> list[tuple[dict[str, Any], str]]:
    rows = row.get(key)
    if not isinstance(rows, list | tuple) or not all(isinstance(part, dict) for part in rows):
        raise BadInput(f'"{key}" must be a list of objects', code="bad-plan", pointer=f"{at}/{key}")
    return [(part, f"{at}/{key}/{index}") for index, part in enumerate(rows)]


def _text(row: dict[str, Any], key: str, at: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise BadInput(f'"{key}" must be a text', code="bad-plan", pointer=f"{at}/{key}")
    return value


def _optional_text(row: dict[str, Any], key: str, at: str) -> str | None:
    return None if row.get(key) is None else _text(row, key, at)


def _optional_integer(row: dict[str, Any], key: str, at: str) -> int | None:
    return None if row.get(key) is None else _integer(row, key, at)


def _integer(row: dict[str, Any], key: str, at: str) -> int:
    value = row.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadInput(f'"{key}" must be a whole number', code="bad-plan", pointer=f"{at}/{key}")
    return value
