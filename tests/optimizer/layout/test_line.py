from __future__ import annotations

from optimizer.layout.line import Line, lay_line


def test_a_line_without_stops_on_its_way_is_one_stretch() -> None:
    line = lay_line(3, 4, [10], [0.0, 1.0, 2.0, 3.0, 4.0])
    assert line == Line(3, (0, 10))
    assert (line.last, list(line.passed)) == (4, [])
    assert line.place(0) == (3, 0)
    assert line.place(9) == (3, 9)
    assert line.place(10) == (4, 0)


def test_stops_are_passed_in_proportion_to_their_coordinates() -> None:
    # 32 mm from 4 to 20; the stop at 10 lies 6/16 of the way: 12 mm.
    line = lay_line(0, 2, [32], [4.0, 10.0, 20.0])
    assert line.cuts == (0, 12, 32)
    assert list(line.passed) == [1]
    assert line.place(11) == (0, 11)
    assert line.place(12) == (1, 0)
    assert line.place(13) == (1, 1)
    assert line.place(32) == (2, 0)


def test_a_stop_is_passed_at_the_node_nearby() -> None:
    # In proportion the stop would lie at 10 of 20 mm; a node at 11 is a tenth of a gap away.
    assert lay_line(0, 2, [11, 20], [0.0, 1.0, 2.0]).cuts == (0, 11, 20)
    # A node at 16 is six tenths of a gap away.
    assert lay_line(0, 2, [16, 20], [0.0, 1.0, 2.0]).cuts == (0, 10, 20)


def test_inexact_coordinates_never_turn_a_line_back() -> None:
    assert lay_line(0, 3, [30], [0.0, 20.0, 10.0, 30.0]).cuts == (0, 20, 20, 30)
    assert lay_line(0, 2, [30], [5.0, 9.0, 5.0]).cuts == (0, 0, 30)
    assert lay_line(0, 2, [30], [0.0, 40.0, 30.0]).cuts == (0, 30, 30)
