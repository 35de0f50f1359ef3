"""Opens what an installation has: refuses clearly when it is missing or outdated."""

from __future__ import annotations

import importlib.util
import os

from server import failpoints
from server.config import Settings
from server.db import migrate
from server.db.engine import Database
from server.errors import Unavailable


def open_database(settings: Settings) -> Database:
    """Open the installation's database, see :func:`open_at`."""
    return open_at(settings.database_url)


def open_at(database_url: str) -> Database:
    """Open a database after making sure that it exists and has the right schema.

    Raises
    ------
    BadInput
        Fail-points are set without the flag of a test.
    Unavailable
        It is missing, unreachable, empty, or its schema is older or newer than this program.
    """
    failpoints.arm(os.environ)
    found, wanted = migrate.current(database_url), migrate.head()
    if found is None:
        raise Unavailable(
            "the database does not exist or is empty; create it with: wavepick migrate",
            code="no-database",
        )
    if found != wanted:
        raise Unavailable(
            f"the database schema is {found}, this program needs {wanted}; "
            "upgrade it with: wavepick migrate",
            code="outdated-schema",
        )
    return Database(database_url)


def refuse_gevent_websocket() -> None:
    """Refuse to start beside a dead library that hijacks WebSocket upgrades.

    Raises
    ------
    Unavailable
        It can be imported.
    """
    if importlib.util.find_spec("geventwebsocket") is not None:
        raise Unavailable(
            'the package "gevent-websocket" is installed and would break every WebSocket; '
            "remove it: pip uninstall gevent-websocket",
            code="gevent-websocket",
        )
