"""Python's collector of reference cycles, set for a process that answers for months.

What the application consists of (modules, routes, mappers, compiled statements) stays for good;
looking through it again and again took 9 % of the processor time under load (measured with
py-spy, 250 handhelds). What a message leaves behind has hardly any cycles and goes by itself.
"""

from __future__ import annotations

import gc

YOUNG = 20_000
"""New containers, less freed ones, after which the young are looked through; Python's own: 700."""


def settle() -> None:
    """Take all that exists now as permanent; call once, when the application is complete."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
