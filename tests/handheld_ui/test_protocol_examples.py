"""The wire examples that both sides read: whole, and consistent among themselves."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

FOLDER = files("handheld_ui") / "protocol"
NAMES = ("sync-request", "sync-reply", "ops-request", "ops-reply", "ops-gap", "poke", "bye")


def example(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_example_is_an_object(name: str) -> None:
    assert isinstance(example(name), dict)


def test_reply_answers_the_request() -> None:
    assert example("sync-reply")["rid"] == example("sync-request")["rid"]


def test_every_op_has_its_envelope_and_its_verdict() -> None:
    ops = example("ops-request")["ops"]
    verdicts = example("ops-reply")["verdicts"]
    assert [op["seq"] for op in ops] == [seq for seq, _, _ in verdicts]
    assert {word for _, word, _ in verdicts} <= {"applied", "parked", "refused"}
    for op in ops:
        assert {"seq", "kind", "list", "lease", "by", "dt"} <= set(op)


def test_snapshot_refers_to_what_it_contains() -> None:
    snapshot = example("sync-reply")["list"]
    stops = {stop["id"] for stop in snapshot["stops"]}
    slots = {slot["slot"] for slot in snapshot["cart"]["slots"]}
    for task in snapshot["tasks"]:
        assert task["stop"] in stops
        assert task["tote_slot"] in slots
        assert task["picked"] + task["short"] + task["cancelled"] <= task["qty"]
