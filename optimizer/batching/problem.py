"""The order batching problem as its engine sees it, and its answer.

Orders become *demands*: what is never divided. A demand visits points and takes amounts of
resources; batches of demands are walked by one picker each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.walks import Points, Walk
from optimizer.errors import ProblemError

NO_LIMIT = 1 << 40
"""A capacity, a number of carts or a due time that is never reached."""

Batch = tuple[int, ...]
Partition = tuple[Batch, ...]


@dataclass(frozen=True, slots=True)
class Cart:
    """A kind of cart: what it takes per resource, how many there are, what using one costs."""

    capacity: tuple[int, ...]
    count: int = NO_LIMIT
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Objective:
    """What is minimised: the sum over batches, in any integer unit.

    A batch costs ``per_mm`` times its tour, ``per_stop`` times the distinct points it visits,
    ``per_batch``, and its cart. All are >= 0. With ``per_mm=1`` alone the unit is millimetres.
    """

    per_mm: int = 1
    per_stop: int = 0
    per_batch: int = 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """Batches done one after the other by some pickers, and when orders are due.

    The time of a batch is ``per_batch`` + ``per_mm`` times its tour + ``per_stop`` times its
    distinct points + the ``work`` of its demands. All pickers begin at time 0.

    Parameters
    ----------
    pickers
        Their number, at least 1.
    due
        Shape (n,), int64: when the batch of a demand has to be done.
    work
        Shape (n,), int64: time a demand takes in whichever batch.
    weight
        Shape (n,), int64: cost of a unit of time that a demand is late, in the unit of the
        objective; higher for what is urgent. ``None``: due times are hard.
    """

    pickers: int
    due: NDArray[np.int64]
    work: NDArray[np.int64]
    per_mm: int = 1
    per_stop: int = 0
    per_batch: int = 0
    weight: NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Filling:
    """Totes that demands share, filled one after the other: demand by demand, unit by unit.

    ``begins`` (n + 1,), ``weight_g``, ``volume_ml`` and ``quantity``: the promises of all demands,
    those of demand d at ``begins[d]:begins[d + 1]``. A batch fits when it needs at most ``totes``
    totes and ``lines`` picks (a promise continued in the next tote counts twice).
    """

    begins: NDArray[np.int64]
    weight_g: NDArray[np.int64]
    volume_ml: NDArray[np.int64]
    quantity: NDArray[np.int64]
    tote_weight_g: int
    tote_volume_ml: int
    totes: int
    lines: int


@dataclass(frozen=True, slots=True)
class BatchingProblem:
    """Demands to be divided into batches.

    Parameters
    ----------
    walk
        Lengths of tours.
    points
        Per demand the points it visits.
    sizes
        Shape (n, n_resources), int64, >= 0: items, lines, weight, volume, tote slots, boxes,
        orders, wall slots: whatever adds up.
    carts
        Kinds of carts; every demand fits one by itself.
    objective
        What is minimised.
    schedule
        Due times and pickers, where they count.
    kinds, refuses
        Shape (n,), uint64 bit sets: demands of kinds that another one refuses are never in its
        batch (separated goods, zones, urgent orders apart). ``None``: all go together.
    cells
        Per demand the parts of the warehouse it visits (numbers from 0, small): neighbours are
        looked for where cells are shared. ``None``: made from the points.
    filling
        Shared totes.
    max_demands
        Most demands in a batch.

    Raises
    ------
    ProblemError
        A demand fits no cart, or an array has the wrong shape.
    """

    walk: Walk
    points: Sequence[Points]
    sizes: NDArray[np.int64]
    carts: tuple[Cart, ...]
    objective: Objective = field(default_factory=Objective)
    schedule: Schedule | None = None
    kinds: NDArray[np.uint64] | None = None
    refuses: NDArray[np.uint64] | None = None
    cells: Sequence[Sequence[int] | NDArray[np.int32]] | None = None
    filling: Filling | None = None
    max_demands: int = NO_LIMIT

    @property
    def n(self) -> int:
        """Return the number of demands."""
        return len(self.points)

    def __post_init__(self) -> None:
        if not self.carts:
            raise ProblemError("there is no cart")
        n_resources = len(self.carts[0].capacity)
        if self.sizes.shape != (self.n, n_resources) or any(
            len(cart.capacity) != n_resources for cart in self.carts
        ):
            raise ProblemError(
                f"sizes of shape {self.sizes.shape} do not match {self.n} demands and carts of "
                f"{n_resources} resources"
            )
        if self.n and self.sizes.min(initial=0) < 0:
            raise ProblemError("a demand has a negative size")
        capacities = np.array([cart.capacity for cart in self.carts], dtype=np.int64)
        within = self.sizes[:, None, :] <= capacities[None]
        fits = np.any(np.all(within, axis=2), axis=1)
        if not fits.all():
            demand = int(np.flatnonzero(~fits)[0])
            raise ProblemError(f"demand {demand} of size {self.sizes[demand]} fits no cart")


@dataclass(frozen=True, slots=True)
class Batching:
    """Batches and what is known of them.

    ``bound`` is a value no batching can be below, ``None`` where none is known; ``lateness`` the
    weighted time that due times are missed by (0: none is); ``sequences`` the batches per picker
    in the order in which they are done, where there is a schedule.
    """

    partition: Partition
    value: int
    bound: int | None
    termination: str
    iterations: int = 0
    lateness: int = 0
    has_converged: bool = False
    sequences: tuple[tuple[int, ...], ...] = ()

    @property
    def proven(self) -> bool:
        """Return whether no better batching exists."""
        return self.bound is not None and self.bound >= self.value and self.lateness == 0
