"""All tables of the first version; the database begins its first generation."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from server.db.base import new_id

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_table(
        "cart_type",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("tote_weight_g", sa.Integer(), nullable=False),
        sa.Column("tote_volume_ml", sa.Integer(), nullable=False),
        sa.Column("max_weight_g", sa.Integer(), nullable=False),
        sa.Column("max_lines", sa.Integer(), nullable=False),
        sa.CheckConstraint("slots >= 1 and max_lines >= 1", name="ck_cart_type_limits"),
        sa.PrimaryKeyConstraint("code", name="pk_cart_type"),
    )
    op.create_table(
        "change",
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("topic", name="pk_change"),
    )
    op.create_index("ix_change_rev", "change", ["rev"])

    op.create_table(
        "channel",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_channel"),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counter"),
    )
    op.create_table(
        "exception_card",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("list_id", sa.String(length=32), nullable=True),
        sa.Column("order_id", sa.String(length=32), nullable=True),
        sa.Column("location", sa.String(length=64), nullable=True),
        sa.Column("sku", sa.String(length=64), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("op_stream", sa.String(length=32), nullable=True),
        sa.Column("op_seq", sa.Integer(), nullable=True),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_exception_card"),
    )
    op.create_table(
        "floor_task",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("location", sa.String(length=64), nullable=True),
        sa.Column("tote", sa.String(length=64), nullable=True),
        sa.Column("sku", sa.String(length=64), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("list_id", sa.String(length=32), nullable=True),
        sa.Column("order_id", sa.String(length=32), nullable=True),
        sa.Column("line_id", sa.String(length=32), nullable=True),
        sa.Column("op_stream", sa.String(length=32), nullable=True),
        sa.Column("op_seq", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_floor_task"),
    )
    op.create_index("ix_floor_task_line_id", "floor_task", ["line_id"])
    op.create_index("ix_floor_task_order_id", "floor_task", ["order_id"])

    op.create_table(
        "generation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_generation"),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("result", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_idempotency_key"),
    )
    op.create_table(
        "item",
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("abc_class", sa.String(length=1), nullable=True),
        sa.Column("picture", sa.String(length=200), nullable=True),
        sa.CheckConstraint("volume_ml >= 0", name="ck_item_volume"),
        sa.CheckConstraint("weight_g >= 0", name="ck_item_weight"),
        sa.PrimaryKeyConstraint("sku", name="pk_item"),
    )
    op.create_table(
        "layout_version",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_layout_version"),
        sa.UniqueConstraint("name", "version", name="uq_layout_version_name_version"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("badge", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("pin_hash", sa.String(length=300), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role in ('picker', 'lead', 'admin')", name="ck_person_role"),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("badge", name="uq_person_badge"),
    )
    op.create_table(
        "stream",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_stream"),
    )
    op.create_table(
        "tote",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("list_id", sa.String(length=32), nullable=True),
        sa.Column("station", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("code", name="pk_tote"),
    )
    op.create_table(
        "worker_beat",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("lanes", JSON, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worker_beat"),
    )
    op.create_table(
        "customer_order",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("ship_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carrier", sa.String(length=64), nullable=True),
        sa.Column("service", sa.String(length=64), nullable=True),
        sa.Column("paid", sa.String(length=8), nullable=False),
        sa.Column("ship_complete", sa.Boolean(), nullable=False),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("extra", JSON, nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("missing", JSON, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("priority between 0 and 3", name="ck_customer_order_priority"),
        sa.ForeignKeyConstraint(
            ["channel"], ["channel.code"], name="fk_customer_order_channel_channel"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_customer_order"),
        sa.UniqueConstraint("channel", "external_id", name="uq_customer_order_channel_external_id"),
        sa.UniqueConstraint("number", name="uq_customer_order_number"),
    )
    op.create_index("ix_customer_order_state", "customer_order", ["state"])

    op.create_table(
        "item_code",
        sa.Column("code", sa.String(length=128), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units >= 1", name="ck_item_code_units"),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name="fk_item_code_sku_item"),
        sa.PrimaryKeyConstraint("code", "sku", name="pk_item_code"),
    )
    op.create_table(
        "location",
        sa.Column("layout_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("aisle", sa.String(length=64), nullable=True),
        sa.Column("check_digits", sa.String(length=8), nullable=True),
        sa.Column("side", sa.String(length=8), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("x_mm", sa.Integer(), nullable=False),
        sa.Column("y_mm", sa.Integer(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["layout_id"], ["layout_version.id"], name="fk_location_layout_id_layout_version"
        ),
        sa.PrimaryKeyConstraint("layout_id", "code", name="pk_location"),
    )
    op.create_table(
        "op",
        sa.Column("stream", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("list_id", sa.String(length=32), nullable=True),
        sa.Column("task_id", sa.String(length=32), nullable=True),
        sa.Column("lease", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("body", JSON, nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"], name="fk_op_stream_stream"),
        sa.PrimaryKeyConstraint("stream", "seq", name="pk_op"),
    )
    op.create_index("ix_op_list_id", "op", ["list_id"])

    op.create_table(
        "sign_in",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("client", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_sign_in_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in"),
        sa.UniqueConstraint("token_hash", name="uq_sign_in_token_hash"),
    )
    op.create_index("ix_sign_in_person_id", "sign_in", ["person_id"])

    op.create_table(
        "station",
        sa.Column("layout_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("x_mm", sa.Integer(), nullable=False),
        sa.Column("y_mm", sa.Integer(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["layout_id"], ["layout_version.id"], name="fk_station_layout_id_layout_version"
        ),
        sa.PrimaryKeyConstraint("layout_id", "code", name="pk_station"),
    )
    op.create_table(
        "stock_balance",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.CheckConstraint("on_hand >= 0 or kind = 'outside'", name="ck_stock_balance_on_hand"),
        sa.CheckConstraint(
            "on_hand >= allocated or kind = 'outside'", name="ck_stock_balance_promised"
        ),
        sa.CheckConstraint("allocated >= 0", name="ck_stock_balance_allocated"),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name="fk_stock_balance_sku_item"),
        sa.PrimaryKeyConstraint("kind", "place", "sku", name="pk_stock_balance"),
    )
    op.create_index("ix_stock_balance_sku", "stock_balance", ["sku"])

    op.create_table(
        "stock_move",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("from_kind", sa.String(length=16), nullable=False),
        sa.Column("from_place", sa.String(length=64), nullable=False),
        sa.Column("to_kind", sa.String(length=16), nullable=False),
        sa.Column("to_place", sa.String(length=64), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("line_id", sa.String(length=32), nullable=True),
        sa.Column("task_id", sa.String(length=32), nullable=True),
        sa.Column("op_stream", sa.String(length=32), nullable=True),
        sa.Column("op_seq", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name="ck_stock_move_quantity"),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name="fk_stock_move_sku_item"),
        sa.PrimaryKeyConstraint("id", name="pk_stock_move"),
    )
    op.create_index("ix_stock_move_line", "stock_move", ["line_id"])
    op.create_index("ix_stock_move_op", "stock_move", ["op_stream", "op_seq"])
    op.create_index("ix_stock_move_sku", "stock_move", ["sku"])

    op.create_table(
        "wave",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("layout_id", sa.String(length=32), nullable=False),
        sa.Column("cart_type", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.String(length=32), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["cart_type"], ["cart_type.code"], name="fk_wave_cart_type_cart_type"
        ),
        sa.ForeignKeyConstraint(
            ["layout_id"], ["layout_version.id"], name="fk_wave_layout_id_layout_version"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_wave"),
        sa.UniqueConstraint("number", name="uq_wave_number"),
    )
    op.create_table(
        "order_hold",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name="fk_order_hold_order_id_customer_order"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_order_hold"),
    )
    op.create_index("ix_order_hold_order_id", "order_hold", ["order_id"])

    op.create_table(
        "order_line",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("ordered", sa.Integer(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.Column("in_list", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Integer(), nullable=False),
        sa.Column("consolidated", sa.Integer(), nullable=False),
        sa.Column("packed", sa.Integer(), nullable=False),
        sa.Column("shipped", sa.Integer(), nullable=False),
        sa.Column("short_closed", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.CheckConstraint("allocated >= 0", name="ck_order_line_allocated"),
        sa.CheckConstraint("cancelled >= 0", name="ck_order_line_cancelled"),
        sa.CheckConstraint("consolidated >= 0", name="ck_order_line_consolidated"),
        sa.CheckConstraint("in_list >= 0", name="ck_order_line_in_list"),
        sa.CheckConstraint("open >= 0", name="ck_order_line_open"),
        sa.CheckConstraint(
            "ordered = open + allocated + in_list + picked + consolidated + packed + shipped"
            " + short_closed + cancelled",
            name="ck_order_line_conserved",
        ),
        sa.CheckConstraint("ordered >= 1", name="ck_order_line_ordered"),
        sa.CheckConstraint("packed >= 0", name="ck_order_line_packed"),
        sa.CheckConstraint("picked >= 0", name="ck_order_line_picked"),
        sa.CheckConstraint("shipped >= 0", name="ck_order_line_shipped"),
        sa.CheckConstraint("short_closed >= 0", name="ck_order_line_short_closed"),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name="fk_order_line_order_id_customer_order"
        ),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name="fk_order_line_sku_item"),
        sa.PrimaryKeyConstraint("id", name="pk_order_line"),
        sa.UniqueConstraint("order_id", "position", name="uq_order_line_order_id_position"),
    )
    op.create_index("ix_order_line_order_id", "order_line", ["order_id"])
    op.create_index("ix_order_line_sku", "order_line", ["sku"])

    op.create_table(
        "pick_list",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.String(length=32), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("lease", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.String(length=32), nullable=True),
        sa.Column("stream", sa.String(length=32), nullable=True),
        sa.Column("start", sa.String(length=64), nullable=False),
        sa.Column("end", sa.String(length=64), nullable=False),
        sa.Column("length_mm", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("path", JSON, nullable=False),
        sa.Column("cart_type", sa.String(length=64), nullable=False),
        sa.Column("messages", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_op_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state in ('ready', 'closed', 'cancelled')) or holder_id is not null",
            name="ck_pick_list_holder",
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name="fk_pick_list_holder_id_person"),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name="fk_pick_list_wave_id_wave"),
        sa.PrimaryKeyConstraint("id", name="pk_pick_list"),
        sa.UniqueConstraint("number", name="uq_pick_list_number"),
    )
    op.create_index("ix_pick_list_state", "pick_list", ["state"])
    op.create_index("ix_pick_list_wave_id", "pick_list", ["wave_id"])

    op.create_table(
        "planning_run",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("wave_id", sa.String(length=32), nullable=False),
        sa.Column("wave_revision", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("params", JSON, nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("lease", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=100), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("progress", JSON, nullable=False),
        sa.Column("error", sa.String(length=1000), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name="fk_planning_run_wave_id_wave"),
        sa.PrimaryKeyConstraint("id", name="pk_planning_run"),
    )
    op.create_index("ix_planning_run_state", "planning_run", ["state"])
    op.create_index("ix_planning_run_wave_id", "planning_run", ["wave_id"])

    op.create_table(
        "wall_slot",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name="fk_wall_slot_order_id_customer_order"
        ),
        sa.PrimaryKeyConstraint("code", name="pk_wall_slot"),
    )
    op.create_table(
        "wave_order",
        sa.Column("wave_id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name="fk_wave_order_order_id_customer_order"
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name="fk_wave_order_wave_id_wave"),
        sa.PrimaryKeyConstraint("wave_id", "order_id", name="pk_wave_order"),
    )
    op.create_index(
        "uq_wave_order_one_open_wave",
        "wave_order",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("active"),
        postgresql_where=sa.text("active"),
    )

    op.create_table(
        "line_move",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("line_id", sa.String(length=32), nullable=False),
        sa.Column("from_bucket", sa.String(length=16), nullable=True),
        sa.Column("to_bucket", sa.String(length=16), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=True),
        sa.Column("op_stream", sa.String(length=32), nullable=True),
        sa.Column("op_seq", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name="ck_line_move_quantity"),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_line.id"], name="fk_line_move_line_id_order_line"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_line_move"),
    )
    op.create_index("ix_line_move_line_id", "line_move", ["line_id"])
    op.create_index("ix_line_move_op", "line_move", ["op_stream", "op_seq"])

    op.create_table(
        "list_after",
        sa.Column("list_id", sa.String(length=32), nullable=False),
        sa.Column("after_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["after_id"], ["pick_list.id"], name="fk_list_after_after_id_pick_list"
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["pick_list.id"], name="fk_list_after_list_id_pick_list"
        ),
        sa.PrimaryKeyConstraint("list_id", "after_id", name="pk_list_after"),
    )
    op.create_table(
        "list_lease",
        sa.Column("list_id", sa.String(length=32), nullable=False),
        sa.Column("lease", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("stream", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["pick_list.id"], name="fk_list_lease_list_id_pick_list"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_list_lease_person_id_person"
        ),
        sa.PrimaryKeyConstraint("list_id", "lease", name="pk_list_lease"),
    )
    op.create_table(
        "list_tote",
        sa.Column("list_id", sa.String(length=32), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("plan_tote", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=True),
        sa.Column("tote", sa.String(length=64), nullable=True),
        sa.Column("dropped_station", sa.String(length=64), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["list_id"], ["pick_list.id"], name="fk_list_tote_list_id_pick_list"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name="fk_list_tote_order_id_customer_order"
        ),
        sa.ForeignKeyConstraint(["tote"], ["tote.code"], name="fk_list_tote_tote_tote"),
        sa.PrimaryKeyConstraint("list_id", "slot", name="pk_list_tote"),
    )
    op.create_table(
        "pick_stop",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("list_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(length=64), nullable=False),
        sa.Column("distance_mm", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["pick_list.id"], name="fk_pick_stop_list_id_pick_list"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pick_stop"),
    )
    op.create_index("ix_pick_stop_list_id", "pick_stop", ["list_id"])

    op.create_table(
        "stored_plan",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("wave_id", sa.String(length=32), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("is_baseline", sa.Boolean(), nullable=False),
        sa.Column("recommended", sa.Boolean(), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("layout_id", sa.String(length=32), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("solver", sa.String(length=100), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("length_mm", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("lists", sa.Integer(), nullable=False),
        sa.Column("baseline_mm", sa.Integer(), nullable=False),
        sa.Column("bound_mm", sa.Integer(), nullable=True),
        sa.Column("unplanned", sa.Integer(), nullable=False),
        sa.Column("termination", sa.String(length=24), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["planning_run.id"], name="fk_stored_plan_run_id_planning_run"
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name="fk_stored_plan_wave_id_wave"),
        sa.PrimaryKeyConstraint("id", name="pk_stored_plan"),
    )
    op.create_index("ix_stored_plan_run_id", "stored_plan", ["run_id"])
    op.create_index("ix_stored_plan_wave_id", "stored_plan", ["wave_id"])

    op.create_table(
        "pick_task",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("list_id", sa.String(length=32), nullable=False),
        sa.Column("stop_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Integer(), nullable=False),
        sa.Column("short", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.Column("promised", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.CheckConstraint("picked + short + cancelled <= quantity", name="ck_pick_task_not_over"),
        sa.CheckConstraint(
            "picked >= 0 and short >= 0 and cancelled >= 0", name="ck_pick_task_parts"
        ),
        sa.CheckConstraint(
            "promised + picked + short + cancelled <= quantity", name="ck_pick_task_promise"
        ),
        sa.CheckConstraint("promised >= 0", name="ck_pick_task_promised"),
        sa.CheckConstraint("quantity >= 1", name="ck_pick_task_quantity"),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_line.id"], name="fk_pick_task_line_id_order_line"
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["pick_list.id"], name="fk_pick_task_list_id_pick_list"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name="fk_pick_task_order_id_customer_order"
        ),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name="fk_pick_task_sku_item"),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["pick_stop.id"], name="fk_pick_task_stop_id_pick_stop"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pick_task"),
    )
    op.create_index("ix_pick_task_line", "pick_task", ["line_id"])
    op.create_index("ix_pick_task_list_id", "pick_task", ["list_id"])
    op.create_index("ix_pick_task_order", "pick_task", ["order_id"])
    op.create_index("ix_pick_task_place", "pick_task", ["location", "sku"])

    op.get_bind().execute(
        sa.text("INSERT INTO generation (id, at) VALUES (:id, :at)").bindparams(
            sa.bindparam("at", type_=sa.DateTime(timezone=True))
        ),
        {"id": new_id(), "at": datetime.now(UTC)},
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
