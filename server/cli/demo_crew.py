"""The demo's simulated people: a lead who launches a first wave, pickers, and a sorter."""

from __future__ import annotations

from typing import Any

from server.files import demo_data
from server.files.demo_warehouse import picker_badges, tote_codes
from server.simulated_pickers.behaviour import Behaviour
from server.simulated_pickers.crew import Credentials, Crew
from server.simulated_pickers.lead import Lead, plan_of
from server.simulated_pickers.rest import Rest


def launch_first_wave(
    base_url: str, *, max_orders: int, seconds: float, seed: int
) -> dict[str, Any]:
    """Plan the most urgent ready orders as clusters and launch that; return the wave.

    Clusters make many short lists, so that every picker has one and the board lives.
    """
    rest = Rest(base_url)
    rest.sign_in(badge=demo_data.LEAD_BADGE, pin=demo_data.LEAD_PIN, client="console")
    lead = Lead(rest)
    wave = lead.make_wave(name="First wave", cart_type=demo_data.CART_8, max_orders=max_orders)
    plan = plan_of(lead.plan(wave["id"], seconds=seconds, seed=seed), method="cluster")
    lead.launch(wave["id"], plan_id=plan["plan_id"], key=f"demo-{wave['id']}")
    return lead.wave(wave["id"])


def make_crew(base_url: str, *, pickers: int, pace: float, seed: int) -> Crew:
    """Return a crew that uses the last badges and totes; the first ones are the visitor's."""
    badges = picker_badges()[-pickers:]
    return Crew(
        base_url,
        pickers=[Credentials(badge, demo_data.PICKER_PIN) for badge in badges],
        sorter=Credentials(demo_data.SORTER_BADGE, demo_data.PICKER_PIN),
        totes=reversed(tote_codes()),
        behaviour=Behaviour(pace_s=pace),
        seed=seed,
    )
