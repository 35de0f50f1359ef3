"""The scenarios: what happens to a crew at work, and the figures that come of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from server.config import AsyncMode
from server.db.base import new_id
from server.db.engine import Database
from server.models import PickTask, PlanningRun, RunState
from server.services import lists, orders, waves
from server.services.clock import system_clock
from server.services.orders import LineDraft, OrderDraft
from tests.chaos.stores import Store
from tests.fleet.client import Handheld
from tests.fleet.site import CART
from tests.load import floor as floors
from tests.load.report import Outcome, latency_figures, process_figures
from tests.load.site import Crew, at_work
from tests.server import processes

CUT_S = 10.0
COME_BACK_S = 3.0
"""A device that has a network again waits up to this long before it connects (PICK/1)."""
BACKLOG = 200
SOLVE_S = 60.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A run as the command line asks for it."""

    scenario: str
    devices: int
    every_s: float
    seconds: float
    mode: AsyncMode
    command: str


class Deaf(Handheld):
    """A device on whose way every hint is lost."""

    def _hint(self, name: str, body: Any) -> None:
        if name != "poke":
            super()._hint(name, body)


async def steady(asked: Asked, store: Store, folder: Path) -> Outcome:
    """Facts at a constant rate; also stress and connected, which are other numbers."""
    floor = _fill(asked, store, asked.seconds)
    async with at_work(store, floor, folder, mode=asked.mode, every_s=asked.every_s) as crew:
        await crew.work(every_s=asked.every_s, seconds=asked.seconds)
        await crew.settle()
        return _outcome(asked, store, crew, latency_figures(crew))


async def solve(asked: Asked, store: Store, folder: Path) -> Outcome:
    """The same, while a worker beside it plans a large wave for a minute."""
    floor = _fill(asked, store, asked.seconds)
    run_id = _ask_for_plan(store.url, floor.skus)
    settings = {"WAVEPICK_DATABASE_URL": store.url, "WAVEPICK_HOME": str(folder)}
    with ExitStack() as stack:
        async with at_work(store, floor, folder, mode=asked.mode, every_s=asked.every_s) as crew:
            stack.enter_context(processes.worker(settings, folder))
            await crew.work(every_s=asked.every_s, seconds=asked.seconds)
            await crew.settle()
            solved_s = _solved_s(store.url, run_id)
            figures = {**latency_figures(crew), "solve s": f"{solved_s:.0f}"}
            return _outcome(asked, store, crew, figures)


async def storm(asked: Asked, store: Store, folder: Path) -> Outcome:
    """All lines are cut at once; 10 s later the network is back, and all devices with it."""
    floor = _fill(asked, store, asked.seconds + CUT_S)
    rng = random.Random(1)
    async with at_work(store, floor, folder, mode=asked.mode, every_s=asked.every_s) as crew:
        loop = asyncio.get_running_loop()
        working = asyncio.create_task(
            crew.work(every_s=asked.every_s, seconds=asked.seconds + CUT_S)
        )
        await asyncio.sleep(asked.seconds / 2)
        for handheld in crew.handhelds:
            handheld.cut(stay_offline=True)
        await asyncio.sleep(CUT_S)
        for handheld in crew.handhelds:
            handheld.synced.clear()
        back = loop.time()
        waits = [rng.uniform(0, COME_BACK_S) for _ in crew.hands]
        in_sync = await asyncio.gather(
            *(
                _come_back(handheld, wait)
                for handheld, wait in zip(crew.handhelds, waits, strict=True)
            )
        )
        ranked = sorted(at - back for at in in_sync)
        await working
        await crew.settle()
        for handheld in crew.handhelds:
            handheld.counts.unanswered = 0  # the calls that the cut met
        figures = {
            "all in sync s": f"{ranked[-1]:.2f}",
            "half in sync s": f"{ranked[len(ranked) // 2]:.2f}",
            "last jitter s": f"{max(waits):.2f}",
        }
        return _outcome(asked, store, crew, figures)


