"""The solving process: one per planning run, killable at any time, knows no database.

A child of the worker. It gets a problem, sends plans as they are ready (the baseline first), then
says which one it recommends. It is asked to stop through the same pipe and ends by itself when
its parent dies.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from optimizer.document import Json, plan_document
from optimizer.errors import OptimizerError
from optimizer.plan import Plan
from optimizer.planner import Progress, compare
from optimizer.problem import Method, Problem
from optimizer.stopping import AnyOf, MaxSeconds, Stop

STOP = "stop"
"""Sent by the parent: finish what is being built and answer what there is."""

NICENESS = 10
"""Solving gives way to scanning when both share cores."""

_OOM_SCORE = Path("/proc/self/oom_score_adj")
_FIRST_TO_GO = "1000"


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a child is to solve: at most ``seconds`` of search, shared by the methods."""

    problem: Problem
    layout_name: str
    methods: tuple[Method, ...]
    seconds: float
    seed: int


@dataclass(frozen=True, slots=True)
class PlanFound:
    """A judged plan; the first one of a run is the baseline."""

    document: dict[str, Json]
    is_baseline: bool


@dataclass(frozen=True, slots=True)
class Improved:
    """The best length of a method so far."""

    method: str
    best_mm: int
    bound_mm: int | None
    iterations: int


@dataclass(frozen=True, slots=True)
class Solved:
    """The end: which method is recommended."""

    recommended: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The end: why there is no more."""

    message: str
    kind: Literal["input", "bug"]


Message = PlanFound | Improved | Solved | Failed
Send = Callable[[Message], None]


def main(pipe: Connection, assignment: Assignment) -> None:
    """Solve an assignment and send everything found through ``pipe``."""
    os.nice(NICENESS)
    _go_first_when_memory_runs_out()
    stop = _watch_parent(pipe)
    lock = threading.Lock()

    def send(message: Message) -> None:
        with lock:
            pipe.send(message)

    try:
        send(_solve(assignment, stop, send))
    except OptimizerError as error:
        send(Failed(str(error), "input"))
    except MemoryError:
        send(Failed("the solver ran out of memory", "bug"))
    except Exception as error:  # the last resort of this process: its parent marks the run
        send(Failed(f"{type(error).__name__}: {error}", "bug"))
        raise


def _go_first_when_memory_runs_out() -> None:
    """Tell the kernel that of all processes this one may be ended: the server must not be.

    Linux only; elsewhere the system chooses by itself.
    """
    if _OOM_SCORE.exists():
        _OOM_SCORE.write_text(_FIRST_TO_GO)


class _Share:
    """Divides the search time that is left equally among the methods that are left."""

    def __init__(self, seconds: float, methods: int) -> None:
        self._whole = MaxSeconds(seconds)
        self._seconds = seconds
        self._left = methods

    def next(self) -> MaxSeconds:
        used = self._whole.clock() - self._whole.started
        share = max(0.0, self._seconds - used) / max(1, self._left)
        self._left -= 1
        return MaxSeconds(round(share, 3))


def _solve(assignment: Assignment, stop: Stop, send: Send) -> Message:
    share = _Share(assignment.seconds, len(assignment.methods))
    baseline_sent = False

    def finished(plan: Plan) -> None:
        nonlocal baseline_sent
        document = plan_document(plan, layout=assignment.layout_name)
        send(PlanFound(document, is_baseline=not baseline_sent))
        baseline_sent = True

    def progress(step: Progress) -> None:
        send(Improved(step.method.value, step.best_mm, step.bound_mm, step.iterations))

    found = compare(
        assignment.problem,
        methods=assignment.methods,
        stop_for=lambda _method: AnyOf((stop, share.next())),
        seed=assignment.seed,
        progress=progress,
        finished=finished,
    )
    return Solved(found.recommended.value)


def _watch_parent(pipe: Connection) -> Stop:
    """Return a criterion that fires once the parent asks; end the process when it is gone."""
    asked = threading.Event()

    def listen() -> None:
        while True:
            try:
                if pipe.recv() == STOP:
                    asked.set()
            except (EOFError, OSError):
                os._exit(1)  # nobody is left to hear the result

    threading.Thread(target=listen, name="parent", daemon=True).start()
    return asked.is_set
