"""Errors of the optimizer.

"No plan", "left-out order" and "short" are results, not errors: they live in
:mod:`optimizer.plan`. What is raised here is input that breaks a rule.
"""

from __future__ import annotations


class OptimizerError(Exception):
    """Base of everything the optimizer raises on purpose."""


class LayoutError(OptimizerError):
    """A layout breaks a rule.

    Parameters
    ----------
    message
        Culprit and rule, e.g. ``edge length 900 is shorter than the straight line 1000``.
    pointer
        JSON pointer (RFC 6901) to the offending value in the layout document, ``""`` for the root.
    """

    def __init__(self, message: str, *, pointer: str = "") -> None:
        super().__init__(f"{pointer or '/'}: {message}")
        self.message = message
        self.pointer = pointer


class ProblemError(OptimizerError):
    """A problem (orders, stock, carts, stations) is inconsistent; the message names the culprit."""


class UnreachableError(OptimizerError):
    """Two places of the layout have no walk between them in the wanted direction."""

    def __init__(self, origin: str, target: str) -> None:
        super().__init__(f'no walk leads from "{origin}" to "{target}"')
        self.origin = origin
        self.target = target


class RejectedPlanError(OptimizerError):
    """The judge found a violation in a plan the planner made: a fault of the program."""


class PlanDocumentError(OptimizerError):
    """A plan document breaks a rule; ``pointer`` is the JSON pointer of the value."""

    def __init__(self, message: str, *, pointer: str) -> None:
        super().__init__(f"{pointer or '/'}: {message}")
        self.message = message
        self.pointer = pointer
