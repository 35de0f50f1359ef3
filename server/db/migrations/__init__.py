"""Alembic environment and revisions; run through :mod:`server.db.migrate`."""
