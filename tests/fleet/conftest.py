"""Fixtures of the server's tests, for tests of the fleet."""

from tests.server.conftest import cheap_pins as cheap_pins
from tests.server.conftest import postgres_server as postgres_server
from tests.server.conftest import postgres_template as postgres_template
from tests.server.conftest import postgres_url as postgres_url
