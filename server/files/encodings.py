"""Bytes to text: which encoding a file has, found from its bytes and stated."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from server.errors import BadInput

_BYTE_ORDER_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with the one of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_KNOWN_BINARY: Mapping[bytes, str] = {
    b"PK\x03\x04": "a workbook or ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a database",
}

_FORBIDDEN_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""C0 controls but tab and line breaks: a table has none, a binary file is full of them."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with the encoding it had and the reason why that one was chosen."""

    text: str
    encoding: str
    note: str


def decode(data: bytes, *, source: str, encoding: str | None = None) -> Decoded:
    """Return the text in ``data``.

    A byte order mark decides; without one UTF-16 is recognised by its zero bytes, else valid
    UTF-8 is UTF-8, and everything else is read as Windows-1252 and said to be a guess.

    Parameters
    ----------
    data
        The bytes of the file.
    source
        Its name, for messages.
    encoding
        A codec name that overrules detection.

    Raises
    ------
    BadInput
        When the bytes are those of a known binary format, do not fit the encoding, or contain
        control characters that no table contains; the message names the line.
    """
    for magic, kind in _KNOWN_BINARY.items():
        if data.startswith(magic):
            raise BadInput(
                f"this is {kind}, not a text table; save it as CSV",
                code="file-binary",
                pointer=source,
            )
    chosen, note = _choose(data) if encoding is None else (encoding, "as asked for")
    text = _strictly(data, chosen, source)
    _refuse_controls(text, source)
    return Decoded(text.removeprefix("\ufeff"), chosen, note)


def _choose(data: bytes) -> tuple[str, str]:
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return name, "byte order mark"
    sample = data[:4096]
    if len(sample) >= 4:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > 0.4 * len(sample[1::2]) and even == 0:
            return "utf-16-le", "guessed from zero bytes"
        if even > 0.4 * len(sample[0::2]) and odd == 0:
            return "utf-16-be", "guessed from zero bytes"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "windows-1252", f"guessed: line {line} is not valid UTF-8"
    return "utf-8", "valid UTF-8"


def _strictly(data: bytes, encoding: str, source: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError:
        raise BadInput(
            f'there is no encoding "{encoding}"', code="encoding-unknown", pointer=source
        ) from None
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = data.count(b"\n", 0, start) + 1
        raise BadInput(
            f"byte 0x{data[start]:02x} at offset {start} is not valid "
            f"{encoding}; say which encoding the file has",
            code="encoding",
            pointer=f"{source}:{line}",
        ) from None


def _refuse_controls(text: str, source: str) -> None:
    found = _FORBIDDEN_CONTROL.search(text)
    if found is None:
        return
    line = text.count("\n", 0, found.start()) + 1
    raise BadInput(
        f"character U+{ord(found.group()):04X} does not belong in a text "
        "table; is this a binary file?",
        code="file-binary",
        pointer=f"{source}:{line}",
    )
