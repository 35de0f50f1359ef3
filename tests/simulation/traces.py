"""Traces of the sender: what it is told and what it says, for its two versions to replay.

``python -m tests.simulation.traces`` writes ``handheld_ui/protocol/traces/sender.json`` from the
twin in Python. A test here and one of the page (``handheld_ui/tests/picker/traces.test.ts``) replay
it: the same inputs must lead to the same messages and the same news.

A trace is a list of steps ``{"do", …, "sends": [[name, body], …], "told": [[what, …], …]}``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from server.simulated_pickers.sender import (
    HEARTBEAT_MS,
    LinkDown,
    Message,
    NoAnswer,
    Refused,
    Sender,
)

PROTOCOL = Path(__file__).parents[2] / "handheld_ui" / "protocol"
FILE = PROTOCOL / "traces" / "sender.json"
TRACES = 25
FORGETS_FROM = 3
"""The bench has forgotten its facts when at least so many are asked for again from the first."""
STEPS = 40

Step = dict[str, Any]


class Bench:
    """A line and a device that do the simplest right thing with what the sender tells.

    The same bench exists in TypeScript; traces compare the senders between the two.
    """

    def __init__(self) -> None:
        self.stream = "0" * 32
        self.kept: list[dict[str, Any]] = []
        self.acked = 0
        self.have: Mapping[str, Any] | None = None
        self.up = True
        self.told: list[list[Any]] = []
        self.sends: list[list[Any]] = []
        self.waiting: Message | None = None
        self._now_ms = 0
        self._beat_at = HEARTBEAT_MS
        self._later_at: int | None = None
        self.sender = Sender(self, self)

    @property
    def pending(self) -> list[dict[str, Any]]:
        """Facts after the last answered one."""
        return [op for op in self.kept if op["seq"] > self.acked]

    # As the device

    def verdicts(self, verdicts: Sequence[Sequence[Any]]) -> None:
        self.told.append(["verdicts", [list(verdict) for verdict in verdicts]])
        self.acked = max([self.acked, *(seq for seq, _, _ in verdicts)])

    def synced(self, reply: Mapping[str, Any], *, wanted: bool) -> None:
        self.told.append(["synced", reply["rid"], wanted])
        shown = reply["list"]
        if shown != "same":
            self.have = None if shown is None else {"list": shown["list"], "ver": shown["ver"]}

    def rewound(self, last: int) -> None:
        self.told.append(["rewound", last])
        if last == 0 and self.acked >= FORGETS_FROM:
            # As a device that does not have those facts any more: a new stream begins.
            self.stream = str(int(self.stream[0]) + 1) * 32
            self.kept.clear()
        self.acked = last

    def work_failed(self) -> None:
        self.told.append(["work-failed"])

    def refused(self, code: str) -> None:
        self.told.append(["refused", code])

    # As the line

    def restart(self) -> None:
        self.told.append(["restart"])
        self.up = False
        self.sender.line_lost()

    def later(self, delay_ms: int) -> None:
        self._later_at = self._now_ms + delay_ms

    # Steps

    def do(self, step: Mapping[str, Any]) -> tuple[list[list[Any]], list[list[Any]]]:
        """Carry out a step; returns what was sent and told because of it."""
        self.sends, self.told = [], []
        match step["do"]:
            case "record":
                self.kept.append(dict(step["op"]))
                self._pump()
            case "sync":
                self.sender.sync()
                self._pump()
            case "ask":
                self.sender.ask_work()
                self._pump()
            case "poke":
                if self.sender.poked(step["list"], step["ver"]):
                    self._pump()
            case "down":
                self.up = False
                self.sender.line_lost()
                if self.waiting is not None:
                    self._fail(LinkDown())
            case "up":
                self.up = True
                self.sender.sync()
                self._pump()
            case "answer":
                self.waiting = None
                self.sender.answered(step["reply"])
                self._pump()
            case "silence":
                self._fail(NoAnswer())
            case "refuse":
                self._fail(Refused(step["code"], step["status"]))
            case "wait":
                self._wait(step["ms"])
        return self.sends, self.told

    def _fail(self, failure: NoAnswer | LinkDown | Refused) -> None:
        self.waiting = None
        if self.sender.failed(failure):
            self._pump()

    def _wait(self, duration_ms: int) -> None:
        end = self._now_ms + duration_ms
        while True:
            due = min(at for at in (self._beat_at, self._later_at) if at is not None)
            if due > end:
                break
            self._now_ms = due
            if due == self._beat_at:
                self._beat_at += HEARTBEAT_MS
            else:
                self._later_at = None
            self.sender.sync()
            self._pump()
        self._now_ms = end

    def _pump(self) -> None:
        message = self.sender.next()
        if message is not None:
            self.waiting = message
            self.sends.append([message.name, json.loads(json.dumps(message.body))])


def record_trace(seed: int) -> list[Step]:
    """A random trace of the twin."""
    rng = random.Random(seed)
    bench = Bench()
    rev = 0
    steps: list[Step] = []
    while len(steps) < STEPS:
        rev += rng.choice((0, 1, 1, -2))
        step = _next_step(rng, bench, max(0, rev))
        sends, told = bench.do(step)
        # Copied: an answer must not change in the trace after it was given.
        steps.append(json.loads(json.dumps({**step, "sends": sends, "told": told})))
    return steps


def _next_step(rng: random.Random, bench: Bench, rev: int) -> Step:
    if bench.waiting is not None and rng.random() < 0.7:
        return _end_of_call(rng, bench, bench.waiting, rev)
    choices = ["record", "record", "record", "sync", "ask", "poke", "wait"]
    choices.append("down" if bench.up else "up")
    match rng.choice(choices):
        case "record":
            seq = len(bench.kept) + 1
            shown = bench.have["list"] if bench.have is not None else "l"
            kind, list_id = (
                rng.choice(("bind", "bind", "bind", "done")),
                rng.choice((shown, shown, "l")),
            )
            op = {"seq": seq, "kind": kind, "list": list_id, "lease": 1, "by": "ana", "dt": seq}
            return {"do": "record", "op": op}
        case "poke":
            known = bench.have["list"] if bench.have is not None else None
            return {
                "do": "poke",
                "list": rng.choice((known, "other")),
                "ver": rng.choice((None, 3)),
            }
        case "wait":
            # Never a whole number of heartbeats: which timer is first must not matter.
            return {"do": "wait", "ms": rng.choice((251, 3_001, 20_003))}
        case other:
            return {"do": other}


def _end_of_call(rng: random.Random, bench: Bench, message: Message, rev: int) -> Step:
    end = rng.random()
    if end < 0.12:
        return {"do": "silence"}
    if end < 0.2:
        code, status = rng.choice(
            (("busy", 503), ("internal", 500), ("odd", 400), ("revoked", 401))
        )
        return {"do": "refuse", "code": code, "status": status}
    if message.name == "sync":
        return {"do": "answer", "reply": _sync_reply(rng, bench, message, rev)}
    ops = message.body["ops"]
    if rng.random() < 0.1:
        return {"do": "answer", "reply": {"gap": rng.randrange(ops[0]["seq"])}}
    judged = ops[: rng.randint(1, len(ops))]
    verdicts = [[op["seq"], rng.choice(("applied", "parked")), "ok"] for op in judged]
    known = bench.sender.have
    own = sum(word == "applied" for _, word, _ in verdicts)
    ver = rng.choice((None, 3)) if known is None else known["ver"] + rng.choice((own, own, own + 1))
    return {"do": "answer", "reply": {"last": judged[-1]["seq"], "verdicts": verdicts, "ver": ver}}


def _sync_reply(rng: random.Random, bench: Bench, message: Message, rev: int) -> dict[str, Any]:
    reply: dict[str, Any] = json.loads((PROTOCOL / "sync-reply.json").read_text())
    shown = rng.choice((None, "same", reply["list"], reply["list"]))
    if isinstance(shown, dict):
        # An empty list is a list: what is on it is not the sender's business.
        empty: dict[str, Any] = {name: [] for name in ("messages", "stops", "tasks", "path")}
        shown = {**shown, **empty, "ver": rng.choice((2, 3))}
    forgotten = rng.random() < 0.15
    return {
        **reply,
        "rid": message.body["rid"] if rng.random() < 0.85 else "r-0",
        "last": rng.randint(0, bench.acked) if forgotten else bench.acked,
        "rev": rev,
        "gen": "g2" if rng.random() < 0.05 else "g1",
        "list": shown,
    }


def main() -> None:
    """Write the file."""
    FILE.parent.mkdir(exist_ok=True)
    traces = [record_trace(seed) for seed in range(1, TRACES + 1)]
    lines = ",\n".join(
        "[\n" + ",\n".join(json.dumps(step) for step in one) + "\n]" for one in traces
    )
    FILE.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
