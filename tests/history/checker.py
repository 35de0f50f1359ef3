"""The one judge of histories: what clients were told against what the database says.

A history is a sequence of lines (JSON objects, one per line in a file), in the order in which they
happened in one process; several processes' files are joined by their common restores, see
:func:`check`. Every line has ``event``, ``client`` (a name) and ``at`` (ms, monotonic):

========  =======================================================================================
event     fields
========  =======================================================================================
invoke    ``call`` (number), ``name`` (``ops`` or ``sync``), ``stream``, ``ops`` (bodies as sent)
ok        ``call``, ``reply`` (as received). May follow ``unknown``: the answer was late
unknown   ``call``, ``why``: no answer, or an error; the call may have had its effect or not
record    ``stream``, ``op``: shown to the picker as done; optional, but then never to be lost
view      ``stream, person, gen, rev, snapshot``: the client shows this (or no) list from now on
wipe      ``stream``: the client's storage was destroyed
forget    ``stream, seq``: the client has dropped an answered fact; a restore loses it for good
restore   the database was put back to an older copy
revoke    ``sign_in``: operations that were first sent later must not be applied
end       ``stream, person, recorded, acked, snapshot, facts``: last word after faults stopped;
          ``facts`` are the bodies that the client still has
========  =======================================================================================

:class:`tests.history.recorder.Recorder` writes them. No linearizability search is needed, since
operations have unique ids: acknowledged ⊆ stored ⊆ invoked, each with equal body and verdict.

- **I1, I2** each acknowledged verdict is stored, and the server never again says less; one
  operation never has two verdicts (within one life of the database); every stored operation was
  sent with that body, another body under its number is answered ``clash``; no gaps.
- **I4** one holder per list and lease; the leases that clients work under were given to them.
- **I6, I10** for clients with an ``end`` line: everything recorded has its stored verdict, and the
  list shown is the one that the server would answer.
- **I9** a task keeps item, location, line and quantity in every view.
- The books (:mod:`tests.history.books`) and each operation's entries
  (:mod:`tests.history.effects`): I2, I3, I5, I7, I8, I11.

After a restore, verdicts told before it bind no more, but their operations must be there again at
the end, unless the client's storage was wiped or the client has no ``end`` line yet.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import ListLease, Op, PickList, Verdict
from server.picking import snapshot
from server.picking.operations import body_hash, storable
from server.services import lists
from tests.history.books import check_books
from tests.history.effects import check_effects
from tests.history.violation import Violation

__all__ = ["Violation", "check", "check_ends"]

HOLDERS_ONLY = frozenset({"skip", "undo", "done", "hand_back"})
"""Kinds that only the present holder of a list may say; goods that were taken always count."""
Ref = tuple[str, int]
"""Stream and number of an operation."""
Told = tuple[str, str]
"""Verdict and code."""


def check(lines: Iterable[Mapping[str, Any]], session: Session) -> list[Violation]:
    """Every broken rule of a history and of the database it led to.

    ``lines`` of several processes may be one after the other where no restore happened; with
    restores they must be merged by time first. The session only reads.
    """
    history = _read(lines)
    stored = _stored(session)
    found = list(history.violations)
    found += _acknowledged_is_stored(history, stored)
    found += _stored_was_sent(history, stored)
    found += _leases_were_given(history, session)
    found += _all_is_told(history, stored)
    found += _recorded_is_stored(history, session)
    found += _clashes_are_told(history, stored)
    found += _late_is_not_applied(history, session)
    found += _views_are_true(history, session)
    found += check_books(session)
    found += check_effects(session)
    return found


def check_ends(lines: Iterable[Mapping[str, Any]], session: Session) -> list[Violation]:
    """Only what the last words of the clients promise: nothing waits, views are true."""
    history = _read(lines)
    stored = _stored(session)
    return [*_all_is_told(history, stored), *_views_are_true(history, session)]


@dataclass(slots=True)
class _History:
    """What the lines say, gathered in one pass."""

    recorded: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    """(client, stream, fact) of what was shown as done."""
    sent: dict[Ref, set[str]] = field(default_factory=lambda: defaultdict(set))
    facts: dict[Ref, str] = field(default_factory=dict)
    """What was last sent under a number, but for that number."""
    acked: dict[str, int] = field(default_factory=dict)
    """Highest acknowledged operation by stream, of calls invoked after the last restore."""
    answered: list[tuple[Ref, str, str]] = field(default_factory=list)
    """(operation, body as sent, code) of answers to calls invoked after the last restore."""
    revoked: set[str] = field(default_factory=set)
    too_late: set[Ref] = field(default_factory=set)
    """Operations first sent after their sign-in was revoked."""
    leases: dict[str, int] = field(default_factory=dict)
    """Highest lease of each list that a client has shown since the last restore."""
    superseded: set[Ref] = field(default_factory=set)
    """Operations for present holders only, first sent after somebody else held the list."""
    told: dict[Ref, Told] = field(default_factory=dict)
    """Verdicts of calls that were invoked after the last restore."""
    told_before: set[Ref] = field(default_factory=set)
    """Operations acknowledged before the last restore."""
    wiped: set[str] = field(default_factory=set)
    forgotten: set[Ref] = field(default_factory=set)
    ends: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Last word by client; only of clients that said nothing after it."""
    holders: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    """(list, lease) -> (stream, person), of views since the last restore."""
    tasks: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    newest: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Client -> (generation, revision) of its view."""
    generation: str = ""
    """The newest one that a view has shown; they grow."""
    former: str = ""
    """The newest one that a view had shown before the last restore."""
    left: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Client -> generations that it has left for another."""
    violations: list[Violation] = field(default_factory=list)

    def broken(self, rule: str, subject: str, text: str) -> None:
        self.violations.append(Violation(rule, subject, text))


