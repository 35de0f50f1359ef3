"""Exact search over the stages with labels that know what is still lacking.

A label is a part of a walk up to a stage: the state of the programme, what it cost, and how many
pieces of each item are still lacking. Labels whose cost plus a bound on the rest exceeds the
cutoff are dropped, and so are labels that another one dominates: same state, no dearer, nothing
more lacking. Of the others a stage keeps only so many; the least bound of those left out is
a bound on everything that was missed.

One module, longer than others, because compiled functions that call each other must stand in one
(see :func:`~optimizer.routing.kernel.kernel`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel
from optimizer.routing.parallel.transitions import Transitions
from optimizer.routing.scattered.relaxation import Exactly
from optimizer.routing.scattered.stages import (
    AT,
    BACK,
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
    NEVER,
    ONCE,
    PASSAGE_STAGE,
    PAST,
    POINT_STAGE,
    STEP_STAGE,
    TAKEN,
    TWICE,
    Stages,
    Supplies,
)

MOST_COMPARED = 30
"""Labels of one state with which a new one is compared: dominance is a saving, not a duty. 100
instead of 30 make 5 % fewer labels and take a third longer."""


class Labels(NamedTuple):
    """Memory for labels.

    Parameters
    ----------
    lacking
        Shape (capacity, n_words), int64: pieces lacking, one field of ``width`` bits per item,
        the highest bit of a field always 0.
    cost, value, bound
        Shape (capacity,), int64, scaled: cost so far; the same plus what the multipliers charge
        for the pieces that are lacking; the least that a walk with this part costs.
    state, parent, front, back
        Shape (capacity,), int32: state; label it came from; of the points of the last stage all
        before ``front`` and from ``back`` on are passed.
    """

    lacking: NDArray[np.int64]
    cost: NDArray[np.int64]
    value: NDArray[np.int64]
    bound: NDArray[np.int64]
    state: NDArray[np.int32]
    parent: NDArray[np.int32]
    front: NDArray[np.int32]
    back: NDArray[np.int32]


def lay_labels(capacity: int, n_words: int) -> Labels:
    """Return memory for ``capacity`` labels."""
    return Labels(
        np.empty((capacity, n_words), dtype=np.int64),
        np.empty(capacity, dtype=np.int64),
        np.empty(capacity, dtype=np.int64),
        np.empty(capacity, dtype=np.int64),
        np.empty(capacity, dtype=np.int32),
        np.empty(capacity, dtype=np.int32),
        np.empty(capacity, dtype=np.int32),
        np.empty(capacity, dtype=np.int32),
    )


class Rest(NamedTuple):
    """What bounds the rest of a walk.

    Parameters
    ----------
    least
        From :func:`~optimizer.routing.scattered.relaxation.bound_rest`.
    remaining
        From :func:`sum_remaining`.
    exactly
        Items that ``least`` counts exactly.
    guard
        The highest bit of every field of a label.
    width
        Bits per field.
    cutoff
        Greatest value of interest, scaled.
    """

    least: NDArray[np.int64]
    remaining: NDArray[np.int64]
    exactly: Exactly
    guard: int
    width: int
    cutoff: int


class Task(NamedTuple):
    """What a search is about.

    Parameters
    ----------
    stages, tables, supplies, status
        As in :class:`~optimizer.routing.scattered.relaxation.Model`.
    prize
        Shape (n_points,), int64: what items that are not counted exactly pay.
    worth
        Shape (n_items, most pieces + 1), int64: what the multipliers charge for pieces lacking.
    rest
        Bounds.
    """

    stages: Stages
    tables: Transitions
    supplies: Supplies
    status: NDArray[np.int8]
    prize: NDArray[np.int64]
    worth: NDArray[np.int64]
    rest: Rest


@kernel
def sum_remaining(
    stages: Stages,
    supplies: Supplies,
    status: NDArray[np.int8],
    most: NDArray[np.int64],
    width: int,
    n_words: int,
) -> NDArray[np.int64]:
    """Return what free points from each stage on hold, at most ``most``, packed like labels.

    Shape (n_stages + 1, n_words), int64.
    """
    per_word = 63 // width
    n_stages = stages.table.shape[0]
    held = np.zeros(most.shape[0], dtype=np.int64)
    remaining = np.zeros((n_stages + 1, n_words), dtype=np.int64)
    for stage in range(n_stages - 1, -1, -1):
        remaining[stage] = remaining[stage + 1]
        if stages.table[stage, FIRST] < 0:
            continue
        for point in range(stages.table[stage, FIRST], stages.table[stage, PAST]):
            if status[point] == FREE:
                for s in range(supplies.begin[point], supplies.begin[point + 1]):
                    item = supplies.item[s]
                    more = min(held[item] + supplies.amount[s], most[item]) - held[item]
                    held[item] += more
                    word, shift = item // per_word, (item % per_word) * width
                    remaining[stage, word] += more << shift
    return remaining


@kernel
def pick(task: Task, point: int, lacking: NDArray[np.int64]) -> tuple[int, int, bool]:
    """Take what a point holds out of ``lacking``.

    Returns
    -------
    tuple
        What its prize takes off the cost; how much less the rest is charged; whether any changed.
    """
    supplies, status, worth, width = task.supplies, task.status, task.worth, task.rest.width
    if status[point] == TAKEN:
        return FORCED, 0, True
    fall, changed = 0, False
    if status[point] == FREE:
        per_word = 63 // width
        full = (1 << width) - 1
        for s in range(supplies.begin[point], supplies.begin[point + 1]):
            item = supplies.item[s]
            word, shift = item // per_word, (item % per_word) * width
            before = (lacking[word] >> shift) & full
            if before > 0:
                after = max(before - supplies.amount[s], 0)
                lacking[word] -= (before - after) << shift
                fall += worth[item, before] - worth[item, after]
                changed = True
    return 0, fall, changed


@kernel
def copy_label(labels: Labels, n: int, to: int) -> None:
    """Write label ``n`` in the place of another."""
    for word in range(labels.lacking.shape[1]):
        labels.lacking[to, word] = labels.lacking[n, word]
    labels.cost[to], labels.value[to] = labels.cost[n], labels.value[n]
    labels.bound[to] = labels.bound[n]
    labels.state[to], labels.parent[to] = labels.state[n], labels.parent[n]
    labels.front[to], labels.back[to] = labels.front[n], labels.back[n]


@kernel
def keep_undominated(labels: Labels, first: int, past: int, guard: int, n_states: int) -> int:
    """Move the undominated of labels ``first`` to ``past`` to the front; return their end."""
    n_words = labels.lacking.shape[1]
    # The first labels of each state, side by side in memory: cost, then what is lacking.
    rivals = np.empty((n_states, MOST_COMPARED, n_words + 1), dtype=np.int64)
    count = np.zeros(n_states, dtype=np.int64)
    kept = np.zeros(past - first, dtype=np.bool_)
    for one in np.argsort(labels.value[first:past]):
        n = first + one
        state, cost = labels.state[n], labels.cost[n]
        dominated = False
        for other in range(count[state]):
            rival = rivals[state, other]
            if rival[0] <= cost:
                dominated = True
                for word in range(n_words):
                    left = (labels.lacking[n, word] | guard) - rival[word + 1]
                    if left & guard != guard:
                        dominated = False
                        break
                if dominated:
                    break
        if dominated:
            continue
        kept[one] = True
        if count[state] < MOST_COMPARED:
            rivals[state, count[state], 0] = cost
            for word in range(n_words):
                rivals[state, count[state], word + 1] = labels.lacking[n, word]
            count[state] += 1
    at = first
    for n in range(first, past):
        if kept[n - first]:
            if at < n:
                copy_label(labels, n, at)
            at += 1
    return at


@kernel
def keep_best(labels: Labels, first: int, past: int, most: int) -> tuple[int, int]:
    """Keep the labels of least bound; return their end and the least bound of the others."""
    if past - first <= most:
        return past, NEVER
    bounds = np.sort(labels.bound[first:past])
    limit = bounds[most]
    # Ties at the limit are kept in their order until the beam is full.
    room = most - np.searchsorted(bounds, limit)
    at = first
    for n in range(first, past):
        if labels.bound[n] > limit or (labels.bound[n] == limit and room == 0):
            continue
        if labels.bound[n] == limit:
            room -= 1
        if at < n:
            copy_label(labels, n, at)
        at += 1
    return at, limit


@kernel
def bound_of(rest: Rest, stage: int, state: int, value: int, lacking: NDArray[np.int64]) -> int:
    """Return a bound on the walks that go on from ``state`` behind ``stage``; NEVER: none."""
    guard = rest.guard
    for word in range(lacking.shape[0]):
        if ((rest.remaining[stage + 1, word] | guard) - lacking[word]) & guard != guard:
            return NEVER
    per_word = 63 // rest.width
    full = (1 << rest.width) - 1
    number = 0
    exactly = rest.exactly
    for one in range(exactly.item.shape[0]):
        item = exactly.item[one]
        field = (lacking[item // per_word] >> ((item % per_word) * rest.width)) & full
        number += field * exactly.stride[one]
    return value + int(rest.least[stage + 1, state, number])


@kernel
def offer(
    labels: Labels,
    n: int,
    rest: Rest,
    stage: int,
    lacking: NDArray[np.int64],
    figures: tuple[int, int],
    origin: tuple[int, int, int, int],
) -> int:
    """Write label ``n`` if its bound is within the cutoff; return the number of labels.

    Parameters
    ----------
    figures, origin
        (cost, value) and (state, parent, front, back).
    """
    bound = bound_of(rest, stage, origin[0], figures[1], lacking)
    if bound > rest.cutoff:
        return n
    for word in range(lacking.shape[0]):
        labels.lacking[n, word] = lacking[word]
    labels.cost[n], labels.value[n] = figures
    labels.bound[n] = bound
    labels.state[n], labels.parent[n], labels.front[n], labels.back[n] = origin
    return n + 1


@kernel
def pass_through(
    task: Task, labels: Labels, n: int, stage: int, parent: int, target: int, passage: int
) -> int:
    """Offer the label that walks a whole stretch once or twice."""
    first, past = task.stages.table[stage, FIRST], task.stages.table[stage, PAST]
    walk = task.stages.table[stage, LENGTH] * (1 if passage == ONCE else 2)
    lacking = labels.lacking[parent].copy()
    cost, value = labels.cost[parent] + walk, labels.value[parent] + walk
    for point in range(first, past):
        gain, fall, _ = pick(task, point, lacking)
        cost -= gain
        value -= gain + fall
    return offer(labels, n, task.rest, stage, lacking, (cost, value), (target, parent, past, past))


@kernel
def go_in_from_back(
    task: Task,
    labels: Labels,
    n: int,
    stage: int,
    origin: tuple[int, int, int, int, int],
    lacking: NDArray[np.int64],
) -> int:
    """Offer the labels that go in from the back as far as each point that brings anything.

    Parameters
    ----------
    origin
        Cost, value, target state, parent, first point behind what was visited from the front.
    lacking
        Pieces lacking before; changed.
    """
    cost, value, target, parent, front = origin
    along, length = task.stages.along, task.stages.table[stage, LENGTH]
    for point in range(task.stages.table[stage, PAST] - 1, front - 1, -1):
        gain, fall, changed = pick(task, point, lacking)
        cost -= gain
        value -= gain + fall
        walk = 2 * (length - along[point])
        if changed:
            n = offer(
                labels,
                n,
                task.rest,
                stage,
                lacking,
                (cost + walk, value + walk),
                (target, parent, front, point),
            )
    return n


@kernel
def go_in_from_front(
    task: Task,
    labels: Labels,
    n: int,
    stage: int,
    target: int,
    parent: int,
    back_least: NDArray[np.int64],
    wanted: tuple[bool, bool],
    room: tuple[int, int, int],
) -> tuple[int, int]:
    """Offer the labels that go in from the front, and those that also go in from the back.

    Parameters
    ----------
    back_least
        Shape (n_points + 1,), int64: least cost of going in from the back, prizes deducted, no
        further than each point of the stretch.
    wanted
        Whether from the front alone; whether from both.
    room
        See :func:`thin_out`: first label of the stage, most to keep, labels that must find room.

    Returns
    -------
    tuple
        Number of labels; least bound of what was left out.
    """
    first, past = task.stages.table[stage, FIRST], task.stages.table[stage, PAST]
    lacking = labels.lacking[parent].copy()
    both = lacking.copy()
    cost, value = labels.cost[parent], labels.value[parent]
    after, left_out = task.rest.least[stage + 1, target, 0], NEVER
    for point in range(first, past):
        gain, fall, changed = pick(task, point, lacking)
        cost -= gain
        value -= gain + fall
        if not changed:
            continue
        walk = 2 * task.stages.along[point]
        if wanted[0]:
            n = offer(
                labels,
                n,
                task.rest,
                stage,
                lacking,
                (cost + walk, value + walk),
                (target, parent, point + 1, past),
            )
        if wanted[1] and value + walk + back_least[point + 1 - first] + after <= task.rest.cutoff:
            n, dropped = thin_out(task, labels, n, room)
            left_out = min(left_out, dropped)
            both[:] = lacking
            n = go_in_from_back(
                task, labels, n, stage, (cost + walk, value + walk, target, parent, point + 1), both
            )
    return n, left_out


@kernel
def thin_out(task: Task, labels: Labels, n: int, room: tuple[int, int, int]) -> tuple[int, int]:
    """Make room in a stage where the memory ends; return as :func:`keep_best`."""
    begin, beam, needed = room
    if n + needed <= labels.cost.shape[0]:
        return n, NEVER
    n = keep_undominated(labels, begin, n, task.rest.guard, task.tables.n_states)
    return keep_best(labels, begin, n, beam)


@kernel
def least_costs(task: Task, stage: int, back_least: NDArray[np.int64]) -> tuple[int, int, int]:
    """Return the sum of prizes and the least costs of going in from the front and from both ends.

    Parameters
    ----------
    back_least
        Filled, see :func:`go_in_from_front`.
    """
    first, past = task.stages.table[stage, FIRST], task.stages.table[stage, PAST]
    length, along = task.stages.table[stage, LENGTH], task.stages.along
    total, closest = 0, NEVER
    back_least[past - first] = NEVER
    for point in range(past - 1, first - 1, -1):
        total += task.prize[point]
        if task.status[point] != GONE:
            closest = min(closest, 2 * (length - along[point]) - total)
        back_least[point - first] = closest
    collected, front_least, both_least = 0, NEVER, NEVER
    for point in range(first, past):
        collected += task.prize[point]
        if task.status[point] != GONE:
            walk = 2 * along[point] - collected
            front_least = min(front_least, walk)
            both_least = min(both_least, walk + back_least[point + 1 - first])
    return total, front_least, both_least


@kernel
def extend_passages(
    task: Task,
    labels: Labels,
    span: tuple[int, int],
    stage: int,
    back_least: NDArray[np.int64],
    room: tuple[int, int, int],
) -> tuple[int, int]:
    """Offer all labels behind a stretch of an aisle; return as :func:`go_in_from_front`.

    Parameters
    ----------
    span
        First label before the stretch, and their end.
    """
    tables, cutoff = task.tables, task.rest.cutoff
    at = task.stages.table[stage, AT]
    first, past = task.stages.table[stage, FIRST], task.stages.table[stage, PAST]
    length = task.stages.table[stage, LENGTH]
    total, front_least, both_least = least_costs(task, stage, back_least)
    n, left_out = span[1], NEVER
    for parent in range(span[0], span[1]):
        state, cost, value = labels.state[parent], labels.cost[parent], labels.value[parent]
        n, dropped = thin_out(task, labels, n, room)
        left_out = min(left_out, dropped)
        for t in range(tables.passage_begin[at, state], tables.passage_begin[at, state + 1]):
            target = int(np.int64(tables.passage_target[t]))
            spare = cutoff - value - task.rest.least[stage + 1, target, 0]
            offered = MEMBERS[tables.passage_choice[t]]
            if offered[EMPTY] and spare >= 0:
                n = offer(
                    labels,
                    n,
                    task.rest,
                    stage,
                    labels.lacking[parent],
                    (cost, value),
                    (target, parent, first, past),
                )
            for passage in (ONCE, TWICE):
                walk = length if passage == ONCE else 2 * length
                if offered[passage] and length >= 0 and walk - total <= spare:
                    n = pass_through(task, labels, n, stage, parent, target, passage)
            wanted = (
                offered[FRONT] and front_least <= spare,
                offered[GAP] and both_least <= spare,
            )
            if wanted[0] or wanted[1]:
                n, dropped = go_in_from_front(
                    task, labels, n, stage, target, parent, back_least, wanted, room
                )
                left_out = min(left_out, dropped)
            if offered[BACK] and back_least[0] <= spare:
                n, dropped = thin_out(task, labels, n, room)
                left_out = min(left_out, dropped)
                n = go_in_from_back(
                    task,
                    labels,
                    n,
                    stage,
                    (cost, value, target, parent, first),
                    labels.lacking[parent].copy(),
                )
    return n, left_out


@kernel
def extend_steps(
    task: Task,
    labels: Labels,
    span: tuple[int, int],
    stage: int,
    room: tuple[int, int, int],
) -> tuple[int, int]:
    """Offer all labels in the next column; return as :func:`go_in_from_front`."""
    tables, n, left_out = task.tables, span[1], NEVER
    for parent in range(span[0], span[1]):
        state, cost, value = labels.state[parent], labels.cost[parent], labels.value[parent]
        lacking = labels.lacking[parent]
        n, dropped = thin_out(task, labels, n, room)
        left_out = min(left_out, dropped)
        for t in range(tables.step_begin[state], tables.step_begin[state + 1]):
            target = int(np.int64(tables.step_target[t]))
            walk = task.stages.step_cost[stage, tables.step_code[t]]
            # The last state is the walk that has ended.
            if target == tables.n_states - 1 and lacking.any():
                continue
            n = offer(
                labels,
                n,
                task.rest,
                stage,
                lacking,
                (cost + walk, value + walk),
                (target, parent, 0, 0),
            )
    return n, left_out


@kernel
def extend_vertices(
    task: Task,
    labels: Labels,
    span: tuple[int, int],
    stage: int,
    room: tuple[int, int, int],
) -> tuple[int, int]:
    """Offer all labels behind a crossing; return as :func:`go_in_from_front`."""
    kind, at = task.stages.table[stage, KIND], task.stages.table[stage, AT]
    first, past = task.stages.table[stage, FIRST], task.stages.table[stage, PAST]
    table = task.tables.mark if kind == MARK_STAGE else task.tables.touch
    n, left_out = span[1], NEVER
    for parent in range(span[0], span[1]):
        state, cost, value = labels.state[parent], labels.cost[parent], labels.value[parent]
        lacking = labels.lacking[parent].copy()
        n, dropped = thin_out(task, labels, n, room)
        left_out = min(left_out, dropped)
        if kind == POINT_STAGE:
            n = offer(
                labels,
                n,
                task.rest,
                stage,
                lacking,
                (cost, value),
                (int(state), parent, first, past),
            )
            gain, fall, _ = pick(task, first, lacking)
            cost, value = cost - gain, value - gain - fall
        target = table[at, state]
        if target >= 0:
            n = offer(
                labels, n, task.rest, stage, lacking, (cost, value), (target, parent, past, past)
            )
    return n, left_out


@kernel
def search(
    task: Task, start: NDArray[np.int64], beam: int, labels: Labels, used: NDArray[np.bool_]
) -> tuple[int, int, int]:
    """Return the least cost found, the least bound of what was left out, and the labels made.

    Exact where nothing was left out (NEVER). The cost is NEVER where no walk was found.

    Parameters
    ----------
    start
        Shape (n_words,), int64: what is lacking at first.
    beam
        Most labels kept per stage.
    labels
        Memory for at least ``(n_stages + 2) * beam`` labels and some thousands more.
    used
        Shape (n_points,), filled: points of the walk found.
    """
    stages, tables, rest = task.stages, task.tables, task.rest
    n_stages, width = stages.table.shape[0], rest.width
    begins = np.zeros(n_stages + 2, dtype=np.int64)
    begins[1] = 1
    labels.lacking[0] = start
    labels.cost[0] = 0
    for point in range(task.status.shape[0]):
        if task.status[point] == TAKEN:
            labels.cost[0] += FORCED
    labels.value[0] = labels.cost[0]
    for item in range(task.worth.shape[0]):
        word, shift = item // (63 // width), (item % (63 // width)) * width
        labels.value[0] += task.worth[item, (start[word] >> shift) & ((1 << width) - 1)]
    labels.bound[0] = labels.value[0]
    labels.state[0], labels.parent[0], labels.front[0], labels.back[0] = 0, -1, 0, 0
    most_points = 1
    for stage in range(n_stages):
        most_points = max(most_points, stages.table[stage, PAST] - stages.table[stage, FIRST])
    back_least = np.empty(most_points + 1, dtype=np.int64)
    needed = 2 * most_points + tables.step_counts.shape[0] + 16
    left_out, made = NEVER, 0
    for stage in range(n_stages):
        kind, end = stages.table[stage, KIND], begins[stage + 1]
        span, room = (begins[stage], end), (end, beam, needed)
        if kind == PASSAGE_STAGE:
            n, dropped = extend_passages(task, labels, span, stage, back_least, room)
        elif kind == STEP_STAGE:
            n, dropped = extend_steps(task, labels, span, stage, room)
        else:
            n, dropped = extend_vertices(task, labels, span, stage, room)
        left_out = min(left_out, dropped)
        made += n - end
        n = keep_undominated(labels, end, n, rest.guard, tables.n_states)
        n, dropped = keep_best(labels, end, n, beam)
        left_out = min(left_out, dropped)
        begins[stage + 2] = n
    best, found = NEVER, -1
    for n in range(begins[n_stages], begins[n_stages + 1]):
        complete = tables.complete[labels.state[n]] and not labels.lacking[n].any()
        if complete and labels.cost[n] < best:
            best, found = labels.cost[n], n
    used[:] = False
    if found >= 0:
        follow_back(task, labels, found, used)
    return best, left_out, made


@kernel
def follow_back(task: Task, labels: Labels, n: int, used: NDArray[np.bool_]) -> None:
    """Fill the points that the walk of a last label passes."""
    table = task.stages.table
    for stage in range(table.shape[0] - 1, -1, -1):
        first, past = table[stage, FIRST], table[stage, PAST]
        if table[stage, KIND] == PASSAGE_STAGE:
            used[first : labels.front[n]] = True
            used[labels.back[n] : past] = True
        elif table[stage, KIND] == POINT_STAGE and labels.front[n] == past:
            used[first] = True
        n = labels.parent[n]
