"""Plan documents: schema, round trip, refusals with a JSON pointer."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from optimizer.document import comparison_document, parse_plan, plan_document
from optimizer.errors import PlanDocumentError
from optimizer.planner import compare
from optimizer.problem import Method
from optimizer.stopping import MaxIterations
from tests.optimizer.examples import random_problem

SCHEMA = resources.files("layouts") / "plan.schema.json"


@pytest.fixture(scope="module")
def documents() -> dict[str, Any]:
    """Documents of all methods and of their comparison, orders left out among them."""
    made = compare(random_problem(2, orders=20), stop_for=lambda _method: MaxIterations(2))
    found: dict[str, Any] = {
        plan.method.value: plan_document(plan, layout="random-2") for plan in made.plans
    }
    found["compare"] = comparison_document(
        made.plans, layout="random-2", recommended=made.recommended, baseline=made.baseline
    )
    return found


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("kind", [*(method.value for method in Method), "compare"])
def test_documents_follow_the_schema(
    kind: str, documents: dict[str, Any], validator: Draft202012Validator
) -> None:
    assert documents[kind]["method"] == kind
    assert list(validator.iter_errors(json.loads(json.dumps(documents[kind])))) == []


def test_the_schema_refuses_what_is_wrong(
    documents: dict[str, Any], validator: Draft202012Validator
) -> None:
    spoils: tuple[Callable[[dict[str, Any]], object], ...] = (
        lambda doc: doc.pop("lists"),
        lambda doc: doc["lists"][0].pop("after"),
        lambda doc: doc["lists"][0]["stops"][0]["picks"][0].update(qty=0),
        lambda doc: doc["termination"].update(reason="tired"),
        lambda doc: doc.update(method="teleport"),
        lambda doc: doc.update(format="wavepick-plan/2"),
    )
    for spoil in spoils:
        document = copy.deepcopy(documents["zone"])
        spoil(document)
        assert list(validator.iter_errors(json.loads(json.dumps(document))))
    empty = copy.deepcopy(documents["compare"])
    empty["methods"] = []
    assert list(validator.iter_errors(empty))


def test_round_trip_through_json_loses_nothing() -> None:
    made = compare(random_problem(4, orders=20), stop_for=lambda _method: MaxIterations(2))
    for plan in (*made.plans, made.baseline):
        text = json.dumps(plan_document(plan, layout="random-4"))
        assert parse_plan(json.loads(text)) == plan


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("format",), "wavepick-layout/1", "/format"),
        (("method",), "compare", "/method"),
        (("seed",), 1.5, "/seed"),
        (("seed",), True, "/seed"),
        (("lists",), {}, "/lists"),
        (("lists", 0, "stops", 0, "picks", 0, "qty"), "2", "/lists/0/stops/0/picks/0/qty"),
        (("lists", 0, "path", 0), [1, 2], "/lists/0/path/0"),
        (("lists", 0, "totes"), None, "/lists/0/totes"),
        (("totals",), [], "/totals"),
        (("unplanned", 0, "reason"), "bad luck", "/unplanned/0/reason"),
    ],
)
def test_a_wrong_value_is_named_by_pointer(
    path: tuple[str | int, ...], value: object, pointer: str, documents: dict[str, Any]
) -> None:
    document = copy.deepcopy(documents["cluster"])
    target = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(PlanDocumentError) as caught:
        parse_plan(document)
    assert caught.value.pointer == pointer


def test_a_missing_field_is_named() -> None:
    with pytest.raises(PlanDocumentError, match='/: "format" is missing'):
        parse_plan({})
    with pytest.raises(PlanDocumentError, match="must be an object"):
        parse_plan([])


def test_unknown_fields_of_later_versions_are_ignored(documents: dict[str, Any]) -> None:
    document = copy.deepcopy(documents["single"])
    document["colour"] = "blue"
    assert parse_plan(document).method is Method.SINGLE
