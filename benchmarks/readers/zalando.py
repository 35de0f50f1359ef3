"""The JSON format of Zalando's instances of joint order selection, batching and picking.

Four documents per instance: articles, orders, warehouse items, parameters. The station stands at
row 0 and aisle 0.

References
----------
Abelli, G., Katzmann, M., Khan, I., Maurer, O., Pätzold, J., Pszona, P., Salchow, J.-D. (2024):
Joint order selection, allocation, batching and picking for large scale warehouses.
https://doi.org/10.48550/arXiv.2401.04563
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.errors import InstanceError
from optimizer.errors import ProblemError
from optimizer.order_selection.problem import Piece, SelectionProblem

DOCUMENTS = ("articles", "orders", "warehouse_items", "parameters")


@dataclass(frozen=True, slots=True)
class ZalandoInstance:
    """An instance: the problem, and the names of its orders and items by index."""

    name: str
    problem: SelectionProblem
    orders: tuple[str, ...]
    items: tuple[str, ...]


def parse_zalando(name: str, documents: Mapping[str, str]) -> ZalandoInstance:
    """Return the instance of four documents, by their names in :data:`DOCUMENTS`.

    Raises
    ------
    InstanceError
        When a document is missing or breaks the format, a name stands for two things, or a value
        breaks a rule of the problem.
    """
    articles, orders, items, parameters = (_document(name, documents, one) for one in DOCUMENTS)
    try:
        number = _numbered(name, "article", [one["id"] for one in articles])
        order_names = _numbered(name, "order", [one["id"] for one in orders])
        item_names = _numbered(name, "item", [one["id"] for one in items])
        zones = {zone: n for n, zone in enumerate(sorted({one["zone"] for one in items}))}
        first, last = _whole(parameters["first_row"]), _whole(parameters["last_row"])
        if last < -first:
            # The published distance from the station is then no length of a walk.
            raise InstanceError(f"{name}: last_row {last} is nearer than first_row {first}")
        problem = SelectionProblem(
            volumes=tuple(_whole(one["volume"]) for one in articles),
            pieces=tuple(
                Piece(
                    article=number[one["article"]],
                    zone=zones[one["zone"]],
                    aisle=_whole(one["aisle"]),
                    row=_whole(one["row"]),
                )
                for one in items
            ),
            orders=tuple(tuple(number[one] for one in order["positions"]) for order in orders),
            least_lines=_whole(parameters["min_number_requested_items"]),
            most_orders=_whole(parameters["max_orders_per_batch"]),
            most_volume=_whole(parameters["max_container_volume"]),
            above=last,
            below=-first,
        )
    except KeyError as error:
        raise InstanceError(f"{name}: {error} is missing") from error
    except (TypeError, ValueError, ProblemError) as error:
        raise InstanceError(f"{name}: {error}") from error
    return ZalandoInstance(name, problem, tuple(order_names), tuple(item_names))


def _document(name: str, documents: Mapping[str, str], which: str) -> Any:
    if which not in documents:
        raise InstanceError(f"{name}: there is no document {which}.json")
    try:
        found = json.loads(documents[which])
    except json.JSONDecodeError as error:
        raise InstanceError(f"{name}, {which}.json: is not JSON: {error}") from error
    wanted = dict if which == "parameters" else list
    if not isinstance(found, wanted):
        raise InstanceError(f"{name}, {which}.json: is not a JSON {wanted.__name__}")
    return found


def _numbered(name: str, kind: str, names: Sequence[str]) -> dict[str, int]:
    number = {one: index for index, one in enumerate(names)}
    if len(number) < len(names):
        twice = next(one for index, one in enumerate(names) if number[one] != index)
        raise InstanceError(f"{name}: {kind} {twice} is named twice")
    return number


def _whole(value: object) -> int:
    """Return a whole number; lengths and volumes are added up exactly."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is not a whole number")
    return value
