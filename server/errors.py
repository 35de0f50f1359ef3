"""Errors of the server: one family, each with a code for machines and a sentence for people."""

from __future__ import annotations


class ServiceError(Exception):
    """A use case cannot be carried out; nothing was changed.

    Parameters
    ----------
    message
        Culprit and rule, for a person.
    code
        Short kebab-case word for programs, e.g. ``order-not-ready``.
    pointer
        JSON pointer or ``file:line`` of the culprit where there is one.
    """

    status = 400
    exit_code = 3
    keeps_changes = False
    """True where the failure itself must be recorded: the transaction commits all the same."""

    def __init__(self, message: str, *, code: str = "bad-request", pointer: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.pointer = pointer


class BadInput(ServiceError):
    """A file, document or argument breaks a rule; names place, value and rule."""

    status = 422


class NotFound(ServiceError):
    """The thing asked for does not exist."""

    status = 404


class Conflict(ServiceError):
    """The state of the thing does not allow the transition; the message names the state."""

    status = 409


class NotAllowed(ServiceError):
    """The person may not do this."""

    status = 403


class NotSignedIn(ServiceError):
    """No valid session."""

    status = 401


class TooManyTries(ServiceError):
    """A limit on attempts was reached; try again later."""

    status = 429


class Unavailable(ServiceError):
    """A part that is needed (database, port, worker) cannot be reached."""

    status = 503
    exit_code = 3


class NoPlan(ServiceError):
    """No feasible plan; reasons are listed in the message."""

    status = 409
    exit_code = 4
