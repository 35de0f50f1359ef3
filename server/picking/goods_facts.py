"""Facts about goods: bind, pick, short, undo."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import selectinload

from server.db.base import new_id
from server.models import (
    Bucket,
    FloorTask,
    ItemCode,
    ListState,
    ListTote,
    Location,
    Op,
    Order,
    OrderState,
    PickList,
    PickTask,
    PlaceKind,
    PlanningRun,
    RunState,
    StockMove,
    Tote,
    Verdict,
    Wave,
)
from server.picking.facts import (
    Fact,
    Parked,
    Refused,
    Standing,
    judge_quantity,
    settle_list,
    settle_task,
)
from server.picking.operations import Bind, Pick, Short, Undo
from server.picking.snapshot import expected_totes
from server.services import cards, changes, floor_work, ledger, progress, stock, totes
from server.services.ledger import OUTSIDE, OpRef, Place, at_location, in_tote

__all__ = ["bind", "pick", "short", "undo"]


def bind(fact: Fact, body: Bind) -> None:
    """Put an empty tote on a slot; with pick-and-pass the one its plan tote already has."""
    slot = fact.slot(body.slot)
    if slot.tote == body.tote:
        return
    tote = fact.session.get(Tote, body.tote)
    if tote is None:
        raise Refused("unknown-tote")
    passed_on = expected_totes(fact.session, fact.the_list).get(slot.plan_tote)
    if passed_on is not None and passed_on != body.tote:
        raise Refused("wrong-tote")
    if slot.dropped_station is not None or (slot.tote and totes.units_in(fact.session, slot.tote)):
        raise Refused("slot-taken")
    if passed_on is None and (tote.state != totes.EMPTY or totes.units_in(fact.session, tote.code)):
        raise Refused("tote-not-empty")
    before, slot.tote = slot.tote, body.tote
    tote.state, tote.list_id, tote.station = totes.BOUND, fact.the_list.id, None
    if before is not None:
        totes.release_if_empty(fact.session, before)
    if fact.the_list.state == ListState.CLAIMED:
        fact.the_list.state = ListState.LOADING
    _tell_followers(fact, slot)


def pick(fact: Fact, body: Pick) -> None:
    """Move units location -> tote and in_list -> picked; more than the books have is found."""
    session, clock = fact.session, fact.clock
    task = fact.task(body.task)
    if body.sku != task.sku or not _code_fits(fact, body):
        raise Refused("wrong-item")
    if body.location != task.location:
        raise Parked("wrong-location", location=body.location)
    judge_quantity(fact, task, body.qty, goods=True)
    slot = fact.slot(task.slot)
    if slot.tote != body.tote:
        raise Parked("wrong-tote", put_back=body.qty, tote=body.tote)
    if slot.dropped_station is not None:
        raise Parked("tote-dropped", put_back=body.qty, tote=body.tote)
    place, cause = at_location(task.location), fact.cause("pick", task.id)
    ledger.unpromise(session, task=task, quantity=body.qty)
    row = ledger.balance(session, place, task.sku)
    found = body.qty - (row.on_hand - row.allocated)
    if found > 0:
        _book_found(fact, task, found)
    ledger.move_stock(
        session,
        clock,
        sku=task.sku,
        quantity=body.qty,
        origin=place,
        target=in_tote(body.tote),
        cause=cause,
        line_id=task.line_id,
    )
    ledger.move_line(
        session,
        clock,
        line=fact.line(task),
        origin=Bucket.IN_LIST,
        target=Bucket.PICKED,
        quantity=body.qty,
        cause=cause,
    )
    task.picked += body.qty
    _worked_on(fact, task)


def short(fact: Fact, body: Short) -> None:
    """Close units that are not there; what was counted is booked, another location looked for."""
    session, clock = fact.session, fact.clock
    task = fact.task(body.task)
    judge_quantity(fact, task, body.qty, goods=False)
    ledger.unpromise(session, task=task, quantity=body.qty)
    ledger.move_line(
        session,
        clock,
        line=fact.line(task),
        origin=Bucket.IN_LIST,
        target=Bucket.SHORT_CLOSED,
        quantity=body.qty,
        cause=fact.cause("short", task.id),
    )
    task.short += body.qty
    booked = ledger.balance(session, at_location(task.location), task.sku).on_hand
    # A late count is older than what others booked meanwhile, and a count never adds stock here:
    # both wait for the count task.
    if body.counted is not None and body.counted < booked and fact.standing is Standing.CURRENT:
        stock.adjust(
            session,
            clock,
            location=task.location,
            sku=task.sku,
            counted=body.counted,
            cause="short",
            person_id=fact.person_id,
            op=fact.ref,
            checked=True,
        )
    run_id = _look_elsewhere(fact, task, body.qty)
    _ask_for_count(fact, task, cause="short")
    cards.raise_card(
        session,
        clock,
        kind="short",
        list_id=task.list_id,
        order_id=task.order_id,
        location=task.location,
        sku=task.sku,
        quantity=body.qty,
        op=fact.ref,
        detail={
            "reason": body.reason,
            "counted": body.counted,
            "booked": booked,
            "replan": run_id,
        },
    )
    _worked_on(fact, task)


def undo(fact: Fact, body: Undo) -> None:
    """Compensate the stream's own last pick or short of the list, entry by entry."""
    fact.must_be_current()
    session = fact.session
    session.flush()
    last = session.scalars(
        select(Op)
        .where(
            Op.stream == fact.stream,
            Op.list_id == fact.the_list.id,
            Op.kind.in_(("pick", "short")),
            Op.verdict == Verdict.APPLIED,
            Op.undone_by.is_(None),
        )
        .order_by(Op.seq.desc())
        .limit(1)
    ).first()
    if last is None or last.seq != body.op or last.task_id is None:
        raise Refused("not-last")
    task = fact.task(last.task_id)
    order = session.scalars(
        select(Order).where(Order.id == task.order_id).options(selectinload(Order.lines))
    ).one()
    if order.state not in (OrderState.RELEASED, OrderState.PICKING):
        raise Refused("order-" + order.state)
    if fact.slot(task.slot).dropped_station is not None:
        raise Refused("tote-dropped")
    quantity = int(last.body["qty"])
    source = Bucket.PICKED if last.kind == "pick" else Bucket.SHORT_CLOSED
    line = fact.line(task)
    if getattr(line, source.value) < quantity:
        raise Refused("replanned")
    cause = fact.cause("undo", task.id)
    undone = OpRef(last.stream, last.seq)
    _reverse_stock(fact, undone, cause)
    ledger.move_line(
        session,
        fact.clock,
        line=line,
        origin=source,
        target=Bucket.IN_LIST,
        quantity=quantity,
        cause=cause,
    )
    if last.kind == "pick":
        task.picked -= quantity
    else:
        task.short -= quantity
        _stop_looking(fact, undone)
    ledger.promise(session, task=task, quantity=quantity)
    _withdraw(fact, undone)
    last.undone_by = fact.header.seq
    _worked_on(fact, task)


