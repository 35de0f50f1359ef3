"""Exact tours over parallel aisles as a C function at an address.

The function knows the layout from a block of memory that holds the values of :class:`Way`, one per
course. So compiled code that calls it is the same for every layout.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numba
import numpy as np
from llvmlite import ir
from numba import typeof, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from optimizer.routing.kernel import frugal_kernel, kernel
from optimizer.routing.parallel.course import Course
from optimizer.routing.parallel.lanes import NEVER, Sizes
from optimizer.routing.parallel.laying import ONE_TOUR, Bench, set_up_bench
from optimizer.routing.parallel.lengths import length_of

NO_TOUR = 1 << 50
"""Length of a tour that does not exist; far above any sum of lengths, far below overflow."""

_SIGNATURE = types.int64(types.int64, types.int64)


class Way(NamedTuple):
    """One of the courses among which the shortest tour is chosen, and one thread's memory."""

    course: Course
    bench: Bench
    stub_mm: int
    points: NDArray[np.int32]


def _way_type() -> types.Type:
    """Return the type of every :class:`Way` in compiled code, by a meaningless example."""
    small, wide = np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int64)
    bits, table = np.zeros(1, dtype=np.uint64), np.zeros((1, 1), dtype=np.int32)
    wide_table = np.zeros((1, 1), dtype=np.int64)
    course = Course(
        point_word=small,
        point_bit=bits,
        point_at=small,
        always=bits,
        front_mm=small,
        back_mm=small,
        aisle_mm=small,
        row_mm=wide_table,
        row_breaks=wide_table,
        kept=np.zeros(1, dtype=np.bool_),
        left_column=0,
        left_row=0,
        right_column=0,
        right_row=0,
        start_column=0,
        start_row=0,
        base=small,
        n_per_stretch=0,
    )
    bench = Bench(
        masks=bits,
        columns=wide,
        left=small,
        right=small,
        plain=small,
        marked=small,
        best=small,
        counts=wide_table,
        plain_joins=table,
        marked_joins=table,
        mark=table,
    )
    type_of: Callable[[Way], types.Type] = typeof
    return type_of(Way(course, bench, 0, small))


WAY = _way_type()

_as_intrinsic: Callable[..., Any] = intrinsic


def _pointer(context: Any, builder: ir.IRBuilder, address: object) -> object:
    return builder.inttoptr(address, context.get_value_type(WAY).as_pointer())


def _generate_size_of_way(_typing: object) -> object:
    """Return how many bytes a way takes."""

    def generate(context: Any, _builder: object, _signature: object, _args: object) -> object:
        size = context.get_abi_sizeof(context.get_value_type(WAY))
        return context.get_constant(types.int64, size)

    return types.int64(), generate


_size_of_way: Callable[[], int] = _as_intrinsic(_generate_size_of_way)


def _generate_write_way(_typing: object, _address: object, _way: object) -> object:
    """Store a way at an address."""

    def generate(context: Any, builder: ir.IRBuilder, _signature: object, args: Any) -> object:
        builder.store(args[1], _pointer(context, builder, args[0]), align=1)
        return context.get_constant(types.int64, 0)

    return types.int64(types.int64, WAY), generate


_write_way: Callable[[int, Way], int] = _as_intrinsic(_generate_write_way)


def _generate_read_way(_typing: object, _address: object) -> object:
    """Return the way at an address."""

    def generate(context: Any, builder: ir.IRBuilder, _signature: object, args: Any) -> object:
        return builder.load(_pointer(context, builder, args[0]), align=1)

    return WAY(types.int64), generate


_read_way: Callable[[int], Way] = _as_intrinsic(_generate_read_way)


def _generate_read_word(_typing: object, _address: object) -> object:
    """Return the integer at an address."""

    def generate(_context: object, builder: ir.IRBuilder, _signature: object, args: Any) -> object:
        return builder.load(builder.inttoptr(args[0], ir.IntType(64).as_pointer()), align=8)

    return types.int64(types.int64), generate


_read_word: Callable[[int], int] = _as_intrinsic(_generate_read_word)


@kernel
def size_of_way() -> int:
    """Return how many bytes a way takes."""
    return _size_of_way()


@kernel
def store_way(address: int, way: Way) -> None:
    """Store a way at an address."""
    _write_way(address, way)


@frugal_kernel
def shortest_way(n_points: int, rows: Sizes, data: int) -> int:
    """Return the length of the shortest tour through some points, :data:`NO_TOUR` for none.

    Parameters
    ----------
    n_points
        How many of the first points of the ways.
    rows
        As many entries as there are cross-aisles.
    data
        Address of the number of ways, their size in bytes, and the ways.
    """
    best = NO_TOUR
    count = _read_word(data)
    size = _read_word(data + 8)
    for number in range(count):
        way = _read_way(data + 16 + number * size)
        length = length_of(way.points[:n_points], rows, way.course, way.bench)
        if length < NEVER:
            best = min(best, length + way.stub_mm)
    return best


def _of_2_rows(n_points: int, data: int) -> int:
    return shortest_way(n_points, (0, 0), data)


def _of_3_rows(n_points: int, data: int) -> int:
    return shortest_way(n_points, (0, 0, 0), data)


def _of_4_rows(n_points: int, data: int) -> int:
    return shortest_way(n_points, (0, 0, 0, 0), data)


_OF_ROWS = {2: _of_2_rows, 3: _of_3_rows, 4: _of_4_rows}


@lru_cache
def entry(n_rows: int) -> Any:
    """Return the C function ``int64 length(int64 n_points, int64 data)`` for 2 to 4 cross-aisles.

    Compiled when it is first asked for, from then on in the cache on disk.
    """
    compile_: Callable[..., Any] = numba.cfunc(_SIGNATURE, cache=True)
    return compile_(_OF_ROWS[n_rows])


class GridSpot:
    """One thread's tours: the address of the function, of its data, and where points are put.

    Parameters
    ----------
    ways
        Courses of one layout with the millimetres that each leaves out.
    most_points
        A tour has at most so many.
    """

    def __init__(self, ways: Sequence[tuple[Course, int]], most_points: int) -> None:
        self.points = np.zeros(max(most_points, 1), dtype=np.int32)
        # Their arrays are known to the block by address only, so they are kept here.
        self._ways = [
            Way(course, set_up_bench(course, ONE_TOUR), stub_mm, self.points)
            for course, stub_mm in ways
        ]
        size = size_of_way()
        self._block = np.zeros(2 + len(ways) * size // 8, dtype=np.int64)
        self._block[0], self._block[1] = len(ways), size
        self.data = int(self._block.ctypes.data)
        for number, way in enumerate(self._ways):
            store_way(self.data + 16 + number * size, way)
        self._entry = entry(ways[0][0].row_mm.shape[1])
        self.address = int(self._entry.address)

    def length_mm(self, n_points: int) -> int:
        """Return the length of the tour through the first points."""
        return int(self._entry.ctypes(n_points, self.data))
