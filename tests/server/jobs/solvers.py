"""Stand-ins for the solving process that misbehave on purpose; run in real child processes."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing.connection import Connection

from optimizer.document import plan_document
from optimizer.plan import Plan
from optimizer.planner import baseline, plan
from optimizer.problem import Method
from server.jobs.solve import STOP, Assignment, Failed, Improved, PlanFound, Solved

FOR_EVER_S = 600.0


def send(pipe: Connection, assignment: Assignment, found: Plan, *, is_baseline: bool) -> None:
    document = plan_document(found, layout=assignment.layout_name)
    pipe.send(PlanFound(document, is_baseline=is_baseline))


def hang_after_baseline(pipe: Connection, assignment: Assignment) -> None:
    """Send the baseline, then never come back and never listen."""
    send(pipe, assignment, baseline(assignment.problem), is_baseline=True)
    time.sleep(FOR_EVER_S)


def crash_after_baseline(pipe: Connection, assignment: Assignment) -> None:
    """Send the baseline, then die like a solver with a bad pointer."""
    send(pipe, assignment, baseline(assignment.problem), is_baseline=True)
    os.kill(os.getpid(), signal.SIGSEGV)


def complain(pipe: Connection, assignment: Assignment) -> None:
    """Say that the input cannot be planned."""
    pipe.send(Failed("two orders have the same id", "input"))


def answer_when_asked(pipe: Connection, assignment: Assignment) -> None:
    """Search until asked to stop, then answer what there is."""
    send(pipe, assignment, baseline(assignment.problem), is_baseline=True)
    pipe.send(Improved("cluster", 100_000, 50_000, 7))
    while pipe.recv() != STOP:
        pass
    send(pipe, assignment, plan(assignment.problem, method=Method.CLUSTER), is_baseline=False)
    pipe.send(Solved("cluster"))
