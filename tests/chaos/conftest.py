"""Fixtures of the server's tests, for chaos."""

from tests.server.conftest import cheap_pins as cheap_pins
