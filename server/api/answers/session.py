"""Who is signed in."""

from __future__ import annotations

from pydantic import Field

from server.api.answers.answer import Answer


class PersonAnswer(Answer):
    id: str
    badge: str
    name: str
    role: str
    language: str


class SessionAnswer(Answer):
    sign_in: str
    person: PersonAnswer


class SignInAnswer(SessionAnswer):
    token: str
    expires_at: str
    device_token: str | None = Field(
        description="The device's new token where its old one was due; keep it, the old one ends."
    )
