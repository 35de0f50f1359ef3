"""The judge: recomputes any plan from the layout alone, without router, batching or planner."""

from __future__ import annotations

from optimizer.evaluation.judge import Evaluation, evaluate
from optimizer.evaluation.violations import Violation, ViolationKind

__all__ = ["Evaluation", "Violation", "ViolationKind", "evaluate"]
