"""Instance files and archives made by hand."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Place = tuple[int, int, int, int]
"""Article, aisle, cell, quantity."""


def instance_text(
    places: Sequence[Place],
    orders: Sequence[Sequence[tuple[int, int]]],
    *,
    aisles: int = 3,
    cells: int = 4,
    depot: str = "bottom",
    depot_aisle: int = 0,
    to_depot: str = "0",
    capacity: int | None = None,
) -> str:
    """Return an instance in the format of Heßler and Irnich: pitch 3, cells 1 apart, stubs 1."""
    articles = sorted({place[0] for place in places})
    lines = [
        "NAME : hand-made.txt",
        "COMMENT : Heßler and Irnich (2022)",
        *([] if capacity is None else [f"PICKER_CAPACITY : {capacity}"]),
        "LAYOUT : single-block",
        f"NUM_AISLES : {aisles}",
        f"NUM_CELLS : {cells}",
        f"DEPOT_AISLE : {depot_aisle}",
        f"DEPOT_LOCATION : {depot}",
        "DISTANCE_AISLE_TO_AISLE : 3",
        "DISTANCE_CELL_TO_CELL : 1",
        "DISTANCE_TOP_TO_CELL : 1",
        "DISTANCE_BOTTOM_TO_CELL : 1",
        f"DISTANCE_TOP_OR_BOTTOM_TO_DEPOT : {to_depot}",
        "ARTICLE_SECTION",
        f"NUM_ARTICLES : {len(articles)}",
        *(f"ID {article}" for article in articles),
        "SKU_SECTION",
        f"NUM_SKUS : {len(places)}",
        *(
            f"ID {article} AISLE {aisle} CELL {cell} QUANTITY {quantity} LEFT_RIGHT_HAND_SIDE left"
            for article, aisle, cell, quantity in places
        ),
        "ORDER_SECTION",
    ]
    if capacity is None:
        lines += [f"NUM_ARTICLES : {len(orders[0])}"]
        lines += [f"ID {article} QUANTITY {quantity}" for article, quantity in orders[0]]
    else:
        lines += [f"NUM_ORDERS : {len(orders)}"]
        for order in orders:
            lines += [f"NUM_ARTICLES_IN_ORDER : {len(order)}"]
            lines += [f"ID {article} QUANTITY {quantity}" for article, quantity in order]
    return "\n".join([*lines, "EOF"])


def write_data(
    folder: Path, archive: str, texts: Mapping[str, str], best: Sequence[tuple[str, str, float]]
) -> Path:
    """Write a folder of instances: one archive, and best-known values (set, instance, value)."""
    instances = folder / "instances"
    instances.mkdir(parents=True)
    with tarfile.open(instances / archive, "w:xz") as packed:
        for name, text in texts.items():
            content = text.encode("latin-1")
            member = tarfile.TarInfo(f"{archive.partition('.')[0]}/{name}.txt")
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    rows = ["dataset,instance,best_known,proven_optimal,source"]
    rows += [f'{dataset},{name},{value:g},yes,"a paper, a table"' for dataset, name, value in best]
    with gzip.open(instances / "best_known.csv.gz", "wt", encoding="utf-8") as text_file:
        text_file.write("\n".join(rows) + "\n")
    return folder
