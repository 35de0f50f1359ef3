"""Shortest tours between parallel aisles of which some are one-way."""
