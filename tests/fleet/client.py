"""A handheld without a screen, as PICK/1 wants it: durable log, one message in flight, resync.

The logic is that of ``handheld_ui/src/picker/sender.ts``. The log lives in this process, which
outlives the servers it talks to: that is the durable storage of a device.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fleet.line import Address, Line, LineDown, NotLetIn
from tests.history.recorder import Recorder

MAX_OPS = 50
HEARTBEAT_S = 20.0
"""The server is asked at least this often: hints may be lost."""

_COME_BACK = frozenset({429, 500, 503})
"""Statuses after which the same is sent again; what else goes wrong is a fault of somebody's."""
_FOR_GOOD = frozenset({"not-signed-in", "no-session", "expired", "revoked", "upgrade"})

Op = dict[str, Any]
OnVerdict = Callable[[Op, str, str, float], None]
"""Gets an operation, its verdict and code, and the seconds since it was recorded."""


@dataclass(frozen=True, slots=True)
class Reconnect:
    """How long a device waits before it tries again; the defaults are those of PICK/1.

    The first wait is random from 0 to ``first_s``, then doubles with ± 50 % up to ``longest_s``;
    ``busy_s`` is the pause after the server said that it cannot now.
    """

    first_s: float = 3.0
    longest_s: float = 30.0
    busy_s: float = 3.0

    def waits(self, rng: random.Random) -> Callable[[], float]:
        """Return a function that gives one wait after the other."""
        upper = 0.0

        def next_wait() -> float:
            nonlocal upper
            if not upper:
                upper = self.first_s
                return rng.uniform(0, self.first_s)
            upper = min(2 * upper, self.longest_s)
            return upper * rng.uniform(0.5, 1.0)

        return next_wait


@dataclass(frozen=True, slots=True)
class Badge:
    """A person signed in on a handheld: id, bearer token, and the sign-in that operations name."""

    person: str
    token: str
    sign_in: str


@dataclass(slots=True)
class Counts:
    """What a device saw."""

    connects: int = 0
    messages: int = 0
    syncs: int = 0
    sent_twice: int = 0
    unanswered: int = 0
    put_off: int = 0
    """Calls that the server answered with an error, nearly always because it cannot now."""
    rewound: int = 0
    """Operations sent again because the server no longer knew them."""
    verdicts: Counter[str] = field(default_factory=Counter)


