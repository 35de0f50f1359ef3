"""The live board, pick lists, exceptions."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from server.api.answers.floor import Board, ExceptionList
from server.api.answers.lists import ListDetail, ListList
from server.api.read import floor
from server.api.read import lists as read_lists
from server.api.requests import ExceptionQuery, RecallBody
from server.auth import allowed, signed_in
from server.models import Role
from server.parts import parts
from server.services import cards, lists

blueprint = APIBlueprint("floor", __name__, tag="Floor")


@blueprint.get("/board")
@allowed(Role.LEAD)
@blueprint.output(Board)
def show_board() -> dict[str, Any]:
    """Show waves, lists, exceptions, workers and pickers as they are now."""
    wired = parts()
    with wired.database.read() as session:
        return floor.board(session, wired.clock)


@blueprint.get("/waves/<wave_id>/lists")
@allowed(Role.LEAD)
@blueprint.output(ListList)
def list_wave_lists(wave_id: str) -> dict[str, Any]:
    """List all pick lists of a wave, closed ones too: what the report compares with the plan."""
    with parts().database.read() as session:
        return {"lists": read_lists.wave_lists(session, wave_id)}


@blueprint.get("/lists/<list_id>")
@allowed(Role.LEAD)
@blueprint.output(ListDetail)
def show_list(list_id: str) -> dict[str, Any]:
    """Show a pick list with its stops, tasks, path, totes and newest operations."""
    with parts().database.read() as session:
        return read_lists.list_detail(session, list_id)


@blueprint.post("/lists/<list_id>/recall")
@allowed(Role.LEAD)
@blueprint.input(RecallBody, arg_name="body")
@blueprint.output(ListDetail)
def recall_list(list_id: str, body: RecallBody) -> dict[str, Any]:
    """Take a list back from a silent device, for others to claim; repeatable by ``key``."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        lists.recall(session, wired.clock, list_id=list_id, key=body.key, person_id=who.person_id)
        session.flush()
        return read_lists.list_detail(session, list_id)


@blueprint.get("/exceptions")
@allowed(Role.LEAD)
@blueprint.input(ExceptionQuery, location="query", arg_name="query")
@blueprint.output(ExceptionList)
def list_exceptions(query: ExceptionQuery) -> dict[str, Any]:
    """List exception cards, newest first."""
    with parts().database.read() as session:
        return {"exceptions": floor.exceptions(session, only_open=query.open)}


@blueprint.post("/exceptions/<card_id>/close")
@allowed(Role.LEAD)
@blueprint.output(ExceptionList)
def close_exception(card_id: str) -> dict[str, Any]:
    """Close an exception card; answers the cards still open."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        cards.close(session, wired.clock, card_id=card_id, person_id=who.person_id)
        session.flush()
        return {"exceptions": floor.exceptions(session, only_open=True)}
