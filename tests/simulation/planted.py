"""Bugs that are planted on purpose, to see that the simulator finds them.

Each replaces one function of the server or of the handheld's twin by a version with a mistake that
people make. ``python -m tests.simulation --planted`` (``make simulate PLANTED=1``) runs seeds
against each until one breaks a rule; PLANTED.md says which did. One module, since it is a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.base import new_id
from server.db.engine import WriteSession
from server.models import Bucket, ListLease, Op, PickList, Verdict
from server.picking import (
    facts,
    goods_facts,
    judging,
    operations,
    pick_queue,
    protocol,
    sync_reads,
    syncing,
)
from server.picking.facts import Fact, Standing
from server.picking.judging import Judge, Maker
from server.picking.messages import Entry
from server.picking.pick_queue import PickQueue
from server.picking.plain_picks import PlainPicks
from server.services import (
    cancellation,
    changes,
    floor_work,
    generations,
    launch,
    ledger,
    lists,
    progress,
    stock,
    undoing,
    waves,
)
from server.simulated_pickers import sender
from server.simulated_pickers.handheld import Handheld
from server.simulated_pickers.sender import Sender
from server.simulated_pickers.store import Recorded, Saved, Store, at_hand
from tests.simulation.device import Device
from tests.simulation.service import Server


@dataclass(frozen=True, slots=True)
class Bug:
    """A mistake; ``restores`` says that only histories with restored backups can show it."""

    name: str
    plant: Callable[[], AbstractContextManager[None]]
    restores: bool = False


BUGS: dict[str, Bug] = {}
FOUND_AT: dict[str, int] = {
    "a-forgotten-fact-blocks-the-stream": 172,
    "a-wiped-device-keeps-its-stream": 35,
    "accepts-a-gap": 216,
    "acknowledges-before-the-commit": 22,
    "another-device-shares-the-lease": 11,
    "answers-a-clash-as-if-nothing-were": 5,
    "answers-go-to-the-neighbour": 14,
    "any-lease-is-plain": 23,
    "any-place-is-plain": 201,
    "any-quantity-is-plain": 60,
    "applies-repeated-operations": 51,
    "cancelled-waves-keep-their-goods": 15,
    "counts-ignore-promises": 1,
    "every-device-shows-the-list": 11,
    "everything-sent-is-answered": 34,
    "facts-are-not-durable": 4,
    "forgets-the-last-number": 1,
    "forgotten-leases-are-refused": 12,
    "found-goods-are-not-booked": 24,
    "last-is-what-the-device-says": 20,
    "late-holders-may-finish": 9,
    "late-operations-always-count": 5,
    "launch-keys-are-ignored": 12,
    "launches-take-what-is-promised": 1,
    "lease-is-not-checked": 9,
    "leases-are-not-raised": 11,
    "looks-are-remembered": 4,
    "no-heartbeat": 11,
    "no-savepoint": 26,
    "nobody-is-told": 3,
    "nothing-is-sent-again": 12,
    "older-answers-count": 2,
    "operations-count-for-the-sender": 7,
    "over-pick-is-allowed": 7,
    "overwrites-the-stored-body": 5,
    "parked-operations-vanish": 5,
    "promises-stay": 3,
    "put-backs-are-forgotten": 10,
    "refusals-are-not-stored": 5,
    "refusals-stay-in-the-outbox": 5,
    "replans-change-a-task": 36,
    "restores-begin-no-life": 12,
    "revoked-devices-count": 21,
    "same-list-is-enough": 15,
    "silence-is-waited-out": 2,
    "stock-is-promised-twice": 24,
    "the-number-is-not-durable": 4,
    "the-quick-way-is-not-written": 10,
    "the-quick-way-remembers": 99,
    "the-request-id-is-not-checked": 4,
    "the-version-stays": 6,
    "two-hold-one-list": 5,
    "undo-deletes": 13,
    "undo-leaves-the-goods": 24,
    "waves-never-end": 32,
    "what-waits-is-asked-once": 2,
    "wrong-items-count": 34,
    "wrong-locations-count": 201,
}
"""The first seed that showed a bug, of those found soon enough to be looked for in every test."""


@contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Have ``owner.name`` be something else inside the block."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def bug(
    *places: tuple[Any, str], restores: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as the mistaken version of what is at ``places``."""

    def register(mistaken: Callable[..., Any]) -> Callable[..., Any]:
        @contextmanager
        def plant() -> Iterator[None]:
            before = [getattr(owner, name) for owner, name in places]
            for owner, name in places:
                setattr(owner, name, mistaken)
            try:
                yield
            finally:
                for (owner, name), right in zip(places, before, strict=True):
                    setattr(owner, name, right)

        name = mistaken.__name__.replace("_", "-")
        BUGS[name] = Bug(name, plant, restores)
        return mistaken

    return register


