"""Handhelds: known, invited, enrolled."""

from __future__ import annotations

from pydantic import Field

from server.api.answers.answer import Answer, Time


class DeviceAnswer(Answer):
    id: str
    name: str
    state: str = Field(description="waiting | enrolled | revoked")
    created_at: str
    enrolled_at: Time
    seen_at: Time
    code_until: Time = Field(description="How long an unused enrolment code works.")


class DeviceList(Answer):
    devices: list[DeviceAnswer]


class InvitationAnswer(Answer):
    device: DeviceAnswer
    code: str
    url: str = Field(description="Address that enrols the device which opens it.")
    qr: list[str] = Field(description="Rows of the QR code of the address: 1 dark, 0 light.")


class EnrolmentAnswer(Answer):
    device: str
    name: str
    token: str
