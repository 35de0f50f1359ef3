"""A handheld in memory: durable outbox, volatile view, and a network it cannot trust.

The twin of the browser's sender: one stream, numbers without gaps, operations kept after they
were acknowledged so that a restored server gets them again.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from server.db.base import new_id
from server.db.engine import Database
from server.picking import protocol
from server.picking.pick_queue import PickQueue
from server.services.clock import Clock
from server.services.people import SignedIn

Verdict = tuple[str, str]


@dataclass(slots=True)
class Device:
    """One installation of the handheld page and the person signed in on it."""

    database: Database
    clock: Clock
    who: SignedIn
    stream: str = field(default_factory=new_id)
    log: list[dict[str, Any]] = field(default_factory=list)
    acked: int = 0
    view: dict[str, Any] | None = None
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    rid: int = 0

    def sync(self, *, want: str | None = None, have: bool = False) -> dict[str, Any]:
        """Ask for the truth; keeps the snapshot and finds out what the server lacks."""
        self.rid += 1
        known = {"list": self.view["list"], "ver": self.view["ver"]} if self.view else None
        request = {
            "stream": self.stream,
            "acked": self.acked,
            "have": known if have else None,
            "want": want,
            "rid": f"r-{self.rid}",
        }
        reply = PickQueue(self.database, self.clock).sync(self.who, request)
        assert reply["rid"] == request["rid"]
        if isinstance(reply["list"], dict):
            self.view = reply["list"]
        elif reply["list"] is None:
            self.view = None
        self.acked = reply["last"]
        return reply

    def record(self, kind: str, /, **fields: Any) -> int:
        """Write an operation into the outbox; returns its number."""
        seq = len(self.log) + 1
        op: dict[str, Any] = {
            "seq": seq,
            "kind": kind,
            "list": self.view["list"] if self.view else None,
            "lease": self.view["lease"] if self.view else None,
            "by": self.who.sign_in_id,
            "dt": 1_000,
        }
        op.update(fields)
        self.log.append(op)
        return seq

    def send(self, ops: list[dict[str, Any]]) -> dict[str, Any]:
        """One message to the server, whatever is in it; the answer as it comes."""
        message = {"stream": self.stream, "ops": copy.deepcopy(ops)}
        return self.database.run(
            lambda session: protocol.ops(session, self.clock, who=self.who, request=message)
        )

    def flush(self, *, size: int = 50) -> None:
        """Send all that is not acknowledged and take the verdicts in."""
        while self.acked < len(self.log):
            reply = self.send(self.log[self.acked : self.acked + size])
            if "gap" in reply:
                self.acked = reply["gap"]
                continue
            for seq, verdict, code in reply["verdicts"]:
                known = self.verdicts.setdefault(seq, (verdict, code))
                assert known == (verdict, code), f"verdict of {seq} changed"
            self.acked = reply["last"]

    def do(self, kind: str, /, **fields: Any) -> Verdict:
        """Record one operation, send it, return its verdict and code."""
        seq = self.record(kind, **fields)
        self.flush()
        return self.verdicts[seq]

    # What pickers do, in terms of the snapshot.

    def task(self, number: int = 0) -> dict[str, Any]:
        """The task at a place of the snapshot."""
        assert self.view is not None
        found: dict[str, Any] = self.view["tasks"][number]
        return found

    def location_of(self, task: dict[str, Any]) -> str:
        """Where a task is."""
        assert self.view is not None
        return next(
            str(stop["location"]) for stop in self.view["stops"] if stop["id"] == task["stop"]
        )

    def tote_of(self, slot: int) -> str:
        """The tote on a slot, as the snapshot or the own bind says."""
        assert self.view is not None
        for op in reversed(self.log):
            if op["kind"] == "bind" and op["slot"] == slot and op["list"] == self.view["list"]:
                return str(op["tote"])
        row = next(row for row in self.view["cart"]["slots"] if row["slot"] == slot)
        assert row["tote"] is not None
        return str(row["tote"])

    def pick_fields(self, task: dict[str, Any], qty: int) -> dict[str, Any]:
        """The fields of a correct pick."""
        return {
            "task": task["id"],
            "location": self.location_of(task),
            "sku": task["sku"],
            "qty": qty,
            "code": task["codes"][0]["code"],
            "tote": self.tote_of(task["tote_slot"]),
        }

    def pick(self, number: int = 0, qty: int | None = None, /, **other: Any) -> Verdict:
        """Pick a task (all of it unless told)."""
        task = self.task(number)
        fields = self.pick_fields(task, qty if qty is not None else task["qty"])
        return self.do("pick", **{**fields, **other})

    def bind_all(self, first: int = 1) -> list[str]:
        """Bind a tote to every slot that has none; returns the totes by slot."""
        assert self.view is not None
        totes: list[str] = []
        for row in self.view["cart"]["slots"]:
            tote = row["tote"] or f"T-{first + row['slot']:04}"
            if not row["bound"]:
                assert self.do("bind", tote=tote, slot=row["slot"]) == ("applied", "ok")
            totes.append(tote)
        return totes