# The right versions, as they are before anything is planted.
_judge = Judge.judge
_stored = Judge.stored
_is_plain = PlainPicks._is_plain
_sync = PickQueue.sync
_together = PickQueue._together
_look = syncing.look
_state = syncing._state
_claim = lists.claim
_serve = Server._serve
_judge_all = protocol.judge
_launch = waves.launch
_pick = goods_facts.pick
_ask_for_put_backs = cancellation._ask_for_put_backs
_undo_order = undoing._undo_order
_cancel_tasks = cancellation.cancel_tasks
_prepare = launch._prepare
_failed = Sender.failed
_wipe = Device.wipe
_verdicts = Handheld.verdicts
_synced = Sender._synced
_answer = protocol._Group.answer
_maker = protocol._Group._maker
_list_changed = progress.list_changed


# The server: exactly once


@bug((Server, "_serve"))
def acknowledges_before_the_commit(self: Server) -> None:
    """Answers leave when all is judged, before it is committed."""
    line = {each.call.message.stream: each for each in self._line}

    def judge_and_answer(session: Session, clock: Any, messages: Sequence[Any]) -> Any:
        answers = _judge_all(session, clock, messages)
        for message, answer in zip(messages, answers, strict=True):
            line[message.stream].answer(answer)
        return answers

    with replaced(pick_queue, "judge", judge_and_answer):
        _serve(self)


@bug((PickQueue, "_together"))
def answers_go_to_the_neighbour(self: PickQueue, group: Sequence[Any]) -> Any:
    """Messages that share a transaction get each other's answers."""
    return _together(self, group)[::-1]


@bug((Judge, "stored"))
def applies_repeated_operations(self: Judge, entry: Entry) -> list[Any]:
    """A repeat is judged again: the dedupe is missing."""
    op = self.session.get(Op, (self.stream, entry.seq))
    again = op is not None and op.verdict == Verdict.APPLIED and op.kind in ("pick", "count")
    if again and op is not None and entry.header is not None:
        fact = Fact(self.session, self.clock, op.stream, entry.header, op.person_id or "")
        with suppress(facts.Refused, facts.Parked), self.session.begin_nested():
            self._apply(fact, entry.body)
    return _stored(self, entry)


@bug((Judge, "stored"))
def answers_a_clash_as_if_nothing_were(self: Judge, entry: Entry) -> list[Any]:
    """Another body under a known number gets the stored verdict without a word."""
    op = self.session.get_one(Op, (self.stream, entry.seq))
    return [entry.seq, op.verdict, op.code]


@bug((Judge, "stored"))
def overwrites_the_stored_body(self: Judge, entry: Entry) -> list[Any]:
    """The last body under a number wins."""
    op = self.session.get_one(Op, (self.stream, entry.seq))
    op.body_hash = entry.body_hash
    return [entry.seq, op.verdict, op.code]


@bug((protocol._Group, "answer"), restores=True)
def accepts_a_gap(self: Any, message: Any) -> Any:
    """Operations after a hole are judged as if the hole were not there."""
    stream = self.known[message.stream]
    if message.entries and message.entries[0].seq > stream.last + 1:
        stream.last = message.entries[0].seq - 1
    return _answer(self, message)


