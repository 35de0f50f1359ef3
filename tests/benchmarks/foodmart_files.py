"""A warehouse of two blocks in the format of the set ``foodmart``, of any size.

Aisles are 3 apart; products lie 1 apart in stretches of ``per_stretch`` products, which begin and
end 1 from a cross-aisle. Location numbers: the depot 0, products from 1 aisle by aisle from the
front, then crossings aisle by aisle from the front, the depot again. The depot lies 1.5 before the
front of aisle 0, on the straight line from every front.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

import numpy as np

N_BLOCKS = 2
FAR = 1e9


def box_text(
    orders: Sequence[Sequence[tuple[int, int]]],
    *,
    n_aisles: int = 2,
    per_stretch: int = 2,
    trolley: int = 2,
    box: int = 10,
    turned: bool = False,
    joined: Sequence[int] | None = None,
) -> str:
    """Return an instance.

    Parameters
    ----------
    orders
        Per order its lines: product, quantity. Product p lies in location p.
    n_aisles, per_stretch
        Size of the warehouse.
    trolley, box
        Boxes on a trolley, pieces in a box.
    turned
        Whether the drawing shows the depot at the other side of the aisles.
    joined
        Aisles whose fronts the depot is joined to, all unless given.
    """
    n_products = n_aisles * N_BLOCKS * per_stretch
    places = [(0.0, -1.5)]
    arcs: list[tuple[int, int, float]] = []
    depot = n_products + n_aisles * (N_BLOCKS + 1) + 1
    pitch = per_stretch + 1
    crossings = []
    for aisle in range(n_aisles):
        for block in range(N_BLOCKS):
            front = pitch * block + 1.0
            places += [(3.0 * aisle, front + place) for place in range(per_stretch)]
    for aisle in range(n_aisles):
        ranks = range(N_BLOCKS + 1)
        own = [len(places) + rank for rank in ranks]
        crossings.append(own)
        places += [(3.0 * aisle, float(pitch * rank)) for rank in ranks]
        for block in range(N_BLOCKS):
            first = 1 + (aisle * N_BLOCKS + block) * per_stretch
            chain = [own[block], *range(first, first + per_stretch), own[block + 1]]
            arcs += [(a, b, 1.0) for a, b in pairwise(chain)]
        if aisle:
            arcs += [(a, b, 3.0) for a, b in zip(crossings[aisle - 1], own, strict=True)]
        if joined is None or aisle in joined:
            spoke = round(hypot(3.0 * aisle, 1.5), 2)
            arcs += [(0, own[0], spoke), (depot, own[0], spoke)]
    places.append(places[0])
    side = -1 if turned else 1
    both = arcs + [(b, a, length) for a, b, length in arcs]
    shortest = _shortest(len(places), both)
    sections = [
        ("NbLocations", [str(depot)]),
        ("NbProducts", [str(n_products)]),
        ("K: NbBoxesTrolley", [str(trolley)]),
        ("NbDimensionsCapacity", ["1"]),
        ("B: CapaBox ", [str(box)]),
        ("A box can accept mixed orders(0: no, 1: yes)", ["1"]),
        ("Products", []),
        ("Idx Location Volume", [f"{n} {n} 1" for n in range(1, n_products + 1)]),
        ("Orders", []),
        ("Nb Orders", [str(len(orders))]),
        (
            "Idx M NbProdInOrder ProdIdx1 Qty1 ProdIdx2 Qty2 ...",
            [_order_row(n, own, box) for n, own in enumerate(orders, start=1)],
        ),
        ("Graph (Products are vertices indexed from 1 to NbLocations)", []),
        ("NbVerticesIntersections", [str(n_aisles * (N_BLOCKS + 1))]),
        ("DepartingDepot", ["0"]),
        ("ArrivalDepot", [str(depot)]),
        ("Arcs", []),
        ("Start End Distance", [f"{a} {b} {length}" for a, b, length in both]),
        (
            "LocStart LocEnd ShortestPath",
            [f"{a} {b} {length:.2f}" for (a, b), length in np.ndenumerate(shortest)],
        ),
        (
            "Vertices coordinates LocationName",
            [f'{n} {x} {side * y} "place {n}"' for n, (x, y) in enumerate(places)],
        ),
    ]
    return "\n".join(line for title, rows in sections for line in (f"//{title}", *rows)) + "\n"


def _order_row(number: int, lines: Sequence[tuple[int, int]], box: int) -> str:
    boxes = -(-sum(quantity for _, quantity in lines) // box)
    return " ".join(map(str, [number, boxes, len(lines), *(one for line in lines for one in line)]))


def _shortest(
    n_places: int, arcs: Sequence[tuple[int, int, float]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    distances = np.full((n_places, n_places), FAR)
    np.fill_diagonal(distances, 0)
    for a, b, length in arcs:
        distances[a, b] = length
    for middle in range(n_places):
        distances = np.minimum(distances, distances[:, middle : middle + 1] + distances[middle])
    return distances
