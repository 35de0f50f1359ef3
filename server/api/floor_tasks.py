"""Put-backs and counts that cancelled orders, shorts and parked operations asked for."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from server.api.answers.floor_tasks import FloorTaskAnswer, FloorTaskList
from server.api.read import floor_tasks as read_tasks
from server.api.requests import CountBody, FloorTaskQuery, PutBackBody
from server.auth import allowed, signed_in
from server.models import Role
from server.parts import parts
from server.services import floor_tasks

blueprint = APIBlueprint("floor_tasks", __name__, tag="Floor", url_prefix="/floor-tasks")


@blueprint.get("")
@allowed(Role.LEAD)
@blueprint.input(FloorTaskQuery, location="query", arg_name="query")
@blueprint.output(FloorTaskList)
def list_floor_tasks(query: FloorTaskQuery) -> dict[str, Any]:
    """List what is to be put back or counted, oldest first."""
    with parts().database.read() as session:
        return {"tasks": read_tasks.floor_tasks(session, state=query.state, limit=query.limit)}


@blueprint.post("/<task_id>/put-back")
@allowed(Role.LEAD)
@blueprint.input(PutBackBody, arg_name="body")
@blueprint.output(FloorTaskAnswer)
def put_back(task_id: str, body: PutBackBody) -> dict[str, Any]:
    """Book goods back into a location; a cancelling order is cancelled with its last ones.

    With a `quantity` below the task's, the other units are booked out as lost. The same again
    changes nothing.
    """
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        task = floor_tasks.put_back(
            session,
            wired.clock,
            floor_task_id=task_id,
            location=body.location,
            quantity=body.quantity,
            person_id=who.person_id,
        )
        session.flush()
        return read_tasks.shapes(session, [task])[0]


@blueprint.post("/<task_id>/count")
@allowed(Role.LEAD)
@blueprint.input(CountBody, arg_name="body")
@blueprint.output(FloorTaskAnswer)
def count(task_id: str, body: CountBody) -> dict[str, Any]:
    """Book what was counted; all open counts of the item in that location are done.

    The same again changes nothing.
    """
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        task = floor_tasks.count(
            session,
            wired.clock,
            floor_task_id=task_id,
            counted=body.quantity,
            person_id=who.person_id,
        )
        session.flush()
        return read_tasks.shapes(session, [task])[0]