@bug((protocol._Group, "answer"))
def forgets_the_last_number(self: Any, message: Any) -> Any:
    """The stream's number stays behind its operations."""
    reply = _answer(self, message)
    if len(reply.get("verdicts", ())) > 1:
        self.known[message.stream].last -= 1
    return reply


@bug((Judge, "judge"))
def refusals_are_not_stored(self: Judge, entry: Entry, maker: Maker) -> list[Any]:
    """A refused operation is answered, but leaves no row."""
    with self.session.begin_nested() as judged:
        answer = _judge(self, entry, maker)
        if answer[1] == Verdict.REFUSED:
            judged.rollback()
    return answer


def _find_first(fact: Fact, task: Any, qty: int, *, goods: bool) -> None:
    """Book what the shelf must have held, then see whether so many units are open."""
    on_hand = ledger.balance(fact.session, ledger.at_location(task.location), task.sku).on_hand
    if goods and qty > on_hand:
        goods_facts._book_found(fact, task, qty - on_hand)
    facts.judge_quantity(fact, task, qty, goods=goods)


def _no_savepoint() -> AbstractContextManager[None]:
    """What an operation did before it was refused stays: here, goods found on the shelf."""

    @contextmanager
    def plant() -> Iterator[None]:
        with (
            replaced(WriteSession, "begin_nested", lambda _session: nullcontext()),
            replaced(goods_facts, "judge_quantity", _find_first),
        ):
            yield

    return plant()


BUGS["no-savepoint"] = Bug("no-savepoint", _no_savepoint)


# The server: judging


@bug((judging, "take_standing"))
def lease_is_not_checked(fact: Fact) -> None:
    """Whoever names a list may work on it."""
    if fact.header.list_id is None:
        return
    found = fact.session.get(PickList, fact.header.list_id)
    if found is None:
        raise facts.Parked("unknown-list")
    fact.pick_list, fact.standing = found, Standing.CURRENT


@bug((facts.Fact, "must_be_current"))
def late_holders_may_finish(self: Fact) -> None:
    """A device whose list was taken away may still undo, skip, finish and give it back."""


@bug((goods_facts, "judge_quantity"))
def over_pick_is_allowed(fact: Fact, task: Any, qty: int, *, goods: bool) -> None:
    """More than is open is booked."""


@bug((goods_facts, "judge_quantity"))
def late_operations_always_count(fact: Fact, task: Any, qty: int, *, goods: bool) -> None:
    """A late fact is applied where the units are not open any more."""
    if qty > task.open and fact.standing is Standing.LATE:
        task.quantity += qty - task.open
        return
    facts.judge_quantity(fact, task, qty, goods=goods)


@bug((Judge, "_park"))
def parked_operations_vanish(self: Any, *_arguments: Any) -> None:
    """Nobody is told of a parked operation."""


@bug((protocol._Group, "_maker"))
def operations_count_for_the_sender(self: Any, who: Any, entry: Entry) -> Maker:
    """Facts of the former picker count for the one who is signed in now."""
    return Maker(who.person_id, is_revoked=False)


@bug((protocol._Group, "_maker"))
def revoked_devices_count(self: Any, who: Any, entry: Entry) -> Maker:
    """A revoked sign-in's facts are applied."""
    return Maker(_maker(self, who, entry).person_id, is_revoked=False)


@bug((PlainPicks, "_is_plain"))
def any_lease_is_plain(self: Any, op: Any, said: Any, task: Any) -> bool:
    """The quick way does not look at the lease."""
    held = self._rows.lists[task.list]
    header = replace(op.header, lease=held.lease)
    like_the_holder = replace(op, header=header, person_id=held.person, stream=held.stream)
    return _is_plain(self, like_the_holder, said, task)


@bug((PlainPicks, "_is_plain"))
def any_place_is_plain(self: Any, op: Any, said: Any, task: Any) -> bool:
    """The quick way does not look at the location that was scanned."""
    return _is_plain(self, op, replace(said, location=task.location), task)


@bug((PlainPicks, "_is_plain"))
def any_quantity_is_plain(self: Any, op: Any, said: Any, task: Any) -> bool:
    """The quick way takes more than is open."""
    return _is_plain(self, op, replace(said, qty=1), task)


