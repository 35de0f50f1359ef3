"""Made-up sizes: repeatable, plausible, small enough for a tote."""

from __future__ import annotations

from server.files.seeded_items import seeded_size


def test_sku_and_seed_decide() -> None:
    assert seeded_size("85123A", seed=1) == seeded_size("85123A", seed=1)
    assert seeded_size("85123A", seed=1) != seeded_size("85123a", seed=1)
    assert seeded_size("85123A", seed=1) != seeded_size("85123A", seed=2)


def test_most_items_are_small_and_all_fit_a_tote() -> None:
    sizes = [seeded_size(f"{number}", seed=7) for number in range(3000)]
    usual = [size for size in sizes if 50 <= size.volume_ml <= 1500 and 30 <= size.weight_g <= 900]
    assert len(usual) > 0.8 * len(sizes)
    assert all(20 <= size.volume_ml <= 8_000 and 10 <= size.weight_g <= 5_000 for size in sizes)
