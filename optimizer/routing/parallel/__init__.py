"""Shortest tours between parallel aisles: the programme over aisles, its tables and its compiled
code."""
