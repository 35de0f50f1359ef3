"""What a checker found: which rule is broken, by what, and how."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule.

    Attributes
    ----------
    rule
        Id of the invariant (I1 to I13 of the specification) or of a freshness or liveness goal.
    subject
        The culprit: an operation ``stream/seq``, a line, a task, a place.
    text
        What is and what should be.
    """

    rule: str
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}: {self.text}"