def _worked_on(fact: Fact, task: PickTask) -> None:
    settle_task(task)
    settle_list(fact, worked_on=task)
    progress.started(fact.session, wave_id=fact.the_list.wave_id, order_id=task.order_id)
    changes.touch(fact.session, "stock")


def _code_fits(fact: Fact, body: Pick) -> bool:
    """Whether the raw scan does not name other items only; codes we do not know prove nothing."""
    if body.code is None or body.code == body.sku:
        return True
    if fact.session.get(ItemCode, (body.code, body.sku)) is not None:
        return True
    named = fact.session.scalars(
        select(ItemCode.sku).where(ItemCode.code == body.code).limit(1)
    ).first()
    return named is None


def _book_found(fact: Fact, task: PickTask, quantity: int) -> None:
    """More was taken than the books had: adjust them and have the location counted."""
    ledger.move_stock(
        fact.session,
        fact.clock,
        sku=task.sku,
        quantity=quantity,
        origin=OUTSIDE,
        target=at_location(task.location),
        cause=fact.cause("found", task.id),
    )
    _ask_for_count(fact, task, cause="found")
    cards.raise_card(
        fact.session,
        fact.clock,
        kind="found",
        list_id=task.list_id,
        location=task.location,
        sku=task.sku,
        quantity=quantity,
        op=fact.ref,
    )


