"""Vector code of the programme over aisles, generated from its tables.

Compiled functions call the functions below; each is replaced by straight-line LLVM code for one
number of rows and of lanes: no index is read, no branch taken, and ``n_lanes`` halves of tours
(:mod:`optimizer.routing.parallel.halves`) go through one column at once. For four cross-aisles a
column costs about 0.27 microseconds, for 8 lanes as for one.

Lengths are int32 here, millimetres. ``NEVER`` stands for "no walk"; a length below it is exact,
since sums are cut off there after every column, and one column cannot overflow: it adds at most 3
passages and 4 rows walked twice, (1 + 3 + 8) * 2**27 < 2**31.

References
----------
Rognes, T. (2011): Faster Smith-Waterman database searches with inter-sequence SIMD parallelisation.
BMC Bioinformatics 12, 221. DOI 10.1186/1471-2105-12-221 (independent programmes in the lanes of one
vector). Generating the transitions as code is our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from optimizer.routing.parallel.halves import Half, half_tables, passages_of

NEVER = 1 << 27
"""Length of a state that no walk reaches, and cost of what cannot be walked: 134 km."""

MOST_ROWS = 4
"""Up to this number of rows code is generated: 1,370 transitions of a column without, 2,500 with
an end of the walk. For 5 rows it would be 9,000 and 21,000."""

N_PASSAGES = 6
"""Length of :class:`~optimizer.routing.parallel.transitions.Passage`."""

Sizes = tuple[int, ...]
"""A tuple of zeros whose *length* is a size: sizes travel in types, so that each has its code."""

Int32s = NDArray[np.int32]
_I32, _I64 = ir.IntType(32), ir.IntType(64)


def _generated(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function known to numba that writes the code of its calls.

    It is defined by the types of the arguments, behind a context, and called with the arguments.
    """
    return cast(Callable[..., Any], intrinsic(function))


class _Vectors:
    """Writes vector instructions: loads and stores of ``n_lanes`` int32, sums, minima."""

    def __init__(self, builder: Any, n_lanes: int) -> None:
        self._builder = builder
        self._type = ir.VectorType(_I32, n_lanes)
        self._n_lanes = n_lanes

    def constant(self, number: int) -> Any:
        return ir.Constant(self._type, [number] * self._n_lanes)

    def load(self, data: Any, vector: int, offset: Any = None) -> Any:
        """Load the vector of that number behind an offset in elements."""
        # Aligned to elements only: numpy promises no more.
        return self._builder.load(self._pointer(data, vector, offset), align=4)

    def store(self, value: Any, data: Any, vector: int, offset: Any = None) -> None:
        self._builder.store(value, self._pointer(data, vector, offset), align=4)

    def add(self, first: Any, second: Any) -> Any:
        return self._builder.add(first, second)

    def least(self, values: Sequence[Any]) -> Any:
        least, *others = values
        for other in others:
            smaller = self._builder.icmp_signed("<", least, other)
            least = self._builder.select(smaller, least, other)
        return least

    def _pointer(self, data: Any, vector: int, offset: Any) -> Any:
        index = ir.Constant(_I64, vector * self._n_lanes)
        if offset is not None:
            index = self._builder.add(offset, index)
        element = self._builder.gep(data, [index], inbounds=True, source_etype=_I32)
        return self._builder.bitcast(element, self._type.as_pointer())


def _write_passages(vectors: _Vectors, half: Half, values: Any, costs: Any, at: Any) -> None:
    """Write the way of all states through the aisle of one column, gap by gap."""
    lengths = [vectors.load(values, state) for state in range(half.n_states)]
    for gap in range(len(half.passages)):
        lengths = _through_gap(vectors, half, gap, lengths, costs, at)
    for state, length in enumerate(lengths):
        vectors.store(length, values, state)


def _write_traced_passages(
    vectors: _Vectors, half: Half, values: Any, costs: Any, at: Any, where: Any
) -> None:
    """Write the same, but keep the lengths after every gap, one behind the other."""
    lengths = [vectors.load(values, state, where) for state in range(half.n_states)]
    for gap in range(len(half.passages)):
        lengths = _through_gap(vectors, half, gap, lengths, costs, at)
        for state, length in enumerate(lengths):
            vectors.store(length, values, (gap + 1) * half.n_states + state, where)


def _through_gap(
    vectors: _Vectors, half: Half, gap: int, lengths: list[Any], costs: Any, at: Any
) -> list[Any]:
    passages = [vectors.load(costs, gap * N_PASSAGES + p, at) for p in range(N_PASSAGES)]
    choices: dict[int, Any] = {}
    reached: list[Any] = []
    for ways in half.passages[gap]:
        for _, choice in ways:
            if choice not in choices:
                choices[choice] = vectors.least([passages[p] for p in passages_of(choice)])
        sums = [vectors.add(lengths[source], choices[choice]) for source, choice in ways]
        reached.append(vectors.least(sums) if sums else vectors.constant(NEVER))
    return reached


def _write_step(vectors: _Vectors, half: Half, values: Any, costs: Any, at: Any) -> None:
    """Write the way of all states to the next column."""
    before = [vectors.load(values, state) for state in range(half.n_states)]
    for state, length in enumerate(_across(vectors, half, before, costs, at)):
        vectors.store(length, values, state)


def _write_traced_step(
    vectors: _Vectors, half: Half, values: Any, costs: Any, at: Any, where: Any
) -> None:
    """Write the same, with the new lengths behind the old ones."""
    before = [vectors.load(values, state, where) for state in range(half.n_states)]
    for state, length in enumerate(_across(vectors, half, before, costs, at)):
        vectors.store(length, values, half.n_states + state, where)


