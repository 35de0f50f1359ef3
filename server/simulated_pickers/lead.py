"""What a lead does at the console, by REST: make a wave, plan it, launch it, watch it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from server.simulated_pickers.rest import Rest

RUN_ENDED = frozenset({"done", "failed", "cancelled", "overrun"})
WAVE_OVER = frozenset({"completed", "completed-with-shorts", "cancelled"})


class LeadError(Exception):
    """The server did not do what the lead asked for, or not in time."""


class Lead:
    """A signed-in lead.

    Parameters
    ----------
    rest
        Calls with the lead's session.
    pause_s
        Seconds between two looks at something that takes time.
    watch
        Called at each of these looks; raises when there is nothing to wait for any more.
    """

    def __init__(
        self, rest: Rest, *, pause_s: float = 0.25, watch: Callable[[], None] = lambda: None
    ) -> None:
        self.rest = rest
        self._pause_s = pause_s
        self._watch = watch

    def make_wave(
        self, *, name: str, cart_type: str, max_orders: int, fewest_lines: bool = False
    ) -> dict[str, Any]:
        """Return a new wave of ready orders: the most urgent, or those with the fewest lines."""
        chosen: dict[str, Any] = {"filter": {"max_orders": max_orders}}
        if fewest_lines:
            ready = sorted(self.orders(state="ready"), key=lambda order: int(order["lines"]))
            chosen = {"order_ids": [order["id"] for order in ready[:max_orders]]}
        return self._object(
            self.rest.post("/waves", {"name": name, "cart_type": cart_type, **chosen})
        )

    def orders(self, *, state: str) -> list[dict[str, Any]]:
        """Return all orders in a state, page by page."""
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            page = self._object(self.rest.get(f"/orders?state={state}&limit=200{after}"))
            found += page["orders"]
            if page["next"] is None:
                return found
            after = f"&after={page['next']}"

    def plan(
        self, wave_id: str, *, seconds: float, seed: int, patience_s: float = 120.0
    ) -> dict[str, Any]:
        """Ask for plans, wait for them, and return the plan sheet.

        Raises
        ------
        LeadError
            The run failed, or has not ended ``patience_s`` seconds after its own limit.
        """
        run = self._object(
            self.rest.post(f"/waves/{wave_id}/plan", {"seconds": seconds, "seed": seed})
        )
        run = self._until(
            lambda: self._object(self.rest.get(f"/runs/{run['id']}")),
            lambda now: now["state"] in RUN_ENDED,
            patience_s=seconds + patience_s,
            what=f"planning run {run['id']}",
        )
        if run["state"] not in ("done", "overrun"):
            raise LeadError(f"planning ended {run['state']}: {run['error']}")
        return self._object(self.rest.get(f"/waves/{wave_id}/plan-sheet"))

    def launch(self, wave_id: str, *, plan_id: str, key: str) -> dict[str, Any]:
        """Launch a plan; the same key again gives the same answer."""
        return self._object(
            self.rest.post(f"/waves/{wave_id}/launch", {"plan_id": plan_id, "key": key})
        )

    def wave(self, wave_id: str) -> dict[str, Any]:
        """Return a wave as it is now, from the list of waves: without orders and plans."""
        waves = self._object(self.rest.get("/waves"))["waves"]
        for wave in waves:
            if wave["id"] == wave_id:
                return self._object(wave)
        raise LeadError(f"the server knows no wave {wave_id}")

    def wait_until(
        self,
        wave_id: str,
        reached: Callable[[Mapping[str, Any]], bool],
        *,
        patience_s: float,
        what: str,
    ) -> dict[str, Any]:
        """Look at a wave until ``reached`` says so, and return it.

        Raises
        ------
        LeadError
            That took longer than ``patience_s``.
        """
        return self._until(lambda: self.wave(wave_id), reached, patience_s=patience_s, what=what)

    def _until(
        self,
        look: Callable[[], dict[str, Any]],
        reached: Callable[[Mapping[str, Any]], bool],
        *,
        patience_s: float,
        what: str,
    ) -> dict[str, Any]:
        deadline = time.monotonic() + patience_s
        while True:
            self._watch()
            now = look()
            if reached(now):
                return now
            if time.monotonic() > deadline:
                raise LeadError(f"{what}: still {now.get('state')} after {patience_s:.0f} s")
            time.sleep(self._pause_s)

    def _object(self, answer: Any) -> dict[str, Any]:
        if not isinstance(answer, dict):
            raise LeadError(f"answered {answer!r}")
        return answer


def plan_of(sheet: Mapping[str, Any], *, method: str | None = None) -> dict[str, Any]:
    """Return the plan of a plan sheet by a method; without one the recommended or shortest.

    Raises
    ------
    LeadError
        The sheet has no such plan.
    """
    plans = [dict(plan) for plan in sheet["methods"]]
    if method is not None:
        plans = [plan for plan in plans if plan["method"] == method]
    elif not plans and sheet["baseline"] is not None:
        # The run was cut off before any method was done; the baseline always stands.
        plans = [dict(sheet["baseline"])]
    if not plans:
        found = ", ".join(plan["method"] for plan in sheet["methods"]) or "none"
        raise LeadError(f"no plan by method {method or 'any'}; there are: {found}")
    return min(plans, key=lambda plan: (not plan.get("recommended", False), plan["length_mm"]))
