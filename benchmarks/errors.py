"""Errors of the benchmarks."""

from __future__ import annotations


class BenchError(Exception):
    """A benchmark cannot be run or read; the message names the culprit and the rule."""


class MissingDataError(BenchError):
    """The public instances are not there; the message says where they come from."""


class InstanceError(BenchError):
    """An instance file breaks its format; the message names file, line and rule."""


class WrongAnswerError(BenchError):
    """The judge refuses a solution; the message names the broken rule."""
