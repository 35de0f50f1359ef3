"""JSON as the server accepts it."""

from __future__ import annotations

import pytest

from server import wire


@pytest.mark.parametrize(
    "text", ["NaN", "[Infinity]", '{"a": -Infinity}', '{"a": 1, "a": 2}', "{", "[" * 100_000]
)
def test_loose_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        wire.loads(text)


def test_plain_json_goes_through_unchanged() -> None:
    value = {"a": [1, 2.5, None, True, "ü\u2028"], "b": {"c": {}}}
    assert wire.loads(wire.dumps(value)) == value
    assert wire.dumps({"a": 1}) == '{"a":1}'


def test_numbers_that_are_none_are_not_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        wire.dumps(float("nan"))


@pytest.mark.parametrize(
    ("value", "depth"), [(1, 0), ([], 1), ({"a": []}, 2), ([[1], {"b": [2]}], 3), ("[[[", 0)]
)
def test_depth_counts_nested_lists_and_objects(value: object, depth: int) -> None:
    assert wire.depth(value) == depth
