"""What is measured, and that clients cannot make new series."""

from __future__ import annotations

from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from server.observability.meters import Meters


def values(exposition: bytes) -> dict[tuple[str, ...], float]:
    """Samples by name and the values of their labels, in the order of the labels' names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(exposition.decode())
        for sample in family.samples
    }


def test_verdicts_are_counted_by_code() -> None:
    meters = Meters()
    reply: dict[str, Any] = {
        "last": 3,
        "verdicts": [[1, "applied", "ok"], [2, "applied", "ok"], [3, "parked", "late"]],
        "ver": 4,
    }
    meters.verdicts(reply)
    meters.verdicts({"gap": 3})
    found = values(meters.exposition())
    assert found["wavepick_op_verdicts_total", "ok", "applied"] == 2
    assert found["wavepick_op_verdicts_total", "late", "parked"] == 1


def test_latencies_fall_into_buckets_around_the_goals() -> None:
    meters = Meters()
    for took_s in (0.004, 0.04, 0.25):
        meters.event("/handheld", "ops", outcome="ok", took_s=took_s)
    found = values(meters.exposition())
    name = "wavepick_event_seconds_bucket"
    assert [found[name, "ops", limit, "/handheld"] for limit in ("0.005", "0.05", "0.3")] == [
        1,
        2,
        3,
    ]
    assert found["wavepick_event_seconds_count", "ops", "/handheld"] == 3


def test_sign_ins_by_how_they_ended() -> None:
    meters = Meters()
    for status in (201, 401, 403, 429, 422, 503):
        meters.sign_in(status=status)
    found = values(meters.exposition())
    assert {
        labels[1]: number for labels, number in found.items() if "sign_ins_total" in labels[0]
    } == {"ok": 1, "refused": 3, "limited": 1, "failed": 1}


def test_methods_and_routes_of_clients_make_no_series() -> None:
    meters = Meters()
    for number in range(50):
        meters.request(None, f"METHOD{number}", status=405, took_s=0.1)
    found = [labels for labels in values(meters.exposition()) if "requests_total" in labels[0]]
    assert found == [("wavepick_http_requests_total", "unknown", "unknown", "405")]


def test_a_database_tells_waits_commits_and_trouble() -> None:
    meters = Meters()
    meters.began(0.2)
    meters.committed(0.01)
    meters.failed("disk-full")
    meters.repeated("conflict")
    found = values(meters.exposition())
    assert found["wavepick_write_wait_seconds_sum",] == 0.2
    assert found["wavepick_commit_seconds_count",] == 1
    assert found["wavepick_write_failures_total", "disk-full"] == 1
    assert found["wavepick_write_repeats_total", "conflict"] == 1


def test_applications_do_not_share_their_meters() -> None:
    one, other = Meters(), Meters()
    one.connected("/handheld", 7)
    assert ("wavepick_connections", "/handheld") not in values(other.exposition())
    assert values(one.exposition())["wavepick_connections", "/handheld"] == 7
