"""Bodies of socket messages: strict, as PICK/1 writes them. Ops are judged by the protocol core."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server import wire
from server.errors import BadInput

PROTO = 1
"""Version of PICK that this server speaks."""

Stream = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class Message(BaseModel):
    """A message body: no unknown fields, no conversions."""

    model_config = ConfigDict(extra="forbid", strict=True)

    max_depth: ClassVar[int | None] = wire.MAX_DEPTH
    """How deep a body may nest, ``None`` for as deep as fits."""


class HandheldAuth(Message):
    """What a handheld sends with CONNECT."""

    token: Annotated[str, Field(min_length=1, max_length=200)]
    proto: Annotated[int, Field(ge=1, le=1_000)]
    app: Annotated[str, Field(max_length=100)] = ""
    stream: Stream
    page: Annotated[int, Field(ge=1, le=2**53)] | None = None
    attempt: Annotated[int, Field(ge=1, le=2**53)] | None = None

    @property
    def line(self) -> tuple[int, int] | None:
        """Which start of the page opens this line, and at which try: later ones are greater."""
        if self.page is None or self.attempt is None:
            return None
        return self.page, self.attempt


class LeadAuth(Message):
    """What a console sends with CONNECT."""

    token: Annotated[str, Field(min_length=1, max_length=200)]


class Have(Message):
    """The list a device holds."""

    list: str
    ver: int


class Sync(Message):
    """PICK/1 ``sync``."""

    stream: Stream
    acked: Annotated[int, Field(ge=0)]
    have: Have | None
    want: Literal["work"] | None
    rid: Annotated[str, Field(min_length=1, max_length=64)]


class Ops(Message):
    """PICK/1 ``ops``: an envelope; a malformed op in it still gets a verdict.

    So nesting is not judged here: a message refused as a whole would block the outbox for ever.
    """

    max_depth = None

    stream: Stream
    ops: Annotated[list[dict[str, Any]], Field(max_length=50)]


M = TypeVar("M", bound=Message)


def parsed(model: type[M], arguments: tuple[Any, ...]) -> M:
    """Return the one argument of an event as ``model``.

    Raises
    ------
    BadInput
        Not exactly one argument, nested too deeply, or a field breaks a rule; with its pointer.
    """
    if len(arguments) != 1:
        raise BadInput(f"expected one argument, got {len(arguments)}", code="bad-message")
    if model.max_depth is not None and wire.depth(arguments[0]) > model.max_depth:
        raise BadInput(f"nested deeper than {model.max_depth}", code="too-deep")
    try:
        return model.model_validate(arguments[0])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        pointer = "".join(f"/{part}" for part in first["loc"])
        raise BadInput(
            f"{pointer or 'body'}: {first['msg']}", code="bad-message", pointer=pointer
        ) from None
