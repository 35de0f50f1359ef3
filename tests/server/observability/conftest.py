"""The tiny warehouse of the services' tests."""

from __future__ import annotations

from tests.server.services.conftest import small

__all__ = ["small"]
