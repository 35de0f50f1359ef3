"""Stock by location, cart types and layout versions."""

from __future__ import annotations

from typing import Any

from server.api.answers.answer import Answer


class StockAnswer(Answer):
    location: str
    sku: str
    name: str
    on_hand: int
    allocated: int
    free: int


class StockList(Answer):
    stock: list[StockAnswer]


class LayoutRef(Answer):
    id: str
    name: str
    version: int


class LayoutListed(LayoutRef):
    active: bool


class LayoutList(Answer):
    layouts: list[LayoutListed]


class LayoutAnswer(LayoutRef):
    document: dict[str, Any]


class CartTypeAnswer(Answer):
    code: str
    name: str
    slots: int
    tote_weight_g: int
    tote_volume_ml: int
    max_weight_g: int
    max_lines: int


class CartTypeList(Answer):
    cart_types: list[CartTypeAnswer]
