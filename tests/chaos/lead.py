"""The lead of a chaos run: launches, recalls, cancels and imports while the server dies."""

from __future__ import annotations

import asyncio
import csv
import os
import random
import signal
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.failpoints import ALLOWED, POINTS, FailPoint
from server.models import Order, OrderLine, PickList, Wave
from server.simulated_pickers.rest import Rest, RestError, Unreachable
from tests.chaos.crew import Crew
from tests.fleet.site import PlannedWave, Site
from tests.server.processes import wavepick

_LOOK_S = 0.25
_AGAIN_S = 0.2
_IMPORTED_ORDERS, _LINES = 12, 3


class Lead:
    """A lead at work.

    Parameters
    ----------
    recalling, cancelling
        Chances per look (four a second) of recalling a list, and of cancelling an order.
    importing
        Chance per look of importing an order file in a process that is killed half of the time.

    Attributes
    ----------
    rest
        Calls with the lead's session.
    """

    def __init__(
        self,
        site: Site,
        crew: Crew,
        *,
        base_url: str,
        folder: Path,
        rng: random.Random,
        recalling: float = 0.05,
        cancelling: float = 0.02,
        importing: float = 0.02,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self.launched: dict[str, PlannedWave] = {}
        self.files: dict[str, Path] = {}
        self._site = site
        self._crew = crew
        self.rest = Rest(base_url, token=site.lead.token)
        self._folder = folder
        self._rng = rng
        self._recalling = recalling
        self._cancelling = cancelling
        self._importing = importing
        self._waves = iter(site.waves)
        self._lock = asyncio.Lock()
        self._stopped = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to work."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Finish what was begun, and stop."""
        self._stopped = True
        assert self._task is not None
        await self._task

    async def do_again(self) -> None:
        """After a restore: launch and import again what the older database does not know."""
        async with self._lock:
            for wave in list(self.launched.values()):
                await self._launch(wave)
            for name, file in self.files.items():
                await self._import(name, file, deadly=False)

    async def _work(self) -> None:
        while not self._stopped:
            await asyncio.sleep(_LOOK_S)
            async with self._lock:
                await self._look()

    async def _look(self) -> None:
        if self._crew.idle:
            await self._launch_next()
        if self._rng.random() < self._recalling:
            await self._recall()
        if self._rng.random() < self._cancelling:
            await self._cancel()
        if self._rng.random() < self._importing:
            name = f"file-{len(self.files)}"
            self.files[name] = self._order_file(name)
            await self._import(name, self.files[name], deadly=True)

    async def _launch_next(self) -> None:
        wave = next(self._waves, None)
        if wave is None:
            self.counts["looks for a wave to launch in vain"] += 1
            return
        self.launched[wave.wave_id] = wave
        await self._launch(wave)

    async def _launch(self, wave: PlannedWave) -> None:
        """Launch by a key until it is answered: a launch that was cut off may have happened.

        A shelf that a picker found empty may have been counted on: such a launch is refused.
        """
        answer = await self._post(
            f"/waves/{wave.wave_id}/launch", {"plan_id": wave.plan_id, "key": "chaos-launch"}
        )
        if answer is None:
            self.launched.pop(wave.wave_id)
            self.counts["launches refused"] += 1
            return
        if answer["lists"] != wave.lists:
            self.faults.append(f"launch of {wave.lists} lists was answered {answer}")
        self.counts["launches"] += 1

    async def _recall(self) -> None:
        held = [each.snapshot for each in self._crew.handhelds if each.snapshot is not None]
        if held:
            key = f"chaos-recall-{self.counts['recalls']}"
            await self._post(f"/lists/{self._rng.choice(held)['list']}/recall", {"key": key})
            self.counts["recalls"] += 1

    async def _cancel(self) -> None:
        if self.launched:
            wave = self._rng.choice(list(self.launched.values()))
            order = self._rng.choice(wave.orders)
            await self._post(f"/orders/{order}/cancel", {"reason": "customer"})
            self.counts["cancellations"] += 1

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """The answer, however often the server dies meanwhile; None for a refusal."""
        while True:
            try:
                answer = await asyncio.to_thread(self.rest.post, path, body)
            except Unreachable:
                self.counts["repeated"] += 1
            except RestError as error:
                if error.status in (404, 409):
                    return None
                if error.status != 503:
                    self.faults.append(f"POST {path}: {error}")
                    return None
                self.counts["repeated"] += 1
            else:
                assert isinstance(answer, dict)
                return answer
            await asyncio.sleep(_AGAIN_S)

    def _order_file(self, name: str) -> Path:
        """A file of a few orders in a channel of its own."""
        file = self._folder / f"{name}.csv"
        skus = list(self._site.skus)
        with file.open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(("channel", "order", "sku", "qty"))
            for order in range(_IMPORTED_ORDERS):
                for sku in self._rng.sample(skus, _LINES):
                    writer.writerow((name, f"{name}-{order}", sku, 1))
        return file

    async def _import(self, name: str, file: Path, *, deadly: bool) -> None:
        """Run ``wavepick import`` until it ends in order; half of the runs are killed in it."""
        settings = {**os.environ, "WAVEPICK_DATABASE_URL": self._site.url, ALLOWED: "1"}
        if deadly:
            settings[POINTS] = f"{FailPoint.DURING_IMPORT}:0.4,{FailPoint.AFTER_COMMIT}:0.2"
        while True:
            process = await asyncio.create_subprocess_exec(
                *wavepick("import", "orders", str(file)),
                env=settings,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            said, _ = await process.communicate()
            if process.returncode == 0:
                self.counts["imports"] += 1
                return
            if process.returncode == -signal.SIGKILL:
                self.counts["imports killed"] += 1
            elif b"busy" not in said:
                self.faults.append(f"import of {name} ended {process.returncode}: {said!r}")
                return

    def check(self, session: Session) -> list[str]:
        """Launches and imports that did not take effect exactly once (I12)."""
        found: list[str] = []
        lists = dict(
            session.execute(
                select(PickList.wave_id, func.count())
                .join(Wave, Wave.id == PickList.wave_id)
                .group_by(PickList.wave_id)
            ).all()
        )
        wanted = {wave.wave_id: wave.lists for wave in self.launched.values()}
        if lists != wanted:
            found.append(f"lists by wave: {lists}, launched: {wanted}")
        orders = dict(
            session.execute(
                select(Order.channel, func.count())
                .where(Order.channel != "web")
                .group_by(Order.channel)
            ).all()
        )
        lines = dict(
            session.execute(
                select(Order.channel, func.count())
                .join(OrderLine, OrderLine.order_id == Order.id)
                .where(Order.channel != "web")
                .group_by(Order.channel)
            ).all()
        )
        if orders != dict.fromkeys(self.files, _IMPORTED_ORDERS):
            found.append(f"orders by file: {orders}, imported: {sorted(self.files)}")
        if lines != dict.fromkeys(self.files, _IMPORTED_ORDERS * _LINES):
            found.append(f"order lines by file: {lines}, imported: {sorted(self.files)}")
        return found
