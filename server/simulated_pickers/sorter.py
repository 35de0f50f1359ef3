"""The simulated person at the put wall: takes dropped totes apart, each order to its wall slot."""

from __future__ import annotations

import threading

from server.simulated_pickers.device import Device
from server.simulated_pickers.tally import Tally
from server.simulated_pickers.warehouse import ToSort, ToteRack, WallQueue

_IDLE_S = 0.3


class Sorter:
    """Puts goods to the wall until told to stop; empty totes go back to the pile."""

    def __init__(
        self,
        device: Device,
        *,
        wall: WallQueue,
        rack: ToteRack,
        tally: Tally,
        stop: threading.Event,
    ) -> None:
        self._device = device
        self._wall = wall
        self._rack = rack
        self._tally = tally
        self._stop = stop

    def work(self) -> None:
        """Sort until the crew stops; raises what the device raises."""
        self._device.sync()
        while not self._stop.is_set():
            goods = self._wall.take(_IDLE_S)
            if goods:
                self._sort(goods)
                self._wall.sorted_away()

    def _sort(self, goods: tuple[ToSort, ...]) -> None:
        for part in goods:
            # The list is closed and was somebody else's: what is sorted belongs to the order.
            self._device.record_for(
                None,
                None,
                "put",
                tote=part.tote,
                order=part.order_number,
                wall_slot=f"W-{part.order_number}",
                sku=part.sku,
                qty=part.quantity,
            )
            self._tally.add("puts")
        self._device.flush()
        for tote in dict.fromkeys(part.tote for part in goods):
            self._rack.bring_back(tote)
