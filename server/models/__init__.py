"""Typed models, one module per aggregate."""

from __future__ import annotations

from server.models.audit import Audit, AuditSeal, Change, Counter, Generation, IdempotencyKey
from server.models.catalogue import CartType, Item, ItemCode, Tote
from server.models.layout import LayoutVersion, Location, Station
from server.models.orders import (
    Bucket,
    Channel,
    LineMove,
    Order,
    OrderHold,
    OrderLine,
    OrderState,
)
from server.models.people import BadgeTries, Device, Person, Role, SignIn
from server.models.picking import (
    ExceptionCard,
    ListAfter,
    ListLease,
    ListState,
    ListTote,
    Op,
    PickList,
    PickStop,
    PickTask,
    Stream,
    TaskState,
    Verdict,
)
from server.models.planning import (
    PlanningRun,
    RunState,
    StoredPlan,
    Wave,
    WaveOrder,
    WaveState,
)
from server.models.stock import FloorTask, PlaceKind, StockBalance, StockMove, WallSlot
from server.models.workers import WorkerBeat

__all__ = [
    "Audit",
    "AuditSeal",
    "BadgeTries",
    "Bucket",
    "CartType",
    "Change",
    "Channel",
    "Counter",
    "Device",
    "ExceptionCard",
    "FloorTask",
    "Generation",
    "IdempotencyKey",
    "Item",
    "ItemCode",
    "LayoutVersion",
    "LineMove",
    "ListAfter",
    "ListLease",
    "ListState",
    "ListTote",
    "Location",
    "Op",
    "Order",
    "OrderHold",
    "OrderLine",
    "OrderState",
    "Person",
    "PickList",
    "PickStop",
    "PickTask",
    "PlaceKind",
    "PlanningRun",
    "Role",
    "RunState",
    "SignIn",
    "Station",
    "StockBalance",
    "StockMove",
    "StoredPlan",
    "Stream",
    "TaskState",
    "Tote",
    "Verdict",
    "WallSlot",
    "Wave",
    "WaveOrder",
    "WaveState",
    "WorkerBeat",
]
