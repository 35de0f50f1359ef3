"""Second step of the recognition: which parts of a chain run along the aisles, which across.

Coordinates are only used here and for the order of lines that nothing joins. They may be inexact:
a grid drawn with nodes that are off by up to a fifth of its smallest pitch is still read, and one
that is turned as a whole too.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.layout.recognition_chains import Chain, Core, Obstacle

STEEPEST = 0.75
"""Largest sideways share of a line. Nodes off by a fifth of the pitch p, both ways, give at most
0.4 p / 0.6 p."""

_SPREAD = 1.25
"""How much wider than the noise of single edges a straight line of several may spread. A line with
a corner spreads over 0.6 p at least, which is 1.5 times the largest noise."""

_OBLIQUE = 3.0
"""An edge between the directions that is longer than this many times the noise is oblique."""

_TURN = 0.6
"""What a corner costs, in squared noise. Uniform noise of +-j has the variance j**2 / 3 per node
and shows up as 2 j on edges; a corner must explain more than a few nodes' worth of it."""

_HELD_ACROSS, _STATION_INSIDE, _WAY_CHANGES, _SHORT = 4.0, 4.0, 4.0, 2.0
"""What it costs to let an edge with locations run across, a station stand inside an aisle, a
straight line be one-way in part, or be shorter than :data:`_SHORTEST` times the noise, in squared
noise: enough to decide where coordinates cannot, too little to overrule them."""

_SHORTEST = 2.0
"""A line from crossing to crossing measures at least p, which is 2.5 times the largest noise."""


@dataclass(frozen=True, slots=True)
class Run:
    """A straight part of a chain, ``along`` the aisles or across them."""

    along: bool
    nodes: tuple[int, ...]
    edges: tuple[int, ...]

    def reversed(self) -> Run:
        """Return the run walked the other way."""
        return Run(self.along, self.nodes[::-1], self.edges[::-1])


@dataclass(frozen=True, slots=True)
class Plane:
    """The nodes in the directions of the grid.

    ``across`` and ``along`` have shape (n_nodes,), float64, millimetres; ``noise_mm`` is how far
    the ends of one edge lie beside each other where they should be in line, at least 1.
    """

    across: NDArray[np.float64]
    along: NDArray[np.float64]
    noise_mm: float


def lay_plane(core: Core) -> Plane:
    """Return the nodes turned so that most edges run along an axis, and locations along ``along``.

    The direction of the grid is that of the sum of the edges as vectors with fourfold angle, which
    makes right angles one.
    """
    x = np.array([node.x_mm for node in core.layout.nodes], dtype=np.float64)
    y = np.array([node.y_mm for node in core.layout.nodes], dtype=np.float64)
    alive = sorted({edge for edges in core.at for edge in edges})
    ends = np.array([core.ends[edge] for edge in alive], dtype=np.int64).reshape(-1, 2)
    step = (x + 1j * y)[ends[:, 1]] - (x + 1j * y)[ends[:, 0]]
    square = step * step
    long = np.abs(step) > 0
    angle = (
        float(np.angle((square[long] ** 2 / np.abs(square[long])).sum())) / 4 if any(long) else 0
    )
    # Below a thousandth (1 mm per metre) the drawing itself is taken, in whole millimetres.
    if abs(angle) > 1e-3:
        cosine, sine = math.cos(angle), math.sin(angle)
        x, y = x * cosine + y * sine, y * cosine - x * sine
    du, dv = np.abs(np.diff(x[ends]))[:, 0], np.abs(np.diff(y[ends]))[:, 0]
    noise = _noise_mm(np.minimum(du, dv), np.maximum(du, dv))
    upright = dict(zip(alive, (dv - du).tolist(), strict=True))
    return Plane(x, y, noise) if _holds_along(core, upright) else Plane(y, x, noise)


