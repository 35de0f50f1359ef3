"""What can happen in one history: a different part of it in each, drawn from the seed.

Most faults are off in most histories, and those that are on are frequent: many narrow histories
meet more of the rare combinations than one that has everything at once ("swarm testing").
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mix:
    """Chances are per message, transaction or step of a picker, from 0 to 1."""

    restores: bool
    """The database is put back to older copies."""
    devices: int
    active_ms: int
    pace_ms: int
    """Mean time between two facts of a picker."""
    # Network
    drop: float
    duplicate: float
    slow: float
    """Chance of a delay of seconds instead of milliseconds."""
    mix_up: float
    """Chance that an earlier answer comes in place of the one awaited."""
    cut: float
    """Chance per message that the connection breaks."""
    hints: float
    """Chance that a hint arrives."""
    # Server
    crash: float
    clock_steps: float
    """Chance per office step that the server's clock is set to another time."""
    nights: float
    """Chance per office step that hours or days pass in which nobody does anything."""
    # Devices
    battery: float
    offline: float
    freeze: float
    wipe: float
    forgets: bool
    """A device that starts has forgotten the answered facts of lists that are over."""
    wrong_clock: bool
    change_person: float
    # People
    wrong: float
    """Chance that a fact is one that a correct device would not send."""
    clash: float
    short: float
    undo: float
    hand_back: float
    # Office
    office_ms: int
    """Mean time between two steps of the office; it cancels, recalls, launches and counts."""
    cancel_wave: float
    revoke: float
    finish: bool
    """Whether the lists are picked to their end after faults stopped."""


def draw(rng: random.Random, *, restores: bool) -> Mix:
    """A mix for one history."""

    def maybe(chance: float, low: float, high: float) -> float:
        return rng.uniform(low, high) if rng.random() < chance else 0.0

    calm = rng.random() < 0.1
    odds = 0.0 if calm else 0.4
    return Mix(
        restores=restores,
        devices=rng.choice((1, 2, 2, 3)),
        active_ms=rng.choice((12_000, 18_000, 30_000)),
        pace_ms=rng.choice((300, 600, 1_200)),
        drop=maybe(odds, 0.05, 0.3),
        duplicate=maybe(odds, 0.1, 0.5),
        slow=maybe(odds, 0.05, 0.3),
        mix_up=maybe(odds, 0.05, 0.3),
        cut=maybe(odds, 0.05, 0.2),
        hints=rng.choice((0.0, 0.7, 1.0)),
        crash=maybe(odds, 0.03, 0.2),
        clock_steps=maybe(odds / 2, 0.05, 0.2),
        nights=maybe(odds / 2, 0.05, 0.2),
        battery=maybe(odds, 0.01, 0.04),
        offline=maybe(odds, 0.01, 0.04),
        freeze=maybe(odds / 2, 0.01, 0.04),
        wipe=maybe(odds / 2, 0.005, 0.02),
        # Only a restored server asks for facts again.
        forgets=restores and rng.choice((False, True, True)),
        wrong_clock=rng.random() < 0.3,
        change_person=maybe(odds, 0.01, 0.04),
        wrong=maybe(0.6, 0.05, 0.3),
        # A restored server takes whichever of two facts under one number comes first.
        clash=maybe(odds / 2, 0.05, 0.2) * (not restores),
        short=maybe(0.6, 0.05, 0.25),
        undo=maybe(0.6, 0.05, 0.25),
        hand_back=maybe(0.4, 0.02, 0.15),
        office_ms=rng.choice((2_500, 5_000, 10_000)),
        cancel_wave=maybe(0.3, 0.05, 0.2),
        revoke=maybe(odds / 2, 0.15, 0.5),
        finish=rng.random() < 0.15,
    )
