"""Bodies and query strings that clients send: strict, bounded, without unknown fields."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

MAX_QUANTITY = 9_999
MAX_UNITS = 999_999
"""Units that a person counts in one location."""
MAX_LINES = 1_000
MAX_WAVE_ORDERS = 10_000
MAX_PLAN_SECONDS = 600.0

Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
ShortText = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
LongText = Annotated[str, Field(max_length=500)]
RowId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Secret = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,128}$")]
"""A random token or code as the server makes them."""
Key = Annotated[str, Field(min_length=8, max_length=60, pattern=r"^[A-Za-z0-9._:-]+$")]
"""Names one intent of a client, which sends it again with every repetition."""
Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
Moment = Annotated[AwareDatetime, Field(strict=False)]
"""ISO 8601 with a zone; JSON has no type of its own for it."""


class Body(BaseModel):
    """A JSON body: no unknown fields, no conversions."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(BaseModel):
    """A query string: no unknown parameters; text is converted, ``?name=`` counts as left out."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _leave_out_empty(cls, given: object) -> object:
        if isinstance(given, dict):
            return {name: value for name, value in given.items() if value != ""}
        return given


class SignInBody(Body):
    """Badge and PIN; ``client`` says which kind of page signs in, ``device`` is its own token."""

    badge: Code
    pin: Annotated[str, Field(min_length=1, max_length=32)]
    client: Literal["handheld", "console"]
    device: Secret | None = None


class DeviceBody(Body):
    """A new handheld and what people call it."""

    name: ShortText


class EnrolmentBody(Body):
    """The code that a lead's console shows; works once."""

    code: Secret


class OrderLineBody(Body):
    """One line of an order."""

    external_id: ShortText | None = None
    sku: Code
    quantity: Quantity


class OrderBody(Body):
    """One order of a channel; the same (channel, external_id) again changes nothing."""

    channel: Code
    external_id: ShortText
    lines: Annotated[list[OrderLineBody], Field(min_length=1, max_length=MAX_LINES)]
    priority: Annotated[int, Field(ge=0, le=3)] = 2
    ship_by: Moment | None = None
    ordered_at: Moment | None = None
    carrier: Code | None = None
    service: Code | None = None
    paid: Literal["yes", "no", "unknown"] = "yes"
    ship_complete: bool = False
    tags: Annotated[list[Code], Field(max_length=32)] = []
    note: LongText | None = None


class HoldBody(Body):
    """Why an order may not enter a wave."""

    reason: Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z][a-z0-9-]*$")]
    detail: LongText = ""


class ReleaseHoldBody(Body):
    """Which hold ends; without a reason all of them."""

    reason: Annotated[str, Field(min_length=1, max_length=32)] | None = None


class CancelBody(Body):
    """Why an order is cancelled."""

    reason: Annotated[str, Field(min_length=1, max_length=100)]


class OrderQuery(Query):
    """Filters of the order list. ``state`` may name several, separated by commas."""

    state: Annotated[str, Field(max_length=200)] | None = None
    channel: Code | None = None
    q: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    wave: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    after: Annotated[int, Field(ge=0, lt=2**31)] | None = None


class StockQuery(Query):
    """Filters of the stock list."""

    sku: Code | None = None
    location: Code | None = None
    limit: Annotated[int, Field(ge=1, le=5_000)] = 500


class ReceiptBody(Body):
    """Goods that arrived in a location."""

    location: Code
    sku: Code
    quantity: Quantity


class WaveFilter(Body):
    """Which ready orders; given conditions must all hold."""

    channel: Code | None = None
    carrier: Code | None = None
    priority: Annotated[int, Field(ge=0, le=3)] | None = None
    ship_by_before: Moment | None = None
    single_line: bool | None = None
    max_orders: Annotated[int, Field(ge=1, le=MAX_WAVE_ORDERS)] | None = None
    order_ids: Annotated[list[RowId], Field(min_length=1, max_length=MAX_WAVE_ORDERS)] | None = None


class PreviewBody(Body):
    """Asks how many orders, lines and units a filter matches."""

    filter: WaveFilter


class WaveBody(Body):
    """A new wave: either a filter or the orders themselves."""

    name: ShortText
    cart_type: Code
    filter: WaveFilter | None = None
    order_ids: Annotated[list[RowId], Field(min_length=1, max_length=MAX_WAVE_ORDERS)] | None = None

    @model_validator(mode="after")
    def _one_selection(self) -> WaveBody:
        if (self.filter is None) == (self.order_ids is None):
            raise ValueError('needs either "filter" or "order_ids"')
        return self


class WaveQuery(Query):
    """``open=1`` leaves out waves that are over."""

    open: bool = False


class PlanBody(Body):
    """How long to search and which methods to compare (all when left out)."""

    seconds: Annotated[float, Field(gt=0, le=MAX_PLAN_SECONDS, allow_inf_nan=False)]
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    methods: (
        Annotated[
            list[Literal["single", "cluster", "sort-after", "zone", "total"]],
            Field(min_length=1, max_length=5),
        ]
        | None
    ) = None


class LaunchBody(Body):
    """Which plan to launch; ``key`` makes a repeated click harmless."""

    plan_id: RowId
    key: Key


class RecallBody(Body):
    """``key`` makes a repeated click harmless: it takes the list from nobody else."""

    key: Key


class ExceptionQuery(Query):
    """``open=1`` leaves out closed cards."""

    open: bool = False


class FloorTaskQuery(Query):
    """Which floor tasks: those to do, unless another state is named."""

    state: Literal["open", "done", "cancelled"] = "open"
    limit: Annotated[int, Field(ge=1, le=1_000)] = 500


class PutBackBody(Body):
    """Where goods were put, and how many of them were there (all when left out)."""

    location: Code
    quantity: Annotated[int, Field(ge=0, le=MAX_UNITS)] | None = None


class CountBody(Body):
    """How many units were counted."""

    quantity: Annotated[int, Field(ge=0, le=MAX_UNITS)]


class NoBody(Body):
    """A command without arguments: ``{}`` or nothing."""


class SyncBody(Body):
    """PICK/1 ``sync``; the full rules are checked by the protocol itself."""

    stream: str
    acked: int
    have: dict[str, Any] | None
    want: str | None
    rid: str


class OpsBody(Body):
    """PICK/1 ``ops``; each op is judged by the protocol itself and gets a verdict."""

    stream: str
    ops: list[dict[str, Any]]


class LayoutBody(BaseModel):
    """A layout document (`wavepick-layout/1`), checked by the layout checker."""

    model_config = ConfigDict(extra="allow")

    format: Literal["wavepick-layout/1"]
