"""Use cases: plain functions of a session, a clock and arguments."""
