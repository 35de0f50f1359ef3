"""Enrolled handhelds: a code once, a token that changes without locking out, revocation."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.errors import BadInput, NotSignedIn
from server.models import Audit, Device, SignIn
from server.services import devices, people
from tests.server.services.device import Device as Handheld
from tests.server.services.site import PIN, PlannedTask, PlannedTour, Site


def _invite(site: Site, name: str = "Handheld 1") -> tuple[str, str]:
    """(code, device id) of a new device."""
    with site.database.write() as session:
        code, device = devices.invite(session, site.clock, name=name)
        return code, device.id


def _enrol(site: Site, code: str) -> str:
    with site.database.write() as session:
        return devices.enrol(session, site.clock, code=code)[0]


def _show(site: Site, token: str) -> str | None:
    """What a sign-in does with the device's token; returns a new one where it was due."""
    with site.database.write() as session:
        device = devices.recognise(session, site.clock, token=token)
        return devices.renew(session, site.clock, device, shown=token)


def _sign_in(site: Site, token: str, *, badge: str = "B-2", pin: str = PIN) -> people.SignedIn:
    with site.database.write() as session:
        device = devices.recognise(session, site.clock, token=token)
        secret, _ = people.sign_in(
            session, site.clock, badge=badge, pin=pin, client="handheld", device=device
        )
        return people.who(session, site.clock, token=secret)


def _refused(site: Site, why: str) -> int:
    with site.database.read() as session:
        rows = session.scalars(select(Audit).where(Audit.action == "device.refused")).all()
        return sum(row.detail["why"] == why for row in rows)


def test_a_code_enrols_once(site: Site) -> None:
    code, device_id = _invite(site)
    token = _enrol(site, code)
    assert _sign_in(site, token).device_id == device_id
    with pytest.raises(devices.BadCode):
        _enrol(site, code)
    assert _refused(site, "code") == 1


def test_codes_and_tokens_are_long_and_stored_hashed(small: Site) -> None:
    code, device_id = _invite(small)
    # 16 bytes are 22 characters of base64, 32 bytes are 43.
    assert len(code) == 22
    token = _enrol(small, code)
    assert len(token) == 43
    with small.database.read() as session:
        row = session.get_one(Device, device_id)
        stored = [str(getattr(row, column.key)) for column in Device.__table__.columns]
    assert not any(code in text or token in text for text in stored)


def test_a_code_ends_after_ten_minutes_and_another_can_be_made(small: Site) -> None:
    code, device_id = _invite(small)
    small.clock.forward(minutes=10)
    with pytest.raises(devices.BadCode) as late:
        _enrol(small, code)
    with pytest.raises(devices.BadCode) as unknown:
        _enrol(small, "x" * 22)
    assert late.value.message == unknown.value.message
    with small.database.write() as session:
        again, _ = devices.invite_again(session, small.clock, device_id=device_id)
    _enrol(small, again)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
def test_devices_need_a_plain_name(small: Site, name: str) -> None:
    with pytest.raises(BadInput):
        _invite(small, name)


def test_a_token_changes_after_a_day_and_the_former_ends_when_the_new_is_shown(
    small: Site,
) -> None:
    first = _enrol(small, _invite(small)[0])
    assert _show(small, first) is None
    small.clock.forward(hours=25)
    second = _show(small, first)
    assert second is not None
    assert _show(small, second) is None
    with pytest.raises(devices.BadDevice):
        _show(small, first)


def test_a_lost_answer_locks_no_device_out(small: Site) -> None:
    first = _enrol(small, _invite(small)[0])
    small.clock.forward(hours=25)
    lost = _show(small, first)
    third = _show(small, first)
    assert third not in (None, first, lost)
    assert lost is not None
    with pytest.raises(devices.BadDevice):
        _show(small, lost)
    assert third is not None
    assert _show(small, third) is None


def test_days_without_network_lock_no_device_out_but_a_quarter_year_does(small: Site) -> None:
    token = _enrol(small, _invite(small)[0])
    small.clock.forward(days=30)
    assert _show(small, token) is not None
    small.clock.forward(days=91)
    with pytest.raises(devices.BadDevice):
        _show(small, token)


def test_twenty_tries_an_hour_on_one_device(site: Site) -> None:
    token = _enrol(site, _invite(site)[0])
    for number in range(devices.TRIES):
        with pytest.raises(people.WrongPin):
            _sign_in(site, token, badge=f"B-{number + 100}", pin="000000")
    with pytest.raises(devices.DeviceTired):
        _sign_in(site, token)
    site.clock.forward(hours=1)
    _sign_in(site, token)


def test_a_revoked_device_is_out_with_its_sessions_and_what_it_still_sends_is_kept(
    site: Site,
) -> None:
    code, device_id = _invite(site)
    token = _enrol(site, code)
    who = _sign_in(site, token)
    order = site.order(("S1", 2))
    site.launch(PlannedTour([PlannedTask("A-1", order, "S1", 2, 1)]))
    handheld = Handheld(site.database, site.clock, who)
    handheld.sync(want="work")
    handheld.bind_all()
    handheld.record("pick", **handheld.pick_fields(handheld.task(), 2))
    with site.database.write() as session:
        devices.revoke(session, site.clock, device_id=device_id)
    with site.database.read() as session:
        assert session.get_one(SignIn, who.sign_in_id).revoked_at is not None
    with pytest.raises(NotSignedIn):
        _show(site, token)
    assert _refused(site, "token") == 1
    # The next person signs in on another device that has the same outbox: nothing is lost.
    handheld.who = site.sign_in("B-3")
    handheld.flush()
    assert handheld.verdicts[len(handheld.log)] == ("parked", "revoked")
    assert site.on_hand("A-1", "S1")[0] == 10


def test_a_revoked_device_may_be_enrolled_again(small: Site) -> None:
    code, device_id = _invite(small)
    old = _enrol(small, code)
    with small.database.write() as session:
        devices.revoke(session, small.clock, device_id=device_id)
        again, _ = devices.invite_again(session, small.clock, device_id=device_id)
    new = _enrol(small, again)
    _sign_in(small, new)
    with pytest.raises(devices.BadDevice):
        _show(small, old)


def test_revoking_takes_an_unused_code_away(small: Site) -> None:
    code, device_id = _invite(small)
    with small.database.write() as session:
        devices.revoke(session, small.clock, device_id=device_id)
    with pytest.raises(devices.BadCode):
        _enrol(small, code)
