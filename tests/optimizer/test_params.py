"""Parameters refuse what no search can use."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer.errors import OptimizerError
from optimizer.params import Params


@pytest.mark.parametrize(
    "wrong",
    [
        {"neighbours": 0},
        {"savings_up_to": -1},
        {"cycle": 0},
        {"idle_cycles": 0},
        {"heat": 0.0},
        {"heat": 1.5},
    ],
)
def test_values_outside_their_range_are_refused(wrong: dict[str, Any]) -> None:
    name, value = next(iter(wrong.items()))
    with pytest.raises(OptimizerError, match=f"{name} must be .*got {value}"):
        Params(**wrong)


def test_defaults_are_valid() -> None:
    assert Params() == Params(partial_orders=False)