def _across(vectors: _Vectors, half: Half, before: list[Any], costs: Any, at: Any) -> Iterator[Any]:
    first = N_PASSAGES * (half.n_rows - 1)
    rows = [vectors.load(costs, first + row, at) for row in range(half.n_rows)]
    walks: dict[tuple[int, ...], Any] = {}
    for ways in half.steps:
        reached = [vectors.constant(NEVER)]
        for source, counts in ways:
            if counts not in walks:
                walk = vectors.constant(0)
                for row, count in enumerate(counts):
                    for _ in range(count):
                        walk = vectors.add(walk, rows[row])
                walks[counts] = walk
            reached.append(vectors.add(before[source], walks[counts]))
        yield vectors.least(reached)


def _code_for(
    writer: Callable[..., None], marked: bool, signature: Any
) -> tuple[Any, Callable[..., Any]]:
    rows, lanes, values, costs = signature.args[:4]

    def write(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        tables = half_tables(len(rows))
        writer(
            _Vectors(builder, len(lanes)),
            tables.marked if marked else tables.plain,
            context.make_array(values)(context, builder, arguments[2]).data,
            context.make_array(costs)(context, builder, arguments[3]).data,
            *arguments[4:],
        )
        return context.get_dummy_value()

    return signature, write


@_generated
def plain_passages(_context: Any, rows: Any, lanes: Any, values: Any, costs: Any, at: Any) -> Any:
    """Take plain halves through one aisle.

    Parameters
    ----------
    rows, lanes
        :data:`Sizes`.
    values
        Shape (n_states * n_lanes,), int32: length per state and lane; changed in place.
    costs
        int32; from index ``at`` the costs of the column, vectors of ``n_lanes``: per gap one per
        passage, then per row the walk to the next column.
    at
        Index in ``costs``.
    """
    signature = types.void(rows, lanes, values, costs, types.int64)
    return _code_for(_write_passages, False, signature)


@_generated
def plain_step(_context: Any, rows: Any, lanes: Any, values: Any, costs: Any, at: Any) -> Any:
    """Take plain halves to the next column; parameters as :func:`plain_passages`."""
    signature = types.void(rows, lanes, values, costs, types.int64)
    return _code_for(_write_step, False, signature)


@_generated
def marked_passages(_context: Any, rows: Any, lanes: Any, values: Any, costs: Any, at: Any) -> Any:
    """Take marked halves through one aisle; parameters as :func:`plain_passages`."""
    signature = types.void(rows, lanes, values, costs, types.int64)
    return _code_for(_write_passages, True, signature)


@_generated
def marked_step(_context: Any, rows: Any, lanes: Any, values: Any, costs: Any, at: Any) -> Any:
    """Take marked halves to the next column; parameters as :func:`plain_passages`."""
    signature = types.void(rows, lanes, values, costs, types.int64)
    return _code_for(_write_step, True, signature)


@_generated
def traced_plain_passages(
    _context: Any, rows: Any, lanes: Any, values: Any, costs: Any, at: Any, where: Any
) -> Any:
    """Take plain halves through one aisle and keep the lengths after every gap.

    Parameters as :func:`plain_passages`; ``values`` is read from index ``where``, and the lengths
    after each gap follow there, ``n_states * n_lanes`` each.
    """
    signature = types.void(rows, lanes, values, costs, types.int64, types.int64)
    return _code_for(_write_traced_passages, False, signature)


@_generated
def traced_plain_step(
    _context: Any, rows: Any, lanes: Any, values: Any, costs: Any, at: Any, where: Any
) -> Any:
    """Take plain halves to the next column; parameters as :func:`traced_plain_passages`."""
    signature = types.void(rows, lanes, values, costs, types.int64, types.int64)
    return _code_for(_write_traced_step, False, signature)


@_generated
def traced_marked_passages(
    _context: Any, rows: Any, lanes: Any, values: Any, costs: Any, at: Any, where: Any
) -> Any:
    """Take marked halves through one aisle; parameters as :func:`traced_plain_passages`."""
    signature = types.void(rows, lanes, values, costs, types.int64, types.int64)
    return _code_for(_write_traced_passages, True, signature)


@_generated
def traced_marked_step(
    _context: Any, rows: Any, lanes: Any, values: Any, costs: Any, at: Any, where: Any
) -> Any:
    """Take marked halves to the next column; parameters as :func:`traced_plain_passages`."""
    signature = types.void(rows, lanes, values, costs, types.int64, types.int64)
    return _code_for(_write_traced_step, True, signature)


@_generated
def join_lanes(
    _context: Any, lanes: Any, best: Any, left: Any, left_at: Any, right: Any, right_at: Any
) -> Any:
    """Lower ``best`` to the sums of two vectors where they are less.

    Parameters
    ----------
    lanes
        :data:`Sizes`.
    best
        Shape (n_lanes,), int32; changed in place.
    left, left_at, right, right_at
        int32 arrays, and where their vectors begin.
    """
    signature = types.void(lanes, best, left, types.int64, right, types.int64)

    def write(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        vectors = _Vectors(builder, len(lanes))
        to, one, other = (
            context.make_array(array)(context, builder, arguments[n]).data
            for n, array in ((1, best), (2, left), (4, right))
        )
        total = vectors.add(
            vectors.load(one, 0, arguments[3]), vectors.load(other, 0, arguments[5])
        )
        vectors.store(vectors.least([vectors.load(to, 0), total]), to, 0)
        return context.get_dummy_value()

    return signature, write


@_generated
def trailing_zeros(_context: Any, word: Any) -> Any:
    """Return the number of the lowest bit of a uint64 that is set, as int64; 64 for none."""

    def write(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), write
