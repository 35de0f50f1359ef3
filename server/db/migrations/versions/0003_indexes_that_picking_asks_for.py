"""Indexes for questions of every list, tote and sync that read whole tables before."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXES = (
    ("item_code", "sku"),
    ("list_tote", "order_id"),
    ("list_tote", "tote"),
    ("pick_list", "holder_id"),
)


def upgrade() -> None:
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
