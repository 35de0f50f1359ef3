"""Stand-ins for the solving process that misbehave on purpose; run in real child processes."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from unittest.mock import patch

from optimizer.document import plan_document
from optimizer.plan import Plan
from optimizer.planner import Comparison, baseline, plan
from optimizer.problem import Method, Problem
from server.jobs import solve
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


def killed_after_baseline(pipe: Connection, assignment: Assignment) -> None:
    """Send the baseline, then be ended as the kernel ends who takes too much memory."""
    send(pipe, assignment, baseline(assignment.problem), is_baseline=True)
    os.kill(os.getpid(), signal.SIGKILL)


def out_of_memory(pipe: Connection, assignment: Assignment) -> None:
    """The real process, whose search takes memory until there is none."""

    def hungry(
        problem: Problem, *, finished: Callable[[Plan], None], **_options: object
    ) -> Comparison:
        finished(baseline(problem))
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + 100_000_000
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        hoard: list[bytearray] = []
        while True:
            hoard.append(bytearray(1_000_000))

    with patch.object(solve, "compare", hungry):
        solve.main(pipe, assignment)


def tell_who_goes_first(pipe: Connection, assignment: Assignment) -> None:
    """The real process; it fails with what the kernel was told about it."""

    def tell(_problem: Problem, **_options: object) -> Comparison:
        raise RuntimeError(Path("/proc/self/oom_score_adj").read_text().strip())

    with patch.object(solve, "compare", tell):
        solve.main(pipe, assignment)


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
