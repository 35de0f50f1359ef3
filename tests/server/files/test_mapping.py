"""Mapping documents: shipped ones, own ones, broken ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.errors import BadInput, NotFound
from server.files.mapping import load_mapping, parse_mapping, shipped_names

SMALL: dict[str, Any] = {
    "format": "wavepick-mapping/1",
    "name": "small",
    "columns": {"order": ["o"], "sku": ["s"], "quantity": ["q"]},
}


def broken(**changes: object) -> BadInput:
    with pytest.raises(BadInput) as refused:
        parse_mapping(json.dumps(SMALL | changes), source="m.json")
    return refused.value


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_mappings_follow_the_schema(name: str) -> None:
    assert load_mapping(name).name == name


def test_the_two_formats_of_the_first_day_are_shipped() -> None:
    assert set(shipped_names()) >= {"wavepick", "online-retail"}


def test_defaults_are_cautious() -> None:
    mapping = parse_mapping(json.dumps(SMALL), source="m.json")
    assert mapping.merge is False
    assert mapping.dates == ("iso",)
    assert mapping.timezone.key == "UTC"
    assert mapping.max_quantity == 100_000


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps(SMALL), "utf-8")
    assert load_mapping(str(path)).name == "small"


@pytest.mark.parametrize("name", ["no-such-mapping", "missing.json", "folder/missing"])
def test_a_missing_mapping_is_named(name: str) -> None:
    with pytest.raises(NotFound, match=name):
        load_mapping(name)


def test_faults_are_named_by_pointer() -> None:
    assert broken(columns={"order": ["o"], "sku": []}).pointer == "m.json#/columns"
    assert broken(timezone="Mars/Base").pointer == "m.json#/timezone"
    rule = {"field": "sku", "rule": "x", "reason": "y"}
    assert broken(reject=[rule | {"pattern": "("}]).pointer == "m.json#/reject/0/pattern"
    assert broken(reject=[rule]).pointer == "m.json#/reject/0"
    assert broken(colour="red").pointer == "m.json#/"
    assert broken(max_quantity=0).pointer == "m.json#/max_quantity"


def test_a_document_that_is_not_json_is_refused_with_its_line() -> None:
    with pytest.raises(BadInput) as refused:
        parse_mapping('{\n"format": \n', source="m.json")
    assert refused.value.pointer == "m.json:3"


def test_a_pattern_must_match_the_whole_cell() -> None:
    rules = load_mapping("online-retail").reject
    cancelled = next(rule for rule in rules if rule.rule == "cancellation")
    assert cancelled.matches("C536379")
    assert not cancelled.matches("536C79")
