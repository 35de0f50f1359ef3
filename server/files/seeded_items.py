"""Sizes and weights for items that come from files that have none.

The figures are made up but plausible, and depend on nothing but the sku and a seed, so that a
second import, another machine or another order of lines gives the same item.
"""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass

_MEDIAN_VOLUME_ML = 280
_VOLUME_SPREAD = 0.9  # sigma of the logarithm: nine in ten items lie between 65 and 1,200 ml
_VOLUME_RANGE_ML = (20, 8_000)
_DENSITY_RANGE = (0.3, 1.1)  # g/ml of the outer size: paper chains to glass
_WEIGHT_RANGE_G = (10, 5_000)


@dataclass(frozen=True, slots=True)
class ItemSize:
    """Weight in grams and outer volume in millilitres of one unit."""

    weight_g: int
    volume_ml: int


def seeded_size(sku: str, *, seed: int) -> ItemSize:
    """Return the made-up size of an item.

    Volume is log-normal, the density uniform; both are cut off so that a unit fits into any
    tote.
    """
    digest = hashlib.sha256(f"{seed}:{sku}".encode()).digest()
    rng = random.Random(int.from_bytes(digest[:8], "big"))
    volume = _MEDIAN_VOLUME_ML * math.exp(rng.gauss(0.0, _VOLUME_SPREAD))
    volume_ml = round(min(max(volume, _VOLUME_RANGE_ML[0]), _VOLUME_RANGE_ML[1]))
    weight = volume_ml * rng.uniform(*_DENSITY_RANGE)
    weight_g = round(min(max(weight, _WEIGHT_RANGE_G[0]), _WEIGHT_RANGE_G[1]))
    return ItemSize(weight_g=weight_g, volume_ml=volume_ml)
