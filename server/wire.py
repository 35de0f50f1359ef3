"""JSON as this server accepts it: no NaN or infinity, no duplicate keys, bounded depth.

Used for REST bodies and for Socket.IO packets alike; has the ``loads``/``dumps`` pair that
Socket.IO expects of a json module.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

MAX_DEPTH = 6
"""Deepest nesting of a body that people or devices send (layout documents excepted)."""


def loads(text: str | bytes, **options: Any) -> Any:
    """Parse JSON text strictly.

    Raises
    ------
    ValueError
        The text is not JSON, contains ``NaN`` or ``Infinity``, or names a key twice.
    """
    try:
        return json.loads(
            text, parse_constant=_refuse_constant, object_pairs_hook=_unique, **options
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


def dumps(value: Any, **options: Any) -> str:
    """Write compact JSON text; NaN and infinity are refused on the way out, too."""
    options.setdefault("separators", (",", ":"))
    return json.dumps(value, allow_nan=False, **options)


def depth(value: Any) -> int:
    """Return how deep lists and objects are nested in a parsed body; 0 for a plain value."""
    deepest, level = 0, [value]
    while level:
        inner: list[Any] = []
        for part in level:
            if isinstance(part, dict):
                inner.extend(part.values())
            elif isinstance(part, list):
                inner.extend(part)
        if any(isinstance(part, dict | list) for part in level):
            deepest += 1
        level = inner
    return deepest


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object names a key twice")
    return found
