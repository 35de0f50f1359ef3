"""Signing in: one answer for every mistake, a lock after five, tokens that can be taken away."""

from __future__ import annotations

import pytest

from server.errors import BadInput, Conflict, NotSignedIn, TooManyTries
from server.services import people
from tests.server.services.site import PIN, Site


def _sign_in(site: Site, badge: str = "B-2", pin: str = PIN) -> str:
    with site.database.write() as session:
        return people.sign_in(session, site.clock, badge=badge, pin=pin, client="handheld")[0]


def _who(site: Site, token: str) -> people.SignedIn:
    with site.database.read() as session:
        return people.who(session, site.clock, token=token)


def test_token_says_who_is_calling(site: Site) -> None:
    who = _who(site, _sign_in(site))
    assert (who.name, who.role, who.client) == ("Person 2", "picker", "handheld")


@pytest.mark.parametrize(("badge", "pin"), [("B-2", "000000"), ("B-9", PIN)])
def test_wrong_badge_and_wrong_pin_get_one_answer(small: Site, badge: str, pin: str) -> None:
    with pytest.raises(people.WrongPin) as refused:
        _sign_in(small, badge, pin)
    assert refused.value.message == "badge or PIN is wrong"


def test_five_wrong_tries_lock_the_badge_for_a_quarter_of_an_hour(site: Site) -> None:
    for _ in range(people.TRIES):
        with pytest.raises(people.WrongPin):
            _sign_in(site, pin="000000")
    with pytest.raises(TooManyTries):
        _sign_in(site)
    site.clock.forward(minutes=15)
    _sign_in(site)


def test_a_right_pin_forgets_wrong_tries(small: Site) -> None:
    for _ in range(2):
        for _ in range(people.TRIES - 1):
            with pytest.raises(people.WrongPin):
                _sign_in(small, pin="000000")
        _sign_in(small)


def test_sessions_end_by_time_sign_out_and_revocation(small: Site) -> None:
    tokens = [_sign_in(small) for _ in range(3)]
    first, second = (_who(small, token).sign_in_id for token in tokens[:2])
    with small.database.write() as session:
        people.sign_out(session, small.clock, sign_in_id=first)
        people.revoke(session, small.clock, sign_in_id=second)
    for token, code in ((tokens[0], "expired"), (tokens[1], "revoked")):
        with pytest.raises(NotSignedIn) as refused:
            _who(small, token)
        assert refused.value.code == code
    small.clock.forward(hours=17)
    with pytest.raises(NotSignedIn):
        _who(small, tokens[2])
    with pytest.raises(NotSignedIn):
        _who(small, "guess")


def test_a_deactivated_person_is_out_at_once(small: Site) -> None:
    token = _sign_in(small)
    with small.database.write() as session:
        people.deactivate(session, small.clock, badge="B-2")
    with pytest.raises(NotSignedIn):
        _who(small, token)
    with pytest.raises(people.WrongPin):
        _sign_in(small)


@pytest.mark.parametrize(
    "change",
    [
        {"badge": " "},
        {"role": "boss"},
        {"pin": "12345"},
        {"pin": "12345a"},
        {"pin": "１２３４５６"},
    ],
)
def test_bad_people_are_refused(small: Site, change: dict[str, str]) -> None:
    person = {"badge": "B-7", "name": "N", "role": "picker", "language": "en", "pin": PIN}
    with pytest.raises(BadInput), small.database.write() as session:
        people.create(session, small.clock, **{**person, **change})


def test_badges_are_unique(small: Site) -> None:
    with pytest.raises(Conflict), small.database.write() as session:
        people.create(
            session, small.clock, badge="B-2", name="N", role="lead", language="en", pin=PIN
        )


def test_pins_are_stored_salted_and_hashed() -> None:
    first, second = people.hash_pin(PIN), people.hash_pin(PIN)
    assert first != second
    assert PIN not in first
    assert people.pin_matches(PIN, first)
    assert not people.pin_matches("135791", first)
