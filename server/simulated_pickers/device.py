"""A handheld without a screen: outbox, resync and reconnect of PICK/1 (`reliability.md` §5)."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable
from typing import Any

from server.simulated_pickers.link import Link, LinkDown
from server.simulated_pickers.outbox import Outbox
from server.simulated_pickers.tally import Tally

HEARTBEAT_S = 20.0
"""Longest time between two syncs while there is a list (`reliability.md` §5.5)."""

_FIRST_WAIT_S = 0.2
_LONGEST_WAIT_S = 5.0
_TRIES_AFTER_STOP = 3

Verdict = tuple[str, str]
"""(verdict, code): what the server said about one operation."""


_COME_BACK = frozenset({429, 503})
"""Statuses of an error answer after which the same is sent again."""


class Rejected(Exception):
    """The server answered a call with an error: the device said something it must not."""


class Stopped(Exception):
    """The crew was told to stop while the server did not answer."""


class Device:
    """One installation of the handheld, signed in for one person.

    Parameters
    ----------
    link
        Its network.
    sign_in
        Id of the sign-in; every operation carries it as ``by``.
    duplicate
        Chance that a message is sent twice.
    rng
        Decides about duplicates and waiting times.
    stop
        Set when the crew shall stop.
    pause
        Waits so many seconds before something is sent again; by default until ``stop`` at most.
    """

    def __init__(
        self,
        link: Link,
        *,
        outbox: Outbox,
        sign_in: str,
        duplicate: float,
        rng: random.Random,
        tally: Tally,
        stop: threading.Event,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self._link = link
        self._outbox = outbox
        self._sign_in = sign_in
        self._duplicate = duplicate
        self._rng = rng
        self._tally = tally
        self._stop = stop
        self._pause = pause or stop.wait
        self._n_syncs = 0
        self._synced_at = -math.inf
        self._ver = 0
        self._stale = False
        self._revision: tuple[str | None, int] = (None, 0)  # generation, rev
        self._told_in: str | None = None  # generation of the list held
        self._up = False
        self.online = True
        self.snapshot: dict[str, Any] | None = None
        self._verdicts: dict[int, Verdict] = {}
        self._judged: dict[int, dict[str, Any] | None] = {}

    @property
    def behind(self) -> bool:
        """Whether the server may know more about the list than the device.

        So it is after a hint at a version above the one that own facts explain, after an answer
        with such a version, and 20 s after the last sync in any case: hints may be lost.
        """
        if self._stale or time.monotonic() - self._synced_at > HEARTBEAT_S:
            return True
        if not self._link.poked.is_set():
            return False
        hint = self._link.hint
        if hint is None or self.snapshot is None or hint.list_id != self.snapshot["list"]:
            return True
        return hint.ver > self._ver

    def wait_for_poke(self, seconds: float) -> None:
        """Wait for a hint, at most so long."""
        self._link.poked.wait(seconds)

    def record(self, kind: str, **carried: object) -> int:
        """Write a fact about the current list into the outbox; returns its ``seq``."""
        assert self.snapshot is not None, "a fact needs a list"
        return self.record_for(self.snapshot["list"], self.snapshot["lease"], kind, **carried)

    def record_for(
        self, list_id: str | None, lease: int | None, kind: str, **carried: object
    ) -> int:
        """Write a fact about any list, or about none, e.g. goods put to the wall."""
        self._tally.add(f"op:{kind}")
        return self._outbox.record(kind, list=list_id, lease=lease, by=self._sign_in, **carried)

    def go_offline(self) -> None:
        """Lose the network until :meth:`go_online`."""
        self.online = False
        self._up = False
        self._link.close()
        self._tally.add("offline-stretches")

    def go_online(self) -> None:
        """Have the network again; the next call connects."""
        self.online = True

    def close(self) -> None:
        """Disconnect for good."""
        self._up = False
        self._link.close()

    def flush(self) -> None:
        """Send what waits, in order, until everything has a verdict; nothing while offline.

        Raises
        ------
        Stopped
            The crew was told to stop and the server does not answer.
        """
        while self.online and len(self._outbox):
            ops = self._outbox.batch()
            body = {"stream": self._outbox.stream, "ops": ops}
            reply = self._call("ops", body)
            if "gap" in reply:
                self._agree_on(reply["gap"])
                continue
            if self._rng.random() < self._duplicate:
                self._send_again(body, reply)
            self._keep_verdicts(ops, reply)
            self._outbox.trim(reply["last"])
            self._follow_version(reply)

    def take_verdicts(self) -> dict[int, Verdict]:
        """Return the verdicts that came since the last time, by ``seq``."""
        fresh, self._verdicts = self._verdicts, {}
        return fresh

    def sync(self, *, want: str | None = None) -> dict[str, Any] | None:
        """Return the list held by this person as the server sees it, or None.

        Parameters
        ----------
        want
            ``"work"`` asks for a list when none is held.

        Raises
        ------
        Stopped
            As :meth:`flush`.
        """
        self._n_syncs += 1
        self._link.poked.clear()
        self._stale = False
        held = self.snapshot
        request = {
            "stream": self._outbox.stream,
            "acked": self._outbox.acked,
            "have": None if held is None else {"list": held["list"], "ver": self._ver},
            "want": want,
            "rid": f"r-{self._n_syncs}",
        }
        reply = self._call("sync", request)
        if reply.get("rid") != request["rid"]:
            self._tally.violation(f"sync {request['rid']} answered as {reply.get('rid')}")
        self._check_revision(reply)
        self._agree_on(reply["last"])
        self._synced_at = time.monotonic()
        if reply["list"] == "same" and reply["gen"] != self._told_in:
            # The same version of another life of the database: it may be something else.
            self.snapshot = None
            return self.sync(want=want)
        if reply["list"] != "same":
            self._told_in = reply["gen"]
            self.snapshot = reply["list"]
            self._ver = 0 if self.snapshot is None else self.snapshot["ver"]
        return self.snapshot

    def _follow_version(self, reply: dict[str, Any]) -> None:
        """Every own fact that was applied raises the version by one; more means news."""
        if reply.get("ver") is None:
            return
        applied = sum(verdict == "applied" for _, verdict, _ in reply["verdicts"])
        if reply["ver"] == self._ver + applied:
            self._ver = reply["ver"]
        else:
            # The version shown stays the old one, else the next sync would answer "same".
            self._stale = True

    def _agree_on(self, last: int) -> None:
        """Follow the server's idea of the last operation it has judged."""
        if last < self._outbox.acked:
            self._tally.add("resent-after-restore", self._outbox.rewind(last))
        else:
            self._outbox.trim(last)

    def _check_revision(self, reply: dict[str, Any]) -> None:
        generation, revision = self._revision
        if reply.get("gen") == generation and reply["rev"] < revision:
            self._tally.violation(f"rev went back from {revision} to {reply['rev']}")
        self._revision = (reply.get("gen"), reply["rev"])

    def _send_again(self, body: dict[str, Any], first: dict[str, Any]) -> None:
        """Send the same bytes once more: the verdicts must be the same."""
        again = self._call("ops", body)
        self._tally.add("sent-twice")
        if again.get("verdicts") != first.get("verdicts"):
            self._tally.violation(
                f"sent twice, judged {first.get('verdicts')} and then {again.get('verdicts')}"
            )

    def _keep_verdicts(self, ops: list[dict[str, Any]], reply: dict[str, Any]) -> None:
        judged = {seq: (verdict, code) for seq, verdict, code in reply["verdicts"]}
        for op in ops:
            verdict = judged.get(op["seq"])
            if verdict is None:
                self._tally.violation(f"no verdict for {op['kind']} {op['seq']}")
                continue
            self._verdicts[op["seq"]] = verdict
            if op["seq"] in self._judged:
                continue  # sent again to a server that was restored
            self._judged[op["seq"]] = op if verdict[0] == "applied" else None
            self._tally.add(f"verdict:{verdict[0]}")
            if verdict[0] == "applied":
                self._count_units(op, 1)
            else:
                self._tally.add(f"code:{op['kind']}:{verdict[0]}:{verdict[1]}")

    def _count_units(self, op: dict[str, Any], sign: int) -> None:
        """Count what the server acknowledged, for comparison with what its books say."""
        if op["kind"] in ("pick", "short", "put"):
            self._tally.add(f"acknowledged-{op['kind']}-units", sign * op["qty"])
        elif op["kind"] == "undo":
            undone = self._judged[op["op"]]
            assert undone is not None, "the server undid what it had not applied"
            self._count_units(undone, -1)

    def _call(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send until an answer comes, reconnecting with growing pauses."""
        wait, tries_left = _FIRST_WAIT_S, _TRIES_AFTER_STOP
        while True:
            try:
                return self._call_once(name, body)
            except LinkDown as error:
                self._tally.add("link-down")
                if self._stop.is_set():
                    tries_left -= 1
                    if tries_left == 0:
                        raise Stopped(str(error)) from error
            # Half to one and a half times, so that a crew does not come back all at once.
            self._pause(wait * self._rng.uniform(0.5, 1.5))
            wait = min(2 * wait, _LONGEST_WAIT_S)

    def _call_once(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            if not self._up:
                self._link.open()
                self._up = True
                self._tally.add("connects")
            reply = self._link.call(name, body)
        except LinkDown:
            self._up = False
            raise
        error = reply.get("error")
        if error is None:
            return reply
        if error.get("status") in _COME_BACK:
            raise LinkDown(f"{name}: {error.get('code')}")
        raise Rejected(f"{name}: {error.get('code')}: {error.get('detail')}")
