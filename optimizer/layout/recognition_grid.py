"""Last step of the recognition: columns and rows, and every run between two of their crossings.

Whatever the coordinates were, the result is checked: each crossing belongs to one node, no two
runs share a stretch, and no run passes over a crossing that another one uses. A grid that passes
has the distances of the layout, because each run keeps its length and its ends.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from optimizer.layout.line import Line, lay_line
from optimizer.layout.recognition_chains import Core, Obstacle
from optimizer.layout.recognition_paths import Path, in_order, join_runs, merged, same_line_mm
from optimizer.layout.recognition_paths import wheres as mean_wheres
from optimizer.layout.recognition_turns import Plane, Run


@dataclass(frozen=True, slots=True)
class LaidRun:
    """A run on column or row number ``track``, from low to high; its line counts the others."""

    run: Run
    track: int
    line: Line


@dataclass(frozen=True, slots=True)
class CrossingGrid:
    """Columns and rows with all runs; ``crossings`` holds the nodes at (column, row)."""

    n_columns: int
    n_rows: int
    crossings: dict[int, tuple[int, int]]
    runs: tuple[LaidRun, ...]


def lay_grid(core: Core, plane: Plane, straight: Sequence[Run]) -> CrossingGrid:
    """Return the grid that straight runs form.

    Raises
    ------
    Obstacle
        When they form none.
    """
    runs = [part for run in straight for part in _split_across(core, run)]
    columns = join_runs(core, plane, runs, along=True)
    rows = [path for path in join_runs(core, plane, runs, along=False) if path.runs]
    if not columns:
        raise Obstacle("no aisle holds a location")
    return _Numbering(core, plane, columns, rows).grid()


def _split_across(core: Core, run: Run) -> list[Run]:
    """Return a run across, cut at inner nodes that become columns.

    Those are the nodes with locations, and where the direction of one-way edges changes.
    """
    if run.along:
        return [run]
    ways = [
        core.edge(edge).one_way and (1 if core.ends[edge][0] == node else -1)
        for node, edge in zip(run.nodes, run.edges, strict=False)
    ]
    cuts = [
        n
        for n, node in enumerate(run.nodes[1:-1], 1)
        if node in core.held_nodes or ways[n] != ways[n - 1]
    ]
    bounds = [0, *cuts, len(run.edges)]
    return [
        Run(False, run.nodes[first : last + 1], run.edges[first:last])
        for first, last in itertools.pairwise(bounds)
    ]


class _Numbering:
    """Numbers columns and rows; the paths of both directions are known."""

    def __init__(self, core: Core, plane: Plane, columns: list[Path], rows: list[Path]) -> None:
        self.core, self.plane, self.columns, self.rows = core, plane, columns, rows
        self.column_of = _numbers(columns)
        self.row_of = _numbers(rows)
        for number, path in enumerate(columns):
            if not any(node in self.row_of for node in path.nodes):
                # Nothing leads there: behind all others it is in nobody's way.
                columns[number] = replace(path, where=math.inf)
        self.order, self.before = in_order(core, columns, rows, self.column_of)
        self.rank = {path: rank for rank, path in enumerate(self.order)}

    def grid(self) -> CrossingGrid:
        """Return the grid, with interrupted columns joined where that is possible."""
        row, wheres = self._rows()
        if len(wheres) < 2:
            raise Obstacle("there are fewer than two cross-aisles")
        try:
            return self._laid(self._joined_columns(row), row, wheres)
        except Obstacle:
            return self._laid([self.rank[n] for n in range(len(self.columns))], row, wheres)

    def _rows(self) -> tuple[dict[int, int], list[float]]:
        """Return the row of each node at a crossing, and where the rows lie."""
        order, before = in_order(self.core, self.rows, self.columns, self.row_of)
        spans = [
            _span([self.rank[self.column_of[node]] for node in path.nodes]) for path in self.rows
        ]
        line_of = merged(
            self.rows,
            order,
            before,
            within_mm=same_line_mm(self.rows, before, self.plane.noise_mm),
            apart=lambda a, b: spans[a][1] < spans[b][0] or spans[b][1] < spans[a][0],
        )
        # Rows get even numbers, so that blind ends find odd ones between.
        row = {node: 2 * line_of[number] for node, number in self.row_of.items()}
        blind = self._blind_ends(row, line_of)
        where = dict(enumerate(mean_wheres(self.rows, line_of)))
        levels = {2 * line: mean for line, mean in where.items()}
        for level in set(blind.values()) - levels.keys():
            ends = [self.plane.along[node] for node, at in blind.items() if at == level]
            levels[level] = float(sum(ends) / len(ends))
        row |= blind
        final = {level: number for number, level in enumerate(sorted(levels))}
        return {node: final[level] for node, level in row.items()}, [
            levels[level] for level in sorted(levels)
        ]

    def _blind_ends(self, row: dict[int, int], line_of: Sequence[int]) -> dict[int, int]:
        """Return the level of aisle ends without a cross-aisle.

        That of the cross-aisle which the aisle does not reach, if its place there is free, else
        one of their own between the cross-aisles.
        """
        highest = 2 * max(line_of, default=0)
        blind: dict[int, int] = {}
        for number, path in enumerate(self.columns):
            known = [row[node] for node in path.nodes if node in row]
            if not known:
                blind |= {path.nodes[0]: 0, path.nodes[-1]: min(2, highest) or 1}
                continue
            for node, reached, step in (
                (path.nodes[-1], known[-1], 1),
                (path.nodes[0], known[0], -1),
            ):
                if node not in row:
                    level = reached + 2 * step
                    free = 0 <= level <= highest and not self._passed(number, level // 2, line_of)
                    blind[node] = level if free else reached + step
        return blind

    def _passed(self, column: int, line: int, line_of: Sequence[int]) -> bool:
        """Return whether a cross-aisle runs past a column."""
        for number, path in enumerate(self.rows):
            if line_of[number] == line:
                low, high = _span([self.rank[self.column_of[node]] for node in path.nodes])
                if low < self.rank[column] < high:
                    return True
        return False

    def _joined_columns(self, row: dict[int, int]) -> list[int]:
        spans = [_span([row[node] for node in path.nodes]) for path in self.columns]
        return merged(
            self.columns,
            self.order,
            self.before,
            within_mm=same_line_mm(self.columns, self.before, self.plane.noise_mm),
            apart=lambda a, b: spans[a][1] < spans[b][0] or spans[b][1] < spans[a][0],
        )

    def _laid(
        self, column: Sequence[int], row: dict[int, int], wheres: Sequence[float]
    ) -> CrossingGrid:
        crossings = {node: (column[n], row[node]) for node, n in self.column_of.items()}
        beside = mean_wheres(self.columns, column)
        runs = [
            _laid_run(self.core, run, column[number], [row[node] for node in ends], wheres)
            for number, path in enumerate(self.columns)
            for run, ends in _with_ends(path)
        ] + [
            _laid_run(
                self.core,
                run,
                row[path.nodes[0]],
                [column[self.column_of[node]] for node in ends],
                beside,
            )
            for path in self.rows
            for run, ends in _with_ends(path)
        ]
        grid = CrossingGrid(max(column) + 1, len(wheres), crossings, tuple(runs))
        _check(self.core, grid)
        return grid


def _numbers(paths: Sequence[Path]) -> dict[int, int]:
    return {node: number for number, path in enumerate(paths) for node in path.nodes}


def _span(numbers: Sequence[int]) -> tuple[int, int]:
    return min(numbers), max(numbers)


def _with_ends(path: Path) -> list[tuple[Run, tuple[int, int]]]:
    return [(run, (run.nodes[0], run.nodes[-1])) for run in path.runs]


def _laid_run(
    core: Core, run: Run, track: int, ends: Sequence[int], wheres: Sequence[float]
) -> LaidRun:
    first, last = ends
    if first >= last:
        raise Obstacle(f"{_name(core, run)} fits into no order of aisles and cross-aisles")
    walks = list(itertools.accumulate(core.edge(edge).length_mm for edge in run.edges))
    return LaidRun(run, track, lay_line(first, last, walks, wheres))


def _check(core: Core, grid: CrossingGrid) -> None:
    """Refuse a grid in which something shares a place.

    Raises
    ------
    Obstacle
        Naming what shares it.
    """
    at: dict[tuple[int, int], int] = {}
    for node, crossing in grid.crossings.items():
        other = at.setdefault(crossing, node)
        if other != node:
            nodes = core.layout.nodes
            raise Obstacle(f'nodes "{nodes[other].id}" and "{nodes[node].id}" lie at one crossing')
    stretches: set[tuple[bool, int, int]] = set()
    passed: set[tuple[int, int]] = set()
    for laid in grid.runs:
        along = laid.run.along
        for gap in range(laid.line.first, laid.line.last):
            stretch = (along, laid.track, gap)
            if stretch in stretches:
                raise Obstacle(f"{_name(core, laid.run)} overlaps another edge")
            stretches.add(stretch)
        for stop in laid.line.passed:
            crossing = (laid.track, stop) if along else (stop, laid.track)
            if crossing in at or crossing in passed:
                raise Obstacle(f"{_name(core, laid.run)} passes over a crossing without a node")
            passed.add(crossing)


def _name(core: Core, run: Run) -> str:
    return core.name(max(run.edges, key=lambda edge: core.edge(edge).length_mm))
