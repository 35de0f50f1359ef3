"""Entry point for several web processes behind one port.

``gunicorn -c python:server.gunicorn_settings -w N server.wsgi:app``

Needs ``WAVEPICK_DATABASE_URL`` (PostgreSQL), ``WAVEPICK_MESSAGE_QUEUE`` (Redis or Valkey),
``WAVEPICK_QUEUE_URL`` and ``WAVEPICK_ORIGINS``. Handhelds must be enrolled, unless
``WAVEPICK_DEVICES=any``. gunicorn's gevent worker patches the standard
library before it imports this module. Sockets use WebSocket only, so no sticky sessions are
needed. Put TLS in front.
"""

from __future__ import annotations

from gevent import monkey

from server.app import create_app
from server.config import AsyncMode, from_environment
from server.db.occupation import Occupation
from server.errors import Unavailable
from server.installation import open_database
from server.observability import logs

settings = from_environment(enrolled_only=True)
logs.configure(settings.log_format, settings.log_level)
if settings.async_mode is AsyncMode.GEVENT and not monkey.is_module_patched("socket"):
    raise Unavailable(
        "this server needs gevent workers: gunicorn -k gevent -w N server.wsgi:app",
        code="not-gevent",
    )
occupation = Occupation(settings.database_url)
app = create_app(settings, open_database(settings))
