"""The outbox: numbers without gaps, bounded messages, everything again after a restore."""

from __future__ import annotations

import json

from server.simulated_pickers.outbox import MAX_BYTES, MAX_OPS, Outbox


def test_facts_are_numbered_from_one_with_the_time_between_them() -> None:
    ticks = iter([10.0, 10.5, 12.0])
    outbox = Outbox(monotonic=lambda: next(ticks))
    assert (outbox.record("bind", tote="T"), outbox.record("done")) == (1, 2)
    assert outbox.batch() == [
        {"seq": 1, "kind": "bind", "dt": 500, "tote": "T"},
        {"seq": 2, "kind": "done", "dt": 1500},
    ]


def test_a_message_has_at_most_fifty_facts() -> None:
    outbox = Outbox()
    for _ in range(MAX_OPS + 7):
        outbox.record("skip")
    assert [op["seq"] for op in outbox.batch()] == list(range(1, MAX_OPS + 1))
    outbox.trim(MAX_OPS)
    assert len(outbox) == len(outbox.batch()) == 7


def test_a_message_stays_below_the_size_the_server_reads() -> None:
    outbox = Outbox()
    for _ in range(40):
        outbox.record("report", text="x" * 4_000)
    batch = outbox.batch()
    assert 1 < len(batch) < 40
    assert len(json.dumps(batch)) < MAX_BYTES + 1_000


def test_what_a_restored_server_lost_is_queued_again_in_order() -> None:
    outbox = Outbox()
    for number in range(5):
        outbox.record("skip", task=str(number))
    outbox.trim(4)
    assert outbox.rewind(1) == 3
    assert [op["seq"] for op in outbox.batch()] == [2, 3, 4, 5]
    assert [op["task"] for op in outbox.batch()] == ["1", "2", "3", "4"]
    assert outbox.record("done") == 6


def test_each_installation_has_its_own_stream() -> None:
    assert Outbox().stream != Outbox().stream
    assert len(Outbox().stream) == 32
