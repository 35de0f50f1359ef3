"""Documents of Zalando's format made by hand."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.suite import Json

ARTICLES: Json = [{"id": "a", "volume": 4}, {"id": "b", "volume": 3}, {"id": "c", "volume": 2}]
ORDERS: Json = [
    {"id": "o1", "positions": ["a"]},
    {"id": "o2", "positions": ["b", "c"]},
    {"id": "o3", "positions": ["c", "c"]},
]
ITEMS: Json = [
    {"id": "i1", "row": 2, "aisle": 3, "article": "a", "zone": "north"},
    {"id": "i2", "row": -4, "aisle": 1, "article": "b", "zone": "north"},
    {"id": "i3", "row": 9, "aisle": -2, "article": "c", "zone": "north"},
    {"id": "i4", "row": 8, "aisle": -2, "article": "c", "zone": "north"},
    {"id": "i5", "row": 1, "aisle": 0, "article": "c", "zone": "south"},
]
PARAMETERS: dict[str, Json] = {
    "min_number_requested_items": 2,
    "max_orders_per_batch": 2,
    "max_container_volume": 8,
    "first_row": -10,
    "last_row": 10,
    "first_aisle": -5,
    "last_aisle": 5,
}


def documents(changes: Mapping[str, Json] | None = None) -> dict[str, str]:
    """Return the four documents of an instance, some replaced."""
    content: dict[str, Json] = {
        "articles": ARTICLES,
        "orders": ORDERS,
        "warehouse_items": ITEMS,
        "parameters": PARAMETERS,
        **(changes or {}),
    }
    return {name: json.dumps(document) for name, document in content.items()}


def parameters(**changes: Json) -> dict[str, str]:
    """Return the documents with other parameters."""
    return documents({"parameters": {**PARAMETERS, **changes}})


def write_archive(path: Path, instances: Mapping[str, Mapping[str, str]]) -> None:
    """Pack instances as the public archive has them: a folder each, beside a licence."""
    folder = path.name.partition(".")[0]
    contents = {f"{folder}/LICENSE": "free"}
    for name, texts in instances.items():
        for document, text in texts.items():
            contents[f"{folder}/{name}/{document}.json"] = text
    with tarfile.open(path, "w:xz") as packed:
        for inside, text in contents.items():
            content = text.encode("utf-8")
            member = tarfile.TarInfo(inside)
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
