"""The time model by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.errors import OptimizerError
from optimizer.problem import Method
from optimizer.time_model import TimeModel
from tests.optimizer.evaluation.test_judge import cluster_list, total_plan
from tests.optimizer.examples import plan_of


def test_duration_by_hand() -> None:
    # 26 m at 2 m/s = 13 s; 2 stops, 3 picks, 4 units, 2 totes, 1 list.
    model = TimeModel(2000, 10, 200, 3000, 40_000, 500_000)
    assert model.duration_ms(cluster_list()) == 13_000 + 20 + 600 + 12_000 + 80_000 + 500_000


def test_walking_is_rounded_up() -> None:
    model = TimeModel(3000, 0, 0, 0, 0, 0)
    assert model.duration_ms(replace(cluster_list(), length_mm=10)) == 4


def test_work_counts_sorting_only_at_the_wall() -> None:
    model = TimeModel()
    cluster = plan_of(Method.CLUSTER, cluster_list())
    assert model.work_ms(cluster) == model.duration_ms(cluster_list())
    total = total_plan()
    picking = sum(model.duration_ms(one) for one in total.lists)
    assert model.work_ms(total) == picking + 4 * model.sort_unit_ms


@pytest.mark.parametrize("wrong", [{"walk_mm_per_s": 0}, {"stop_ms": -1}, {"sort_unit_ms": -1}])
def test_impossible_times_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(OptimizerError, match=next(iter(wrong))):
        TimeModel(**wrong)
