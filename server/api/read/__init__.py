"""Read shapes of the console: plain queries of a session that return plain dictionaries.

They change nothing and decide nothing; use cases live in :mod:`server.services`.
"""
