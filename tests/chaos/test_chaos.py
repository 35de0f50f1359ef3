"""Short chaos: the same code as ``make chaos``, with the numbers turned down.

Nothing here is asserted in seconds: the account of a long run says how long things took.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server.failpoints import FailPoint
from tests.chaos import run, stores
from tests.chaos.run import Scale
from tests.fleet.client import Reconnect
from tests.fleet.picker import Habits
from tests.fleet.proxy import Weather
from tests.fleet.site import Work

pytestmark = pytest.mark.process

ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
DEVICES = 10
IMPATIENT = Reconnect(first_s=0.3, longest_s=1.0, busy_s=0.2)


def scale(seed: int) -> Scale:
    return Scale(
        devices=DEVICES,
        seed=seed,
        work=Work(waves=30, lists_per_wave=4, lines_per_order=3, units_per_line=5),
        habits=Habits(pace_s=0.1),
        reconnect=IMPATIENT,
        up_s=0.8,
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_no_acknowledged_operation_is_lost_doubled_or_invented_by_kills(
    engine: str, tmp_path: Path
) -> None:
    with stores.store(engine, tmp_path) as store:
        account = asyncio.run(run.kills(store, tmp_path, scale(7), times=15))
    assert account.passed, account.as_text()
    assert account.deaths.total() == 15
    assert set(account.deaths) & set(FailPoint), account.as_text()
    assert account.acknowledged > 100


def test_no_operation_is_lost_doubled_or_invented_by_the_network(tmp_path: Path) -> None:
    with stores.store("sqlite", tmp_path) as store:
        account = asyncio.run(
            run.cuts(store, tmp_path, scale(8), times=60, weather=Weather(good_s=1.5, bad_s=2.0))
        )
    assert account.passed, account.as_text()
    assert account.acknowledged > 100


@pytest.mark.parametrize("engine", ENGINES)
def test_a_database_put_back_gets_again_what_it_forgot(engine: str, tmp_path: Path) -> None:
    with stores.store(engine, tmp_path) as store:
        account = asyncio.run(run.restores(store, tmp_path, scale(9), times=2))
    assert account.passed, account.as_text()
    assert account.totals["rewound"] > 0, account.as_text()
