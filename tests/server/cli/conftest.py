"""Commands run in the process of the tests, unless a test says otherwise."""

from __future__ import annotations

import pytest

from server.cli import confinement


@pytest.fixture(autouse=True)
def unconfined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the limits out: they are for a process that reads one file and ends.

    A limit of address space or processor time, once set, would hold for every later test: threads
    could not be started any more (``security/test_caps.py`` shows them at work, in a process).
    """
    monkeypatch.setattr(confinement, "confine", lambda: None)
