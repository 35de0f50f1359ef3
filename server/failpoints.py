"""Fail-points: named places at which a test ends this process as ``kill -9`` would.

A kill at a random instant seldom meets the few microseconds between two steps that matter, such as
commit and acknowledgement. ``WAVEPICK_FAILPOINTS=after-commit:0.05,before-ack:0.01`` names places
and the chance, from 0 to 1, that reaching one is the end. A process refuses to start with it unless
``WAVEPICK_TEST_FAILPOINTS=1`` says that losing this process is meant. Without the variable a
fail-point costs the test of an empty dictionary.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Mapping
from enum import StrEnum

from server.errors import BadInput

POINTS = "WAVEPICK_FAILPOINTS"
ALLOWED = "WAVEPICK_TEST_FAILPOINTS"


class FailPoint(StrEnum):
    """Where a process may end, in the order in which an operation passes them."""

    BEFORE_BEGIN = "before-begin"
    """A use case has the writer lock of its process, and no transaction yet."""
    AFTER_EFFECT = "after-effect"
    """An operation has changed the books; its verdict is not stored."""
    AFTER_VERDICT = "after-verdict"
    """Effect and verdict of an operation are written, others of its message may follow."""
    DURING_LAUNCH = "during-launch"
    """Lists and tasks are made; lines, orders and wave are as before."""
    DURING_IMPORT = "during-import"
    """Orders of a file are taken in; not committed."""
    BEFORE_COMMIT = "before-commit"
    """Everything of the transaction is written."""
    AFTER_COMMIT = "after-commit"
    """The transaction is durable; nobody has been told."""
    BEFORE_ACK = "before-ack"
    """A handheld's message is judged and committed; the answer has not left."""


_armed: dict[FailPoint, float] = {}


def arm(environ: Mapping[str, str]) -> None:
    """Take the fail-points of an environment; without any, nothing ever fails here.

    Raises
    ------
    BadInput
        A name or chance is wrong, or the test flag is missing.
    """
    _armed.clear()
    wanted = environ.get(POINTS, "")
    if not wanted:
        return
    if environ.get(ALLOWED) != "1":
        raise BadInput(
            f"{POINTS} is set: this process would end itself. It is for tests only, which set "
            f"{ALLOWED}=1 as well",
            code="failpoints",
        )
    _armed.update(_parsed(entry) for entry in wanted.split(","))


def reach(point: FailPoint) -> None:
    """End this process here, with the chance that the environment gave the point."""
    if _armed and random.random() < _armed.get(point, 0.0):
        os.kill(os.getpid(), signal.SIGKILL)


def _parsed(entry: str) -> tuple[FailPoint, float]:
    name, _, chance = entry.strip().partition(":")
    try:
        point, number = FailPoint(name), float(chance)
    except ValueError:
        raise BadInput(
            f'{POINTS}: "{entry}" is not one of {", ".join(FailPoint)} with a chance, '
            "as in after-commit:0.05",
            code="failpoints",
        ) from None
    if not 0 <= number <= 1:
        raise BadInput(f'{POINTS}: "{entry}": the chance is from 0 to 1', code="failpoints")
    return point, number
