"""Pick lists at the lead's desk: taken back once, however often the request comes."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from server.errors import BadInput, Conflict
from server.models import Audit, ListState, PickList
from server.services import lists
from tests.server.services.device import Device
from tests.server.services.site import PlannedTask, PlannedTour, Site


def _held(site: Site) -> tuple[Device, str]:
    """A device that holds a list of 2 x S1 at A-1, with its cart loaded."""
    order = site.order(("S1", 2))
    site.launch(PlannedTour([PlannedTask("A-1", order, "S1", 2, 0)]))
    device = Device(site.database, site.clock, site.sign_in("B-2"))
    view = device.sync(want="work")["list"]
    device.bind_all()
    return device, str(view["list"])


def _recall(site: Site, list_id: str, key: str) -> PickList:
    with site.database.write() as session:
        return lists.recall(session, site.clock, list_id=list_id, key=key)


def _entries(site: Site) -> int:
    with site.database.read() as session:
        return (
            session.scalar(
                select(func.count()).select_from(Audit).where(Audit.action == "list.recall")
            )
            or 0
        )


def test_a_recall_that_comes_twice_takes_the_list_from_nobody_else(site: Site) -> None:
    _, list_id = _held(site)
    first = _recall(site, list_id, "click-1")
    assert (first.state, first.holder_id) == (ListState.READY, None)
    other = Device(site.database, site.clock, site.sign_in("B-3"))
    lease = other.sync(want="work")["list"]["lease"]
    again = _recall(site, list_id, "click-1")
    assert (again.holder_id, again.lease) == (other.who.person_id, lease)
    assert _entries(site) == 1
    assert _recall(site, list_id, "click-2").holder_id is None
    assert _entries(site) == 2


def test_a_recall_that_ends_the_list_may_come_twice(site: Site) -> None:
    """With everything short, nothing is left to do: the list is closed as it is taken back."""
    device, list_id = _held(site)
    device.do("short", task=device.task()["id"], qty=2, reason="none", counted=0)
    first = _recall(site, list_id, "click-1")
    assert first.state == ListState.CLOSED
    again = _recall(site, list_id, "click-1")
    assert (again.state, again.ver, again.lease) == (first.state, first.ver, first.lease)
    assert _entries(site) == 1
    with pytest.raises(Conflict, match="is closed"):
        _recall(site, list_id, "click-2")


def test_a_recall_of_what_nobody_holds_changes_nothing_later_either(site: Site) -> None:
    _, list_id = _held(site)
    _recall(site, list_id, "click-1")
    ver = _recall(site, list_id, "click-2").ver
    other = Device(site.database, site.clock, site.sign_in("B-3"))
    other.sync(want="work")
    again = _recall(site, list_id, "click-2")
    assert (again.holder_id, again.ver) == (other.who.person_id, ver + 1)
    assert _entries(site) == 1


@pytest.mark.parametrize("key", ["", "k" * 61])
def test_keys_have_a_length(small: Site, key: str) -> None:
    _, list_id = _held(small)
    with pytest.raises(BadInput, match="1 to 60"):
        _recall(small, list_id, key)
