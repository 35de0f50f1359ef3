"""A hall with one rack, an instance and a solution in the format of the set ``obstacles``.

The rack stands from (2, 1) to (4, 3). Places: 0 and 1 at its left, where tours start and end; 2 and
3 above it; 4 at its right. All places but 4 are at integer distances along straight legs from 0.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

COORDINATES = """DEPOTS
  0
  1
NUM_DEPOTS: 2
TYPE: OBP
LOCATION_COORD_SECTION
  0 0 3
  1 0 0
  2 2 3
  3 4 3
  4 6 3
EOF
"""
RACK = '{"1": {"corners": [[2, 1], [2, 3], [4, 3], [4, 1]], "inds": [5, 6, 7, 8]}}'


def hall_instance_text(orders: Mapping[str, Sequence[int]], capacity: int) -> str:
    """Return an instance; every visit has a number of its own, as in the public files."""
    visits: dict[str, int] = {}
    wanted: dict[str, list[str]] = {}
    for order, places in orders.items():
        wanted[order] = []
        for place in places:
            number = str(2 + len(visits))
            visits[number] = place
            wanted[order].append(number)
    document = {"CAPACITIES": capacity, "ORDERS": wanted, "VISIT_LOCATION_SECTION": visits}
    return json.dumps(document)


def hall_solution_text(batches: Sequence[tuple[Sequence[int], Sequence[int]]]) -> str:
    """Return a published solution: orders and stops of each batch."""
    return json.dumps(
        {
            str(number): {"orders": [*map(str, orders)], "pickRoute": [*map(str, stops)]}
            for number, (orders, stops) in enumerate(batches)
        }
    )


def write_halls(folder: Path, files: Mapping[str, str]) -> Path:
    """Write a data folder with an archive of files by their paths below ``kairos``."""
    instances = folder / "instances"
    instances.mkdir(parents=True)
    with tarfile.open(instances / "kairos.tar.xz", "w:xz") as packed:
        for path, text in files.items():
            content = text.encode()
            member = tarfile.TarInfo(f"kairos/{path}")
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    return folder