def _ask_for_count(fact: Fact, task: PickTask, *, cause: str) -> None:
    floor_work.ask(
        fact.session,
        fact.clock,
        kind="count",
        cause=cause,
        sku=task.sku,
        location=task.location,
        list_id=task.list_id,
        op=fact.ref,
    )


def _look_elsewhere(fact: Fact, task: PickTask, quantity: int) -> str | None:
    """Queue a short re-plan when free stock of the item lies at another location."""
    session = fact.session
    wave = session.get_one(Wave, fact.the_list.wave_id)
    session.flush()
    free = [
        location for location, _ in stock.free(session, [task.sku]) if location != task.location
    ]
    known = select(Location.code).where(
        Location.layout_id == wave.layout_id, Location.code.in_(free[:500])
    )
    if not free or session.scalars(known.limit(1)).first() is None:
        return None
    run = PlanningRun(
        id=new_id(),
        wave_id=wave.id,
        wave_revision=wave.revision,
        lane="replan",
        state=RunState.QUEUED,
        params={
            "kind": "short",
            "list": task.list_id,
            "task": task.id,
            "line": task.line_id,
            "quantity": quantity,
            "op": [fact.stream, fact.header.seq],
        },
        seed=1,
        seconds=2.0,
        lease=0,
        cancel_requested=False,
        progress={},
        created_by=fact.person_id,
        created_at=fact.clock(),
    )
    session.add(run)
    changes.touch(session, f"run:{run.id}", "replan")
    return run.id


def _stop_looking(fact: Fact, undone: OpRef) -> None:
    """Cancel the re-plan that an undone short asked for."""
    for run in fact.session.scalars(
        select(PlanningRun).where(
            PlanningRun.wave_id == fact.the_list.wave_id,
            PlanningRun.lane == "replan",
            PlanningRun.state.in_((RunState.QUEUED, RunState.RUNNING)),
        )
    ):
        if run.params.get("op") == [undone.stream, undone.seq]:
            run.cancel_requested = True
            if run.state == RunState.QUEUED:
                run.state, run.finished_at = RunState.CANCELLED, fact.clock()
            changes.touch(fact.session, f"run:{run.id}")


def _reverse_stock(fact: Fact, undone: OpRef, cause: ledger.Cause) -> None:
    moves = fact.session.scalars(
        select(StockMove)
        .where(StockMove.op_stream == undone.stream, StockMove.op_seq == undone.seq)
        .order_by(StockMove.id.desc())
    ).all()
    for move in moves:
        ledger.move_stock(
            fact.session,
            fact.clock,
            sku=move.sku,
            quantity=move.quantity,
            origin=_place(move.to_kind, move.to_place),
            target=_place(move.from_kind, move.from_place),
            cause=cause,
            line_id=move.line_id,
        )


def _place(kind: str, code: str) -> Place:
    return Place(PlaceKind(kind), code)


def _withdraw(fact: Fact, undone: OpRef) -> None:
    """Close what the undone operation put on the lead's desk and on the floor."""
    cards.withdraw(fact.session, fact.clock, op=undone)
    for task in fact.session.scalars(
        select(FloorTask).where(
            FloorTask.op_stream == undone.stream,
            FloorTask.op_seq == undone.seq,
            FloorTask.state == "open",
        )
    ):
        task.state, task.closed_at = "cancelled", fact.clock()
        changes.touch(fact.session, "floor")


_FOLLOWERS = (
    select(PickList)
    .join(ListTote, ListTote.list_id == PickList.id)
    .where(
        ListTote.plan_tote == bindparam("plan_tote"),
        ListTote.list_id != bindparam("list"),
        PickList.wave_id == bindparam("wave"),
        PickList.state.not_in(progress.OVER),
    )
)


def _tell_followers(fact: Fact, slot: ListTote) -> None:
    """Lists that come after with the same plan tote show its container from now on."""
    followers = fact.session.scalars(
        _FOLLOWERS,
        {"plan_tote": slot.plan_tote, "list": slot.list_id, "wave": fact.the_list.wave_id},
    )
    for follower in followers:
        progress.list_changed(fact.session, follower)
