"""The twin of the sender does what the traces say, as the page's sender does."""

from __future__ import annotations

import json

from tests.simulation.traces import FILE, TRACES, Bench


def test_the_twin_replays_its_traces() -> None:
    traces = json.loads(FILE.read_text())
    assert len(traces) == TRACES
    said = set()
    for trace in traces:
        bench = Bench()
        for step in trace:
            sends, told = bench.do(step)
            assert json.loads(json.dumps([sends, told])) == [step["sends"], step["told"]]
            said |= {what[0] for what in [*sends, *told]}
    assert said >= {
        "ops", "refused", "restart", "rewound", "sync", "synced", "verdicts", "work-failed",
    }  # fmt: skip
