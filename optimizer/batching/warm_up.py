"""Compiles the inner loops of batching and routing ahead of time, so that no request waits for it.

Run as a program when the environment is set up and when an image is built:
``python -m optimizer.batching.warm_up [planning]``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import numpy as np

from optimizer.batching.grid_spot import entry
from optimizer.batching.problem import BatchingProblem, Cart
from optimizer.batching.search.annealing import COPIED_UP_TO
from optimizer.batching.solve import QUICK_CHUNKS, solve_batching
from optimizer.batching.walks import ANY_NUMBER, Points, called_walk, grid_walk, matrix_walk
from optimizer.layout.generate import generate_layout
from optimizer.routing import warm_up as routing
from optimizer.routing.exact import ExactRouter
from optimizer.routing.parallel.lanes import MOST_ROWS
from optimizer.stopping import MaxIterations


def search_batches() -> int:
    """Compile the search, which is the same for all layouts; return the number of batches."""
    found = 0
    for n in (4, 30, COPIED_UP_TO + 1):
        numbers = np.arange(n, dtype=np.int32).reshape(-1, 1)
        problem = BatchingProblem(
            called_walk(_to_the_farthest, shortest_up_to=ANY_NUMBER),
            list(numbers),
            np.ones((n, 1), dtype=np.int64),
            (Cart((3,)),),
        )
        found += len(solve_batching(problem, stop=MaxIterations(QUICK_CHUNKS + 2)).partition)
    return found


def _to_the_farthest(points: Points) -> int:
    return 2 * int(points.max(initial=0))


def measure_anywhere() -> int:
    """Compile tours over a matrix of distances; return the number of tours."""
    distances = 1 - np.eye(16, dtype=np.int64)
    walk = matrix_walk(distances, start=0, end=15)
    tours = [np.arange(1, 1 + n, dtype=np.int32) for n in (3, 14)]
    return sum(walk.length_mm(tour) > 0 for tour in tours)


def measure_exactly(rows: int) -> int:
    """Compile exact tours for one number of cross-aisles; return the number of tours."""
    found = routing.walk_exactly(rows)
    if rows > MOST_ROWS:
        return found
    entry(rows)
    layout = generate_layout(aisles=3, blocks=rows - 1, positions=2)
    router = ExactRouter(layout)
    way = router.course(routing.START, routing.END)
    if way is not None:
        grid_walk([way]).length_mm(router.points([layout.locations[0].id]))
        found += 1
    return found


PLANNING: tuple[Callable[[], int], ...] = (
    search_batches,
    *(partial(measure_exactly, rows) for rows in range(MOST_ROWS + 1, 1, -1)),
    routing.walk_anywhere,
    measure_anywhere,
)
"""What plans need, in parts that can be compiled at the same time, the longest first."""

PARTS: tuple[Callable[[], int], ...] = (
    *PLANNING,
    *(part for part in routing.PARTS if part not in routing.PLANNING),
)
"""Everything."""


def main() -> None:
    """Compile everything, or with the argument ``planning`` what plans need, on two processors."""
    routing.run(PLANNING if sys.argv[1:] == ["planning"] else PARTS)


if __name__ == "__main__":
    main()
