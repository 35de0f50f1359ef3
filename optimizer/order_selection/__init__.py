"""Which orders of a pool to pick, from which places, together with which others."""
