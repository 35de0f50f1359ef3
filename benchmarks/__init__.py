"""Measurements: speed with pytest-benchmark, quality with ``wavepick bench``.

Importing this package is light; the suites, the solvers and the peers are loaded when they run.
"""