@bug((PlainPicks, "forget"))
def the_quick_way_remembers(self: Any) -> None:
    """The quick way goes on with rows that were changed meanwhile."""


@bug((protocol._Group, "_generally"))
def the_quick_way_is_not_written(self: Any, stream: Any) -> Judge:
    """The general way does not see what was picked before it in the same message."""
    return Judge(self.session, self.clock, stream.id)


@bug((goods_facts, "pick"))
def wrong_locations_count(fact: Fact, body: Any) -> None:
    """Where the picker stood is not compared with the task."""
    task = fact.task(body.task)
    return _pick(fact, operations.Pick(**{**_fields(body), "location": task.location}))


@bug((goods_facts, "pick"))
def wrong_items_count(fact: Fact, body: Any) -> None:
    """Which item was scanned is not compared with the task."""
    task = fact.task(body.task)
    return _pick(fact, operations.Pick(**{**_fields(body), "sku": task.sku, "code": None}))


@bug((goods_facts, "_book_found"))
def found_goods_are_not_booked(*_arguments: Any) -> None:
    """A shelf with more than the books have stops the picker."""


@bug((goods_facts, "_reverse_stock"))
def undo_leaves_the_goods(*_arguments: Any) -> None:
    """An undo takes the line back, not the goods."""


@bug((goods_facts, "undo"))
def undo_deletes(fact: Fact, body: Any) -> None:
    """An undo counts the task back without an entry in the books."""
    last = fact.session.get(Op, (fact.stream, body.op))
    if last is None or last.kind != "pick" or last.verdict != Verdict.APPLIED or last.undone_by:
        raise facts.Refused("not-last")
    task = fact.task(last.task_id or "")
    task.picked -= int(last.body["qty"])
    last.undone_by = fact.header.seq


# The server: lists, stock, orders, waves


@bug((lists, "claim"))
def two_hold_one_list(session: Session, clock: Any, *, person_id: str, stream: str) -> Any:
    """A list is given out without looking whether somebody has it."""
    held = lists.held_by(session, person_id)
    if held is None:
        taken = session.scalars(
            select(PickList).where(PickList.state.in_(lists.HELD)).limit(1)
        ).first()
        if taken is not None:
            taken.holder_id, taken.stream = person_id, stream
            return taken
    return _claim(session, clock, person_id=person_id, stream=stream)


@bug((lists, "claim"))
def another_device_shares_the_lease(
    session: Session, clock: Any, *, person_id: str, stream: str
) -> Any:
    """A person's second device goes on with the first one's lease."""
    held = lists.held_by(session, person_id)
    if held is not None:
        held.stream = stream
        return held
    return _claim(session, clock, person_id=person_id, stream=stream)


@bug((lists, "_take_over"))
def leases_are_not_raised(
    session: Session, clock: Any, pick_list: PickList, person_id: str, stream: str
) -> None:
    """A new holder works under the number of the former one."""
    session.add(
        ListLease(
            list_id=pick_list.id,
            lease=pick_list.lease,
            person_id=person_id,
            stream=stream,
            at=clock(),
        )
    )
    pick_list.stream = stream
    session.flush()


@bug((progress, "list_changed"))
def the_version_stays(session: Session, pick_list: PickList, *topics: str) -> None:
    """A list changes under its old version."""
    _list_changed(session, pick_list, *topics)
    pick_list.ver -= 1


@bug((progress, "list_changed"))
def nobody_is_told(session: Session, pick_list: PickList, *topics: str) -> None:
    """A list changes without a hint."""
    pick_list.ver += 1
    changes.touch(session, "board")


@bug((PickQueue, "sync"))
def same_list_is_enough(self: PickQueue, who: Any, request: Any) -> Any:
    """``same`` is answered to whoever has the list, in whatever version."""
    reply = _sync(self, who, request)
    have, shown = request.get("have"), reply["list"]
    if have is not None and isinstance(shown, dict) and shown["list"] == have["list"]:
        reply["list"] = "same"
    return reply


