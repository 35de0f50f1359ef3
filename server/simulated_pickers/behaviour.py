"""How a simulated picker works: pace and the chances of everything that goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Chances are per task, each between 0 and 1, unless stated otherwise.

    Attributes
    ----------
    pace_s
        Seconds a task takes on average; 0 works as fast as the server answers.
    short
        The shelf turns out to hold too little; it is empty for everybody from then on.
    wrong_scan
        A wrong item is scanned and, as a faulty device would, sent; the server must refuse it.
    skip
        The task is left for later.
    undo
        A pick is taken back and done again.
    offline
        The network is lost for the next few tasks.
    batch
        Tasks between two messages, at most; each number from 1 is as likely.
    duplicate
        Chance per message that it is sent twice; both answers must be the same.
    """

    pace_s: float = 0.0
    short: float = 0.01
    wrong_scan: float = 0.02
    skip: float = 0.02
    undo: float = 0.01
    offline: float = 0.005
    duplicate: float = 0.05
    batch: int = 1

    def __post_init__(self) -> None:
        if self.batch < 1:
            raise ValueError(f"batch must be at least 1, got {self.batch}")
        for field in fields(self):
            value = getattr(self, field.name)
            if value < 0 or (field.name not in ("pace_s", "batch") and value > 1):
                raise ValueError(f"{field.name} must be between 0 and 1, got {value}")
