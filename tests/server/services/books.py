"""What must hold in the database after every history, as an assertion."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tests.history.books import check_books
from tests.history.effects import check_effects


def audit(session: Session) -> None:
    """Check every invariant of the books; raises AssertionError naming the culprits."""
    found = check_books(session) + check_effects(session)
    assert not found, "\n".join(str(violation) for violation in found)
