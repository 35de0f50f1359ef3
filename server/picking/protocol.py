"""PICK/1 ``ops``: the server decides, the device reports facts.

A device keeps an ordered log of operations (``stream``, ``seq`` = 1, 2, 3 …) and sends it at least
once. Each operation gets one final verdict, stored with its effect in one transaction before it is
answered; the same operation again is answered from the store. So its effect happens exactly once,
whatever is lost, repeated or restarted, and an operation that breaks a rule never blocks the ones
behind it.

Messages of several devices may share a transaction (:func:`judge`): a transaction costs as much as
ten operations, and its log is flushed to the disk once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from server.db.sets import OneOf
from server.models import PickList, SignIn
from server.picking import streams
from server.picking.judging import Judge, Maker
from server.picking.messages import (
    Entry,
    OpsMessage,
    id_in,
    ops_message,
)
from server.picking.operations import Pick
from server.picking.plain_picks import PlainPicks, Reported
from server.picking.snapshot import directory
from server.picking.streams import Known
from server.services import audit
from server.services.clock import Clock
from server.services.people import SignedIn

__all__ = ["directory", "judge", "judge_one_by_one", "ops"]

_SIGN_IN, _LIST = (cast(Table, model.__table__) for model in (SignIn, PickList))
_MAKERS = select(_SIGN_IN.c.id, _SIGN_IN.c.person_id, _SIGN_IN.c.revoked_at).where(
    OneOf(_SIGN_IN.c.id, "sign_ins")
)
_VERSION = select(_LIST.c.ver).where(_LIST.c.id == bindparam("list"))


def ops(
    session: Session, clock: Clock, *, who: SignedIn, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Judge up to 50 operations in their order and answer each one's verdict.

    Answers ``{"gap": last}`` when the first one is not the next, and judges up to a hole inside.
    The caller must not acknowledge before the transaction is committed.

    Raises
    ------
    BadInput
        The message itself is broken (no stream, no list of operations, an operation without
        ``seq``); no operation was judged.
    """
    return judge(session, clock, [ops_message(who, request)])[0]


def judge(session: Session, clock: Clock, messages: Sequence[OpsMessage]) -> list[dict[str, Any]]:
    """Answer several messages in one transaction, as :func:`ops` answers each of them.

    Plain picks are booked together. A fault that this meets spoils the transaction: the caller
    rolls it back and lets :func:`judge_one_by_one` judge each message in one of its own.
    """
    group = _Group.read(session, clock, messages)
    group.plain.read([said for message in messages for said in _picks(message.entries)])
    answers = {index: group.answer(messages[index]) for index in _plain_first(messages)}
    group.write()
    return [answers[index] for index in range(len(messages))]


def _plain_first(messages: Sequence[OpsMessage]) -> list[int]:
    """The order to judge them in: first those of streams that have sent nothing but picks.

    Any order between streams is as good; whatever is no plain pick makes those read so far be
    written and forgotten. Messages of one stream stay in their order.
    """
    mixed = {
        message.stream
        for message in messages
        if not all(isinstance(entry.body, Pick) for entry in message.entries)
    }
    return sorted(range(len(messages)), key=lambda index: messages[index].stream in mixed)


def judge_one_by_one(session: Session, clock: Clock, message: OpsMessage) -> dict[str, Any]:
    """Answer one message, each operation in the general way and in a savepoint of its own."""
    group = _Group.read(session, clock, [message])
    group.is_careful = True
    answer = group.answer(message)
    group.write()
    return answer


@dataclass(slots=True)
class _Group:
    """The messages of one transaction: their streams, who made their operations, plain picks."""

    session: Session
    clock: Clock
    known: dict[str, Known]
    makers: dict[str, Maker]
    is_careful: bool = False
    plain: PlainPicks = field(init=False)

    def __post_init__(self) -> None:
        self.plain = PlainPicks(self.session, self.clock)

    @classmethod
    def read(cls, session: Session, clock: Clock, messages: Sequence[OpsMessage]) -> _Group:
        """Read the streams and the sign-ins that the messages name, in two statements."""
        named = {entry.header.by for one in messages for entry in one.entries if entry.header}
        makers: dict[str, Maker] = {}
        if named:
            for row in session.execute(_MAKERS, {"sign_ins": sorted(named)}):
                makers[row.id] = Maker(row.person_id, row.revoked_at is not None)
        known = streams.read(session, clock, [message.stream for message in messages])
        return cls(session, clock, known, makers)

    def answer(self, message: OpsMessage) -> dict[str, Any]:
        """Judge the operations of a message up to the first hole."""
        stream = self.known[message.stream]
        stream.seen(self.clock(), message.who)
        audit.on_behalf(self.session, message.who.actor)
        verdicts: list[list[Any]] = []
        for entry in message.entries:
            if entry.seq > stream.last + 1:
                break
            verdicts.append(self._verdict(message, stream, entry))
        if not verdicts and message.entries:
            return {"gap": stream.last}
        return {"last": stream.last, "verdicts": verdicts, "ver": self._version(message.entries)}

    def write(self) -> None:
        """Write what is still in memory only."""
        self.plain.write()
        streams.write(self.session, self.known.values())

    def _verdict(self, message: OpsMessage, stream: Known, entry: Entry) -> list[Any]:
        if entry.seq <= stream.last:
            return self._generally(stream).stored(entry)
        stream.advance(entry.seq, self.clock())
        maker = self._maker(message.who, entry)
        if self._is_plain(message, stream, entry, maker):
            return [entry.seq, "applied", "ok"]
        return self._generally(stream).judge(entry, maker)

    def _is_plain(self, message: OpsMessage, stream: Known, entry: Entry, maker: Maker) -> bool:
        if self.is_careful or maker.is_revoked or not isinstance(entry.body, Pick):
            return False
        assert entry.header is not None  # else the body was not read
        if not self.plain.knows(entry.body):
            self.plain.read(_picks([later for later in message.entries if later.seq >= entry.seq]))
        return self.plain.pick(
            Reported(
                stream.id,
                entry.header,
                maker.person_id,
                entry.stored,
                entry.body_hash,
                self.clock(),
            ),
            entry.body,
        )

    def _generally(self, stream: Known) -> Judge:
        """The judge of everything else, who finds in the database what was picked so far."""
        self.plain.write()
        self.plain.forget()
        return Judge(self.session, self.clock, stream.id)

    def _maker(self, who: SignedIn, entry: Entry) -> Maker:
        """Who made the operation. Sign-ins a restored backup does not know count as the caller's.

        Of an operation without a readable header the caller's own sign-in counts.
        """
        by = entry.header.by if entry.header is not None else who.sign_in_id
        return self.makers.get(by) or Maker(who.person_id, is_revoked=False)

    def _version(self, entries: Sequence[Entry]) -> int | None:
        """The version of the list that the last operation is about."""
        list_id = id_in(entries[-1].raw, "list") if entries else None
        if list_id is None:
            return None
        known = self.plain.version(list_id)
        if known is not None:
            return known
        return cast(int | None, self.session.execute(_VERSION, {"list": list_id}).scalar())


def _picks(entries: Iterable[Entry]) -> list[Pick]:
    return [entry.body for entry in entries if isinstance(entry.body, Pick)]