class Handheld:
    """One installation of the handheld page.

    Parameters
    ----------
    address
        Where to connect; may be changed, the next connection goes there.
    badge
        Who is signed in.
    rng
        Decides about waits and repeated messages.
    recorder
        Gets the history for :mod:`tests.history.checker`; without one none is kept.
    name
        Who the device is in the history.
    duplicate
        Chance that an acknowledged message is sent once more, which must change nothing.
    on_verdict
        Called at the first acknowledgement of each operation.

    Attributes
    ----------
    snapshot
        The list as the server told it last, or None; never changed by the device.
    snapshot_at
        The last of the own facts that ``snapshot`` contains.
    faults
        Sentences about answers that PICK/1 does not allow; must stay empty.
    """

    def __init__(
        self,
        address: Address,
        *,
        badge: Badge,
        rng: random.Random,
        recorder: Recorder | None = None,
        name: str = "",
        reconnect: Reconnect | None = None,
        duplicate: float = 0.0,
        on_verdict: OnVerdict | None = None,
    ) -> None:
        self.address = address
        self.badge = badge
        self.stream = secrets.token_hex(16)
        self.snapshot: dict[str, Any] | None = None
        self.snapshot_at = 0
        self.ver = 0
        self.verdicts: dict[int, tuple[str, str]] = {}
        self.log: list[Op] = []
        self.acked = 0
        self.counts = Counts()
        self.faults: list[str] = []
        self.up = False
        self.bye: str | None = None
        self.synced = asyncio.Event()
        """Set by every answered sync; who waits for the next one clears it before."""
        self.name = name or self.stream
        self._rng = rng
        self._recorder = recorder
        self._reconnect = reconnect or Reconnect()
        self._duplicate = duplicate
        self._on_verdict = on_verdict
        self._recorded_at: list[float] = []
        self._wake = asyncio.Event()
        self._news = asyncio.Event()
        self._must_sync = True
        self._whole = False
        self._wants_work = False
        self._in_flight: list[Op] = []
        self._n_syncs = 0
        self._newest = ("", -1)
        self._offline = False
        self._retry_after: float | None = None
        self._line: Line | None = None
        self._stopping = False

    # What the picker does.

    def record(self, kind: str, *, at: float | None = None, **carried: object) -> int:
        """Write a fact about the current list into the log; returns its number.

        ``at`` is the loop time at which the fact should have been recorded (open-loop load).
        """
        assert self.snapshot is not None, "a fact needs a list"
        op: Op = {
            "seq": len(self.log) + 1,
            "kind": kind,
            "list": self.snapshot["list"],
            "lease": self.snapshot["lease"],
            "by": self.badge.sign_in,
            "dt": 1_000,
            **carried,
        }
        self.log.append(op)
        self._recorded_at.append(asyncio.get_running_loop().time() if at is None else at)
        self._wake.set()
        return len(self.log)

    @property
    def denied(self) -> int:
        """Facts that were refused or parked."""
        return self.counts.verdicts["refused"] + self.counts.verdicts["parked"]

    @property
    def waiting(self) -> list[Op]:
        """Facts without an answer, in order."""
        return self.log[self.acked :]

    def want_work(self) -> None:
        """Ask for a list, once everything before it is told."""
        self._wants_work = self._must_sync = True
        self._wake.set()

    def want_sync(self) -> None:
        """Ask what is true."""
        self._must_sync = True
        self._wake.set()

    async def news(self) -> None:
        """Wait until a message was answered or the line changed since the last call."""
        await self._news.wait()
        self._news.clear()

    async def look(self) -> None:
        """Read the whole list, also where its version is known; returns once it is there."""
        self._whole = True
        while self._whole:
            self.want_sync()
            await self.news()

    def last_word(self) -> None:
        """Say in the history what the device shows and knows, after all has settled."""
        assert self._recorder is not None, "a device without a history has no last word"
        self._recorder.end(
            self.name,
            stream=self.stream,
            person=self.badge.person,
            recorded=len(self.log),
            acked=self.acked,
            snapshot=self.snapshot,
        )

    # The network.

    def cut(self, *, stay_offline: bool = False) -> None:
        """Drop the line without a word; with ``stay_offline`` until :meth:`restore`."""
        self._offline = self._offline or stay_offline
        if self._line is not None:
            self._line.abort()

    def restore(self) -> None:
        """Have a network again."""
        self._offline = False
        self._wake.set()

    def stop(self) -> None:
        """End :meth:`run` soon; what waits stays in the log."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Be a device until stopped, or until the server sends it away for good.

        ``bye: replaced`` is no such end for the only window on a device: what replaced it was an
        older connection of its own that arrived late.
        """
        next_wait = self._reconnect.waits(self._rng)
        while not self._stopping and self.bye != "revoked":
            if self._offline:
                await self._sleep(0.05)
                continue
            line = Line(self._hint, self._lost)
            try:
                await line.open(self.address, self._auth())
            except LineDown:
                await self._sleep(next_wait())
                continue
            except NotLetIn as refusal:
                if refusal.code in _FOR_GOOD:
                    self.faults.append(f"not let in: {refusal}")
                    return
                await self._sleep(self._reconnect.busy_s)
                continue
            next_wait = self._reconnect.waits(self._rng)
            self._line, self.up = line, True
            self.counts.connects += 1
            self._must_sync = True
            try:
                await self._talk(line)
            finally:
                self._line, self.up = None, False
                line.close()
            self._news.set()
            if not self._stopping and self.bye != "revoked":
                retry_after, self._retry_after = self._retry_after, None
                await self._sleep(next_wait() if retry_after is None else retry_after)

    def _auth(self) -> dict[str, object]:
        return {"token": self.badge.token, "proto": 1, "app": "fleet", "stream": self.stream}

    def _hint(self, name: str, body: Any) -> None:
        if name == "bye":
            self.bye = body["why"]
            self._retry_after = body.get("retry_after")
        elif name == "poke":
            held = self.snapshot
            if held is None or body["list"] != held["list"] or body["ver"] > self.ver:
                self._must_sync = True
                self._wake.set()

    def _lost(self) -> None:
        self.up = False
        self._wake.set()

    async def _sleep(self, seconds: float) -> None:
        """Wait, but not past the end."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not self._stopping and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(min(left, 0.2))

    async def _talk(self, line: Line) -> None:
        """Send what there is until the line is lost."""
        heard = asyncio.get_running_loop().time()
        while line.up and not self._stopping:
            facts = bool(self._in_flight) or self.acked < len(self.log)
            if not facts and not self._must_sync:
                self._wake.clear()
                left = heard + HEARTBEAT_S - asyncio.get_running_loop().time()
                try:
                    await asyncio.wait_for(self._wake.wait(), max(0.0, left))
                except TimeoutError:
                    self._must_sync = True
                continue
            try:
                # A list is asked for after the facts: else the finished one is answered again.
                if self._must_sync and not (facts and self._wants_work):
                    heard = asyncio.get_running_loop().time()
                    await self._sync(line)
                else:
                    await self._send(line)
            except LineDown:
                self.counts.unanswered += 1
                return
            self._news.set()

    async def _call(self, line: Line, name: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """The answer; None after a pause where the server cannot now."""
        recorder, call = self._recorder, 0
        if recorder is not None:
            call = recorder.invoke(self.name, name, stream=self.stream, ops=body.get("ops", ()))
        try:
            answer = await line.call(name, body)
        except LineDown as down:
            if recorder is not None:
                recorder.unknown(self.name, call, str(down))
            raise
        error = answer.get("error")
        if error is None:
            if recorder is not None:
                recorder.ok(self.name, call, answer)
            return answer
        if recorder is not None:
            recorder.unknown(self.name, call, error["code"])
        self.counts.put_off += 1
        if error["status"] not in _COME_BACK or error["status"] == 500:
            self.faults.append(f"{name} was answered {error}")
        await self._sleep(self._reconnect.busy_s)
        return None

    async def _sync(self, line: Line) -> None:
        self._n_syncs += 1
        self.counts.syncs += 1
        wanted = self._wants_work and self.acked == len(self.log)
        have = None
        if self.snapshot is not None and not self._whole:
            have = {"list": self.snapshot["list"], "ver": self.ver}
        request = {
            "stream": self.stream,
            "acked": self.acked,
            "have": have,
            "want": "work" if wanted else None,
            "rid": f"r-{self._n_syncs}",
        }
        # Cleared before: what happens during the call asks again.
        self._must_sync = False
        try:
            reply = await self._call(line, "sync", request)
        except LineDown:
            self._must_sync = True
            raise
        if reply is None:
            self._must_sync = True
            return
        if reply["rid"] != request["rid"]:
            self.faults.append(f"sync {request['rid']} was answered as {reply['rid']}")
        if reply["gen"] == self._newest[0] and reply["rev"] < self._newest[1]:
            self.faults.append(f"rev went back from {self._newest[1]} to {reply['rev']}")
        self._newest = (reply["gen"], reply["rev"])
        if wanted:
            self._wants_work = False
        self._agree_on(reply["last"])
        if reply["list"] != "same":
            self._whole = False
            self.snapshot, self.snapshot_at = reply["list"], reply["last"]
            self.ver = 0 if self.snapshot is None else self.snapshot["ver"]
            self._note_view()
        self.synced.set()

    def _note_view(self) -> None:
        if self._recorder is not None:
            self._recorder.view(
                self.name,
                stream=self.stream,
                person=self.badge.person,
                gen=self._newest[0],
                rev=self._newest[1],
                snapshot=self.snapshot,
            )

    async def _send(self, line: Line) -> None:
        if not self._in_flight:
            self._in_flight = self.log[self.acked : self.acked + MAX_OPS]
        ops, body = self._in_flight, {"stream": self.stream, "ops": self._in_flight}
        self.counts.messages += 1
        reply = await self._call(line, "ops", body)
        if reply is None:
            return
        if "gap" in reply:
            self._agree_on(reply["gap"])
            self._must_sync = True
            return
        if self._duplicate and self._rng.random() < self._duplicate:
            again = await self._call(line, "ops", body)
            self.counts.sent_twice += 1
            if again is not None and again["verdicts"] != reply["verdicts"]:
                self.faults.append(
                    f"sent twice, judged {reply['verdicts']} and then {again['verdicts']}"
                )
        self._in_flight = []
        self._keep(ops, reply)

    def _keep(self, ops: list[Op], reply: Mapping[str, Any]) -> None:
        """Take the verdicts in: each operation of the message must have one."""
        now = asyncio.get_running_loop().time()
        applied = 0
        for op, (seq, verdict, code) in zip(ops, reply["verdicts"], strict=False):
            if op["seq"] != seq:
                self.faults.append(f"operation {op['seq']} was answered as {seq}")
            applied += verdict == "applied"
            first = seq not in self.verdicts
            self.verdicts[seq] = (verdict, code)
            if first:
                self.counts.verdicts[verdict] += 1
                if self._on_verdict is not None:
                    self._on_verdict(op, verdict, code, now - self._recorded_at[seq - 1])
        if len(reply["verdicts"]) != len(ops):
            self.faults.append(f"{len(ops)} operations got {len(reply['verdicts'])} verdicts")
        self._agree_on(reply["last"])
        if reply["ver"] == self.ver + applied:
            self.ver = reply["ver"]
        elif reply["ver"] is not None:
            # The version shown stays the old one, else the next sync is answered "same".
            self._must_sync = True

    def _agree_on(self, last: int) -> None:
        """Follow the server's idea of the last operation it has judged."""
        if last > len(self.log):
            self.faults.append(f"the server knows {last} operations, {len(self.log)} were made")
            return
        if last < self.acked:
            self.counts.rewound += self.acked - last
        if last != self.acked:
            self._in_flight = []
        self.acked = last