def _noise_mm(minor: NDArray[np.float64], major: NDArray[np.float64]) -> float:
    """Return how far the ends of an edge lie beside each other at most, oblique edges left out.

    An edge counts as oblique when inexact nodes explain neither its direction nor its length.
    """
    clear = minor <= STEEPEST * major
    noise = max(1.0, float(np.max(minor, initial=0.0, where=clear)))
    usual = float(np.median(major)) if len(major) else 0.0
    short = clear | (major <= max(_OBLIQUE * noise, STEEPEST * usual))
    return max(1.0, float(np.max(minor, initial=0.0, where=short)))


def _holds_along(core: Core, upright: dict[int, float]) -> bool:
    """Return whether locations lie along y rather than along x."""
    weight = sum(upright.get(access.edge, 0.0) for access in core.access.values())
    if not core.access:
        inner = [node for node in core.held_nodes if len(core.at[node]) == 2]
        weight = sum(upright[edge] for node in inner for edge in core.at[node])
    return weight >= 0


def straight_runs(core: Core, plane: Plane, chains: Sequence[Chain]) -> list[Run]:
    """Return the chains cut at their corners, each part with its direction.

    Raises
    ------
    Obstacle
        When an edge runs obliquely, a ring has no corner, or locations lie on lines of both
        directions.
    """
    ends = (core.root(core.node_of[station.node]) for station in core.layout.stations)
    roots = Counter(dead_end.root for dead_end in ends if dead_end is not None)
    runs: list[Run] = []
    for chain in chains:
        ring = chain.closed and len(core.at[chain.nodes[0]]) == 2
        cut = _cut(core, plane, _from_clear_edge(plane, chain) if ring else chain, roots)
        if ring and cut[0].along == cut[-1].along:
            if len(cut) == 1:
                raise Obstacle(f"{core.name(chain.edges[0])} belongs to a ring without corners")
            first, last = cut[0], cut.pop()
            cut[0] = Run(first.along, last.nodes + first.nodes[1:], last.edges + first.edges)
        runs += cut
    for run in runs:
        _refuse_oblique(core, plane, run)
    _refuse_both_directions(core, runs)
    return runs


def _from_clear_edge(plane: Plane, ring: Chain) -> Chain:
    """Return a ring that begins with its edge of the clearest direction."""
    along = plane.along[list(ring.nodes)]
    first = int(np.argmax(np.abs(np.diff(along))))
    nodes = ring.nodes[first:-1] + ring.nodes[: first + 1]
    return Chain(nodes, ring.edges[first:] + ring.edges[:first])


def _cut(core: Core, plane: Plane, chain: Chain, stations: Counter[int]) -> list[Run]:
    nodes = list(chain.nodes)
    across, along = plane.across[nodes], plane.along[nodes]
    held = [edge in core.held_edges for edge in chain.edges]
    spread_across, spread_along = float(np.ptp(across)), float(np.ptp(along))
    widest = _SPREAD * plane.noise_mm
    if spread_across <= min(widest, spread_along):
        return [Run(True, chain.nodes, chain.edges)]
    if spread_along <= min(widest, spread_across) and not any(held):
        return [Run(False, chain.nodes, chain.edges)]
    ways = [core.edge(edge).one_way for edge in chain.edges]
    signs = _Signs(
        held=_sums(held),
        stations=_sums([stations[node] for node in nodes]),
        changes=_sums([False, *(a != b for a, b in itertools.pairwise(ways)), False]),
        walked_mm=_sums([core.edge(edge).length_mm for edge in chain.edges]),
    )
    parts = _best_parts(across, along, signs, plane.noise_mm)
    return [
        Run(upright, chain.nodes[first : last + 1], chain.edges[first:last])
        for first, last, upright in parts
    ]


@dataclass(frozen=True, slots=True)
class _Signs:
    """What else tells where corners are, as running sums (first n of a chain).

    Edges with locations; stations at nodes; nodes between a one-way edge and another; and the
    walk to each node.
    """

    held: NDArray[np.int64]
    stations: NDArray[np.int64]
    changes: NDArray[np.int64]
    walked_mm: NDArray[np.int64]


