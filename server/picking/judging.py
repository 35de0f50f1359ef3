"""The general way to judge an operation of PICK/1: any kind, any trouble, in its own savepoint."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server import failpoints
from server.errors import BadInput, ServiceError
from server.failpoints import FailPoint
from server.models import Op, PickTask, Verdict
from server.picking import goods_facts, list_facts, operations
from server.picking.facts import Fact, Parked, Refused, take_standing
from server.picking.messages import Entry, id_in, whole_in
from server.picking.operations import Body
from server.services import audit, cards, floor_work, progress
from server.services.clock import Clock
from server.services.ledger import OpRef

logger = logging.getLogger(__name__)

BUGS = (IntegrityError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError)
"""Faults of ours that must not stop the outbox behind the operation that meets them."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Who made an operation, and whether the sign-in it was made with is revoked."""

    person_id: str
    is_revoked: bool


@dataclass(slots=True)
class Judge:
    """Judges the operations of one stream, one after the other."""

    session: Session
    clock: Clock
    stream: str

    def stored(self, entry: Entry) -> list[Any]:
        """Return ``[seq, verdict, code]`` of an operation that was judged before.

        Raises
        ------
        BadInput
            It never was, although the stream is further.
        """
        op = self.session.get(Op, (self.stream, entry.seq))
        if op is None:
            raise BadInput(f"operation {entry.seq} was never seen", code="bad-seq")
        if op.body_hash != entry.body_hash:
            self._alarm(op, entry.body_hash)
            return [entry.seq, op.verdict, "clash"]
        return [entry.seq, op.verdict, op.code]

    def judge(self, entry: Entry, maker: Maker) -> list[Any]:
        """Apply the next operation of the stream; return ``[seq, verdict, code]``, now final."""
        header = entry.header
        op = Op(
            stream=self.stream,
            seq=entry.seq,
            kind=header.kind[:16] if header else "malformed",
            list_id=header.list_id if header else None,
            task_id=entry.task_id,
            lease=header.lease if header else None,
            person_id=maker.person_id,
            body=entry.stored,
            body_hash=entry.body_hash,
            received_at=self.clock(),
        )
        audit.for_op(self.session, OpRef(op.stream, op.seq))
        self._decide(op, entry, maker)
        audit.for_op(self.session, None)
        audit.cover(self.session, self.clock, op)
        failpoints.reach(FailPoint.AFTER_VERDICT)
        return [entry.seq, op.verdict, op.code]

    def _alarm(self, op: Op, digest: str) -> None:
        """Tell the lead, once per body, that a device sent two facts under one number."""
        logger.error("two operations under one number", extra={"stream": op.stream})
        ref = OpRef(op.stream, op.seq)
        if all(card.detail["hash"] != digest for card in cards.of_op(self.session, ref, "clash")):
            cards.raise_card(
                self.session,
                self.clock,
                kind="clash",
                list_id=op.list_id,
                op=ref,
                detail={"hash": digest},
            )

    def _decide(self, op: Op, entry: Entry, maker: Maker) -> None:
        """Apply the operation and store it with its verdict; what a failed one did is undone."""
        op.verdict, op.code = Verdict.APPLIED, "ok"
        ref = OpRef(op.stream, op.seq)
        if entry.header is None:
            self._settle(op, Verdict.REFUSED, "malformed")
            self._raise_card("refused", ref, entry.raw, "malformed")
            return
        fact = Fact(self.session, self.clock, op.stream, entry.header, maker.person_id)
        try:
            with self.session.begin_nested():
                if maker.is_revoked:
                    raise Parked("revoked")
                self._apply(fact, entry.body)
                self.session.add(op)
        except Refused as refusal:
            self._settle(op, Verdict.REFUSED, refusal.code)
            if refusal.code in ("malformed", "wrong-item"):
                self._raise_card("refused", ref, entry.raw, refusal.code)
        except ServiceError as refusal:
            self._settle(op, Verdict.REFUSED, refusal.code)
        except Parked as parked:
            self._settle(op, Verdict.PARKED, parked.code)
            self._park(fact, entry.raw, parked)
        except BUGS:
            logger.exception("an operation could not be judged", extra={"stream": ref.stream})
            self._settle(op, Verdict.PARKED, "internal-error")
            self._park(fact, entry.raw, Parked("internal-error"))

    def _settle(self, op: Op, verdict: Verdict, code: str) -> None:
        op.verdict, op.code = verdict, code[:32]
        self.session.add(op)

    def _apply(self, fact: Fact, body: Body | None) -> None:
        if fact.header.kind in operations.NOT_SUPPORTED_YET:
            raise Parked("not-supported-yet")
        if body is None:
            raise Refused("malformed")
        take_standing(fact)
        _effect(fact, body)
        failpoints.reach(FailPoint.AFTER_EFFECT)
        if fact.pick_list is not None:
            fact.pick_list.last_op_at = self.clock()
            progress.list_changed(self.session, fact.pick_list)

    def _park(self, fact: Fact, raw: Mapping[str, Any], parked: Parked) -> None:
        """Leave the operation on the lead's desk, with a put-back where goods may have moved."""
        task_id = id_in(raw, "task")
        task = self.session.get(PickTask, task_id) if task_id is not None else None
        self._raise_card("parked", fact.ref, raw, parked.code, parked.detail)
        if task is not None and parked.put_back:
            tote = raw.get("tote")
            floor_work.ask(
                self.session,
                self.clock,
                kind="put-back",
                cause=floor_work.PARKED,
                sku=task.sku,
                quantity=parked.put_back,
                location=task.location,
                tote=tote[:64] if isinstance(tote, str) else None,
                list_id=task.list_id,
                op=fact.ref,
            )

    def _raise_card(
        self,
        kind: str,
        ref: OpRef,
        raw: Mapping[str, Any],
        code: str,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        task_id = id_in(raw, "task")
        task = self.session.get(PickTask, task_id) if task_id is not None else None
        cards.raise_card(
            self.session,
            self.clock,
            kind=kind,
            list_id=id_in(raw, "list"),
            order_id=task.order_id if task is not None else None,
            location=task.location if task is not None else None,
            sku=task.sku if task is not None else None,
            quantity=whole_in(raw, "qty", up_to=operations.MAX_QUANTITY),
            op=ref,
            detail={
                "code": code,
                "op_kind": str(operations.storable(str(raw.get("kind"))))[:32],
                **operations.storable(dict(detail or {})),
            },
        )


def _effect(fact: Fact, body: Body) -> None:
    match body:
        case operations.Bind():
            goods_facts.bind(fact, body)
        case operations.Pick():
            goods_facts.pick(fact, body)
        case operations.Short():
            goods_facts.short(fact, body)
        case operations.Undo():
            goods_facts.undo(fact, body)
        case operations.Skip():
            list_facts.skip(fact, body)
        case operations.Drop():
            list_facts.drop(fact, body)
        case operations.Put():
            list_facts.put(fact, body)
        case operations.Done():
            list_facts.done(fact)
        case operations.HandBack():
            list_facts.hand_back(fact)
        case operations.Report():
            list_facts.report(fact, body)
        case operations.Count():
            list_facts.count(fact, body)
