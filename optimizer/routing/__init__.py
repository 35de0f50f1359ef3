"""Routing: the shortest walk of one picker through the stops of one tour."""
