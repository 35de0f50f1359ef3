"""Typed ids: what names what.

All are strings chosen by the caller. Locations and stations share one name space (a *place*),
so that distances can be asked between any two of them.
"""

from __future__ import annotations

from typing import NewType

NodeId = NewType("NodeId", str)
PlaceId = NewType("PlaceId", str)
LocationId = NewType("LocationId", PlaceId)
StationId = NewType("StationId", PlaceId)
ZoneId = NewType("ZoneId", str)
Sku = NewType("Sku", str)
OrderId = NewType("OrderId", str)
LineId = NewType("LineId", str)
PickerId = NewType("PickerId", str)
ToteId = NewType("ToteId", str)
ListId = NewType("ListId", str)
