"""Copies of an SQLite database: taken while it is in use, judged before anyone relies on them."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.db import migrate
from server.errors import BadInput, Conflict, Unavailable

FAULTS_SHOWN = 3
"""How many findings of the integrity check a message names; a damaged file has thousands."""

MAGIC = b"SQLite format 3\0"

BLOCK = 1 << 20
"""Bytes read at once for the checksum."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a verified file holds.

    Parameters
    ----------
    file
        The file itself.
    size_bytes, sha256
        Its size and checksum, to compare copies of it elsewhere.
    schema
        Revision of its schema.
    generation
        Life of the database that it was copied from.
    operations
        Operations of handhelds with a verdict.
    """

    file: Path
    size_bytes: int
    sha256: str
    schema: str
    generation: str
    operations: int


def back_up(database: Path, out: Path, *, overwrite: bool = False) -> Backup:
    """Copy a database that may be in use to ``out``, verify the copy, then give it its name.

    The copy is one snapshot: everything committed before it began, nothing half done. Writers are
    not held up, since readers of a WAL database never block them. Until the copy is verified and
    on the disk, nothing of that name appears and an older file stays as it is.

    Raises
    ------
    BadInput
        ``out`` is the database itself, or the copy is damaged, as then is the database.
    Conflict
        ``out`` exists and ``overwrite`` is false.
    Unavailable
        The database or the folder of ``out`` does not exist or cannot be used, or is full.
    """
    if not database.is_file():
        raise Unavailable(f"database {database} does not exist", code="no-database")
    if out.exists() and out.samefile(database):
        raise BadInput(f"{out} is the database itself", code="same-file", pointer=str(out))
    if out.exists() and not overwrite:
        raise Conflict(f"{out} exists; choose another name or say --overwrite", code="exists")
    with scratch_copy(database, beside=out) as copy:
        try:
            found = verified(copy)
        except BadInput as error:
            raise BadInput(
                f"the database {database} is damaged, no backup was made: {error.message}",
                code="damaged",
                pointer=str(database),
            ) from error
        publish(copy, out, overwrite=overwrite)
    return Backup(
        out, found.size_bytes, found.sha256, found.schema, found.generation, found.operations
    )


@contextmanager
def scratch_copy(source: Path, *, beside: Path) -> Iterator[Path]:
    """Yield a copy of a database under a name of its own in the folder of ``beside``.

    Only its owner may read it (it holds hashes of PINs). It is removed at the end unless it was
    given another name before.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{beside.name}.", dir=beside.parent)
    except OSError as error:
        raise Unavailable(f"folder {beside.parent}: {error.strerror}", code="no-folder") from error
    os.close(handle)
    scratch = Path(name)
    try:
        _copy(source, scratch)
        yield scratch
    finally:
        for left in (scratch, *companions(scratch)):
            left.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    try:
        with closing(_read_only(source)) as opened, closing(sqlite3.connect(target)) as copy:
            opened.backup(copy)
    except sqlite3.DatabaseError as error:
        text = str(error)
        if "full" in text or "disk I/O" in text:
            raise Unavailable(
                f"cannot write the copy into {target.parent}: {text}", code="disk-full"
            ) from error
        if isinstance(error, sqlite3.OperationalError):
            raise Unavailable(f"cannot read {source}: {text}", code="unavailable") from error
        raise BadInput(f"{source}: {text}", code="not-a-database", pointer=str(source)) from error
    as_one_file(target)


def as_one_file(database: Path) -> None:
    """Fold the write-ahead log of a database that nobody uses into its file.

    Raises
    ------
    sqlite3.OperationalError
        Somebody has the database open ("database is locked").
    """
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")


def is_sqlite(file: Path) -> bool:
    """Tell whether a file begins as every SQLite database does."""
    with file.open("rb") as opened:
        return opened.read(len(MAGIC)) == MAGIC


def companions(database: Path) -> tuple[Path, Path]:
    """Where SQLite keeps the write-ahead log of a database and its index."""
    return (
        database.with_name(f"{database.name}-wal"),
        database.with_name(f"{database.name}-shm"),
    )


def verified(file: Path) -> Backup:
    """Judge a single-file copy: whole, of this program, with a schema that it can read.

    Raises
    ------
    BadInput
        The file does not exist, is no SQLite database, is damaged, holds something else, or has
        a schema of a newer version.
    """
    place = str(file)
    if not file.is_file():
        raise BadInput("there is no such file", code="no-file", pointer=place)
    if any(path.exists() and path.stat().st_size for path in companions(file)[:1]):
        raise BadInput(
            "a write-ahead log lies beside it: this is a database in use or a raw copy of one, "
            'no backup; copy it with "wavepick backup"',
            code="not-a-backup",
            pointer=place,
        )
    try:
        with closing(_read_only(file, immutable=True)) as opened:
            faults = [str(row[0]) for row in opened.execute("PRAGMA integrity_check")]
            if faults != ["ok"]:
                shown = "; ".join(faults[:FAULTS_SHOWN])
                raise BadInput(f"the file is damaged: {shown}", code="damaged", pointer=place)
            schema = _one(opened, "SELECT version_num FROM alembic_version")
            generation = _one(opened, "SELECT max(id) FROM generation")
            operations = _one(opened, "SELECT count(*) FROM op")
            orphan = opened.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.OperationalError as error:
        raise BadInput(
            f"this is no database of Wavepick: {error}", code="not-a-backup", pointer=place
        ) from error
    except sqlite3.DatabaseError as error:
        raise BadInput(f"{error}", code="not-a-database", pointer=place) from error
    if orphan is not None:
        raise BadInput(
            f"a row of {orphan[0]} refers to a row of {orphan[2]} that is missing",
            code="damaged",
            pointer=place,
        )
    if schema is None or generation is None:
        raise BadInput("this database was never migrated", code="not-a-backup", pointer=place)
    if not migrate.is_known(str(schema)):
        raise BadInput(
            f'it has schema "{schema}", which this program does not know: it was made by a newer '
            "version; install that one",
            code="newer-database",
            pointer=place,
        )
    return Backup(
        file, file.stat().st_size, _sha256(file), str(schema), str(generation), int(operations or 0)
    )


def publish(scratch: Path, out: Path, *, overwrite: bool) -> None:
    """Give a finished file its name, at once and for good.

    Raises
    ------
    Conflict
        ``out`` has appeared meanwhile and ``overwrite`` is false.
    """
    _to_disk(scratch)
    if overwrite:
        scratch.replace(out)
    else:
        # Unlike a rename, a link fails where somebody else has made the file meanwhile.
        try:
            out.hardlink_to(scratch)
        except FileExistsError:
            raise Conflict(f"{out} exists; choose another name", code="exists") from None
        scratch.unlink()
    _to_disk(out.parent)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_only(file: Path, *, immutable: bool = False) -> sqlite3.Connection:
    options = "?mode=ro&immutable=1" if immutable else "?mode=ro"
    return sqlite3.connect(file.resolve().as_uri() + options, uri=True, timeout=5)


def _one(opened: sqlite3.Connection, query: str) -> str | int | None:
    row = opened.execute(query).fetchone()
    return None if row is None else row[0]


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
