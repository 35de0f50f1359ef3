"""One history from one seed: a warehouse at work under faults, then at rest, then judged."""

from __future__ import annotations

import random
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from server.models import Op, Order, OrderState, Wave, WaveState
from server.services import changes, reports
from server.simulated_pickers.handheld import Handheld
from tests.history.books import check_books
from tests.history.checker import check, check_ends
from tests.history.effects import check_effects
from tests.history.recorder import Recorder
from tests.history.violation import Violation
from tests.simulation.device import Device
from tests.simulation.ids import from_seed
from tests.simulation.loop import Loop
from tests.simulation.mix import draw
from tests.simulation.office import Office
from tests.simulation.picker import Picker
from tests.simulation.service import Server
from tests.simulation.warehouse import PICKERS, VARIANTS, Warehouses

SETTLE_MS = 60_000
"""Within this time after faults have stopped, every outbox is empty and every view true."""
STEP_MS = 4_000
NEWS_MS = 2_000
"""Within this time a connected device shows what the office did, if hints arrive."""
HOUR_MS = 3_600_000
RECOUNT_EVERY = 7
"""Every so many seeds the reports of all waves are counted again."""
RESTORES_EVERY = 4
"""Every so many seeds one history has restored backups."""
_LIVE = (WaveState.RELEASED, WaveState.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one history came to.

    ``digest`` is equal for equal histories; ``log`` is what happened last.
    """

    seed: int
    violations: tuple[Violation, ...]
    ops: int
    events: int
    crashes: int
    restores: int
    digest: str
    log: tuple[str, ...]


def simulate(seed: int, warehouses: Warehouses) -> Outcome:
    """Live through one history and judge it."""
    rng = random.Random(seed)
    loop = Loop()
    database = warehouses.begin(seed % VARIANTS)
    with from_seed(random.Random(f"ids of {seed}"), loop.now):
        world = _World(seed, rng, loop, warehouses)
        stop = world.server.listen()
        try:
            try:
                world.live()
            except Exception as error:  # noqa: BLE001 (the supervisor of a history)
                world.died_of(error)
            return world.outcome()
        finally:
            stop()
            database.on_commit = None


class _World:
    """Everything of one history."""

    def __init__(self, seed: int, rng: random.Random, loop: Loop, warehouses: Warehouses) -> None:
        self.seed = seed
        self.rng = rng
        self.loop = loop
        self.mix = draw(rng, restores=seed % RESTORES_EVERY == 0)
        self.history = Recorder(lambda: loop.now_ms)
        self.violations: list[Violation] = []
        self.restores = 0
        self._totes = rng.sample(range(1, 41), 40)
        self.server = Server(warehouses.database, loop, rng, self.mix, hints=self.mix.hints)
        self.office = Office(self.server, loop, rng, self.mix, self.history)
        self.devices = [
            Device(
                f"D-{number}",
                server=self.server,
                loop=loop,
                rng=rng,
                mix=self.mix,
                history=self.history,
            )
            for number in range(1, self.mix.devices + 1)
        ]
        self.pickers = [Picker(device, rng, self.mix, self._tote) for device in self.devices]
        self._active = True

    def live(self) -> None:
        """Work under faults, then settle, then look at the views."""
        for device, badge in zip(self.devices, PICKERS, strict=False):
            self._sign_in(device, badge)
        self.server.back_up()
        for picker in self.pickers:
            self._schedule_picker(picker)
        self._schedule_office()
        if self.mix.restores:
            self._schedule_restores()
        self.loop.run_for(self.mix.active_ms / 2)
        if self.rng.random() < 0.3:
            self._check_books("in the middle")
        self.loop.run_for(self.mix.active_ms / 2)
        self._settle()
        self._hear_last_words()
        self._spread_news()
        self._hear_last_words()
        if self.mix.finish:
            self._finish()
            self._hear_last_words()
        self._judge()

    def died_of(self, error: Exception) -> None:
        """The history could not be lived to its end."""
        at = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{at.filename.rsplit('/', 1)[-1]}:{at.lineno}"
        self._broken("history", f"{type(error).__name__} at {where}: {str(error)[:300]}")

    def outcome(self) -> Outcome:
        """The summary of the history."""
        with self.server.database.read() as session:
            ops = session.execute(
                select(Op.stream, Op.seq, Op.body_hash, Op.verdict, Op.code).order_by(
                    Op.stream, Op.seq
                )
            ).all()
        for row in ops:
            if row.code == "internal-error":
                self._broken("server", f"{row.stream}/{row.seq} ended in an internal error")
        for failure in self.server.failures:
            self._broken("server", failure)
        told = "\n".join([*self.loop.log, *map(str, ops), str(self.loop.events)])
        return Outcome(
            seed=self.seed,
            violations=tuple(dict.fromkeys(self.violations)),
            ops=len(ops),
            events=self.loop.events,
            crashes=self.server.crashes,
            restores=self.restores,
            digest=sha256(told.encode()).hexdigest(),
            log=tuple(self.loop.log),
        )

    # Under faults

    def _schedule_picker(self, picker: Picker) -> None:
        def fire() -> None:
            if self._active:
                self._misfortune(picker.device)
                picker.act()
                if self.rng.random() < self.mix.clash:
                    self._clash(picker.device)
                self._schedule_picker(picker)

        self.loop.later(self.rng.expovariate(1 / self.mix.pace_ms), fire)

    def _schedule_office(self) -> None:
        def fire() -> None:
            if self._active:
                if self.rng.random() < self.mix.nights:
                    self.loop.skip(self.rng.choice((1, 20, 80)) * HOUR_MS)
                self.office.step()
                self._schedule_office()

        self.loop.later(self.rng.expovariate(1 / self.mix.office_ms), fire)

    def _schedule_restores(self) -> None:
        def restore() -> None:
            if self._active and self.server.restore():
                self.loop.note("database restored")
                self.history.restore()
                self.restores += 1

        active = self.mix.active_ms
        for _ in range(self.rng.choice((1, 1, 2))):
            self.loop.later(self.rng.uniform(0.1, 0.6) * active, self.server.back_up)
            self.loop.later(self.rng.uniform(0.3, 1.0) * active, restore)

    def _misfortune(self, device: Device) -> None:
        """What may happen to a device before its picker does something."""
        rng, mix = self.rng, self.mix
        away = rng.uniform(1_000, 15_000)
        if rng.random() < mix.battery:
            device.die()
            self.loop.later(away, device.start)
        elif rng.random() < mix.offline:
            device.go_offline()
            self.loop.later(away, device.go_online)
        elif rng.random() < mix.freeze:
            device.sleep()
            self.loop.later(away, device.wake)
        elif rng.random() < mix.wipe:
            device.wipe()
            self._sign_in(device, rng.choice(PICKERS))
        elif rng.random() < mix.change_person:
            self._sign_in(device, rng.choice(PICKERS))
        elif not device.token:
            self._sign_in(device, PICKERS[self.devices.index(device)])
        elif mix.wrong_clock and rng.random() < 0.1:
            device.clock_shift_ms += rng.choice((-1, 1)) * rng.choice((1, 24, 87_600)) * HOUR_MS

    def _clash(self, device: Device) -> None:
        """A faulty device sends another fact under a number that it has used."""
        sent = [fact.op for fact in device.page.facts] if device.page is not None else []
        if sent and device.page is not None:
            op = {**self.rng.choice(sent), "dt": self.rng.randrange(10_000_000, 99_999_999)}
            if op["seq"] <= device.page.acked:
                device.send_once({"stream": device.page.stream, "ops": [op]})

    def _sign_in(self, device: Device, badge: str) -> None:
        found = self.office.sign_in(badge)
        if found is not None:
            device.note(f"is used by {badge}")
            device.sign_in(*found)

    def _tote(self) -> str:
        number = self._totes.pop(0)
        self._totes.append(number)
        return f"T-{number:04}"

    # At rest

    def _settle(self) -> None:
        """Faults stop; everybody is signed in, charged and in reach; time passes."""
        self.loop.note("faults stop")
        self._active = self.server.faults = False
        self.server.start()
        self.server.hints = self.rng.choice((0.0, 1.0))
        for device in self.devices:
            device.wire.faults = False
            device.start()
            device.go_online()
            device.wake()
            if not device.token:
                self._sign_in(device, PICKERS[self.devices.index(device)])
        for _ in range(SETTLE_MS // STEP_MS):
            self.loop.run_for(STEP_MS)
            for device in self.devices:
                if not device.token:  # What was under way when faults stopped ended the session.
                    self._sign_in(device, PICKERS[self.devices.index(device)])
            if self._is_quiet():
                break

    def _is_quiet(self) -> bool:
        """Whether every device, on the line, has told everything and knows of the last change.

        A request that is still under way may change something yet, though nobody waits for it.
        """
        with self.server.database.read() as session:
            now = (changes.generation(session), changes.revision(session))
        return all(
            device.page is not None
            and device.up
            and device.page.acked == device.page.recorded
            and device.seen == now
            and not device.wire.under_way
            for device in self.devices
        )

    def _spread_news(self) -> None:
        """The office does something; hints arrive; the devices show it within two seconds."""
        self.server.hints = 1.0
        self.rng.choice((self.office.recall, self.office.cancel_order, self.office.cancel_wave))()
        self.loop.run_for(NEWS_MS)

    def _finish(self) -> None:
        """What is on the floor can be picked to its end: no list, wave or order is stuck."""
        for turn in range(30):
            if turn == 5:
                self.office.recall_all()  # Some are held by people who work with no device now.
            for picker in self.pickers:
                page = picker.device.page
                assert page is not None
                if not picker.finish_list():
                    page.sender.ask_work()
                    picker.device.pump()
            self.loop.run_for(1_500)
            if not self._live_waves():
                break
        else:
            self._broken("I6", f"waves {self._live_waves()} cannot be finished")
        with self.server.database.read() as session:
            stuck = session.scalars(
                select(Order.number).where(
                    Order.state.in_((OrderState.RELEASED, OrderState.PICKING))
                )
            ).all()
        if stuck and not self._live_waves():
            self._broken("I6", f"orders {stuck} are stuck")
        self._check_books("when all is picked")

    def _live_waves(self) -> list[int]:
        with self.server.database.read() as session:
            return list(session.scalars(select(Wave.number).where(Wave.state.in_(_LIVE))))

    def _hear_last_words(self) -> None:
        """Everything that the devices recorded is told, and what they show is true."""
        lines = len(self.history.lines)
        for device in self.devices:
            assert device.page is not None
            self.history.end(
                device.name,
                stream=device.page.stream,
                person=device.person_id,
                recorded=device.page.recorded,
                acked=device.page.acked,
                snapshot=_as_shown(device.page),
                facts=[fact.op for fact in device.page.facts],
            )
        with self.server.database.read() as session:
            self.violations += check_ends(self.history.lines[lines:], session)

    def _judge(self) -> None:
        """Compare everything that the devices were told with the database."""
        with self.server.database.read() as session:
            self.violations += check(self.history.lines, session)
            if self.seed % RECOUNT_EVERY:
                return
            for wave_id in session.scalars(select(Wave.id)):
                if reports.wave_report(session, wave_id=wave_id) != reports.recount(
                    session, wave_id=wave_id
                ):
                    self._broken("I7", f"the report of wave {wave_id} is not its recount")

    def _check_books(self, when: str) -> None:
        with self.server.database.read() as session:
            found = check_books(session) + check_effects(session)
        self.violations += found
        if found:
            self.loop.note(f"books are broken {when}")

    def _broken(self, rule: str, text: str) -> None:
        self.violations.append(Violation(rule, f"seed {self.seed}", text))


def _as_shown(page: Handheld) -> Mapping[str, Any] | None:
    """The list as the picker sees it: the snapshot with the own facts since, and their version."""
    view, have = page.view, page.sender.have
    if view is None or have is None:
        return None
    cart = {**view.snapshot["cart"], "slots": list(view.slots)}
    return {**view.snapshot, "ver": have["ver"], "tasks": list(view.tasks), "cart": cart}
