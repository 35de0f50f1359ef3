"""A sample warehouse for trying things out: names one can read, orders one can believe.

Everything depends on a seed and the clock only.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.services.orders import LineDraft, OrderDraft

LEAD_BADGE = "B-1001"
LEAD_PIN = "246810"
PICKER_PIN = "135790"
"""PINs of the demo only; an installation makes random ones."""

CART_8 = "cart-8"
CART_4 = "cart-4"

PICKER_NAMES: tuple[tuple[str, str], ...] = (
    ("Ana", "es"),
    ("Ben", "en"),
    ("Carla", "es"),
    ("Dan", "en"),
    ("Elif", "en"),
    ("Femi", "en"),
    ("Gabi", "es"),
    ("Hugo", "es"),
    ("Ines", "es"),
    ("Jonas", "en"),
    ("Kim", "en"),
    ("Luz", "es"),
)
"""Name and language of the demo's pickers."""

SORTER_BADGE = "B-3001"

_STYLES = ("Red", "Blue", "Green", "Ivory", "Black", "Copper", "Striped", "Dotted", "Plain", "Oak")


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of thing: sku prefix, name, and ranges of weight (g) and volume (ml)."""

    prefix: str
    name: str
    weight_g: tuple[int, int]
    volume_ml: tuple[int, int]


_KINDS = (
    _Kind("MUG", "Mug", (280, 420), (500, 800)),
    _Kind("BWL", "Bowl", (350, 700), (900, 1800)),
    _Kind("PLT", "Plate", (400, 800), (700, 1200)),
    _Kind("CDL", "Candle", (120, 500), (200, 700)),
    _Kind("NTB", "Notebook", (150, 350), (250, 500)),
    _Kind("PEN", "Pen set", (40, 120), (80, 200)),
    _Kind("LMP", "Table lamp", (900, 1600), (4000, 7000)),
    _Kind("CLK", "Wall clock", (400, 900), (2000, 4000)),
    _Kind("TWL", "Towel", (200, 500), (1200, 2500)),
    _Kind("CSH", "Cushion cover", (150, 300), (600, 1200)),
    _Kind("BSK", "Basket", (250, 600), (3000, 6000)),
    _Kind("TRY", "Tray", (300, 700), (1200, 2500)),
    _Kind("JAR", "Storage jar", (300, 600), (700, 1500)),
    _Kind("APR", "Apron", (150, 250), (500, 900)),
    _Kind("TIM", "Kitchen timer", (80, 160), (150, 300)),
    _Kind("SCL", "Scissors", (90, 200), (150, 350)),
    _Kind("FRM", "Picture frame", (250, 700), (700, 1800)),
    _Kind("VAS", "Vase", (400, 1100), (1500, 3500)),
    _Kind("BTL", "Bottle", (200, 450), (700, 1200)),
    _Kind("LUN", "Lunch box", (150, 350), (900, 1600)),
)

_SIZES = ("small", "large")

CHANNELS: tuple[tuple[str, str], ...] = (
    ("webshop", "Web shop"),
    ("marketplace", "Marketplace"),
    ("wholesale", "Wholesale"),
)
"""Code and name of the channels that demo orders come from."""

_CARRIERS = (("Northpost", 14), ("Swift", 16), ("Cargoline", 18))
"""Carrier and the hour (UTC) at which it collects."""


@dataclass(frozen=True, slots=True)
class DemoItem:
    """An item with its barcodes: barcode to units."""

    sku: str
    name: str
    weight_g: int
    volume_ml: int
    codes: tuple[tuple[str, int], ...]


def demo_items(*, count: int, seed: int) -> tuple[DemoItem, ...]:
    """Return ``count`` different items, at most 400.

    Raises
    ------
    ValueError
        When more are asked for than there are names.
    """
    names = [(kind, style, size) for size in _SIZES for style in _STYLES for kind in _KINDS]
    if count > len(names):
        raise ValueError(f"there are names for {len(names)} items, {count} were asked for")
    rng = random.Random(f"items:{seed}")
    per_kind: dict[str, int] = {}
    items: list[DemoItem] = []
    for number, (kind, style, size) in enumerate(names[:count], start=1):
        per_kind[kind.prefix] = per_kind.get(kind.prefix, 0) + 1
        codes = [(ean13(f"20{number:010d}"), 1)]
        if number % 5 == 0:
            codes.append((ean13(f"21{number:010d}"), 6))  # the code on a box of six
        items.append(
            DemoItem(
                sku=f"{kind.prefix}-{per_kind[kind.prefix]:03d}",
                name=f"{style} {kind.name.lower()}, {size}",
                weight_g=rng.randint(*kind.weight_g),
                volume_ml=rng.randint(*kind.volume_ml),
                codes=tuple(codes),
            )
        )
    return tuple(items)


def ean13(digits: str) -> str:
    """Return twelve digits with their EAN-13 check digit (ISO/IEC 15420)."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def demo_orders(
    items: Sequence[DemoItem], *, count: int, now: datetime, seed: int
) -> Iterator[OrderDraft]:
    """Yield orders of a shop day: many small, some large, a few urgent, unpaid or wholesale.

    Parameters
    ----------
    items
        What is sold; the first ones most often.
    now
        Ship-by times lie after it.
    """
    rng = random.Random(f"orders:{seed}")
    ranked = list(items)
    rng.shuffle(ranked)
    weights = [1 / (rank + 5) for rank in range(len(ranked))]
    for number in range(1, count + 1):
        channel = rng.choices([code for code, _ in CHANNELS], (60, 30, 10))[0]
        wholesale = channel == "wholesale"
        n_lines = rng.randint(4, 12) if wholesale else 1 + min(7, int(rng.expovariate(0.55)))
        chosen = dict.fromkeys(item.sku for item in rng.choices(ranked, weights, k=n_lines))
        carrier, hour = rng.choice(_CARRIERS)
        yield OrderDraft(
            channel=channel,
            external_id=f"{channel[:1].upper()}-{40_000 + number}",
            lines=tuple(
                LineDraft(str(position), sku, _quantity(rng, wholesale))
                for position, sku in enumerate(chosen, start=1)
            ),
            priority=rng.choices((0, 1, 2, 3), (3, 12, 75, 10))[0],
            ship_by=_ship_by(now, hour, rng),
            ordered_at=now - timedelta(minutes=rng.randint(5, 900)),
            carrier=carrier,
            service="express" if rng.random() < 0.1 else "standard",
            paid=rng.choices(("yes", "no", "unknown"), (96, 2, 2))[0],
            tags=("gift",) if rng.random() < 0.05 else (),
        )


def _quantity(rng: random.Random, wholesale: bool) -> int:
    if wholesale:
        return rng.choice((2, 3, 4, 6, 6, 12))
    return rng.choices((1, 2, 3, 4), (72, 18, 6, 4))[0]


def _ship_by(now: datetime, hour: int, rng: random.Random) -> datetime:
    """Return the carrier's next collection, for some orders the one a day later."""
    due = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    while due < now + timedelta(hours=1):
        due += timedelta(days=1)
    return due + timedelta(days=1) if rng.random() < 0.25 else due
