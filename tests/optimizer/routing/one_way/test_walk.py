from __future__ import annotations

import itertools

from optimizer.routing.one_way.walk import Arc, directed_walk


def walked(arcs: list[Arc], start: str, end: str) -> list[Arc]:
    walk = directed_walk(arcs, start, end)
    assert walk is not None
    return walk


def test_every_arc_is_walked_once_in_its_direction() -> None:
    # A round a-b-c-a, with a loop at b and a second round a-d-a.
    arcs = [
        Arc("c", "a", (3,)),
        Arc("a", "b", (1,)),
        Arc("b", "c"),
        Arc("a", "d"),
        Arc("d", "a", (4,)),
        Arc("b", "b", (2,)),
    ]
    walk = walked(arcs, "a", "a")
    assert len(walk) == 6
    assert (walk[0].tail, walk[-1].head) == ("a", "a")
    assert all(one.head == following.tail for one, following in itertools.pairwise(walk))


def test_an_open_walk_ends_where_more_arcs_arrive() -> None:
    arcs = [Arc("b", "a"), Arc("a", "b"), Arc("a", "c")]
    walk = walked(arcs, "a", "c")
    assert [(arc.tail, arc.head) for arc in walk] == [("a", "b"), ("b", "a"), ("a", "c")]
    assert directed_walk(arcs, "a", "a") is None


def test_arcs_that_cannot_be_walked_in_one_go_are_no_walk() -> None:
    assert directed_walk([Arc("a", "a"), Arc("b", "b")], "a", "a") is None
    assert directed_walk([Arc("a", "b"), Arc("a", "b")], "a", "b") is None