@bug((syncing, "_state"))
def every_device_shows_the_list(
    session: Session, clock: Any, who: Any, asked: Any, stream: Any, held: Any, *about: Any
) -> Any:
    """A person's list is shown on whatever device asks, whichever holds it."""
    here = held._replace(stream=stream.id) if held is not None else None
    return _state(session, clock, who, asked, stream, here, *about)


_LOOKS: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()


@bug((pick_queue, "look"))
def looks_are_remembered(session: Session, clock: Any, *, request: Any, **named: Any) -> Any:
    """Who asks the same again is answered the same, whatever happened since."""
    known = _LOOKS.setdefault(clock.__self__, {})  # The clock is a method of the history's loop.
    key = (named["who"].person_id, request["stream"], request["acked"], repr(request["have"]))
    if known.get(key) is None:
        known[key] = _look(session, clock, request=request, **named)
    return known[key] and {**known[key], "rid": request["rid"]}


@bug((sync_reads.Waiting, "of"))
def what_waits_is_asked_once(self: Any, session: Session, _now: Any) -> Any:
    """The lists that wait are remembered for good."""
    self._answer = self._answer or sync_reads.waiting(session)
    return self._answer


@bug((cancellation, "_ask_for_put_backs"))
def put_backs_are_forgotten(session: Session, clock: Any, order: Any, cause: Any) -> None:
    """A cancelled order's goods stay in the totes, and nobody knows."""
    with replaced(floor_work, "ask", lambda *_a, **_k: None):
        _ask_for_put_backs(session, clock, order, cause)


@bug((undoing, "_undo_order"))
def cancelled_waves_keep_their_goods(
    session: Session, clock: Any, order: Any, tasks: Any, cause: Any
) -> None:
    """Goods of a cancelled wave are in no put-back."""
    with replaced(floor_work, "ask", lambda *_a, **_k: None):
        _undo_order(session, clock, order, tasks, cause)


@bug((cancellation, "cancel_tasks"), (undoing, "cancel_tasks"))
def promises_stay(
    session: Session, clock: Any, *, tasks: Any, lines: Any, target: Any, cause: Any
) -> None:
    """Stock promised to cancelled tasks is never free again."""
    with replaced(ledger, "unpromise", lambda *_a, **_k: 0):
        _cancel_tasks(session, clock, tasks=tasks, lines=lines, target=target, cause=cause)


@bug((stock, "_lower_promises"))
def counts_ignore_promises(*_arguments: Any, **_named: Any) -> None:
    """A count below what was promised leaves the promises."""


@bug((ledger, "promise"))
def stock_is_promised_twice(session: Session, *, task: Any, quantity: int) -> int:
    """What others were promised is promised again."""
    task.promised = (task.promised or 0) + quantity
    return quantity


@bug((lists, "_add_task"))
def replans_change_a_task(
    session: Session, clock: Any, short: Any, line: Any, pick: Any, wanted: int
) -> int:
    """Goods taken elsewhere raise the old task instead of making a new one."""
    short.quantity += wanted
    for origin, target in (
        (Bucket.SHORT_CLOSED, Bucket.ALLOCATED),
        (Bucket.ALLOCATED, Bucket.IN_LIST),
    ):
        ledger.move_line(
            session,
            clock,
            line=line,
            origin=origin,
            target=target,
            quantity=wanted,
            cause=ledger.Cause("replan", task_id=short.id),
        )
    return wanted


@bug((progress, "wave_may_be_over"))
def waves_never_end(*_arguments: Any, **_named: Any) -> None:
    """The last list is closed, the wave goes on."""


@bug((launch, "_prepare"))
def launches_take_what_is_promised(*arguments: Any, **named: Any) -> Any:
    """A launch counts on stock that others were promised."""
    work = _prepare(*arguments, **named)
    for row in work.balances.values():
        row.allocated = 0
    return work


@bug((waves, "launch"))
def launch_keys_are_ignored(session: Session, clock: Any, **named: Any) -> Any:
    """A repeated launch is a new one."""
    return _launch(session, clock, **{**named, "key": new_id()})


# The server: restored backups


