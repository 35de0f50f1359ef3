"""The office of a history: leads, host systems and workers, each step through the real services."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.base import new_id
from server.errors import Conflict, ServiceError
from server.models import (
    ExceptionCard,
    FloorTask,
    Order,
    PickList,
    PlanningRun,
    RunState,
    SignIn,
    StoredPlan,
    Wave,
    WaveState,
)
from server.services import (
    cards,
    floor_tasks,
    lists,
    orders,
    people,
    replan,
    runs,
    stock,
    waves,
)
from server.services.ledger import OpRef
from server.services.orders import LineDraft, OrderDraft
from tests.history.recorder import Recorder
from tests.server.services.site import PlannedTask, PlannedTour, Site
from tests.simulation.loop import Loop
from tests.simulation.mix import Mix
from tests.simulation.service import Down, Server
from tests.simulation.warehouse import SHELVES, SKUS

REPEATS = 3
REPEATABLE = frozenset(
    {"order", "cancel order", "cancel wave", "launch", "put back", "count task",
     "close card", "revoke", "recall"}
)  # fmt: skip
"""Steps that may come twice: the second time changes nothing and is not refused."""
_BEFORE_LAUNCH = (WaveState.PLANNED, WaveState.FAILED)
_LIVE = (WaveState.RELEASED, WaveState.IN_PROGRESS)
_HELD = select(PickList.id).where(PickList.state.in_(lists.HELD))


class Office:
    """Everything that is decided at a desk; each step may be lost, repeated or come twice."""

    def __init__(
        self, server: Server, loop: Loop, rng: random.Random, mix: Mix, history: Recorder
    ) -> None:
        self._history = history
        self._server = server
        self._loop = loop
        self._rng = rng
        self._mix = mix
        self._site = Site(server.database, clock=loop.now)
        self._numbers = 100
        self._drafts: list[OrderDraft] = []

    def step(self) -> None:
        """Do one thing, chosen at random."""
        rng, mix = self._rng, self._mix
        if rng.random() < mix.clock_steps:
            self._loop.step_clock(timedelta(seconds=rng.choice((-90_000, -3_600, 3_600, 200_000))))
        if rng.random() < mix.cancel_wave:
            self.cancel_wave()
        elif rng.random() < mix.revoke:
            self.revoke()
        else:
            what: Callable[[], None] = rng.choices(
                (
                    self.order, self.change_order, self.cancel_order, self.hold, self.count,
                    self.receive, self.recall, self.put_back, self.count_task, self.close_card,
                    self.replan, self.launch, self.discard,
                ),
                weights=(3, 1, 3, 1, 2, 2, 4, 3, 1, 1, 3, 3, 1),
            )[0]  # fmt: skip
            what()

    # Orders

    def order(self) -> None:
        """An order arrives, maybe twice; it is checked against stock."""
        self._numbers += 1
        self._accept(self._draft(str(self._numbers)))

    def change_order(self) -> None:
        """A customer changes an order: fewer, more or other lines."""
        if self._drafts:
            self._accept(self._draft(self._rng.choice(self._drafts).external_id))

    def cancel_order(self) -> None:
        """An order is cancelled, in whatever state."""
        order_id = self._one(select(Order.id).order_by(Order.number))
        if order_id is not None:
            self._do(
                "cancel order",
                lambda session: orders.cancel(
                    session, self._loop.now, order_id=order_id, reason="customer"
                ),
            )

    def hold(self) -> None:
        """An order is kept back, or released again."""
        order_id = self._one(select(Order.id).order_by(Order.number))
        if order_id is None:
            return
        if self._rng.random() < 0.5:
            self._do(
                "hold",
                lambda s: orders.hold(s, self._loop.now, order_id=order_id, reason="fraud"),
            )
        else:
            self._do("release", lambda s: orders.release_hold(s, self._loop.now, order_id=order_id))

    # Waves

    def launch(self) -> None:
        """Plan what is ready onto free stock, and launch it, maybe twice, maybe with a stale plan.

        A planned wave that lies there is launched, too.
        """
        self._launch_planned()
        with self._server.database.read() as session:
            ready = waves.select(session)[:3]
            tours = self._tours(session, ready)
        if not tours:
            return
        wave = self._do(
            "create wave",
            lambda s: (
                waves.create(s, self._loop.now, name="Wave", order_ids=ready, cart_type="cart-4").id
            ),
        )
        if wave is None:
            return
        claimed = self._do("plan", lambda s: self._claim_run(s, wave))
        if claimed is None:
            return
        if self._rng.random() < 0.2:
            self.change_order()  # The result may come after the wave has changed.
        self._do("store plan", lambda s: self._store(s, claimed, tours))
        if self._rng.random() < 0.8:
            self._launch_planned()

    def cancel_wave(self) -> None:
        """A wave is cancelled, before or after its launch."""
        wave_id = self._one(select(Wave.id).where(Wave.closed_at.is_(None)).order_by(Wave.number))
        if wave_id is None:
            return

        def cancel(session: Session) -> None:
            waves.cancel(session, self._loop.now, wave_id=wave_id)
            orders.check(session, self._loop.now)

        self._do("cancel wave", cancel)

    def discard(self) -> None:
        """A plan is thrown away."""
        wave_id = self._one(select(Wave.id).where(Wave.state.in_(_BEFORE_LAUNCH)))
        if wave_id is not None:
            self._do(
                "discard plan", lambda s: waves.discard_plan(s, self._loop.now, wave_id=wave_id)
            )

    # Lists and the floor

    def recall(self) -> None:
        """A list is taken from its holder: whoever asks next gets it."""
        list_id = self._one(_HELD)
        if list_id is not None:
            self._recall(list_id)

    def recall_all(self) -> None:
        """Every list that is held is taken back, as at the end of a shift."""
        with self._server.database.read() as session:
            held = session.scalars(_HELD.order_by(PickList.number)).all()
        for list_id in held:
            self._recall(list_id)

    def _recall(self, list_id: str) -> None:
        key = new_id()  # Of all tries, should the server die on the way.
        self._do("recall", lambda s: lists.recall(s, self._loop.now, list_id=list_id, key=key))

    def put_back(self) -> None:
        """Goods of a cancelled order go back to a shelf."""
        found = self._one(
            select(FloorTask.id).where(FloorTask.kind == "put-back", FloorTask.state == "open")
        )
        if found is not None:
            location = self._rng.choice(("A-6", "A-1"))
            self._do(
                "put back",
                lambda s: floor_tasks.put_back(
                    s, self._loop.now, floor_task_id=found, location=location
                ),
            )

    def count_task(self) -> None:
        """Somebody counts where a count was asked for."""
        found = self._one(
            select(FloorTask.id).where(FloorTask.kind == "count", FloorTask.state == "open")
        )
        if found is not None:
            counted = self._rng.randint(0, 5)
            self._do(
                "count task",
                lambda s: floor_tasks.count(
                    s, self._loop.now, floor_task_id=found, counted=counted
                ),
            )

    def count(self) -> None:
        """Stock is corrected at a desk."""
        location, sku = self._rng.choice(sorted(SHELVES))
        counted = self._rng.randint(0, 7)
        self._do(
            "count",
            lambda s: stock.adjust(s, self._loop.now, location=location, sku=sku, counted=counted),
        )

    def receive(self) -> None:
        """Goods arrive."""
        location, sku = self._rng.choice(sorted(SHELVES))

        # Not repeated when the answer was lost: a receipt has no key yet.
        def receive(session: Session) -> None:
            stock.receive(session, self._loop.now, location=location, sku=sku, quantity=2)
            orders.check(session, self._loop.now)

        self._do("receive", receive, repeats=1)

    def close_card(self) -> None:
        """A lead answers a question."""
        card_id = self._one(select(ExceptionCard.id).where(ExceptionCard.state == "open"))
        if card_id is not None:
            self._do(
                "close card",
                lambda s: cards.close(s, self._loop.now, card_id=card_id, person_id=None),
            )

    def replan(self) -> None:
        """A worker takes the oldest short and looks for the goods elsewhere."""
        with self._server.database.read() as session:
            run = session.scalars(
                select(PlanningRun)
                .where(PlanningRun.lane == "replan", PlanningRun.state == RunState.QUEUED)
                .order_by(PlanningRun.id)
            ).first()
            if run is None:
                return
            asked, run_id = dict(run.params), run.id
            short = replan.short_task(
                session, list_id=asked["list"], task_id=asked["task"], quantity=asked["quantity"]
            )
            free = stock.free(session, [short.sku]) if short is not None else {}
        places = [place for place, _ in free if short is not None and place != short.location]
        if short is not None and places and self._rng.random() < 0.2:
            self.recall()  # The list may change while the worker thinks.

        def answer(session: Session) -> None:
            claimed = runs.claim(session, self._loop.now, worker="w", lane="replan", run_id=run_id)
            if claimed is None:
                return
            if short is not None and places:
                found = _alternative(short, places[0], short.quantity)
                replan.apply_alternative(
                    session, self._loop.now, short=short, found=found, op=OpRef(*asked["op"])
                )
            runs.finish(session, self._loop.now, run_id=run_id, lease=claimed.lease)

        self._do("replan", answer)

    def revoke(self) -> None:
        """A device is reported lost: its sign-in is revoked, online or not."""
        sign_in_id = self._one(
            select(SignIn.id).where(SignIn.client == "handheld", SignIn.revoked_at.is_(None))
        )
        if sign_in_id is None:
            return
        if self._do("revoke", lambda s: people.revoke(s, self._loop.now, sign_in_id=sign_in_id)):
            self._history.revoke(sign_in_id)

    def sign_in(self, badge: str) -> tuple[str, str, str] | None:
        """Person, sign-in and token of somebody who signs in on a handheld; None without server."""

        def work(session: Session) -> tuple[str, str, str]:
            token, row = people.sign_in(
                session, self._loop.now, badge=badge, pin="135790", client="handheld"
            )
            return row.person_id, row.id, token

        found = self._do("sign in", work, repeats=1)
        return found if isinstance(found, tuple) else None

    # Inside

    def _do(self, what: str, work: Callable[[Session], Any], *, repeats: int = REPEATS) -> Any:
        """Do a step; again when its answer was lost, and sometimes although it was answered.

        Returns what the first answered time returned, True for nothing; None when it was refused
        or never answered.
        """
        answer: Any = None
        for turn in range(repeats):
            try:
                found = self._server.transact(what, work)
            except Down:
                self._server.start()
                continue
            except ServiceError as error:
                self._loop.note(f"office: {what} refused: {error.code}")
                if answer is not None and what in REPEATABLE:
                    self._server.failures.append(f"{what} again was refused as {error.code}")
                return answer
            if answer is None:
                self._loop.note(f"office: {what}")
                answer = True if found is None else found
            if what == "sign in" or turn + 1 == repeats or self._rng.random() < 0.9:
                break
        return answer

    def _one(self, query: Any) -> Any:
        with self._server.database.read() as session:
            found = list(session.scalars(query))
        return self._rng.choice(found) if found else None

    def _draft(self, number: str) -> OrderDraft:
        rng = self._rng
        wanted = rng.sample(SKUS, rng.randint(1, 2))
        return OrderDraft(
            channel="web",
            external_id=number,
            lines=tuple(LineDraft(None, sku, rng.randint(1, 3)) for sku in wanted),
            ship_complete=rng.random() < 0.3,
        )

    def _accept(self, draft: OrderDraft) -> None:
        self._drafts.append(draft)

        def accept(session: Session) -> None:
            accepted = orders.accept(session, self._loop.now, draft)
            orders.check(session, self._loop.now, order_ids=[accepted.order_id])

        self._do("order", accept)

    def _launch_planned(self) -> None:
        with self._server.database.read() as session:
            plan = session.execute(
                select(StoredPlan.id, StoredPlan.wave_id)
                .join(Wave, Wave.id == StoredPlan.wave_id)
                .where(Wave.state.in_(_BEFORE_LAUNCH))
                .order_by(StoredPlan.id.desc())
            ).first()
        if plan is None:
            return
        for _ in range(self._rng.choice((1, 1, 2))):
            self._launch_one(plan.wave_id, plan.id, self._rng.choice(("k1", "k1", "k2")))

    def _launch_one(self, wave_id: str, plan_id: str, key: str) -> None:
        self._do(
            "launch",
            lambda session: waves.launch(
                session, self._loop.now, wave_id=wave_id, plan_id=plan_id, key=key
            ),
        )

    def _claim_run(self, session: Session, wave_id: str) -> tuple[str, int]:
        run = waves.request_plan(session, self._loop.now, wave_id=wave_id, seconds=5, seed=1)
        claimed = runs.claim(session, self._loop.now, worker="w", lane="plan", run_id=run.id)
        if claimed is None:
            raise Conflict("the run was claimed before", code="run-claimed")
        return run.id, claimed.lease

    def _store(self, session: Session, claimed: tuple[str, int], tours: list[PlannedTour]) -> None:
        run_id, lease = claimed
        runs.store_plan(
            session,
            self._loop.now,
            run_id=run_id,
            lease=lease,
            document=self._site.document(session, tours),
            input_hash="0" * 64,
            solver="by hand",
        )
        runs.finish(session, self._loop.now, run_id=run_id, lease=lease)

    def _tours(self, session: Session, order_ids: list[str]) -> list[PlannedTour]:
        """Lists written by hand, one or two, that take orders from whatever is free."""
        free = Counter(stock.free(session))
        halves: list[list[PlannedTask]] = [[], []]
        for slot, order_id in enumerate(order_ids):
            order = orders.get(session, order_id)
            accepted = orders.Accepted(order.id, order.number, "unchanged", order.state)
            half = halves[self._rng.randrange(2)]
            for line in order.lines:
                left = line.open
                for place, sku in sorted(free):
                    take = min(left, free[(place, sku)]) if sku == line.sku else 0
                    if take:
                        free[(place, sku)] -= take
                        left -= take
                        half.append(PlannedTask(place, accepted, sku, take, slot))
        return [PlannedTour(tasks) for tasks in halves if tasks]


def _alternative(short: replan.ShortTask, place: str, units: int) -> replan.Alternative:
    return replan.Alternative(
        pick=lists.Elsewhere(place, units, None, 500),
        next_stop=None,
        next_distance_mm=0,
        length_mm=13_000,
        duration_ms=61_000,
        path=[(0, 0, 0), (0, 6_000, 0), (0, 0, 0)],
    )