async def backlog(asked: Asked, store: Store, folder: Path) -> Outcome:
    """One device after ten minutes offline, among others at work: 200 facts at once."""
    units = -(-BACKLOG // (floors.ORDERS_PER_LIST * floors.LINES_PER_ORDER))
    floor = floors.fill(
        store.url,
        devices=asked.devices,
        ops_per_device=max(BACKLOG, round(asked.seconds / asked.every_s)),
        units=units,
    )
    # Nobody is ahead: the one away needs a whole list for its 200 facts.
    async with at_work(
        store, floor, folder, mode=asked.mode, every_s=asked.every_s, ahead=0.0
    ) as crew:
        loop = asyncio.get_running_loop()
        away, *others = crew.hands
        handheld = away.handheld
        working = [
            asyncio.create_task(
                hand.work(first_s=loop.time() + number / len(others), until_s=loop.time() + 20)
            )
            for number, hand in enumerate(others)
        ]
        handheld.cut(stay_offline=True)
        await asyncio.sleep(5.0)
        for _ in range(BACKLOG):
            away.record()
        messages = handheld.counts.messages
        back = loop.time()
        handheld.restore()
        while handheld.waiting:
            await handheld.news()
        drained_s = loop.time() - back
        sent = handheld.counts.messages - messages
        await asyncio.gather(*working)
        await crew.settle()
        handheld.counts.unanswered = 0  # the call that the cut met
        figures = {"drained s": f"{drained_s:.2f}", "messages": str(sent)}
        return _outcome(asked, store, crew, figures)


async def freshness(asked: Asked, store: Store, folder: Path) -> Outcome:
    """A lead cancels an order of each list, then takes each list away: when devices show it.

    Half of the devices never hear a hint. The lead's changes are those of another process.
    """
    floor = _fill(asked, store, asked.seconds)
    kinds = (Deaf, Handheld)
    async with at_work(
        store, floor, folder, mode=asked.mode, every_s=asked.every_s, kinds=kinds, ahead=0.0
    ) as crew:
        deaf, hearing = crew.handhelds[::2], crew.handhelds[1::2]
        figures: dict[str, str] = {}
        for what, change in (("cancel", _cancel_order), ("reassign", _recall)):
            shown = await asyncio.gather(
                *(_until_shown(handheld, change, store.url) for handheld in (*hearing, *deaf))
            )
            with_hints, without = shown[: len(hearing)], shown[len(hearing) :]
            figures[f"{what} with hints s, worst"] = f"{max(with_hints):.2f}"
            figures[f"{what} without hints s, worst"] = f"{max(without):.2f}"
        return _outcome(asked, store, crew, figures)


SCENARIOS: dict[str, Callable[[Asked, Store, Path], Any]] = {
    "steady": steady,
    "stress": steady,
    "connected": steady,
    "solve": solve,
    "storm": storm,
    "backlog": backlog,
    "freshness": freshness,
}
DEFAULTS: dict[str, tuple[int, float, float]] = {
    # devices, seconds between facts of a device, seconds of the run
    "steady": (100, 1.0, 600.0),
    "stress": (500, 1.0, 60.0),
    "connected": (1_000, 5.0, 60.0),
    "solve": (100, 1.0, 80.0),
    "storm": (500, 10.0, 20.0),
    "backlog": (20, 1.0, 20.0),
    "freshness": (40, 1.0, 1.0),
}


def _fill(asked: Asked, store: Store, seconds: float) -> floors.Floor:
    """Enough work for the run, and a list more for who is in the middle of one."""
    return floors.fill(
        store.url,
        devices=asked.devices,
        ops_per_device=round(seconds / asked.every_s) + floors.ops_per_list(floors.UNITS_PER_LINE),
    )


def _outcome(asked: Asked, store: Store, crew: Crew, figures: dict[str, str]) -> Outcome:
    crew.sampler.look()
    return Outcome(
        asked.scenario,
        asked.command,
        operations=sum(handheld.acked for handheld in crew.handhelds),
        lost=crew.lost(store.url),
        errors=tuple(crew.errors),
        figures={"devices": str(asked.devices), **figures},
        process=process_figures(crew),
    )


async def _come_back(handheld: Handheld, wait_s: float) -> float:
    """Have a network again after the jitter; returns when the device is in sync and drained."""
    await asyncio.sleep(wait_s)
    handheld.restore()
    await handheld.synced.wait()
    while handheld.waiting:
        await handheld.news()
    return asyncio.get_running_loop().time()


async def _until_shown(
    handheld: Handheld, change: Callable[[Database, dict[str, Any]], None], url: str
) -> float:
    """Change a device's list behind its back; returns the seconds until the device shows it."""
    loop = asyncio.get_running_loop()
    before = handheld.snapshot
    assert before is not None

    def do() -> None:
        database = Database(url)
        try:
            change(database, before)
        finally:
            database.close()

    await asyncio.to_thread(do)
    changed = loop.time()
    while handheld.snapshot is before:
        await handheld.news()
    return loop.time() - changed


def _cancel_order(database: Database, snapshot: dict[str, Any]) -> None:
    def work(session: Any) -> None:
        order_id = session.scalar(
            select(PickTask.order_id).where(PickTask.id == snapshot["tasks"][0]["id"])
        )
        orders.cancel(session, system_clock, order_id=order_id, reason="freshness")

    database.run(work)


def _recall(database: Database, snapshot: dict[str, Any]) -> None:
    key = new_id()  # One for all tries: a conflict is tried again.
    database.run(
        lambda session: lists.recall(session, system_clock, list_id=snapshot["list"], key=key)
    )


def _ask_for_plan(url: str, skus: Sequence[str]) -> str:
    """Two hundred orders of ten lines, and the wish to plan them for a minute."""
    database = Database(url)
    try:
        with database.write() as session:
            rng = random.Random(1)
            accepted = [
                orders.accept(
                    session,
                    system_clock,
                    OrderDraft(
                        channel="web",
                        external_id=f"P-{number}",
                        lines=tuple(LineDraft(None, sku, 1) for sku in rng.sample(skus, 10)),
                    ),
                ).order_id
                for number in range(200)
            ]
            orders.check(session, system_clock, order_ids=accepted)
            wave = waves.create(
                session,
                system_clock,
                name="Planned meanwhile",
                order_ids=accepted,
                cart_type=CART,
            )
            return waves.request_plan(
                session, system_clock, wave_id=wave.id, seconds=SOLVE_S, seed=1
            ).id
    finally:
        database.close()


def _solved_s(url: str, run_id: str) -> float:
    """How long the plan was searched for.

    Raises
    ------
    AssertionError
        It was not finished: the run was too short to tell anything.
    """
    database = Database(url)
    try:
        with database.read() as session:
            run = session.get_one(PlanningRun, run_id)
            assert run.state == RunState.DONE, f"the plan is {run.state}: give it more SECONDS"
            assert run.started_at is not None
            assert run.finished_at is not None
            return (run.finished_at - run.started_at).total_seconds()
    finally:
        database.close()
