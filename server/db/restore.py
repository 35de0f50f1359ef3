"""Puts a prepared SQLite file in the place of a database; the replaced one is kept."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from server.db.backup import companions, publish


def put_in_place(prepared: Path, database: Path, *, at: datetime) -> Path | None:
    """Let ``prepared`` become ``database``; return where the replaced one lies, None for none.

    The caller must be alone with the database (:func:`server.db.occupation.alone_with`). At each
    instant one of the two has the name, so a crash in between leaves the old one or the new one.
    The new file belongs to whom the old one belonged, also when the administrator restores it.
    """
    if not database.exists():
        publish(prepared, database, overwrite=False)
        return None
    aside = _free_name(database, at)
    aside.hardlink_to(database)
    _take_over_rights(prepared, database)
    # Only a damaged database still has a log here. It must not meet the new file, which SQLite
    # would then "recover" with it.
    for old, kept in zip(companions(database), companions(aside), strict=True):
        if old.exists():
            old.rename(kept)
    publish(prepared, database, overwrite=True)
    return aside


def _free_name(database: Path, at: datetime) -> Path:
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    name = database.with_name(f"{database.name}.replaced-{stamp}")
    number = 1
    while name.exists():
        number += 1
        name = database.with_name(f"{database.name}.replaced-{stamp}-{number}")
    return name


def _take_over_rights(prepared: Path, database: Path) -> None:
    shutil.copymode(database, prepared)
    owner = database.stat()
    if os.geteuid() == 0:
        os.chown(prepared, owner.st_uid, owner.st_gid)
