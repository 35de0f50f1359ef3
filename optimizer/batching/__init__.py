"""Batching: which orders are picked on one tour."""
