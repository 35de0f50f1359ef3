from __future__ import annotations

import pytest

from benchmarks.errors import InstanceError
from benchmarks.readers.kairos import (
    UNIT,
    HallInstance,
    parse_hall,
    parse_hall_instance,
    published_solution,
)
from optimizer.layout.obstacles import Rectangle
from tests.benchmarks.hall_files import (
    COORDINATES,
    RACK,
    hall_instance_text,
    hall_solution_text,
)


def test_places_and_obstacles_are_read() -> None:
    hall = parse_hall("tiny", COORDINATES, RACK, whole_legs=False)
    assert hall.places == ((0, 3), (0, 0), (2, 3), (4, 3), (6, 3))
    assert hall.obstacles == (Rectangle(2, 1, 4, 3),)


def test_distances_lead_around_obstacles() -> None:
    distances = parse_hall("tiny", COORDINATES, RACK, whole_legs=False).distances()
    # Along the upper wall.
    assert distances[0].tolist() == [0, 3 * UNIT, 2 * UNIT, 4 * UNIT, 6 * UNIT]
    # From (0, 0) over the lower right corner: sqrt(17) + sqrt(8) = 6.9515; over the upper left
    # one it would be sqrt(13) + 4. In steps of 1/256, as floats of 16 bits are from 4 to 8.
    assert distances[1, 4] == round(6.9515 * 256) * 4
    assert (distances == distances.T).all()


def test_whole_legs_are_cut() -> None:
    distances = parse_hall("tiny", COORDINATES, RACK, whole_legs=True).distances()
    assert distances[1, 4] == (4 + 2) * UNIT


@pytest.mark.parametrize(
    ("coordinates", "obstacles", "message"),
    [
        ("0 1 1", RACK, "LOCATION_COORD_SECTION is missing"),
        (COORDINATES.replace("0 3", "0 x"), RACK, "not a place with two coordinates"),
        (COORDINATES.replace("  2 2 3", "  5 2 3"), RACK, "place 5 follows place 1"),
        (COORDINATES, "{", "obstacles cannot be read"),
        (COORDINATES, "[]", "obstacles cannot be read"),
        (COORDINATES, '{"1": {"corners": [[2, 1], [2, 3]]}}', "has no inside"),
    ],
)
def test_damaged_layouts_are_refused(coordinates: str, obstacles: str, message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        parse_hall("tiny", coordinates, obstacles, whole_legs=False)


def test_places_inside_an_obstacle_are_refused() -> None:
    hall = parse_hall("tiny", COORDINATES.replace("4 6 3", "4 3 2"), RACK, whole_legs=False)
    with pytest.raises(InstanceError, match=r"tiny: place .* lies inside an obstacle"):
        hall.distances()


def test_orders_are_read_in_the_sequence_of_their_numbers() -> None:
    text = hall_instance_text({"10": [4], "2": [2, 3]}, 2)
    assert parse_hall_instance("tiny", text) == HallInstance("tiny", 2, {2: (2, 3), 10: (4,)})


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"ORDERS": {"1": ["9"]}}'])
def test_damaged_instances_are_refused(text: str) -> None:
    with pytest.raises(InstanceError, match="tiny: cannot be read"):
        parse_hall_instance("tiny", text)


def test_an_order_of_an_unknown_visit_is_refused() -> None:
    text = hall_instance_text({"1": [4]}, 2).replace('["2"]', '["7"]')
    with pytest.raises(InstanceError, match="cannot be read: KeyError"):
        parse_hall_instance("tiny", text)


def test_published_solutions_are_read() -> None:
    text = hall_solution_text([([1, 3], [4, 2]), ([2], [3])])
    assert published_solution("tiny", text) == [([1, 3], [4, 2]), ([2], [3])]


@pytest.mark.parametrize("text", ["{", "[]", '{"0": {"orders": ["1"]}}', '{"0": 1}'])
def test_damaged_solutions_are_refused(text: str) -> None:
    with pytest.raises(InstanceError, match="tiny: cannot be read"):
        published_solution("tiny", text)
