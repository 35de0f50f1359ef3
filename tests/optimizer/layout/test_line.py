from __future__ import annotations

import pytest

from optimizer.layout.line import Line, Stretch, lay_line


def stretch(edge: int, low: int, high: int, length_mm: int, *, turned: bool = False) -> Stretch:
    return Stretch(edge, low, high, length_mm, turned, f"edge {edge}")


def laid(stretches: list[Stretch], stops: list[int]) -> Line:
    line = lay_line(stretches, stops)
    assert isinstance(line, Line), line
    return line


def test_stretches_are_joined_and_cut_at_the_stops() -> None:
    # Stops at 0, 10 and 20; a node at 4; the last edge passes the stop at 10.
    line = laid([stretch(1, 4, 20, 32), stretch(0, 0, 4, 5)], [0, 10, 20])
    # 5 mm, then 6/16 of 32 mm = 12 mm up to the stop, and the other 20 mm behind it.
    assert line.lengths == (17, 20)
    assert line.passed == {1: "edge 1"}
    assert line.place(0, 3) == (0, 3)
    assert line.place(1, 2) == (0, 7)
    assert line.place(1, 12) == (1, 0)
    assert line.place(1, 13) == (1, 1)
    assert line.place(1, 32) == (2, 0)
    assert line.place_at(4) == (0, 5)
    assert line.place_at(0) == (0, 0)
    assert line.place_at(20) == (2, 0)


def test_turned_stretch_counts_from_its_other_end() -> None:
    line = laid([stretch(0, 0, 10, 10, turned=True)], [0, 10])
    assert line.place(0, 1) == (0, 9)
    assert line.place(0, 10) == (0, 0)


def test_gaps_from_stop_to_stop_stay_open() -> None:
    line = laid([stretch(0, 0, 10, 10), stretch(1, 20, 30, 11)], [0, 10, 20, 30])
    assert line.lengths == (10, -1, 11)
    assert laid([], [0, 10]).lengths == (-1,)


def test_a_coordinate_where_no_stretch_ends_has_no_place() -> None:
    assert laid([stretch(0, 0, 10, 10)], [0, 10]).place_at(5) is None


@pytest.mark.parametrize(
    ("stretches", "reason"),
    [
        ([stretch(0, 0, 10, 10), stretch(1, 5, 10, 5)], "edge 1 overlaps another edge"),
        ([stretch(0, 0, 10, 10), stretch(1, 0, 10, 12)], "edge 1 overlaps another edge"),
        ([stretch(0, 0, 12, 10)], "edge 0 leads out of the grid"),
        ([stretch(0, 4, 10, 10)], "edge 0 continues nothing"),
        ([stretch(0, 0, 4, 10), stretch(1, 6, 10, 4)], "edge 1 continues nothing"),
        ([stretch(0, 0, 4, 10)], "a line ends between two crossings"),
    ],
)
def test_what_makes_no_line_is_told(stretches: list[Stretch], reason: str) -> None:
    assert lay_line(stretches, [0, 10]) == reason
