"""The writer lock under gevent: greenlets wait for each other without losing an update."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
from gevent import monkey
monkey.patch_all()
import sys
import gevent
from server.db.engine import Database
from server.services import numbers

database = Database(sys.argv[1])

def add():
    for _ in range(5):
        with database.write() as session:
            number = numbers.take(session, "n")
            gevent.sleep(0.001)  # another greenlet gets its turn in the middle of a transaction

gevent.joinall([gevent.spawn(add) for _ in range(8)], raise_error=True)
with database.write() as session:
    print(numbers.take(session, "n"))
"""


def test_greenlets_lose_no_update(database_url: str) -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, database_url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=root,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "41"