@bug((generations, "begin"), restores=True)
def restores_begin_no_life(session: Session, clock: Any, *, why: str) -> str:
    """The restored database goes on as if it were the old one."""
    return changes.generation(session)


@bug((PickQueue, "sync"), restores=True)
def last_is_what_the_device_says(self: PickQueue, who: Any, request: Any) -> Any:
    """The server echoes ``acked`` and so never finds out what it has lost."""
    reply = _sync(self, who, request)
    reply["last"] = request["acked"]
    return reply


@bug((facts, "_restored_lease"), restores=True)
def forgotten_leases_are_refused(*_arguments: Any) -> None:
    """Facts under a lease that the backup does not know are refused."""
    raise facts.Refused("lease-unknown")


# The handheld


@bug((Sender, "_rewind"), restores=True)
def nothing_is_sent_again(self: Sender, last: int) -> None:
    """The device does not notice that the server has forgotten."""
    self._in_flight = None


@bug((Sender, "_synced"))
def older_answers_count(self: Sender, message: Any, reply: Mapping[str, Any]) -> None:
    """Neither the request id nor the revision of an answer is looked at."""
    self._newest = ("", -1)
    _synced(self, message, {**reply, "rid": message.body["rid"]})


@bug((Sender, "_synced"))
def the_request_id_is_not_checked(self: Sender, message: Any, reply: Mapping[str, Any]) -> None:
    """An answer to an earlier question is taken for the answer to this one."""
    _synced(self, message, {**reply, "rid": message.body["rid"]})


@bug((Sender, "failed"))
def silence_is_waited_out(self: Sender, failure: Any) -> bool:
    """A message without an answer is waited for, for ever."""
    if isinstance(failure, sender.NoAnswer):
        return False
    return bool(_failed(self, failure))


@bug((Handheld, "verdicts"))
def everything_sent_is_answered(self: Handheld, verdicts: Sequence[Sequence[Any]]) -> None:
    """An answer empties the outbox, whatever it says."""
    told = {fact.op["seq"]: "applied" for fact in self.facts if fact.verdict is None}
    told |= {seq: verdict for seq, verdict, _ in verdicts}
    _verdicts(self, [[seq, verdict, ""] for seq, verdict in told.items()])


@bug((Handheld, "verdicts"))
def refusals_stay_in_the_outbox(self: Handheld, verdicts: Sequence[Sequence[Any]]) -> None:
    """Only what was applied leaves the outbox."""
    _verdicts(self, [each for each in verdicts if each[1] == Verdict.APPLIED])


@bug((Handheld, "_save"))
def facts_are_not_durable(self: Handheld, ops: list[Recorded]) -> None:
    """Facts are kept in memory; the battery takes them along."""
    self._store._next_seq, self._store.held = self._next_seq, self._held


@bug((Handheld, "_save"))
def the_number_is_not_durable(self: Handheld, ops: list[Recorded]) -> None:
    """The next number is not stored with the fact, and answered facts are forgotten."""
    self._store.save(ops, next_seq=1, held=self._held)
    for recorded in ops:
        if recorded.verdict is not None:
            self._store._rows.pop(recorded.op["seq"])


@bug((Store, "rewind"), restores=True)
def a_forgotten_fact_blocks_the_stream(self: Store, last: int, list_id: str | None) -> Saved:
    """A device that forgot what the server asks for goes on with the old stream."""
    for seq, row in list(self._rows.items()):
        if seq > last:
            self._rows[seq] = replace(row, verdict=None)
    return Saved(self.stream, self._next(), at_hand(self._sorted(), list_id), self.held)


@bug((Device, "wipe"))
def a_wiped_device_keeps_its_stream(self: Device) -> None:
    """The stream is the device's name, so numbers begin again under it."""
    stream = self.store.stream
    _wipe(self)
    self.store.stream = stream
    if self.page is not None:
        self.page.stream = stream


@bug((Device, "_beat"))
def no_heartbeat(self: Device, start: int) -> None:
    """The device relies on hints."""


def _fields(body: Any) -> dict[str, Any]:
    return {name: getattr(body, name) for name in body.__dataclass_fields__}
