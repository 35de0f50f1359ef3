"""The cheapest walk when points have prizes, and the Lagrangian bound built on it.

The covering rows are priced into the walk: every point has a *prize*, what the multipliers pay
for the pieces it holds. The cheapest walk, prizes deducted, comes from the same transition tables
as the shortest tour; only what a passage costs changes, since it may now leave points out. A walk
may be paid twice for one item, which makes the bound weak where items lie close together;
therefore some items can be counted *exactly*: what is lacking of them becomes part of the state.

One module, longer than others, because compiled functions that call each other must stand in one
(see :func:`~optimizer.routing.kernel.kernel`).

References
----------
Heßler, K., Irnich, S. (2024): Exact solution of the single-picker routing problem with scattered
storage. INFORMS Journal on Computing. DOI 10.1287/ijoc.2023.0075. (Their network model has the
bound without exact items as its linear relaxation.)
Held, M., Wolfe, P., Crowder, H. P. (1974): Validation of subgradient optimization. Mathematical
Programming 6, 62-88. DOI 10.1007/BF01580223.
Christofides, N., Mingozzi, A., Toth, P. (1981): State-space relaxation procedures for the
computation of bounds to routing problems. Networks 11(2), 145-164. DOI 10.1002/net.3230110207.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel
from optimizer.routing.parallel.transitions import Transitions
from optimizer.routing.scattered.stages import (
    AT,
    BACK,
    BLOCKED,
    EMPTY,
    FIRST,
    FORCED,
    FREE,
    FRONT,
    GAP,
    GONE,
    KIND,
    LENGTH,
    MARK_STAGE,
    MEMBERS,
    N_CHOICES,
    N_PASSAGES,
    NEVER,
    ONCE,
    PASSAGE_STAGE,
    PAST,
    POINT_STAGE,
    SLOTS,
    STEP_STAGE,
    TAKEN,
    TWICE,
    Stages,
    Supplies,
)

IMPOSSIBLE = BLOCKED - (BLOCKED >> 2)
"""What costs more is blocked, whatever prizes were deducted."""


class Model(NamedTuple):
    """What one instance is made of, as compiled functions take it.

    Parameters
    ----------
    stages, tables
        The programme.
    supplies
        What lies at which point.
    status
        Shape (n_points,), int8: FREE, TAKEN or GONE.
    need, share
        The covering rows, see :func:`~optimizer.routing.scattered.covering.fill_rows`.
    """

    stages: Stages
    tables: Transitions
    supplies: Supplies
    status: NDArray[np.int8]
    need: NDArray[np.int64]
    share: NDArray[np.int64]


class Board(NamedTuple):
    """Memory of one run of the programme.

    Parameters
    ----------
    ahead
        Shape (n_stages + 1, n_states), int64: cheapest way to a state before a stage.
    chosen
        Shape (n_stages, n_states), int32: transition (or source state) that reached a state.
    costs
        Shape (n_stages, 11), int64: cost of every choice.
    depth
        Shape (n_stages, 4), int64: last point of FRONT, first of BACK, both of GAP.
    """

    ahead: NDArray[np.int64]
    chosen: NDArray[np.int32]
    costs: NDArray[np.int64]
    depth: NDArray[np.int64]


class Exactly(NamedTuple):
    """The items that the bound on the rest of a walk counts exactly.

    Parameters
    ----------
    item, stride
        Shape (n,), int64: the items, and their weights in the number of what is lacking of them.
    lacking
        Shape (n_numbers, n), int64: pieces lacking of each item, per number.
    """

    item: NDArray[np.int64]
    stride: NDArray[np.int64]
    lacking: NDArray[np.int64]


@kernel
def lay_board(stages: Stages, tables: Transitions) -> Board:
    """Return memory for runs over these stages."""
    n, n_states = stages.table.shape[0], tables.n_states
    return Board(
        np.empty((n + 1, n_states), dtype=np.int64),
        np.zeros((n, n_states), dtype=np.int32),
        np.zeros((n, N_CHOICES), dtype=np.int64),
        np.full((n, 4), -1, dtype=np.int64),
    )


@kernel
def price_passages(stage: int, stages: Stages, prize: NDArray[np.int64], board: Board) -> None:
    """Fill what each choice of one stretch costs at best, prizes deducted."""
    along, costs, depth = stages.along, board.costs[stage], board.depth[stage]
    first, past = stages.table[stage, FIRST], stages.table[stage, PAST]
    length = stages.table[stage, LENGTH]
    total = 0
    for point in range(first, past):
        total += prize[point]
    costs[EMPTY] = 0
    costs[ONCE] = length - total if length >= 0 else BLOCKED
    costs[TWICE] = 2 * length - total if length >= 0 else BLOCKED
    costs[FRONT] = costs[BACK] = costs[GAP] = BLOCKED
    if total > 0:
        # One pass: best prefix so far, and what is left behind it for the back.
        best, behind, collected = BLOCKED, first, 0
        for point in range(first, past):
            if prize[point] == 0:
                continue
            back = 2 * (length - along[point]) - (total - collected)
            if back < costs[BACK]:
                costs[BACK], depth[1] = back, point
            if best < BLOCKED and best + back < costs[GAP]:
                costs[GAP], depth[2], depth[3] = best + back, behind, point
            collected += prize[point]
            front = 2 * along[point] - collected
            if front < best:
                best, behind = front, point
        costs[FRONT], depth[0] = best, behind
    costs[7] = min(costs[EMPTY], costs[FRONT])
    costs[8] = min(costs[EMPTY], costs[BACK])
    costs[9] = min(costs[BACK], costs[GAP])
    costs[10] = min(costs[FRONT], costs[GAP])
    costs[6] = min(costs[7], costs[9])


@kernel
def run_ahead(
    stages: Stages, prize: NDArray[np.int64], tables: Transitions, board: Board
) -> tuple[int, int]:
    """Return the least cost of a walk, prizes deducted, and its last state (-1: no walk).

    Exact. Time O(stages * transitions per stage + points).

    Parameters
    ----------
    stages
        From :func:`lay_stages`.
    prize
        Shape (n_points,), int64, >= 0, scaled.
    tables
        The transition tables.
    board
        Memory; ``ahead``, ``chosen``, ``costs`` and ``depth`` are filled.
    """
    n_states = tables.n_states
    ahead, chosen = board.ahead, board.chosen
    ahead[0, :] = NEVER
    ahead[0, 0] = 0
    for stage in range(stages.table.shape[0]):
        kind, at = stages.table[stage, KIND], stages.table[stage, AT]
        lengths, following, reached_by = ahead[stage], ahead[stage + 1], chosen[stage]
        following[:] = NEVER
        if kind == PASSAGE_STAGE:
            price_passages(stage, stages, prize, board)
            costs = board.costs[stage]
            for t in range(tables.passage_begin[at, 0], tables.passage_begin[at, n_states]):
                length = lengths[tables.passage_source[t]] + costs[tables.passage_choice[t]]
                target = tables.passage_target[t]
                if length < following[target]:
                    following[target] = length
                    reached_by[target] = t
        elif kind == STEP_STAGE:
            costs = stages.step_cost[stage]
            for t in range(tables.step_begin[0], tables.step_begin[n_states]):
                length = lengths[tables.step_source[t]] + costs[tables.step_code[t]]
                target = tables.step_target[t]
                if length < following[target]:
                    following[target] = length
                    reached_by[target] = t
        else:
            table = tables.mark if kind == MARK_STAGE else tables.touch
            gain = 0
            if kind == POINT_STAGE:
                gain = prize[stages.table[stage, FIRST]]
            if kind == POINT_STAGE:
                for source in range(n_states):
                    following[source] = lengths[source]
                    reached_by[source] = -1 - source
            for source in range(n_states):
                target = table[at, source]
                if target >= 0 and lengths[source] - gain <= following[target]:
                    following[target] = lengths[source] - gain
                    reached_by[target] = source
        for state in range(n_states):
            # Nothing that is blocked may come back by prizes, nor overflow.
            if following[state] > IMPOSSIBLE:
                following[state] = NEVER
    best, last = NEVER, -1
    for state in range(n_states):
        if tables.complete[state] and ahead[-1, state] < best:
            best, last = ahead[-1, state], state
    return best, last


@kernel
def trace(
    stages: Stages, tables: Transitions, board: Board, last: int, used: NDArray[np.bool_]
) -> None:
    """Fill which points the walk that ends in state ``last`` passes."""
    used[:] = False
    state = last
    for stage in range(stages.table.shape[0] - 1, -1, -1):
        kind = stages.table[stage, KIND]
        first, past = stages.table[stage, FIRST], stages.table[stage, PAST]
        by = board.chosen[stage, state]
        if kind == PASSAGE_STAGE:
            state = tables.passage_source[by]
            if first == past:
                continue
            offered = MEMBERS[tables.passage_choice[by]]
            passage, cheapest = -1, NEVER
            for candidate in range(N_PASSAGES):
                if offered[candidate] and board.costs[stage, candidate] < cheapest:
                    passage, cheapest = candidate, board.costs[stage, candidate]
            front, back = first, past
            if passage in (ONCE, TWICE):
                front = past
            elif passage == FRONT:
                front = board.depth[stage, 0] + 1
            elif passage == BACK:
                back = board.depth[stage, 1]
            elif passage == GAP:
                front, back = board.depth[stage, 2] + 1, board.depth[stage, 3]
            used[first:front] = True
            used[back:past] = True
        elif kind == STEP_STAGE:
            state = tables.step_source[by]
        elif by < 0:
            state = -1 - by
        else:
            state = by
            if kind == POINT_STAGE:
                used[first] = True


@kernel
def collect(
    point: int,
    supplies: Supplies,
    status: NDArray[np.int8],
    exactly: Exactly,
    collected: NDArray[np.int64],
) -> bool:
    """Add what a point holds of the exact items; return whether that is anything."""
    anything = False
    if status[point] == FREE:
        for s in range(supplies.begin[point], supplies.begin[point + 1]):
            for one in range(exactly.item.shape[0]):
                if exactly.item[one] == supplies.item[s]:
                    collected[one] += supplies.amount[s]
                    anything = True
    return anything


@kernel
def map_numbers(exactly: Exactly, collected: NDArray[np.int64], after: NDArray[np.int64]) -> None:
    """Fill the number of what is lacking after something was collected, per number before."""
    for number in range(exactly.lacking.shape[0]):
        after[number] = 0
        for one in range(exactly.item.shape[0]):
            left = exactly.lacking[number, one] - collected[one]
            if left > 0:
                after[number] += left * exactly.stride[one]


@kernel
def list_options(
    stage: int,
    stages: Stages,
    supplies: Supplies,
    status: NDArray[np.int8],
    prize: NDArray[np.int64],
    exactly: Exactly,
    passage: NDArray[np.int64],
    cost: NDArray[np.int64],
    after: NDArray[np.int64],
    span: NDArray[np.int64],
) -> int:
    """Fill the ways to walk a stretch that differ in what they collect; return how many.

    Parameters
    ----------
    passage, cost, after, span
        Shapes (n,), (n,), (n, n_numbers), (n, 2), filled: passage; least cost, prizes deducted;
        numbers of what is lacking behind it; points before the first and from the second on are
        passed.
    """
    first, past = stages.table[stage, FIRST], stages.table[stage, PAST]
    length, along = stages.table[stage, LENGTH], stages.along
    k, n_points = exactly.item.shape[0], past - first
    everything = np.zeros(k, dtype=np.int64)
    prefix = np.zeros((n_points + 1, k), dtype=np.int64)
    group = np.zeros(n_points, dtype=np.int64)
    front = np.empty(n_points, dtype=np.int64)
    total, n_groups = 0, 0
    # Groups of points between which nothing is collected exactly; number 0 lies before the first.
    starts = np.zeros(n_points + 2, dtype=np.int64)
    for point in range(first, past):
        if collect(point, supplies, status, exactly, everything):
            n_groups += 1
            prefix[n_groups] = everything
            starts[n_groups] = point - first
        group[point - first] = n_groups
        total += prize[point]
        front[point - first] = 2 * along[point] - total
    n = 0
    nothing = np.zeros(k, dtype=np.int64)
    passage[n], cost[n], span[n, 0], span[n, 1] = EMPTY, 0, first, past
    map_numbers(exactly, nothing, after[n])
    n += 1
    if length >= 0:
        for one in (ONCE, TWICE):
            passage[n], cost[n] = one, (length if one == ONCE else 2 * length) - total
            span[n, 0], span[n, 1] = past, past
            map_numbers(exactly, everything, after[n])
            n += 1
    if n_points == 0:
        return n
    back = np.empty(n_points, dtype=np.int64)
    behind = np.zeros(n_points, dtype=np.int64)
    # Point j as the first from the back collects the groups from ``behind[j]`` on.
    collected = 0
    for j in range(n_points):
        back[j] = 2 * (length - along[first + j]) - (total - collected)
        collected += prize[first + j]
        starting = j > 0 and group[j] == group[j - 1]
        behind[j] = group[j] + 1 if starting or (j == 0 and group[j] == 0) else group[j]
    least_front = np.full(n_groups + 1, NEVER, dtype=np.int64)
    least_back = np.full(n_groups + 2, NEVER, dtype=np.int64)
    pair = np.full((n_groups + 1, n_groups + 2), NEVER, dtype=np.int64)
    front_at, back_at = np.zeros(n_groups + 1, np.int64), np.zeros(n_groups + 2, np.int64)
    pair_at = np.zeros((n_groups + 1, n_groups + 2, 2), np.int64)
    for i in range(n_points):
        if status[first + i] == GONE:
            continue
        if front[i] < least_front[group[i]]:
            least_front[group[i]], front_at[group[i]] = front[i], i
        if back[i] < least_back[behind[i]]:
            least_back[behind[i]], back_at[behind[i]] = back[i], i
        for j in range(i + 1, n_points):
            if status[first + j] != GONE and front[i] + back[j] < pair[group[i], behind[j]]:
                pair[group[i], behind[j]] = front[i] + back[j]
                pair_at[group[i], behind[j], 0], pair_at[group[i], behind[j], 1] = i, j
    for f in range(n_groups + 1):
        if least_front[f] < NEVER:
            passage[n], cost[n] = FRONT, least_front[f]
            span[n, 0], span[n, 1] = first + front_at[f] + 1, past
            map_numbers(exactly, prefix[f], after[n])
            n += 1
    for b in range(1, n_groups + 2):
        if least_back[b] < NEVER:
            passage[n], cost[n] = BACK, least_back[b]
            span[n, 0], span[n, 1] = first, first + back_at[b]
            map_numbers(exactly, everything - prefix[b - 1], after[n])
            n += 1
    for f in range(n_groups + 1):
        for b in range(f + 1, n_groups + 2):
            if pair[f, b] < NEVER:
                passage[n], cost[n] = GAP, pair[f, b]
                span[n, 0] = first + pair_at[f, b, 0] + 1
                span[n, 1] = first + pair_at[f, b, 1]
                map_numbers(exactly, everything - prefix[b - 1] + prefix[f], after[n])
                n += 1
    return n


@kernel
def count_options(
    stages: Stages, supplies: Supplies, status: NDArray[np.int8], exactly: Exactly
) -> int:
    """Return how many options :func:`list_options` may list at most."""
    most = 0
    collected = np.zeros(exactly.item.shape[0], dtype=np.int64)
    for stage in range(stages.table.shape[0]):
        groups = 0
        for point in range(stages.table[stage, FIRST], stages.table[stage, PAST]):
            if collect(point, supplies, status, exactly, collected):
                groups += 1
        most = max(most, groups)
    return 3 + 2 * (most + 1) + (most + 1) * (most + 2)


@kernel
def bound_rest(
    stages: Stages,
    tables: Transitions,
    supplies: Supplies,
    status: NDArray[np.int8],
    prize: NDArray[np.int64],
    exactly: Exactly,
    rest: NDArray[np.int64],
) -> None:
    """Fill the least cost of the rest of a walk that brings what is lacking of some items.

    Parameters
    ----------
    prize
        Shape (n_points,), int64: prizes for all other items.
    rest
        Shape (n_stages + 1, n_states, n_numbers), int64, filled: by stage ahead, state, number
        of what is lacking.
    """
    n_states, n_numbers = tables.n_states, exactly.lacking.shape[0]
    most = count_options(stages, supplies, status, exactly)
    passage = np.empty(most, dtype=np.int64)
    cost = np.empty(most, dtype=np.int64)
    after = np.empty((most, n_numbers), dtype=np.int64)
    span = np.empty((most, 2), dtype=np.int64)
    rest[:] = NEVER
    for state in range(n_states):
        if tables.complete[state]:
            rest[-1, state, 0] = 0
    for stage in range(stages.table.shape[0] - 1, -1, -1):
        kind, at = stages.table[stage, KIND], stages.table[stage, AT]
        lengths, before = rest[stage + 1], rest[stage]
        if kind == PASSAGE_STAGE:
            n = list_options(
                stage, stages, supplies, status, prize, exactly, passage, cost, after, span
            )
            for t in range(tables.passage_begin[at, 0], tables.passage_begin[at, n_states]):
                offered = MEMBERS[tables.passage_choice[t]]
                target, source = lengths[tables.passage_target[t]], before[tables.passage_source[t]]
                if target[0] >= BLOCKED:
                    continue
                for option in range(n):
                    if offered[passage[option]]:
                        for number in range(n_numbers):
                            length = target[after[option, number]] + cost[option]
                            source[number] = min(source[number], length)
        elif kind == STEP_STAGE:
            for t in range(tables.step_begin[0], tables.step_begin[n_states]):
                walk = stages.step_cost[stage, tables.step_code[t]]
                target, source = lengths[tables.step_target[t]], before[tables.step_source[t]]
                for number in range(n_numbers):
                    source[number] = min(source[number], target[number] + walk)
        else:
            table = tables.mark if kind == MARK_STAGE else tables.touch
            gain = 0
            collected = np.zeros(exactly.item.shape[0], dtype=np.int64)
            if kind == POINT_STAGE:
                before[:] = lengths
                point = stages.table[stage, FIRST]
                gain = prize[point]
                collect(point, supplies, status, exactly, collected)
            map_numbers(exactly, collected, after[0])
            for state in range(n_states):
                if table[at, state] >= 0:
                    for number in range(n_numbers):
                        length = lengths[table[at, state], after[0, number]] - gain
                        before[state, number] = min(before[state, number], length)
        for state in range(n_states):
            for number in range(n_numbers):
                if before[state, number] > IMPOSSIBLE:
                    before[state, number] = NEVER


@kernel
def trace_rest(
    stages: Stages,
    tables: Transitions,
    supplies: Supplies,
    status: NDArray[np.int8],
    prize: NDArray[np.int64],
    exactly: Exactly,
    rest: NDArray[np.int64],
    used: NDArray[np.bool_],
) -> None:
    """Fill the points of a walk whose cost is the bound on the whole."""
    n_numbers = exactly.lacking.shape[0]
    most = count_options(stages, supplies, status, exactly)
    passage = np.empty(most, dtype=np.int64)
    cost = np.empty(most, dtype=np.int64)
    after = np.empty((most, n_numbers), dtype=np.int64)
    span = np.empty((most, 2), dtype=np.int64)
    used[:] = False
    state, number = 0, n_numbers - 1
    for stage in range(stages.table.shape[0]):
        kind, at = stages.table[stage, KIND], stages.table[stage, AT]
        first, past = stages.table[stage, FIRST], stages.table[stage, PAST]
        wanted, lengths = rest[stage, state, number], rest[stage + 1]
        if kind == PASSAGE_STAGE:
            n = list_options(
                stage, stages, supplies, status, prize, exactly, passage, cost, after, span
            )
            found = False
            for t in range(tables.passage_begin[at, state], tables.passage_begin[at, state + 1]):
                offered = MEMBERS[tables.passage_choice[t]]
                target = int(np.int64(tables.passage_target[t]))
                for option in range(n):
                    if (
                        offered[passage[option]]
                        and lengths[target, after[option, number]] + cost[option] == wanted
                    ):
                        used[first : span[option, 0]] = True
                        used[span[option, 1] : past] = True
                        state, number = target, after[option, number]
                        found = True
                        break
                if found:
                    break
        elif kind == STEP_STAGE:
            for t in range(tables.step_begin[state], tables.step_begin[state + 1]):
                walk = stages.step_cost[stage, tables.step_code[t]]
                if lengths[tables.step_target[t], number] + walk == wanted:
                    state = int(np.int64(tables.step_target[t]))
                    break
        else:
            table = tables.mark if kind == MARK_STAGE else tables.touch
            gain = 0
            collected = np.zeros(exactly.item.shape[0], dtype=np.int64)
            if kind == POINT_STAGE:
                gain = prize[first]
                collect(first, supplies, status, exactly, collected)
            map_numbers(exactly, collected, after[0])
            target = table[at, state]
            if target >= 0 and lengths[target, after[0, number]] - gain == wanted:
                if kind == POINT_STAGE:
                    used[first] = True
                state, number = target, after[0, number]


@kernel
def set_prizes(model: Model, multiplier: NDArray[np.int64], prize: NDArray[np.int64]) -> int:
    """Fill the prize of every point; return the sum of the prizes of taken ones."""
    supplies, status = model.supplies, model.status
    taken = 0
    for point in range(status.shape[0]):
        prize[point] = 0
        if status[point] == TAKEN:
            prize[point] = FORCED
            taken += FORCED
        elif status[point] == FREE:
            for s in range(supplies.begin[point], supplies.begin[point + 1]):
                for slot in range(SLOTS):
                    prize[point] += model.share[s, slot] * multiplier[supplies.item[s], slot]
    return taken


@kernel
def relax(
    model: Model,
    multiplier: NDArray[np.int64],
    exactly: Exactly,
    board: Board,
    rest: NDArray[np.int64],
    seen: NDArray[np.bool_],
) -> int:
    """Return the bound for some multipliers and fill the points of a walk that has it.

    Parameters
    ----------
    board
        Memory where nothing is counted exactly.
    rest
        Memory where something is, see :func:`bound_rest`.
    """
    stages, tables = model.stages, model.tables
    prize = np.empty(model.status.shape[0], dtype=np.int64)
    bound = set_prizes(model, multiplier, prize)
    for one in range(model.need.shape[0]):
        for slot in range(SLOTS):
            bound += model.need[one, slot] * multiplier[one, slot]
    if exactly.item.shape[0] == 0:
        value, last = run_ahead(stages, prize, tables, board)
        if last < 0:
            return NEVER
        trace(stages, tables, board, last, seen)
    else:
        bound_rest(stages, tables, model.supplies, model.status, prize, exactly, rest)
        value = rest[0, 0, -1]
        if value >= IMPOSSIBLE:
            return NEVER
        trace_rest(stages, tables, model.supplies, model.status, prize, exactly, rest, seen)
    return bound + value


@kernel
def measure_lack(
    model: Model,
    seen: NDArray[np.bool_],
    free: NDArray[np.bool_],
    lack: NDArray[np.int64],
    hits: NDArray[np.int64],
) -> None:
    """Fill by how much each row with a multiplier is missed (below 0: exceeded)."""
    supplies = model.supplies
    lack[:] = model.need
    for point in range(seen.shape[0]):
        if seen[point] and model.status[point] == FREE:
            hits[point] += 1
            for s in range(supplies.begin[point], supplies.begin[point + 1]):
                for slot in range(SLOTS):
                    lack[supplies.item[s], slot] -= model.share[s, slot]
    for one in range(free.shape[0]):
        if not free[one]:
            lack[one, :] = 0


@kernel
def ascend(
    model: Model,
    multiplier: NDArray[np.int64],
    exactly: Exactly,
    board: Board,
    rest: NDArray[np.int64],
    goal: tuple[int, int, int],
    excess: NDArray[np.float64],
    hits: NDArray[np.int64],
) -> int:
    """Improve the multipliers by deflected subgradient steps; return the best bound.

    Parameters
    ----------
    multiplier
        Shape (n_items, SLOTS), int64, changed; 0 for the items counted exactly. The row in pieces
        of every other item always pays at least 1, so that no open point has prize 0.
    goal
        Length towards which steps are measured, bound above which to stop, most rounds.
    excess
        Shape (n_items,), changed: what was paid for more than is needed, per item.
    hits
        Shape (n_points,), changed: how often each point was on a cheapest walk.
    """
    target, enough, rounds = goal
    need, n_items = model.need, model.need.shape[0]
    free = np.ones(n_items, dtype=np.bool_)
    for one in exactly.item:
        free[one] = False
        multiplier[one, :] = 0
    seen = np.zeros(model.status.shape[0], dtype=np.bool_)
    trial = multiplier.copy()
    direction = np.zeros((n_items, SLOTS))
    lack = np.empty((n_items, SLOTS), dtype=np.int64)
    best, factor, idle = -NEVER, 1.0, 0
    patience = 6 if exactly.item.shape[0] == 0 else 4
    for _ in range(rounds):
        bound = relax(model, trial, exactly, board, rest, seen)
        idle += 1
        if bound > best:
            best, idle = bound, 0
            multiplier[:] = trial
            if bound > enough:
                break
        elif idle >= patience:
            idle = 0
            factor *= 0.6
            trial[:] = multiplier
        measure_lack(model, seen, free, lack, hits)
        norm = 0.0
        for one in range(n_items):
            excess[one] += max(-lack[one, 0], 0) * trial[one, 0]
            for slot in range(SLOTS):
                step = 0.7 * lack[one, slot] + 0.3 * direction[one, slot]
                if step < 0 and trial[one, slot] == 0:
                    step = 0.0
                direction[one, slot] = step
                norm += step * step
        if norm < 1e-9 or factor < 0.01:
            break
        length = factor * max(1.02 * target - bound, 1.0) / norm
        for one in range(n_items):
            for slot in range(SLOTS):
                if free[one] and need[one, slot] > 0:
                    moved = np.int64(np.rint(trial[one, slot] + length * direction[one, slot]))
                    trial[one, slot] = max(moved, 1 if slot == 0 else 0)
    return best
