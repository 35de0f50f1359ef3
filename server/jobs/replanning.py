"""The lane of short re-plans: a short is made good from another location of the same walk."""

from __future__ import annotations

import logging
import threading
from functools import lru_cache

from sqlalchemy.orm import Session

from optimizer.errors import OptimizerError
from optimizer.ids import LocationId, PlaceId, StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.replan import Detour, cheapest_detour
from optimizer.routing.router import Tour, tour_path, walked_mm
from optimizer.time_model import TimeModel
from server.db.engine import Database
from server.errors import Conflict, NotFound, ServiceError
from server.jobs.translate import free_elsewhere, stored_layout
from server.models import RunState, Wave
from server.services import replan, runs
from server.services.clock import Clock
from server.services.ledger import OpRef
from server.services.lists import Elsewhere
from server.services.replan import Alternative, ShortTask
from server.services.runs import ClaimedRun

log = logging.getLogger(__name__)

LANE = "replan"

TRIES = 5
"""The picker goes on meanwhile: each time the list changed, look again."""


class ReplanLane:
    """Works re-plans in the worker process itself: they take milliseconds."""

    def __init__(
        self, database: Database, clock: Clock, *, worker: str, stopping: threading.Event
    ) -> None:
        self._database = database
        self._clock = clock
        self._worker = worker
        self._stopping = stopping
        self._graph = lru_cache(maxsize=2)(self._read_graph)

    def work(self) -> None:
        """Work queued re-plans until none is left."""
        while not self._stopping.is_set():
            claimed = self._database.run(
                lambda session: runs.claim(session, self._clock, worker=self._worker, lane=LANE)
            )
            if claimed is None:
                return
            self._work(claimed)

    def _work(self, run: ClaimedRun) -> None:
        try:
            self._replan(run)
        except (ServiceError, OptimizerError, KeyError) as error:
            why = f"{type(error).__name__}: {error}"
            log.warning("re-plan failed: %s", why, extra={"run": run.run_id})
            self._database.run(
                lambda session: runs.fail(
                    session, self._clock, run_id=run.run_id, lease=run.lease, error=why[:1000]
                )
            )
            return
        self._database.run(
            lambda session: runs.finish(
                session,
                self._clock,
                run_id=run.run_id,
                lease=run.lease,
                state=RunState.DONE,
                recommended=None,
            )
        )

    def _replan(self, run: ClaimedRun) -> None:
        """Find and apply an alternative; where there is none the exception card stays."""
        op = OpRef(*run.params["op"]) if "op" in run.params else None
        for _ in range(TRIES):
            found = self._look(run)
            if found is None:
                return
            short, alternative = found

            def apply(
                session: Session, short: ShortTask = short, found: Alternative = alternative
            ) -> None:
                replan.apply_alternative(session, self._clock, short=short, found=found, op=op)

            try:
                self._database.run(apply)
            except NotFound:
                return
            except Conflict as error:
                log.debug("looking again: %s", error.message)
                continue
            return

    def _look(self, run: ClaimedRun) -> tuple[ShortTask, Alternative] | None:
        with self._database.read() as session:
            short = replan.short_task(
                session,
                list_id=run.params["list"],
                task_id=run.params["task"],
                quantity=run.params["quantity"],
            )
            if short is None:
                return None
            layout_id = session.get_one(Wave, short.wave_id).layout_id
            graph = self._graph(layout_id)
            free = free_elsewhere(
                session, graph.layout, sku=short.sku, zone=short.zone, without=short.location
            )
        detour = cheapest_detour(
            graph,
            origin=PlaceId(short.location),
            remaining=[LocationId(PlaceId(stop.location)) for stop in short.remaining],
            end=StationId(PlaceId(short.end)),
            free=free,
            quantity=short.quantity,
        )
        return None if detour is None else (short, alternative_of(graph, short, detour))

    def _read_graph(self, layout_id: str) -> WalkingGraph:
        with self._database.read() as session:
            return WalkingGraph(stored_layout(session, layout_id))


def alternative_of(graph: WalkingGraph, short: ShortTask, detour: Detour) -> Alternative:
    """Return a detour with the whole walk of its list: stops done, the new one, stops to come."""
    start, end = StationId(PlaceId(short.start)), StationId(PlaceId(short.end))
    to_come = [LocationId(PlaceId(stop.location)) for stop in short.remaining]
    at = detour.position
    before: PlaceId = to_come[at - 1] if at else PlaceId(short.location)
    after = short.remaining[at - 1].id if at else short.stop
    following = short.remaining[at] if at < len(to_come) else None
    if detour.is_new:
        to_come.insert(at, detour.location)
    elif following is not None:
        # The location is visited anyway: the new stop comes right behind that visit.
        before, after, following = detour.location, following.id, None
    stops = [*(LocationId(PlaceId(place)) for place in short.visited), *to_come]
    length = walked_mm(graph, stops, start=start, end=end)
    model = TimeModel()
    return Alternative(
        pick=Elsewhere(
            location=detour.location,
            quantity=detour.quantity,
            after_stop=after,
            distance_mm=graph.length_mm(before, detour.location),
        ),
        next_stop=None if following is None else following.id,
        next_distance_mm=(
            0
            if following is None
            else graph.length_mm(detour.location, PlaceId(following.location))
        ),
        length_mm=length,
        duration_ms=short.duration_ms
        + detour.extra_mm * 1000 // model.walk_mm_per_s
        + model.stop_ms
        + model.line_ms
        + model.unit_ms * detour.quantity,
        path=tour_path(graph, Tour(tuple(stops), length, LANE, False), start=start, end=end),
    )
