"""Routing policies by their literature names."""
