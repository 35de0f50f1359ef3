from __future__ import annotations

import itertools
import re
from collections import defaultdict

import pytest

from optimizer.errors import LayoutError
from optimizer.layout.check import check_layout
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import StationKind
from tests.optimizer.layout.samples import sample


@pytest.mark.parametrize(
    ("aisles", "one_way"),
    [(1, False), (2, False), (5, False), (101, False), (2, True), (5, True), (101, True)],
)
@pytest.mark.parametrize("blocks", [1, 2, 4])
def test_any_size_has_nothing_wrong(aisles: int, blocks: int, one_way: bool) -> None:
    layout = generate_layout(
        aisles=aisles, positions=3, blocks=blocks, levels=2, zones=min(aisles, 3), one_way=one_way
    )
    assert check_layout(layout) == ()
    assert len(layout.locations) == aisles * blocks * 3 * 2 * 2


def test_locations_are_named_by_aisle_block_position_side_and_level() -> None:
    plain = generate_layout(aisles=3, positions=7, blocks=2)
    assert plain.locations[0].id == "A-01-1-01-L"
    assert plain.locations[-1].id == "A-03-2-07-R"
    stacked = generate_layout(aisles=1, positions=1, levels=3)
    assert [location.id for location in stacked.locations] == [
        f"A-01-1-01-{side}-{level}" for side in "LR" for level in (1, 2, 3)
    ]
    assert [location.level for location in stacked.locations] == [0, 1, 2, 0, 1, 2]


def test_check_digits_differ_within_an_aisle_of_a_block() -> None:
    layout = generate_layout(aisles=4, positions=40, blocks=2, levels=5)
    seen: defaultdict[object, set[str]] = defaultdict(set)
    for location in layout.locations:
        assert location.check_digits is not None
        assert re.fullmatch("[1-9][0-9]{2}", location.check_digits)
        assert location.check_digits not in seen[location.edge]
        seen[location.edge].add(location.check_digits)


def test_check_digits_depend_on_the_seed_alone() -> None:
    def digits(seed: int) -> list[str | None]:
        made = generate_layout(aisles=2, positions=5, seed=seed)
        return [location.check_digits for location in made.locations]

    assert digits(1) == digits(1) != digits(2)


def test_zones_are_neighbouring_aisles_with_a_handover_each() -> None:
    layout = generate_layout(aisles=7, positions=1, zones=3)
    zones = [location.zone for location in layout.locations if location.id.endswith("L")]
    # 7 aisles in 3 zones: 3, 2 and 2 of them.
    assert zones == ["Z1"] * 3 + ["Z2"] * 2 + ["Z3"] * 2
    handovers = {s.id: s.zone for s in layout.stations if s.kind is StationKind.HANDOVER}
    assert handovers == {"handover-Z1": "Z1", "handover-Z2": "Z2", "handover-Z3": "Z3"}


def test_dimensions_are_those_asked_for() -> None:
    layout = generate_layout(
        aisles=2,
        positions=4,
        blocks=2,
        aisle_pitch_mm=5_000,
        position_pitch_mm=1_200,
        cross_aisle_mm=2_600,
    )
    # Cross-aisles lie 4 x 1.2 + 2.6 = 7.4 m apart; the first position begins 1.3 m behind one.
    assert {node.y_mm for node in layout.nodes if node.y_mm >= 0} == {0, 7_400, 14_800}
    assert layout.locations[0].offset_mm == 1_300 + 600
    assert layout.locations[2].offset_mm - layout.locations[0].offset_mm == 1_200
    assert max(node.x_mm for node in layout.nodes if node.y_mm > 0) == 5_000


def test_stations_stand_apart() -> None:
    layout = generate_layout(aisles=1, positions=1, packs=6)
    at = {station.node for station in layout.stations}
    xs = sorted(node.x_mm for node in layout.nodes if node.id in at)
    assert len(xs) == len(layout.stations) == 10
    assert all(after - before >= 1_500 for before, after in itertools.pairwise(xs))


def test_the_demo_warehouse_is_what_the_generator_makes() -> None:
    made = generate_layout(name="demo", aisles=12, positions=13, blocks=2, zones=3, packs=2, seed=1)
    assert made == sample("demo")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"aisles": 0, "positions": 1}, "aisles must be at least 1, got 0"),
        ({"aisles": 2, "positions": 1, "levels": 0}, "levels must be at least 1"),
        ({"aisles": 2, "positions": 1, "zones": 3}, r"zones must be 1 to 2 \(the aisles\), got 3"),
        ({"aisles": 1, "positions": 1, "one_way": True}, "at least 2 aisles"),
        ({"aisles": 1, "positions": 451}, "902 locations but only 900"),
    ],
)
def test_impossible_sizes_are_refused(arguments: dict[str, int], message: str) -> None:
    with pytest.raises(LayoutError, match=message):
        generate_layout(**arguments)  # type: ignore[arg-type]