def _read(lines: Iterable[Mapping[str, Any]]) -> _History:
    history = _History()
    calls: dict[tuple[str, int], _Call] = {}
    life = 0
    for line in lines:
        client = line["client"]
        match line["event"]:
            case "invoke":
                acked = history.acked.get(line["stream"], 0)
                call = _Call(life, line["stream"], {}, acked)
                calls[(client, line["call"])] = call
                for op in line.get("ops", ()):
                    _sent(history, call, op)
                history.ends.pop(client, None)
            case "ok":
                call = calls[(client, line["call"])]
                _told(history, call, line["reply"], now=call.life == life)
            case "record":
                history.recorded.append((client, line["stream"], line["op"]))
            case "view":
                _shown(history, line)
            case "wipe":
                history.wiped.add(line["stream"])
                history.newest.pop(client, None)
                history.left.pop(client, None)
            case "forget":
                history.forgotten.add((line["stream"], line["seq"]))
            case "revoke":
                history.revoked.add(line["sign_in"])
            case "restore":
                life += 1
                history.answered.clear()
                history.acked.clear()
                history.revoked.clear()
                history.too_late.clear()
                history.leases.clear()
                history.superseded.clear()
                history.told_before |= history.told.keys()
                history.told.clear()
                history.holders.clear()
                history.former = history.generation
            case "end":
                history.ends[client] = line
            case "unknown":
                pass
            case other:
                raise ValueError(f"a history has no event {other!r}")
    return history


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that left a client: in which life of the database, and the bodies by number."""

    life: int
    stream: str
    bodies: dict[int, str]
    acked: int
    """Highest operation of the stream that was acknowledged when the call left."""


def _sent(history: _History, call: _Call, op: Mapping[str, Any]) -> None:
    ref, digest = (call.stream, op["seq"]), body_hash(op)
    if ref not in history.sent and op.get("by") in history.revoked:
        history.too_late.add(ref)
    by_former = op.get("list") in history.leases and op["kind"] in HOLDERS_ONLY
    if ref not in history.sent and by_former and history.leases[op["list"]] > (op["lease"] or 0):
        history.superseded.add(ref)
    history.sent[ref].add(digest)
    history.facts[ref] = _unnumbered(storable(dict(op)))
    call.bodies[op["seq"]] = digest


def _told(history: _History, call: _Call, reply: Mapping[str, Any], *, now: bool) -> None:
    stream = call.stream
    last = reply.get("gap", reply.get("last"))
    if now and last is not None and last < call.acked:
        history.broken("I1", stream, f"{call.acked} operations acknowledged, then last is {last}")
    for seq, verdict, code in reply.get("verdicts", ()):
        ref = (stream, seq)
        if now and seq in call.bodies:
            history.answered.append((ref, call.bodies[seq], code))
        if not now:
            history.told_before.add(ref)
            continue
        history.acked[stream] = max(history.acked.get(stream, 0), seq)
        known = history.told.setdefault(ref, (verdict, code))
        same = known[0] == verdict and (known[1] == code or "clash" in (known[1], code))
        if not same:
            history.broken("I2", _name(ref), f"was told {known}, then {(verdict, code)}")
        if known[1] == "clash" != code:
            history.told[ref] = (verdict, code)
    if reply.get("verdicts") and reply["last"] < max(seq for seq, _, _ in reply["verdicts"]):
        history.broken("I2", stream, f"last is {reply['last']}, below the verdicts beside it")


def _shown(history: _History, line: Mapping[str, Any]) -> None:
    client, shown = line["client"], line["snapshot"]
    generation, revision = history.newest.get(client, ("", 0))
    if line["gen"] == generation and line["rev"] < revision:
        history.broken("I10", client, f"went from revision {revision} back to {line['rev']}")
    if line["gen"] != generation:
        history.left[client].add(generation)
        if line["gen"] in history.left[client]:
            history.broken("I10", client, f"went back to generation {line['gen']}, which was over")
    history.newest[client] = (line["gen"], line["rev"])
    history.generation = max(history.generation, line["gen"])
    if shown is None:
        return
    for task in shown["tasks"]:
        fixed = (shown["list"], task["sku"], task["qty"], task["tote_slot"], task["order_number"])
        known = history.tasks.setdefault(task["id"], fixed)
        if known != fixed:
            history.broken("I9", task["id"], f"was {known}, then {fixed}")
    if line["gen"] <= history.former:
        # An answer that was on its way while an older database was put back: that one has
        # forgotten the lease, or gives it to somebody else.
        return
    held = (shown["list"], shown["lease"])
    history.leases[held[0]] = max(held[1], history.leases.get(held[0], 0))
    holder = (line["stream"], line["person"])
    first = history.holders.setdefault(held, holder)
    if first != holder:
        history.broken("I4", f"{held[0]} lease {held[1]}", f"was given to {first} and {holder}")


def _stored(session: Session) -> dict[Ref, tuple[str, Told]]:
    rows = session.execute(select(Op.stream, Op.seq, Op.body_hash, Op.verdict, Op.code))
    return {(row.stream, row.seq): (row.body_hash, (row.verdict, row.code)) for row in rows}


def _acknowledged_is_stored(
    history: _History, stored: Mapping[Ref, tuple[str, Told]]
) -> Iterable[Violation]:
    for ref, told in history.told.items():
        if ref not in stored:
            yield Violation("I1", _name(ref), f"acknowledged as {told}, but it is not stored")
        elif not (stored[ref][1] == told or (told[1] == "clash" and stored[ref][1][0] == told[0])):
            yield Violation("I2", _name(ref), f"acknowledged as {told}, stored as {stored[ref][1]}")
    settled = {line["stream"] for line in history.ends.values()} - history.wiped
    for ref in sorted(history.told_before - history.told.keys()):
        if ref[0] in settled and ref not in stored:
            yield Violation("I1", _name(ref), "acknowledged before a restore and never sent again")


def _stored_was_sent(
    history: _History, stored: Mapping[Ref, tuple[str, Told]]
) -> Iterable[Violation]:
    for ref, (digest, _) in stored.items():
        if ref not in history.sent:
            yield Violation("I2", _name(ref), "is stored, but nobody sent it")
        elif digest not in history.sent[ref]:
            yield Violation("I2", _name(ref), "is stored with a body that nobody sent")


def _leases_were_given(history: _History, session: Session) -> Iterable[Violation]:
    given = {
        (row.list_id, row.lease): (row.stream, row.person_id)
        for row in session.execute(
            select(ListLease.list_id, ListLease.lease, ListLease.stream, ListLease.person_id)
        )
    }
    for held, holder in history.holders.items():
        if given.get(held) != holder:
            yield Violation(
                "I4",
                f"{held[0]} lease {held[1]}",
                f"shown by {holder}, in the books of {given.get(held)}",
            )


def _all_is_told(history: _History, stored: Mapping[Ref, tuple[str, Told]]) -> Iterable[Violation]:
    for client, line in history.ends.items():
        if line["acked"] != line["recorded"]:
            yield Violation(
                "I6", client, f"{line['recorded']} facts recorded, {line['acked']} answered"
            )
        missing = [
            seq for seq in range(1, line["recorded"] + 1) if (line["stream"], seq) not in stored
        ]
        if missing:
            yield Violation("I8", client, f"recorded facts {missing[:10]} are not in the database")
        for op in line["facts"]:
            ref = (line["stream"], op["seq"])
            if ref in stored and stored[ref][0] != body_hash(op):
                yield Violation("I8", _name(ref), "another fact is stored under its number")


def _recorded_is_stored(history: _History, session: Session) -> Iterable[Violation]:
    """A new stream numbers its facts anew: they are told apart by everything else."""
    gone = history.forgotten & (history.told_before - history.told.keys())
    # Those forgotten under the number that a later stream had given them.
    recorded = {(stream, op["seq"]) for _, stream, op in history.recorded}
    facts_gone = Counter(history.facts[ref] for ref in gone - recorded)
    settled = [
        (client, stream, op)
        for client, stream, op in history.recorded
        if client in history.ends
        and stream not in history.wiped
        and (stream, op["seq"]) not in gone
    ]
    if not settled:
        return
    stored = Counter(_unnumbered(body) for body in session.scalars(select(Op.body)))
    for client, stream, op in settled:
        fact = _unnumbered(storable(dict(op)))
        if stored[fact] > 0:
            stored[fact] -= 1
        elif facts_gone[fact] > 0:
            facts_gone[fact] -= 1
        else:
            yield Violation("I8", f"{client} {stream}/{op['seq']}", f"{op['kind']} was lost")


def _unnumbered(op: Mapping[str, Any]) -> str:
    return body_hash({name: value for name, value in op.items() if name not in ("seq", "op")})


def _clashes_are_told(
    history: _History, stored: Mapping[Ref, tuple[str, Told]]
) -> Iterable[Violation]:
    for ref, digest, code in history.answered:
        if ref in stored and (stored[ref][0] != digest) != (code == "clash"):
            yield Violation("I2", _name(ref), f"was answered {code}, another body is stored")


def _late_is_not_applied(history: _History, session: Session) -> Iterable[Violation]:
    for refs, rule, text in (
        (history.too_late, "F31", "was sent by a revoked sign-in, but applied"),
        (history.superseded, "I4", "was applied although somebody else held the list since"),
    ):
        for ref in sorted(refs):
            op = session.get(Op, ref)
            if op is not None and op.verdict == Verdict.APPLIED:
                yield Violation(rule, _name(ref), text)


def _views_are_true(history: _History, session: Session) -> Iterable[Violation]:
    for client, line in history.ends.items():
        held = lists.held_by(session, line["person"])
        if held is not None and held.stream != line["stream"]:
            held = None
        shown = line["snapshot"]
        now = _comparable(snapshot.build(session, held)) if held is not None else None
        if _comparable(shown) != now:
            yield Violation("I10", client, _difference(session, _comparable(shown), now))


def _comparable(shown: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A snapshot without what may differ without being news.

    That is other lists' effect on shelves, and the names of states that follow from the counts: a
    device counts its own facts by itself and is not sent the list again for them.
    """
    if shown is None:
        return None
    stops = [{**stop, "expect_empty": None} for stop in shown["stops"]]
    tasks = [{**task, "state": None} for task in shown["tasks"]]
    return {**shown, "state": None, "stops": stops, "tasks": tasks}


def _difference(
    session: Session, shown: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> str:
    if shown is None or now is None:
        if shown is None:
            return f"shows no list, holds {now and now['list']}"
        row = session.get(PickList, shown["list"])
        state = f"{row.state}, lease {row.lease}" if row is not None else "unknown"
        return f"shows list {shown['list']} (lease {shown['lease']}), which is {state}"
    names = [name for name in now if shown.get(name) != now[name]]
    parts = "; ".join(f"{name}: {shown.get(name)} is {now[name]}" for name in names)
    return f"shows list {shown['list']} otherwise than the server: {parts}"


def _name(ref: Ref) -> str:
    return f"{ref[0]}/{ref[1]}"