def _sums(flags: Sequence[int]) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(flags, dtype=np.int64)))


def _best_parts(
    across: NDArray[np.float64],
    along: NDArray[np.float64],
    signs: _Signs,
    noise_mm: float,
) -> list[tuple[int, int, bool]]:
    """Return the parts (first node, last node, along?) of a chain with the least misfit.

    The misfit of a part is the sum of its nodes' squared distances from a straight line of its
    direction; each corner has a price. Exact, by dynamic programming over the last corner; time
    O(n**2) for n nodes.
    """
    n = len(across)
    unit = noise_mm * noise_mm
    beside = (_Misfit(along), _Misfit(across))
    best = np.full((2, n), np.inf)
    corner = np.zeros((2, n), dtype=np.int64)
    for last in range(1, n):
        first = np.arange(last)
        changes = _WAY_CHANGES * (signs.changes[last] - signs.changes[first + 1])
        held = _HELD_ACROSS * (signs.held[last] - signs.held[first])
        stations = _STATION_INSIDE * (signs.stations[last] - signs.stations[first + 1])
        short = signs.walked_mm[last] - signs.walked_mm[first] < _SHORTEST * noise_mm
        extra = (changes + held + _SHORT * short, changes + stations + _SHORT * short)
        for upright in (0, 1):
            before = best[1 - upright, :last] + _TURN * unit
            before[0] = 0.0
            cost = before + beside[upright].of(first, last) + extra[upright] * unit
            corner[upright, last] = np.argmin(cost)
            best[upright, last] = cost[corner[upright, last]]
    parts: list[tuple[int, int, bool]] = []
    last, upright = n - 1, int(best[1, n - 1] <= best[0, n - 1])
    while last > 0:
        first_node = int(corner[upright, last])
        parts.append((first_node, last, bool(upright)))
        last, upright = first_node, 1 - upright
    return parts[::-1]


class _Misfit:
    """Sums of squared deviations from the mean over any range of values."""

    def __init__(self, values: NDArray[np.float64]) -> None:
        centred = values - values.mean()
        self._sums = np.concatenate(([0.0], np.cumsum(centred)))
        self._squares = np.concatenate(([0.0], np.cumsum(centred * centred)))

    def of(self, first: NDArray[np.int64], last: int) -> NDArray[np.float64]:
        """Return the misfit from each of ``first`` to ``last``, both included."""
        sums = self._sums[last + 1] - self._sums[first]
        squares = self._squares[last + 1] - self._squares[first]
        misfit: NDArray[np.float64] = np.maximum(squares - sums * sums / (last + 1 - first), 0.0)
        return misfit


def _refuse_oblique(core: Core, plane: Plane, run: Run) -> None:
    first, last = run.nodes[0], run.nodes[-1]
    across = abs(plane.across[last] - plane.across[first])
    along = abs(plane.along[last] - plane.along[first])
    beside, ahead = (across, along) if run.along else (along, across)
    if beside > STEEPEST * ahead and math.hypot(across, along) > 2 * _SPREAD * plane.noise_mm:
        longest = max(run.edges, key=lambda edge: core.edge(edge).length_mm)
        raise Obstacle(f"{core.name(longest)} runs neither along the aisles nor across them")


def _refuse_both_directions(core: Core, runs: Sequence[Run]) -> None:
    upright = {edge: run.along for run in runs for edge in run.edges}
    example = {upright[access.edge]: name for name, access in reversed(core.access.items())}
    if False not in example:
        return
    if True not in example:
        raise Obstacle(f'location "{example[False]}" lies on an edge across the aisles')
    raise Obstacle(
        f'locations lie on edges along the aisles ("{example[True]}") and across them '
        f'("{example[False]}")'
    )
