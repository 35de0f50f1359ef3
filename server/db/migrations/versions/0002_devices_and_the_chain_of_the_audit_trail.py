"""Enrolled devices, tries per badge, and an append-only audit trail under a hash chain."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

APPEND_ONLY = ("audit", "audit_seal", "line_move", "stock_move")

OP_COLUMNS = (
    "stream, seq, kind, list_id, task_id, lease, person_id, body, body_hash, verdict, code,"
    " received_at"
)
"""All of an operation but ``undone_by``, which a later operation sets."""


def upgrade() -> None:
    _devices()
    _tries()
    _chain()
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgres_triggers()


def _devices() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("former_token_hash", sa.String(length=64), nullable=True),
        sa.Column("token_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tries_from", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tries >= 0", name="ck_device_tries"),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
        sa.UniqueConstraint("code_hash", name="uq_device_code_hash"),
        sa.UniqueConstraint("token_hash", name="uq_device_token_hash"),
        sa.UniqueConstraint("former_token_hash", name="uq_device_former_token_hash"),
    )
    # No table refers to sign_in, so SQLite may build it anew with the foreign key.
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.add_column(sa.Column("device_id", sa.String(length=32), nullable=True))
        sign_in.create_foreign_key("fk_sign_in_device_id_device", "device", ["device_id"], ["id"])
        sign_in.create_index("ix_sign_in_device_id", ["device_id"])


def _tries() -> None:
    op.create_table(
        "badge_tries",
        sa.Column("badge_hash", sa.String(length=64), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("failed >= 0", name="ck_badge_tries_failed"),
        sa.PrimaryKeyConstraint("badge_hash", name="pk_badge_tries"),
    )
    op.create_index("ix_badge_tries_last_at", "badge_tries", ["last_at"])
    # Locks end after a quarter of an hour; those that run during the upgrade are forgotten.
    op.drop_column("person", "failed_tries")
    op.drop_column("person", "locked_until")


def _chain() -> None:
    op.add_column("audit", sa.Column("device_id", sa.String(length=32), nullable=True))
    op.add_column("audit", sa.Column("op_stream", sa.String(length=32), nullable=True))
    op.add_column("audit", sa.Column("op_seq", sa.Integer(), nullable=True))
    seals = op.create_table(
        "audit_seal",
        sa.Column("number", SERIAL, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_audit", SERIAL, nullable=False),
        sa.Column("ops", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("number >= 0", name="ck_audit_seal_number"),
        sa.PrimaryKeyConstraint("number", name="pk_audit_seal"),
    )
    connection = op.get_bind()
    last_audit = connection.execute(sa.text("SELECT coalesce(max(id), 0) FROM audit")).scalar_one()
    streams = connection.execute(sa.text("SELECT id, last FROM stream WHERE last > 0 ORDER BY id"))
    # What there is already has no hash: link 0 says up to where, and the chain begins after it.
    op.bulk_insert(
        seals,
        [
            {
                "number": 0,
                "at": datetime.now(UTC),
                "last_audit": last_audit,
                "ops": [[stream, 1, last] for stream, last in streams],
                "digest": "0" * 64,
            }
        ],
    )


def _sqlite_triggers() -> None:
    for table in APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            _sqlite_trigger(table, event, event)
    _sqlite_trigger("op", "DELETE", "DELETE")
    _sqlite_trigger("op", "UPDATE", f"UPDATE OF {OP_COLUMNS}")


def _sqlite_trigger(table: str, event: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_refuses_{event.lower()} BEFORE {when} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _postgres_triggers() -> None:
    op.execute(
        "CREATE FUNCTION wavepick_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in (*APPEND_ONLY, "op"):
        changes = "UPDATE OR DELETE" if table != "op" else f"DELETE OR UPDATE OF {OP_COLUMNS}"
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE {changes} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION wavepick_append_only()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION wavepick_append_only()"
        )
