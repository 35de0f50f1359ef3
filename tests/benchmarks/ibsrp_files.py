"""A warehouse of two aisles and two cross-aisles in the format of the set ``ibsrp``.

Crossings 4, 5 (aisle 0) and 6, 7 (aisle 1), from the front: aisles are 10 long, 6 apart. Products
lie in aisle 0 at 2 (location 1) and 5 (location 2) from the front, in aisle 1 at 4 (location 3).
The depot is 1 before crossing 4, locations 0 and 8.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

ARCS = [(4, 1, 2), (1, 2, 3), (2, 5, 5), (6, 3, 4), (3, 7, 6), (4, 6, 6), (5, 7, 6)]
DEPOT_ARCS = [(0, 4, 1), (4, 8, 1)]
PLACES = [(0, -1), (1, 2), (1, 5), (7, 4), (0, 0), (0, 10), (6, 0), (6, 10), (0, -1)]


def due_text(
    orders: Sequence[tuple[int, Sequence[int]]],
    *,
    pickers: int = 1,
    capacity: int = 3,
    arcs: Sequence[tuple[int, int, int]] | None = None,
) -> str:
    """Return an instance: orders are (due date, products); a batch sets up for 10, a line takes 2.

    Product p lies in location p. One unit of length takes 3.
    """
    both = [*ARCS, *((b, a, length) for a, b, length in ARCS), *DEPOT_ARCS]
    used = both if arcs is None else list(arcs)
    shortest = _shortest(used)
    sections = [
        ("alpha", ["1"]),
        ("NbLocations", ["8"]),
        ("NbProducts", ["3"]),
        ("NbPickers", [str(pickers)]),
        ("CapaPicker", [str(capacity)]),
        ("TimeToTravelOneDistanceUnit", ["3"]),
        ("SetupTime", ["10"]),
        ("PickTime", ["2"]),
        ("Products", []),
        ("Idx Location Size", [f"{product} {product} 1" for product in (1, 2, 3)]),
        ("Orders", []),
        ("NbOrders", [str(len(orders))]),
        (
            "Idx DueDate TardinessPenalty NbProdInOrder ProdIdx1 Qty1 ...",
            [
                " ".join(map(str, [n, due, 0, len(own), *(x for p in own for x in (p, 1))]))
                for n, (due, own) in enumerate(orders, start=1)
            ],
        ),
        ("Graph (Products are vertices)", []),
        ("NbVerticesIntersections", ["4"]),
        ("DepartingDepot", ["0"]),
        ("ArrivalDepot", ["8"]),
        ("Arcs", []),
        ("Start End Distance", [f"{a} {b} {length}" for a, b, length in used]),
        (
            "LocStart LocEnd ShortestPath",
            [
                f"{a} {b} {shortest[a][b]}"
                for a in range(9)
                for b in range(9)
                if shortest[a][b] < 99
            ],
        ),
        ("Location coordinates LocationName", []),
        ("Loc x y", [f'{n} {x}.0 {y}.0 "place {n}"' for n, (x, y) in enumerate(PLACES)]),
    ]
    return "\n".join(line for title, rows in sections for line in (f"//{title}", *rows)) + "\n"


def _shortest(arcs: Sequence[tuple[int, int, int]]) -> list[list[int]]:
    distances = np.full((9, 9), 99)
    np.fill_diagonal(distances, 0)
    for a, b, length in arcs:
        distances[a, b] = length
    for middle in range(9):
        distances = np.minimum(distances, distances[:, middle : middle + 1] + distances[middle])
    return [[int(one) for one in row] for row in distances]
