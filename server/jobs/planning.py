"""Works planning runs: claim, translate, solve in a child process, store, finish.

The run is ours only while its lease is; every write says which lease it believes in. The child
can be killed at any moment: what it found before is stored already, the baseline first.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from optimizer.errors import OptimizerError
from optimizer.problem import Method
from server.config import Settings
from server.db.engine import Database
from server.errors import Conflict, ServiceError
from server.jobs.child import SolverProcess, Target
from server.jobs.solve import Assignment, Failed, Improved, Message, PlanFound, Solved, main
from server.jobs.translate import WaveProblem, wave_problem
from server.models import RunState
from server.services import runs
from server.services.clock import Clock
from server.services.runs import ClaimedRun

log = logging.getLogger(__name__)

LANE = "plan"

BEAT_S = 1.0
"""Between beats: progress is shown and cancel requests are seen this often."""

WAIT_S = 0.2
"""Longest time in which a stop request or the end of the process goes unnoticed."""

LEASE_LOST = "lease-lost"

STOP_GRACE_S = 5.0
"""What the child may still take after a cancel request to answer with what it has."""


@dataclass(slots=True)
class _Attempt:
    """One run being worked, and what is known of it."""

    run: ClaimedRun
    wave: WaveProblem
    started: float
    progress: dict[str, Any] = field(default_factory=lambda: {"methods_done": []})
    last_beat: float = float("-inf")
    asked_to_stop_at: float | None = None
    end: Solved | Failed | None = None


class PlanningLane:
    """The lane of long solves.

    Parameters
    ----------
    worker
        Name of this worker in the run's row.
    stopping
        Set when the process ends: the solve is killed and the run goes back to the queue.
    target
        What runs in the child process.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        *,
        worker: str,
        stopping: threading.Event,
        again: Callable[[], None],
        target: Target = main,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._worker = worker
        self._stopping = stopping
        self._again = again
        self._target = target

    def work(self) -> None:
        """Work queued runs until none is left."""
        while not self._stopping.is_set():
            claimed = self._database.run(
                lambda session: runs.claim(session, self._clock, worker=self._worker, lane=LANE)
            )
            if claimed is None:
                return
            self._work(claimed)

    def _work(self, run: ClaimedRun) -> None:
        log.info("run claimed", extra={"run": run.run_id, "wave": run.wave_id})
        try:
            with self._database.read() as session:
                wave = wave_problem(session, run.wave_id)
            methods = tuple(Method(word) for word in run.params.get("methods") or Method)
        except (OptimizerError, ServiceError, ValueError) as error:
            self._fail(run, str(error))
            return
        assignment = Assignment(
            problem=wave.problem,
            layout_name=wave.layout_name,
            methods=methods,
            seconds=run.seconds,
            seed=run.seed,
        )
        attempt = _Attempt(run, wave, time.monotonic())
        child = SolverProcess(assignment, self._target)
        try:
            outcome = self._supervise(attempt, child)
            child.kill()
            self._conclude(attempt, outcome, child.exit_code)
        except Conflict as error:
            if error.code == LEASE_LOST:
                log.warning("run was taken over: %s", error.message, extra={"run": run.run_id})
            else:
                self._fail(run, error.message)
        finally:
            child.kill()

    def _supervise(self, attempt: _Attempt, child: SolverProcess) -> RunState:
        """Follow a child to its end; return how the run ends (``queued``: it goes back)."""
        while True:
            try:
                for message in child.messages(WAIT_S):
                    self._take(attempt, message)
            except EOFError:
                child.close()
                return RunState.DONE if isinstance(attempt.end, Solved) else RunState.FAILED
            if attempt.end is not None:
                return RunState.DONE if isinstance(attempt.end, Solved) else RunState.FAILED
            if self._stopping.is_set():
                return RunState.QUEUED
            now = time.monotonic()
            if now - attempt.started > attempt.run.seconds + self._settings.watchdog_grace_s:
                return RunState.OVERRUN
            asked_at = attempt.asked_to_stop_at
            if asked_at is not None and now - asked_at > STOP_GRACE_S:
                return RunState.CANCELLED
            if now - attempt.last_beat >= BEAT_S:
                attempt.last_beat = now
                if not self._beat(attempt) and asked_at is None:
                    attempt.asked_to_stop_at = now
                    child.ask_to_stop()

    def _take(self, attempt: _Attempt, message: Message) -> None:
        match message:
            case PlanFound():
                self._store(attempt, message)
            case Improved():
                attempt.progress.update(
                    method=message.method,
                    best_mm=message.best_mm,
                    bound_mm=message.bound_mm,
                    iterations=message.iterations,
                )
            case Solved() | Failed():
                attempt.end = message

    def _store(self, attempt: _Attempt, found: PlanFound) -> None:
        document: dict[str, Any] = dict(found.document)
        run = attempt.run
        self._database.run(
            lambda session: runs.store_plan(
                session,
                self._clock,
                run_id=run.run_id,
                lease=run.lease,
                document=document,
                input_hash=attempt.wave.input_hash,
                layout_id=attempt.wave.layout_id,
                solver=f"wavepick {version('wavepick')}",
                is_baseline=found.is_baseline,
            )
        )
        if found.is_baseline:
            attempt.progress["baseline_mm"] = document["totals"]["length_mm"]
        else:
            done = attempt.progress["methods_done"]
            attempt.progress["methods_done"] = [*done, document["method"]]
        attempt.last_beat = float("-inf")

    def _beat(self, attempt: _Attempt) -> bool:
        run, progress = attempt.run, dict(attempt.progress)
        return self._database.run(
            lambda session: runs.beat(
                session, self._clock, run_id=run.run_id, lease=run.lease, progress=progress
            )
        )

    def _conclude(self, attempt: _Attempt, outcome: RunState, exit_code: int | None) -> None:
        run = attempt.run
        if outcome is RunState.QUEUED:
            # The lease first, then the message: the other way round the message is read while the
            # run still looks taken, and it waits for the reaper.
            self._database.run(
                lambda session: runs.release(
                    session, self._clock, run_id=run.run_id, lease=run.lease
                )
            )
            self._again()
            return
        if outcome is RunState.FAILED:
            why = attempt.end.message if isinstance(attempt.end, Failed) else _ended(exit_code)
            self._fail(run, why)
            return
        recommended = attempt.end.recommended if isinstance(attempt.end, Solved) else None
        state = RunState.CANCELLED if attempt.asked_to_stop_at is not None else outcome
        overdue = f"the solver did not end {self._settings.watchdog_grace_s:g} s after its time"
        self._beat(attempt)
        self._database.run(
            lambda session: runs.finish(
                session,
                self._clock,
                run_id=run.run_id,
                lease=run.lease,
                state=state,
                recommended=recommended,
                error=overdue if state is RunState.OVERRUN else None,
            )
        )
        log.info("run ended", extra={"run": run.run_id, "state": state})

    def _fail(self, run: ClaimedRun, why: str) -> None:
        log.warning("run failed: %s", why, extra={"run": run.run_id})
        self._database.run(
            lambda session: runs.fail(
                session, self._clock, run_id=run.run_id, lease=run.lease, error=why[:1000]
            )
        )


def _ended(exit_code: int | None) -> str:
    if exit_code == -signal.SIGKILL:
        return "the solver was killed; the system may have run out of memory"
    if exit_code is not None and exit_code < 0:
        return f"the solver was ended by signal {-exit_code}"
    return f"the solver ended without an answer (exit code {exit_code})"
