"""A walk that uses every edge of a multigraph once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Vertex = TypeVar("Vertex", bound=Hashable)
Label = TypeVar("Label")


@dataclass(frozen=True, slots=True)
class Link(Generic[Vertex, Label]):
    """An edge between two vertices, or a loop at one."""

    first: Vertex
    second: Vertex
    label: Label


@dataclass(frozen=True, slots=True)
class Step(Generic[Vertex, Label]):
    """One edge walked, ``forward`` from its first to its second vertex."""

    link: Link[Vertex, Label]
    forward: bool


def euler_walk(
    links: Sequence[Link[Vertex, Label]], start: Vertex
) -> tuple[Step[Vertex, Label], ...]:
    """Return a walk from ``start`` over every link once (Hierholzer's algorithm, linear time).

    It ends at ``start`` when all degrees are even, else at the other vertex of odd degree.

    Parameters
    ----------
    links
        A connected multigraph with no odd vertex, or two of which ``start`` is one.
    start
        Where to begin.

    Raises
    ------
    ValueError
        When no such walk exists.

    References
    ----------
    Hierholzer, C. (1873): Ueber die Möglichkeit, einen Linienzug ohne Wiederholung und ohne
    Unterbrechung zu umfahren. Mathematische Annalen 6, 30-32. DOI 10.1007/BF01442866.
    """
    at: dict[Vertex, list[int]] = {start: []}
    for number, link in enumerate(links):
        at.setdefault(link.first, []).append(number)
        if link.second != link.first:
            at.setdefault(link.second, []).append(number)
    used = [False] * len(links)
    waiting: list[tuple[Vertex, Step[Vertex, Label] | None]] = [(start, None)]
    walk: list[Step[Vertex, Label]] = []
    while waiting:
        vertex, step = waiting[-1]
        while at[vertex] and used[at[vertex][-1]]:
            at[vertex].pop()
        if not at[vertex]:
            waiting.pop()
            if step is not None:
                walk.append(step)
            continue
        number = at[vertex].pop()
        used[number] = True
        link = links[number]
        forward = link.first == vertex
        waiting.append((link.second if forward else link.first, Step(link, forward)))
    walk.reverse()
    if len(walk) != len(links) or not _holds_together(walk, start):
        raise ValueError("the links allow no walk over each of them once from this start")
    return tuple(walk)


def _holds_together(walk: Sequence[Step[Vertex, Label]], start: Vertex) -> bool:
    vertex = start
    for step in walk:
        leaves, arrives = step.link.first, step.link.second
        if not step.forward:
            leaves, arrives = arrives, leaves
        if leaves != vertex:
            return False
        vertex = arrives
    return True
