"""Short tours over a matrix of distances as a C function at an address.

The function finds the arrays of a :class:`~optimizer.routing.matrix_tours.MatrixSpot` through a
list of their addresses and sizes, so compiled code that calls it is the same for every walk.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np.numpy_support import carray
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel
from optimizer.routing.matrix_tours import MatrixSpot, matrix_tour_length, set_up_spot

N_ARRAYS = len(MatrixSpot._fields)

_SIGNATURE = types.int64(types.int64, types.int64)

# Needs a kernel that may count references; annotations of numba know pointers of ctypes only.
array_at: Callable[..., Any] = carray

_as_intrinsic: Callable[..., Any] = intrinsic


def _generate_pointer(_typing: object, _address: object) -> object:
    """Return an address as a pointer."""

    def generate(_context: object, builder: ir.IRBuilder, _signature: object, args: Any) -> object:
        return builder.inttoptr(args[0], ir.IntType(8).as_pointer())

    return types.voidptr(types.int64), generate


_pointer: Callable[[int], object] = _as_intrinsic(_generate_pointer)


@kernel
def _words(data: int, number: int) -> NDArray[np.int64]:
    """Return an array of the list: its address and its size stand there."""
    listed = array_at(_pointer(data), 2 * N_ARRAYS, np.int64)
    words: NDArray[np.int64] = array_at(
        _pointer(listed[2 * number]), listed[2 * number + 1], np.int64
    )
    return words


@kernel
def listed_tour_length(n_points: int, data: int) -> int:
    """Return the length of a short tour through the first points of a spot.

    Parameters
    ----------
    n_points
        How many of them.
    data
        Address of the addresses and sizes of the arrays of the spot, in its sequence.
    """
    listed = array_at(_pointer(data), 2 * N_ARRAYS, np.int64)
    distances = _words(data, 1)
    stamps = _words(data, 3)
    n = stamps.shape[0] - 1
    spot = MatrixSpot(
        points=array_at(_pointer(listed[0]), listed[1], np.int32),
        distances=distances.reshape((n, n)),
        settings=_words(data, 2),
        stamps=stamps,
        stops=_words(data, 4),
        lengths=_words(data, 5),
        backwards=_words(data, 6),
        after=_words(data, 7),
        before=_words(data, 8),
        walk=_words(data, 9),
        path=_words(data, 10),
        move=_words(data, 11),
        state=array_at(_pointer(listed[24]), listed[25], np.uint64),
        table=_words(data, 13),
    )
    return int(matrix_tour_length(n_points, spot))


def _length(n_points: int, data: int) -> int:
    return listed_tour_length(n_points, data)


@lru_cache
def entry() -> Any:
    """Return the C function ``int64 length(int64 n_points, int64 data)``.

    Compiled when it is first asked for, from then on in the cache on disk.
    """
    compile_: Callable[..., Any] = numba.cfunc(_SIGNATURE, cache=True)
    return compile_(_length)


class MatrixTours:
    """One thread's tours: the address of the function, of its data, and where points are put.

    Parameters
    ----------
    distances, start, end, kicks, most_points
        As for :func:`~optimizer.routing.matrix_tours.set_up_spot`.
    """

    def __init__(
        self,
        distances: NDArray[np.int64],
        *,
        start: int,
        end: int,
        kicks: int,
        most_points: int,
    ) -> None:
        # Its arrays are known to compiled code by address only, so they are kept here.
        self._spot = set_up_spot(
            distances, start=start, end=end, kicks=kicks, most_points=most_points
        )
        self._list = np.array(
            [(array.ctypes.data, array.size) for array in self._spot], dtype=np.int64
        )
        self.points = self._spot.points
        self.data = int(self._list.ctypes.data)
        self._entry = entry()
        self.address = int(self._entry.address)

    def length_mm(self, n_points: int) -> int:
        """Return the length of the tour through the first points."""
        return int(self._entry.ctypes(n_points, self.data))
