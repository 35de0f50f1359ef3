"""Sample layouts and the JSON Schema of their format, as package data.

Light: knows nothing of the optimizer, so that the web process may use it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

SAMPLES = ("single-block", "two-block", "irregular", "demo")
"""Names of the layouts that come with Wavepick."""

_FOLDER = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """Return the file of a sample layout.

    Raises
    ------
    KeyError
        When there is no sample of that name.
    """
    if name not in SAMPLES:
        raise KeyError(f'no sample layout "{name}"; there are {", ".join(SAMPLES)}')
    return _FOLDER / f"{name}.json"


def load(name: str) -> dict[str, object]:
    """Return the document of a sample layout; errors as :func:`path`."""
    return cast(dict[str, object], json.loads(path(name).read_text(encoding="utf-8")))


def schema() -> dict[str, object]:
    """Return the JSON Schema of ``wavepick-layout/1``."""
    file = _FOLDER / "layout.schema.json"
    return cast(dict[str, object], json.loads(file.read_text(encoding="utf-8")))


def to_text(document: Mapping[str, object]) -> str:
    """Return a layout document as JSON with one node, edge, location … per line.

    So that a person can read it and a version control system shows what changed.
    """
    fields = []
    for name, value in document.items():
        if isinstance(value, list) and value:
            lines = ",\n".join(f"    {json.dumps(one, ensure_ascii=False)}" for one in value)
            fields.append(f"  {json.dumps(name)}: [\n{lines}\n  ]")
        else:
            fields.append(f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(fields) + "\n}\n"
