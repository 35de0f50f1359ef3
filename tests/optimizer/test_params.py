"""Parameters of a run."""

from __future__ import annotations

from optimizer.params import Minimise, Params


def test_an_order_that_is_short_is_left_out_whole_unless_asked_otherwise() -> None:
    assert Params() == Params(partial_orders=False, minimise=Minimise.METRES)
