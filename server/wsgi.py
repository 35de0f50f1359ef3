"""Entry point for several web processes: ``gunicorn -k gevent -w N server.wsgi:app``.

Needs ``WAVEPICK_DATABASE_URL`` (PostgreSQL), ``WAVEPICK_MESSAGE_QUEUE`` (Redis or Valkey),
``WAVEPICK_QUEUE_URL`` and ``WAVEPICK_ORIGINS``. gunicorn's gevent worker patches the standard
library before it imports this module. Sockets use WebSocket only, so no sticky sessions are
needed. Put TLS in front.
"""

from __future__ import annotations

from server.app import create_app
from server.config import from_environment
from server.installation import open_database

settings = from_environment()
app = create_app(settings, open_database(settings))
