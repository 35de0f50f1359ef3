"""A handheld in a history: the twin of the page, a battery, and a connection that breaks."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import takewhile
from typing import Any

from server.simulated_pickers import store
from server.simulated_pickers.handheld import Handheld
from server.simulated_pickers.sender import (
    HEARTBEAT_MS,
    Failure,
    LinkDown,
    Message,
    NoAnswer,
    Refused,
)
from server.simulated_pickers.store import Store
from tests.history.recorder import Recorder
from tests.simulation.loop import Loop
from tests.simulation.mix import Mix
from tests.simulation.service import Down, Server
from tests.simulation.wire import Wire, frozen_copy

ANSWER_MS = 5_000
FIRST_SPREAD_MS = 3_000
LONGEST_WAIT_MS = 30_000
_SIGNED_OUT = frozenset({"not-signed-in", "no-session", "expired", "revoked"})


class Device:
    """One piece of hardware: its storage, its power, its network, and who is signed in.

    It is the line and the watch of its :class:`Handheld`.
    """

    def __init__(
        self,
        name: str,
        *,
        server: Server,
        loop: Loop,
        rng: random.Random,
        mix: Mix,
        history: Recorder,
    ) -> None:
        self.name = name
        self.online = True
        self.awake = True
        self.up = False
        self.person_id = ""
        self.sign_in_id = ""
        self.token = ""
        self.signed_out_as = ""
        self.clock_shift_ms = 0
        self.seen: tuple[str, int] | None = None
        """Generation and revision of the server that the list shown is of."""
        self.wire = Wire(loop, rng, mix)
        self._server = server
        self._loop = loop
        self._rng = rng
        self._mix = mix
        self._history = history
        self._connection = server.new_number()
        self._starts = 0
        self._calls = 0
        self._open_call: int | None = None
        self._later_number = 0
        self._wait_ms = 0.0
        self._answers: dict[tuple[str, int], list[tuple[Mapping[str, Any], int]]] = {}
        self.store = Store(self._random_id)
        self.page: Handheld | None = None
        self.start()

    # Power

    def start(self) -> None:
        """Switch on: the page starts from what is stored."""
        if self.page is not None:
            return
        self._starts += 1
        self._answers.clear()  # Sockets end with the page: no answer reaches the next one.
        if self._mix.forgets:
            self._forget()
        self.page = Handheld(
            self.store,
            self,
            self,
            monotonic_ms=lambda: self._loop.now_ms + self.clock_shift_ms,
        )
        self._wait_ms = 0.0
        self._connect_soon(first=True)
        self._beat(self._starts)

    def die(self) -> None:
        """The battery is empty: memory is gone."""
        if self.page is None:
            return
        self._loop.note(f"{self.name} dies")
        self._give_up("device died")
        self._drop_line()
        self.page = None

    def wipe(self) -> None:
        """The storage is destroyed; the page starts as new, with nobody signed in."""
        self.die()
        self._loop.note(f"{self.name} is wiped")
        self._history.wipe(self.name, self.store.stream)
        self.store = Store(self._random_id)
        self.person_id = self.sign_in_id = self.token = ""
        self.start()

    def sleep(self) -> None:
        """The screen is off: timers stop, the socket dies without a word."""
        self.awake = False
        self._drop_line()

    def wake(self) -> None:
        """Somebody looks at it."""
        self.awake = True
        self._wait_ms = 0.0
        self._connect_soon(first=True)

    # Network

    def go_offline(self) -> None:
        """Out of reach of the network."""
        self.online = False
        self._drop_line()

    def go_online(self) -> None:
        """In reach again."""
        if not self.online:
            self.online = True
            self._wait_ms = 0.0
            self._connect_soon(first=True)

    def sign_in(self, person_id: str, sign_in_id: str, token: str) -> None:
        """Somebody else, or the same person again, works with the device from now on."""
        self.person_id, self.sign_in_id, self.token = person_id, sign_in_id, token
        self.signed_out_as, self.seen = "", None
        self._drop_line()
        self._wait_ms = 0.0
        self._connect_soon(first=True)

    def restart(self) -> None:
        """As a line: it is dead without saying so."""
        self._lose_line(self._connection)

    def later(self, delay_ms: int) -> None:
        """As a line: sync after so long."""
        self._later_number += 1
        number, start = self._later_number, self._starts

        def fire() -> None:
            if number == self._later_number and start == self._starts and self.page is not None:
                self.page.sender.sync()
                self.pump()

        self._loop.later(delay_ms, fire)

    def pump(self) -> None:
        """Send what the page wants to send now."""
        if self.page is None or not self.awake:
            return
        message = self.page.sender.next()
        if message is not None:
            self._send(message)

    def send_once(self, body: Mapping[str, Any]) -> None:
        """Send operations past the page, as a faulty device does; the answer is only recorded."""
        if not self.up:
            return
        number, token = self._connection, self.token
        call = self._history.invoke(self.name, "ops", stream=body["stream"], ops=body["ops"])
        copied = frozen_copy(body)

        def answered(reply: Mapping[str, Any]) -> None:
            if "error" not in reply:
                self._history.ok(self.name, call, reply)

        self._loop.later(
            self._rng.uniform(1, 3_000),
            lambda: self._server.call(token, number, "ops", copied, answered),
        )

    def show_as_done(self, op: Mapping[str, Any]) -> None:
        """The picker sees that a fact is recorded."""
        self._history.record(self.name, self.store.stream, op)

    def note(self, text: str) -> None:
        """Remember what happened to the device."""
        self._loop.note(f"{self.name} {text}")

    # As the watch of the page

    def shown(self, snapshot: Mapping[str, Any] | None, reply: Mapping[str, Any]) -> None:
        """The page shows another list, or none."""
        self.seen = (reply["gen"], reply["rev"])
        self._loop.note(f"{self.name} shows {_list_text(snapshot)}")
        self._history.view(
            self.name,
            stream=self.store.stream,
            person=self.person_id,
            gen=reply["gen"],
            rev=reply["rev"],
            snapshot=snapshot,
        )

    def signed_out(self, code: str) -> None:
        """The sign-in is over."""
        if code in _SIGNED_OUT:
            self.signed_out_as, self.token = code, ""
            self._drop_line()

    def new_stream(self) -> None:
        """The outbox began anew: so does the connection."""
        self._drop_line()
        self._connect_soon(first=True)

    def hint(self, connection: int, name: str, body: Mapping[str, Any]) -> None:
        """A hint arrives."""
        if connection != self._connection or not self.up or self.page is None:
            return
        if name == "poke" and self.page.sender.poked(body["list"], body["ver"]):
            self.pump()

    # Inside

    def _send(self, message: Message) -> None:
        number, token = self._connection, self.token
        call = self._history.invoke(
            self.name,
            message.name,
            stream=message.body["stream"],
            ops=message.body.get("ops", ()),
        )
        self._open_call = call
        body = frozen_copy(message.body)
        self._loop.note(f"{self.name} sends {message.name} {_body_text(message.body)}")
        start = self._starts
        self.wire.carry(lambda: self._arrive(number, token, call, message, body, start))
        self._loop.later(ANSWER_MS, lambda: self._no_answer(call))
        if self.wire.breaks():
            self._loop.later(self._rng.uniform(0, 100), lambda: self._lose_line(number))

    def _arrive(
        self,
        number: int,
        token: str,
        call: int,
        message: Message,
        body: Mapping[str, Any],
        start: int,
    ) -> None:
        """A message reaches the server, maybe over a connection that the device has left.

        No answer reaches another page than the one that asked, the device's ``start``-th.
        """

        def answered(reply: Mapping[str, Any]) -> None:
            life = self._server.restores
            self.wire.carry(lambda: hear(reply, life), may_repeat=False)

        def hear(reply: Mapping[str, Any], life: int) -> None:
            if start == self._starts:
                self._reply(call, message.name, reply, life)

        self._server.call(token, number, message.name, body, answered)

    def _reply(self, call: int, name: str, reply: Mapping[str, Any], life: int) -> None:
        """An answer reaches the device; the transport may take it for that of another call.

        None of before a restore: sockets end with the servers that are stopped for it, and an
        answer belongs to its socket.
        """
        known = self._answers.setdefault((name, self._server.restores), [])
        earlier = self._rng.choice(known) if known else None
        if life == self._server.restores:
            known.append((reply, call))
        if self._open_call is None or self.page is None or not self.awake:
            return
        if call != self._open_call:
            # Late, the call was given up: to be ignored, unless it is mixed up.
            of_this_life = life == self._server.restores
            if self._waits_for() != name or not self.wire.mixes_up() or not of_this_life:
                return
        elif earlier is not None and self.wire.mixes_up():
            reply, call = earlier
        error = reply.get("error")
        if error is not None:
            if call == self._open_call:
                self._fail(Refused(error["code"], error["status"]), error["code"])
            return
        open_call, self._open_call = self._open_call, None
        if call != open_call:
            self._history.unknown(self.name, open_call, "got the answer to another call")
        self._history.ok(self.name, call, reply)
        self._loop.note(f"{self.name} hears {_reply_text(reply)}")
        self.page.sender.answered(reply)
        self.pump()

    def _waits_for(self) -> str | None:
        assert self.page is not None
        return self.page.sender.waits_for

    def _no_answer(self, call: int) -> None:
        if call == self._open_call:
            self._fail(NoAnswer(), "no answer")

    def _fail(self, failure: Failure, why: str) -> None:
        call, self._open_call = self._open_call, None
        if call is None or self.page is None:
            return
        self._history.unknown(self.name, call, why)
        if self.page.sender.failed(failure):
            self.pump()

    def _give_up(self, why: str) -> None:
        call, self._open_call = self._open_call, None
        if call is not None:
            self._history.unknown(self.name, call, why)

    def _connect_soon(self, *, first: bool = False) -> None:
        if self.up:
            return
        if first or self._wait_ms == 0:
            wait, self._wait_ms = self._rng.uniform(0, FIRST_SPREAD_MS), 1_500.0
        else:
            self._wait_ms = min(self._wait_ms * 2, LONGEST_WAIT_MS)
            wait = min(LONGEST_WAIT_MS, self._wait_ms * self._rng.uniform(0.5, 1.5))
        self._connection = self._server.new_number()
        number, start = self._connection, self._starts
        self._loop.later(wait, lambda: self._connect(number, start))

    def _connect(self, number: int, start: int) -> None:
        wanted = self.page is not None and start == self._starts and number == self._connection
        if not wanted or self.up or not self.online or not self.awake or not self.token:
            return
        assert self.page is not None
        try:
            refused = self._server.connect(
                number,
                self.token,
                self.page.stream,
                lambda name, body: self._hinted(number, name, body),
                lambda: self._loop.later(20, lambda: self._lose_line(number)),
            )
        except Down:
            self._connect_soon()
            return
        if refused is not None:
            self.signed_out(refused)
            return
        self.up = True
        self._wait_ms = 0.0
        self.page.sender.sync()
        self.pump()

    def _hinted(self, number: int, name: str, body: Mapping[str, Any]) -> None:
        self.wire.carry(lambda: self.hint(number, name, body), may_repeat=False)

    def _lose_line(self, number: int) -> None:
        """The connection is gone and the page notices; it comes back by itself."""
        if number != self._connection or not self.up:
            return
        self._drop_line()
        self._connect_soon()

    def _drop_line(self) -> None:
        if self.up:
            self._server.disconnect(self._connection)
        self.up = False
        self._connection = self._server.new_number()
        if self.page is not None:
            self.page.sender.line_lost()
            self._fail(LinkDown(), "line lost")

    def _beat(self, start: int) -> None:
        """Every 20 s the page asks what is true, while it runs."""

        def fire() -> None:
            if start != self._starts or self.page is None:
                return
            if self.awake:
                self.page.sender.sync()
                self.pump()
            self._beat(start)

        self._loop.later(HEARTBEAT_MS, fire)

    def _forget(self) -> None:
        """Drop old answered facts, as a page that starts does with far more of them.

        So many are kept in truth that those of a list in hand are always among them.
        """
        rows = [row for _, row in sorted(self.store._rows.items())]
        in_use = {row.op["list"] for row in rows if row.verdict is None} - {None}
        if self.store.held is not None:
            in_use.add(self.store.held.snapshot["list"])
        answered = [row.op for row in rows if row.verdict is not None]
        old = list(takewhile(lambda op: op["list"] not in in_use, answered))
        most, store.KEPT_OPS = store.KEPT_OPS, len(answered) - len(old)
        try:
            self.store.trim()
        finally:
            store.KEPT_OPS = most
        for op in old:
            self._history.forget(self.name, self.store.stream, op["seq"])

    def _random_id(self) -> str:
        return self._rng.randbytes(16).hex()


def _list_text(snapshot: Mapping[str, Any] | None) -> str:
    if snapshot is None:
        return "no list"
    return f"list {snapshot['number']} ver {snapshot['ver']} lease {snapshot['lease']}"


def _body_text(body: Mapping[str, Any]) -> str:
    if "ops" in body:
        return ", ".join(f"{op['seq']}:{op['kind']}" for op in body["ops"])
    return f"acked {body['acked']} have {body['have']} want {body['want']} {body['rid']}"


def _reply_text(reply: Mapping[str, Any]) -> str:
    if "verdicts" in reply:
        return f"{reply['verdicts']} ver {reply['ver']}"
    if "gap" in reply:
        return f"gap {reply['gap']}"
    return f"{reply['rid']} last {reply['last']} rev {reply['rev']} gen {reply['gen'][:12]}"
