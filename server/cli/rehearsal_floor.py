"""The part of a rehearsal that talks to the running server: lead and pickers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from server.cli.processes import Children
from server.cli.rehearsal_account import (
    CART,
    LEAD,
    PICKER_PIN,
    Account,
    Plan,
    badges,
    differences,
    tote_codes,
)
from server.simulated_pickers.behaviour import Behaviour
from server.simulated_pickers.crew import Credentials, Crew
from server.simulated_pickers.lead import WAVE_OVER, Lead, LeadError, plan_of
from server.simulated_pickers.rest import Rest, RestError

_CANCEL_AT = 0.3
"""Share of finished tasks at which an order is cancelled."""

_BATCH = 15
"""Tasks that a simulated picker does before it sends; a real one is at the next shelf by then."""

_AT_LEAST_S = 6.0
"""Shortest time that picking takes: a small wave would be over before the lead has cancelled."""

_POLL_S = 0.2
_SORTING_S = 60.0


class Floor:
    """A lead who plans, launches and cancels one order; pickers who do the rest."""

    def __init__(
        self,
        plan: Plan,
        account: Account,
        *,
        base_url: str,
        children: Children,
        say: Callable[[str], None],
        step: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        self._plan = plan
        self._account = account
        self._base_url = base_url
        self._children = children
        self._say = say
        self._step = step
        rest = Rest(base_url)
        rest.sign_in(badge=LEAD[0], pin=LEAD[1], client="console")
        self._lead = Lead(rest, pause_s=_POLL_S, watch=children.check)

    def work(self) -> None:
        """Plan a wave, launch it and have it picked; errors as :class:`Rehearsal`."""
        with self._step("plan"):
            wave_id, plan_id = self._plan_wave()
        with self._step("launch"):
            self._launch(wave_id, plan_id)
        with self._step("pick"):
            self._pick(wave_id)
        answer = self._lead.rest.get(f"/waves/{wave_id}/report")
        self._account.check(
            "the server's own report equals its recount",
            answer["equal"] is True and answer["report"] == answer["recount"],
            *differences(answer["report"], answer["recount"]),
        )

    def _plan_wave(self) -> tuple[str, str]:
        wave = self._lead.make_wave(
            name="Rehearsal",
            cart_type=CART,
            max_orders=self._plan.n_orders,
            fewest_lines=self._plan.fewest_lines,
        )
        sheet = self._lead.plan(wave["id"], seconds=self._plan.seconds, seed=self._plan.seed)
        chosen = plan_of(sheet, method=self._plan.method)
        self._account.facts["wave"] = {
            "id": wave["id"],
            "orders": wave["orders"],
            "lines": wave["lines"],
            "units": wave["units"],
        }
        self._account.facts["methods"] = [
            {
                "method": one["method"],
                "length_mm": one["length_mm"],
                "baseline_mm": one["baseline_mm"],
                "lists": one["lists"],
                "unplanned": len(one["unplanned"]),
                "launched": one["plan_id"] == chosen["plan_id"],
            }
            for one in sheet["methods"]
        ]
        self._say(
            f"  wave of {wave['orders']:,} orders, {wave['lines']:,} lines, "
            f"{wave['units']:,} units; baseline {sheet['baseline']['length_mm'] / 1e6:,.1f} km"
        )
        for one in sheet["methods"]:
            mark = "*" if one["plan_id"] == chosen["plan_id"] else " "
            self._say(
                f"  {mark} {one['method']:<10} {one['length_mm'] / 1e6:8,.1f} km  "
                f"{one['lists']:5,} lists  {one['saving_percent']:5.1f} % saved  "
                f"{len(one['unplanned']):,} left out"
            )
        return wave["id"], chosen["plan_id"]

    def _launch(self, wave_id: str, plan_id: str) -> None:
        """Launch twice with one key: the second answer is the first."""
        first = self._lead.launch(wave_id, plan_id=plan_id, key=f"rehearsal-{wave_id}")
        again = self._lead.launch(wave_id, plan_id=plan_id, key=f"rehearsal-{wave_id}")
        self._account.check(
            "launching twice launches once",
            (first["lists"], first["tasks"]) == (again["lists"], again["tasks"]),
        )
        self._account.facts["launch"] = {"lists": first["lists"], "tasks": first["tasks"]}
        self._say(f"  {first['lists']:,} lists, {first['tasks']:,} tasks")

    def _pick(self, wave_id: str) -> None:
        tasks = self._account.facts["launch"]["tasks"]
        pace_s = _AT_LEAST_S * self._plan.n_pickers / max(1, tasks)
        crew = Crew(
            self._base_url,
            pickers=[Credentials(b, PICKER_PIN) for b in badges(self._plan.n_pickers)],
            sorter=Credentials(badges(self._plan.n_pickers + 1)[-1], PICKER_PIN),
            totes=tote_codes(),
            behaviour=Behaviour(batch=_BATCH, pace_s=pace_s),
            seed=self._plan.seed,
        )
        crew.start()
        try:
            self._lead.wait_until(
                wave_id, _reached(_CANCEL_AT, crew),
                patience_s=self._plan.patience_s, what="picking",
            )  # fmt: skip
            cancelled = self._cancel_one(wave_id)
            wave = self._lead.wait_until(
                wave_id, _reached(1.1, crew),
                patience_s=self._plan.patience_s, what="picking",
            )  # fmt: skip
            self._wait_for_sorter(crew)
        finally:
            self._account.check("pickers stop cleanly", crew.stop())
        self._account.check("the wave is over", wave["state"] in WAVE_OVER, str(wave["state"]))
        self._account.check(
            "no answer broke the protocol", not crew.tally.violations, *crew.tally.violations
        )
        counts = crew.tally.counts
        self._account.facts["picking"] = {
            "state": wave["state"],
            "progress": wave["progress"],
            "cancelled_order": cancelled,
            "counts": counts,
        }
        self._say(
            f"  {counts.get('lists', 0):,} lists, {counts.get('picks', 0):,} picks, "
            f"{counts.get('shorts', 0):,} shorts, {counts.get('puts', 0):,} puts, "
            f"{counts.get('offline-stretches', 0):,} times offline, "
            f"{counts.get('sent-twice', 0):,} messages sent twice; wave {wave['state']}"
        )

    def _cancel_one(self, wave_id: str) -> int | None:
        """Cancel an order that is being picked; its number."""
        number = self._lead.wave(wave_id)["number"]
        answer = self._lead.rest.get(f"/orders?wave={number}&state=picking&limit=1")
        if not answer["orders"]:
            self._account.check("an order is cancelled while it is picked", False)
            return None
        order = answer["orders"][0]
        try:
            self._lead.rest.post(f"/orders/{order['id']}/cancel", {"reason": "customer"})
        except RestError as error:
            self._account.check("an order is cancelled while it is picked", False, str(error))
            return None
        after = self._lead.rest.get(f"/orders/{order['id']}")
        self._account.check(
            "an order is cancelled while it is picked",
            after["state"] in ("cancelling", "cancelled"),
            str(after["state"]),
        )
        self._say(f"  order {order['number']} was cancelled while it was picked")
        return int(order["number"])

    def _wait_for_sorter(self, crew: Crew) -> None:
        deadline = time.monotonic() + _SORTING_S
        while crew.n_to_sort and crew.working and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        self._account.check("everything at the put wall was sorted", crew.n_to_sort == 0)


def _reached(share: float, crew: Crew) -> Callable[[Mapping[str, Any]], bool]:
    """Return a test whether a wave is over or that share of its tasks is finished.

    Fails early when nobody picks any more.
    """

    def test(wave: Mapping[str, Any]) -> bool:
        if wave["state"] in WAVE_OVER:
            return True
        if not crew.working:
            raise LeadError(f"all pickers have stopped: {'; '.join(crew.tally.violations)}")
        progress = wave["progress"]
        finished = progress["done"] + progress["short"] + progress["cancelled"]
        return bool(finished >= share * progress["tasks"])

    return test
