"""Waves: choose orders, plan, compare, launch, report; planning runs and plans."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from server.api.answers.plan_sheet import PlanSheet
from server.api.answers.runs import RunAnswer
from server.api.answers.waves import (
    LaunchAnswer,
    PreviewAnswer,
    ReportAnswer,
    WaveAnswer,
    WaveDetail,
    WaveList,
)
from server.api.read import plan_sheet as read_sheet
from server.api.read import runs as read_runs
from server.api.read import waves as read_waves
from server.api.requests import (
    LaunchBody,
    PlanBody,
    PreviewBody,
    WaveBody,
    WaveFilter,
    WaveQuery,
)
from server.auth import allowed, signed_in
from server.models import Role
from server.parts import parts
from server.services import orders, reports, runs, waves

blueprint = APIBlueprint("waves", __name__, tag="Waves and plans")


@blueprint.post("/waves/preview")
@allowed(Role.LEAD)
@blueprint.input(PreviewBody, arg_name="body")
@blueprint.output(PreviewAnswer)
def preview(body: PreviewBody) -> dict[str, Any]:
    """Tell how many ready orders, lines, units, grams and millilitres a filter matches."""
    with parts().database.read() as session:
        ids = _select(session, body.filter)
        return {**read_waves.sums(session, ids), "order_ids": ids}


@blueprint.post("/waves")
@allowed(Role.LEAD)
@blueprint.input(WaveBody, arg_name="body")
@blueprint.output(WaveAnswer, status_code=201)
def create_wave(body: WaveBody) -> dict[str, Any]:
    """Make a wave of ready orders."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        chosen = body.order_ids if body.order_ids is not None else _select(session, body.filter)
        wave = waves.create(
            session,
            wired.clock,
            name=body.name,
            order_ids=chosen,
            cart_type=body.cart_type,
            person_id=who.person_id,
        )
        session.flush()
        return read_waves.wave_shapes(session, wired.clock, [wave])[0]


@blueprint.get("/waves")
@allowed(Role.LEAD)
@blueprint.input(WaveQuery, location="query", arg_name="query")
@blueprint.output(WaveList)
def list_waves(query: WaveQuery) -> dict[str, Any]:
    """List waves, newest first."""
    wired = parts()
    with wired.database.read() as session:
        return {"waves": read_waves.waves(session, wired.clock, only_open=query.open)}


@blueprint.get("/waves/<wave_id>")
@allowed(Role.LEAD)
@blueprint.output(WaveDetail)
def show_wave(wave_id: str) -> dict[str, Any]:
    """Show a wave with its orders, runs and stored plans."""
    wired = parts()
    with wired.database.read() as session:
        return read_waves.wave_detail(session, wired.clock, wave_id)


@blueprint.post("/waves/<wave_id>/plan")
@allowed(Role.LEAD)
@blueprint.input(PlanBody, arg_name="body")
@blueprint.output(RunAnswer, status_code=202)
def request_plan(wave_id: str, body: PlanBody) -> dict[str, Any]:
    """Ask for a plan; a worker takes it up, watch ``run:<id>`` for progress."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        run = waves.request_plan(
            session,
            wired.clock,
            wave_id=wave_id,
            seconds=body.seconds,
            seed=body.seed,
            methods=body.methods,
            person_id=who.person_id,
        )
        run_id = run.id
    with wired.database.read() as session:
        return read_runs.run(session, wired.clock, run_id)


@blueprint.get("/runs/<run_id>")
@allowed(Role.LEAD)
@blueprint.output(RunAnswer)
def show_run(run_id: str) -> dict[str, Any]:
    """Show a planning run: state, best so far, whether a worker is there."""
    wired = parts()
    with wired.database.read() as session:
        return read_runs.run(session, wired.clock, run_id)


@blueprint.post("/runs/<run_id>/cancel")
@allowed(Role.LEAD)
@blueprint.output(RunAnswer)
def cancel_run(run_id: str) -> dict[str, Any]:
    """Stop a planning run; what it has stored so far stays."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        runs.request_cancel(session, wired.clock, run_id=run_id, person_id=who.person_id)
        session.flush()
        return read_runs.run(session, wired.clock, run_id)


@blueprint.get("/waves/<wave_id>/plan-sheet")
@allowed(Role.LEAD)
@blueprint.output(PlanSheet)
def show_plan_sheet(wave_id: str) -> dict[str, Any]:
    """Compare the methods of the newest run with each other and with the baseline."""
    wired = parts()
    with wired.database.read() as session:
        return read_sheet.plan_sheet(session, wired.clock, wave_id)


@blueprint.get("/plans/<plan_id>")
@allowed(Role.LEAD)
def show_plan(plan_id: str) -> dict[str, Any]:
    """Show a stored plan (`wavepick-plan/1`), for the map."""
    with parts().database.read() as session:
        return read_runs.plan(session, plan_id)


@blueprint.post("/waves/<wave_id>/launch")
@allowed(Role.LEAD)
@blueprint.input(LaunchBody, arg_name="body")
@blueprint.output(LaunchAnswer)
def launch(wave_id: str, body: LaunchBody) -> dict[str, Any]:
    """Reserve the stock of a plan and make its lists, all or nothing; repeatable by ``key``."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        result = waves.launch(
            session,
            wired.clock,
            wave_id=wave_id,
            plan_id=body.plan_id,
            key=body.key,
            person_id=who.person_id,
        )
        session.flush()
        wave = read_waves.get_wave(session, wave_id)
        return {
            "lists": result.lists,
            "tasks": result.tasks,
            "wave": read_waves.wave_shapes(session, wired.clock, [wave])[0],
        }


@blueprint.post("/waves/<wave_id>/cancel")
@allowed(Role.LEAD)
@blueprint.output(WaveAnswer)
def cancel_wave(wave_id: str) -> dict[str, Any]:
    """Cancel a wave; its orders may enter another one, once their stock is checked again."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        waves.cancel(session, wired.clock, wave_id=wave_id, person_id=who.person_id)
        orders.check(session, wired.clock)
        session.flush()
        wave = read_waves.get_wave(session, wave_id)
        return read_waves.wave_shapes(session, wired.clock, [wave])[0]


@blueprint.get("/waves/<wave_id>/report")
@allowed(Role.LEAD)
@blueprint.output(ReportAnswer)
def show_report(wave_id: str) -> dict[str, Any]:
    """Show what was picked and short, and the same counted again from the ledger."""
    with parts().database.read() as session:
        read_waves.get_wave(session, wave_id)
        report = reports.wave_report(session, wave_id=wave_id)
        recount = reports.recount(session, wave_id=wave_id)
    return {"report": report, "recount": recount, "equal": report == recount}


def _select(session: Session, chosen: WaveFilter | None) -> list[str]:
    """Return the ready orders that a filter matches, most urgent first."""
    chosen = chosen or WaveFilter()
    found = waves.select(
        session,
        channel=chosen.channel,
        carrier=chosen.carrier,
        priority=chosen.priority,
        ship_by_before=chosen.ship_by_before,
        max_orders=None if chosen.order_ids is not None else chosen.max_orders,
        single_line=chosen.single_line,
    )
    if chosen.order_ids is None:
        return found
    wanted = set(chosen.order_ids)
    return [order_id for order_id in found if order_id in wanted][: chosen.max_orders]
