"""Third step of the recognition: straight runs joined to aisles and cross-aisles, and numbered.

A *path* is what hangs together of one aisle or one cross-aisle. Which path lies before which is
read off the other direction's paths that join them; coordinates decide only where nothing does,
and which paths continue each other across an interruption.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from optimizer.layout.recognition_chains import Core, Obstacle
from optimizer.layout.recognition_turns import Plane, Run

_SAME_LINE = 0.25
"""Paths nearer than this share of the smallest pitch continue each other."""

_SAME_NOISE = 1.2
"""The same as a multiple of the noise: two nodes of one line differ by at most 0.4 p, nodes of two
neighbouring lines by at least 0.6 p, and the noise is at most 0.4 p."""


@dataclass(frozen=True, slots=True)
class Path:
    """Runs end to end from low to high, with the nodes between them; a lone node without runs.

    ``where`` is the mean coordinate beside the path's direction.
    """

    nodes: tuple[int, ...]
    runs: tuple[Run, ...]
    where: float


def join_runs(core: Core, plane: Plane, runs: Sequence[Run], *, along: bool) -> list[Path]:
    """Return the paths of one direction, lone nodes included, oriented by ascending coordinate.

    Raises
    ------
    Obstacle
        When runs fork, or close a ring.
    """
    ahead, beside = plane.along.tolist(), plane.across.tolist()
    if not along:
        ahead, beside = beside, ahead
    ends = {node for run in runs for node in (run.nodes[0], run.nodes[-1])}
    at: dict[int, list[Run]] = {node: [] for node in sorted(ends)}
    for run in runs:
        if run.along == along:
            at[run.nodes[0]].append(run)
            at[run.nodes[-1]].append(run)
    for node, joined in at.items():
        if len(joined) > 2:
            raise Obstacle(
                f'node "{core.layout.nodes[node].id}" joins more than two edges '
                f"{'along' if along else 'across'} the aisles"
            )
    paths = []
    seen: set[int] = set()
    for node, joined in at.items():
        if node not in seen and len(joined) <= 1:
            path = _follow(node, at, ahead, beside)
            seen.update(path.nodes)
            paths.append(path)
    for node, joined in at.items():
        if node not in seen:
            name = core.name(joined[1].edges[0])
            raise Obstacle(f"{name} overlaps another edge")
    return paths


def _follow(
    start: int, at: dict[int, list[Run]], ahead: Sequence[float], beside: Sequence[float]
) -> Path:
    nodes, runs = [start], list[Run]()
    used: set[int] = set()
    while True:
        following = [run for run in at[nodes[-1]] if min(run.edges) not in used]
        if not following:
            break
        run = following[0]
        used.add(min(run.edges))
        runs.append(run if run.nodes[0] == nodes[-1] else run.reversed())
        nodes.append(runs[-1].nodes[-1])
    if ahead[nodes[-1]] < ahead[nodes[0]]:
        nodes.reverse()
        runs = [run.reversed() for run in reversed(runs)]
    touched = [start] if not runs else [node for run in runs for node in run.nodes]
    return Path(tuple(nodes), tuple(runs), sum(map(beside.__getitem__, touched)) / len(touched))


def in_order(
    core: Core, paths: Sequence[Path], crossing: Sequence[Path], of: dict[int, int]
) -> tuple[list[int], list[set[int]]]:
    """Return the numbers of paths from low to high, and which ones come directly before each.

    Parameters
    ----------
    core
        The layout.
    paths
        Paths of one direction.
    crossing
        The paths of the other direction; each meets its paths in ascending order.
    of
        Node to number of its path; other nodes are passed over.

    Raises
    ------
    Obstacle
        When no order agrees with all crossing paths.
    """
    before: list[set[int]] = [set() for _ in paths]
    after: list[set[int]] = [set() for _ in paths]
    for path in crossing:
        met = [of[node] for node in path.nodes if node in of]
        for one, following in itertools.pairwise(met):
            before[following].add(one)
            after[one].add(following)
    waiting = [len(each) for each in before]
    ready = [(path.where, number) for number, path in enumerate(paths) if not waiting[number]]
    heapq.heapify(ready)
    order: list[int] = []
    while ready:
        _, number = heapq.heappop(ready)
        order.append(number)
        for following in after[number]:
            waiting[following] -= 1
            if not waiting[following]:
                heapq.heappush(ready, (paths[following].where, following))
    if len(order) < len(paths):
        stuck = {number for number, count in enumerate(waiting) if count}
        raise Obstacle(_tangle(core, crossing, of, stuck))
    return order, before


def _tangle(core: Core, crossing: Sequence[Path], of: dict[int, int], stuck: set[int]) -> str:
    """Return in words where lines cannot be put in one order."""
    for path in crossing:
        for run in path.runs:
            first, last = of.get(run.nodes[0]), of.get(run.nodes[-1])
            if first in stuck and last in stuck:
                return f"{core.name(run.edges[0])} fits into no order of aisles and cross-aisles"
    raise AssertionError("paths without an order have a run between them")


def merged(
    paths: Sequence[Path],
    order: Sequence[int],
    before: Sequence[set[int]],
    *,
    within_mm: float,
    apart: Callable[[int, int], bool],
) -> list[int]:
    """Return the line number of each path: paths that continue each other share one.

    Parameters
    ----------
    paths, order, before
        From :func:`in_order`.
    within_mm
        Largest distance of two paths of one line.
    apart
        Whether two paths have no part of the line in common.
    """
    lines: list[list[int]] = []
    for number in order:
        last = lines[-1] if lines else []
        fits = (
            last
            and not before[number] & set(last)
            and abs(paths[number].where - _mean(paths, last)) <= within_mm
            and all(apart(number, other) for other in last)
        )
        if fits:
            last.append(number)
        else:
            lines.append([number])
    line_of = [0] * len(paths)
    for line, members in enumerate(lines):
        for number in members:
            line_of[number] = line
    return line_of


def same_line_mm(paths: Sequence[Path], before: Sequence[set[int]], noise_mm: float) -> float:
    """Return how far apart two paths of one line may lie."""
    gaps = [
        abs(paths[number].where - paths[other].where)
        for number, others in enumerate(before)
        for other in others
    ]
    return max(_SAME_LINE * min(gaps, default=0.0), _SAME_NOISE * noise_mm)


def wheres(paths: Sequence[Path], line_of: Sequence[int]) -> list[float]:
    """Return the mean coordinate of each line."""
    members: dict[int, list[int]] = {}
    for number, line in enumerate(line_of):
        members.setdefault(line, []).append(number)
    return [_mean(paths, members[line]) for line in sorted(members)]


def _mean(paths: Sequence[Path], numbers: Iterable[int]) -> float:
    values = [paths[number].where for number in numbers]
    return sum(values) / len(values)
