"""Plans as documents, ``wavepick-plan/1``: what files, the server and other programs read.

The JSON Schema is ``layouts/plan.schema.json``; only additions are made to it.
"""

from __future__ import annotations

from optimizer.document.read import parse_plan
from optimizer.document.write import FORMAT, Json, comparison_document, plan_document

__all__ = ["FORMAT", "Json", "comparison_document", "parse_plan", "plan_document"]
