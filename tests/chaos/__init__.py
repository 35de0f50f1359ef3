"""Chaos: a fleet at work on a real server that is killed, cut off and put back.

``python -m tests.chaos --help``, or ``make chaos KILLS=500 DATABASE=sqlite``. A run ends with the
history checker: no acknowledged operation lost, none doubled, none invented.
"""
