"""Measurements: speed with pytest-benchmark, quality with ``wavepick bench``."""
