"""JSON documents to plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from optimizer.document.write import FORMAT
from optimizer.errors import PlanDocumentError
from optimizer.ids import (
    LineId,
    ListId,
    LocationId,
    OrderId,
    PickerId,
    PlaceId,
    Sku,
    StationId,
    ToteId,
    ZoneId,
)
from optimizer.plan import (
    Pick,
    PickList,
    Plan,
    Reason,
    Stop,
    Termination,
    TerminationReason,
    Totals,
    Tote,
    Unplanned,
)
from optimizer.problem import Method

Word = TypeVar("Word", bound=StrEnum)


def parse_plan(document: object) -> Plan:
    """Return the plan of a document of one method.

    Nothing is trusted to be true: judge it with :func:`optimizer.evaluation.evaluate`. Unknown
    fields are ignored, since later versions may add some.

    Raises
    ------
    PlanDocumentError
        A field is missing or has the wrong type; names the JSON pointer.
    """
    root = Value(document, "")
    if root.get("format").text() != FORMAT:
        raise PlanDocumentError(f'must be "{FORMAT}"', pointer="/format")
    totals = root.get("totals")
    termination = root.get("termination")
    return Plan(
        root.get("method").word(Method),
        tuple(_parse_list(entry) for entry in root.get("lists").entries()),
        tuple(_parse_unplanned(entry) for entry in root.get("unplanned").entries()),
        Totals(
            length_mm=totals.get("length_mm").whole(),
            duration_ms=totals.get("duration_ms").whole(),
            lists=totals.get("lists").whole(),
            stops=totals.get("stops").whole(),
            picks=totals.get("picks").whole(),
            units=totals.get("units").whole(),
            baseline_mm=totals.get("baseline_mm").whole(),
            bound_mm=totals.get("bound_mm").whole_or_none(),
        ),
        Termination(
            termination.get("reason").word(TerminationReason),
            termination.get("limit").text(),
            termination.get("bound_mm").whole_or_none(),
        ),
        root.get("seed").whole(),
    )


def _parse_list(value: Value) -> PickList:
    zone = value.get("zone").text_or_none()
    picker = value.get("picker").text_or_none()
    return PickList(
        ListId(value.get("id").text()),
        value.get("method").word(Method),
        StationId(PlaceId(value.get("start").text())),
        StationId(PlaceId(value.get("end").text())),
        tuple(_parse_stop(entry) for entry in value.get("stops").entries()),
        tuple(_parse_tote(entry) for entry in value.get("totes").entries()),
        value.get("length_mm").whole(),
        value.get("duration_ms").whole(),
        tuple(_parse_point(entry) for entry in value.get("path").entries()),
        zone=None if zone is None else ZoneId(zone),
        picker=None if picker is None else PickerId(picker),
        after=tuple(ListId(entry.text()) for entry in value.get("after").entries()),
        wall_load=value.get("wall_load").whole_or_none(),
    )


def _parse_tote(value: Value) -> Tote:
    order = value.get("order").text_or_none()
    return Tote(
        ToteId(value.get("id").text()),
        value.get("slot").whole(),
        None if order is None else OrderId(order),
    )


def _parse_stop(value: Value) -> Stop:
    return Stop(
        LocationId(PlaceId(value.get("location").text())),
        tuple(_parse_pick(entry) for entry in value.get("picks").entries()),
        value.get("distance_mm").whole_or_none(),
    )


def _parse_pick(value: Value) -> Pick:
    return Pick(
        OrderId(value.get("order").text()),
        LineId(value.get("line").text()),
        Sku(value.get("sku").text()),
        value.get("qty").whole(),
        ToteId(value.get("tote").text()),
    )


def _parse_point(value: Value) -> tuple[int, int, int]:
    numbers = [entry.whole() for entry in value.entries()]
    if len(numbers) != 3:
        raise PlanDocumentError("must be [x_mm, y_mm, floor]", pointer=value.pointer)
    return (numbers[0], numbers[1], numbers[2])


def _parse_unplanned(value: Value) -> Unplanned:
    line = value.get("line").text_or_none()
    sku = value.get("sku").text_or_none()
    return Unplanned(
        OrderId(value.get("order").text()),
        value.get("reason").word(Reason),
        value.get("detail").text(),
        line=None if line is None else LineId(line),
        sku=None if sku is None else Sku(sku),
        asked=value.get("asked").whole(),
        free=value.get("free").whole(),
        quantity=value.get("qty").whole(),
    )


class Value:
    """A JSON value and where it stands; every reading names the place and the rule if it fails."""

    def __init__(self, value: object, pointer: str) -> None:
        self._value = value
        self.pointer = pointer

    def get(self, name: str) -> Value:
        """Return a field that must be there."""
        if not isinstance(self._value, Mapping):
            raise self._error("must be an object")
        if name not in self._value:
            raise self._error(f'"{name}" is missing')
        return Value(self._value[name], f"{self.pointer}/{name}")

    def entries(self) -> list[Value]:
        """Return the entries of an array."""
        if not isinstance(self._value, Sequence) or isinstance(self._value, str | bytes):
            raise self._error("must be an array")
        return [
            Value(entry, f"{self.pointer}/{number}") for number, entry in enumerate(self._value)
        ]

    def text(self) -> str:
        """Return a string."""
        if not isinstance(self._value, str):
            raise self._error("must be a string")
        return self._value

    def text_or_none(self) -> str | None:
        """Return a string or nothing."""
        return None if self._value is None else self.text()

    def whole(self) -> int:
        """Return an integer."""
        if isinstance(self._value, bool) or not isinstance(self._value, int):
            raise self._error("must be an integer")
        return self._value

    def whole_or_none(self) -> int | None:
        """Return an integer or nothing."""
        return None if self._value is None else self.whole()

    def word(self, words: type[Word]) -> Word:
        """Return a member of a closed list."""
        text = self.text()
        for member in words:
            if member.value == text:
                return member
        raise self._error("must be one of " + ", ".join(member.value for member in words))

    def _error(self, rule: str) -> PlanDocumentError:
        return PlanDocumentError(rule, pointer=self.pointer)
