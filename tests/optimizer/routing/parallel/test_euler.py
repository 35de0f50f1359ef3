from __future__ import annotations

import pytest

from optimizer.routing.parallel.euler import Link, euler_walk


def vertices(links: list[Link[str, int]], start: str) -> str:
    """Return the vertices of the walk in order, as one word."""
    walk = start
    for step in euler_walk(links, start):
        walk += step.link.second if step.forward else step.link.first
    return walk


def link(ends: str, label: int = 0) -> Link[str, int]:
    return Link(ends[0], ends[1], label)


def test_closed_walk_uses_every_link_once_and_returns() -> None:
    links = [link("ab", 1), link("bc", 2), link("ca", 3), link("cd", 4), link("dc", 5)]
    walk = vertices(links, "a")
    assert walk[0] == walk[-1] == "a"
    assert sorted(step.link.label for step in euler_walk(links, "a")) == [1, 2, 3, 4, 5]


def test_open_walk_ends_at_the_other_odd_vertex() -> None:
    # The house with its roof: a walk from one foot to the other.
    house = [link(ends) for ends in ("ab", "bc", "cd", "da", "ac", "bd", "ce", "ed")]
    walk = vertices(house, "a")
    assert (walk[0], walk[-1], len(walk)) == ("a", "b", 9)


def test_parallel_links_and_loops_are_walked() -> None:
    links = [link("ab", 1), link("ab", 2), link("bb", 3)]
    assert vertices(links, "a") == "abba"


def test_no_link_is_no_walk() -> None:
    assert euler_walk([], "a") == ()


@pytest.mark.parametrize(
    ("links", "start"),
    [
        (["ab", "cd"], "a"),
        (["ab", "ac", "ad"], "a"),
        (["ab", "bc", "ca"], "d"),
        (["ab", "bc", "ca", "ad"], "b"),
    ],
)
def test_impossible_walks_are_refused(links: list[str], start: str) -> None:
    with pytest.raises(ValueError, match="no walk"):
        euler_walk([link(ends) for ends in links], start)
