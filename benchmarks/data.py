"""The folder of public instances: packed archives and their best-known values, never unpacked."""

from __future__ import annotations

import csv
import gzip
import lzma
import os
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from benchmarks.errors import BenchError, MissingDataError

VARIABLE = "WAVEPICK_DATA"
"""Environment variable that names the folder."""

BEST_KNOWN = "best_known.csv.gz"


@dataclass(frozen=True, slots=True)
class BestKnown:
    """Best published value of an instance, and whether it is proven to be optimal."""

    value: float
    proven: bool


class DataFolder:
    """Public instances below ``<folder>/instances``.

    Parameters
    ----------
    folder
        The folder itself, not ``instances``.
    """

    def __init__(self, folder: Path) -> None:
        self._instances = folder / "instances"

    @classmethod
    def find(
        cls, folder: Path | None, *, source: str, environ: Mapping[str, str] = os.environ
    ) -> DataFolder:
        """Return the folder that was named, else the one of ``WAVEPICK_DATA``.

        Parameters
        ----------
        folder
            What the person named, ``None`` for nothing.
        source
            Where the instances come from, for the message when they are missing.
        environ
            Environment variables.

        Raises
        ------
        MissingDataError
            When neither is given or the folder is not there.
        """
        named = folder if folder is not None else environ.get(VARIABLE)
        if not named:
            raise MissingDataError(
                f"this suite needs public instances: name their folder with --data or {VARIABLE} "
                f"({source})"
            )
        found = Path(named)
        if not (found / "instances").is_dir():
            raise MissingDataError(f'there is no folder "{found / "instances"}" ({source})')
        return cls(found)

    def members(
        self, archive: str, *, source: str, wanted: Callable[[PurePosixPath], bool]
    ) -> Iterator[tuple[PurePosixPath, bytes]]:
        """Yield path and content of the files of an archive, in its order.

        Parameters
        ----------
        archive
            File name below ``instances``, a tar archive packed with xz.
        source
            Where the instances come from, for the message when they are missing.
        wanted
            Which paths to yield.

        Raises
        ------
        MissingDataError
            When the archive is not there.
        BenchError
            When it is damaged.
        """
        path = self._file(archive, source)
        try:
            with tarfile.open(path, mode="r|xz") as packed:
                for member in packed:
                    inside = PurePosixPath(member.name)
                    if member.isfile() and wanted(inside):
                        content = packed.extractfile(member)
                        if content is not None:
                            yield inside, content.read()
        except (tarfile.TarError, lzma.LZMAError, EOFError) as error:
            raise BenchError(f"{path}: not a readable archive: {error}") from error

    def texts(
        self, archive: str, *, source: str, wanted: Callable[[str], bool]
    ) -> Iterator[tuple[str, str]]:
        """Yield name (without ``.txt``) and text of the instance files of an archive, in its order.

        ``wanted`` tells which names to yield; everything else as :meth:`members`.
        """
        found = self.members(
            archive, source=source, wanted=lambda path: path.suffix == ".txt" and wanted(path.stem)
        )
        return ((path.stem, content.decode("latin-1")) for path, content in found)

    def best_known(self, dataset: str) -> dict[str, BestKnown]:
        """Return the best-known values of a data set by instance.

        Raises
        ------
        MissingDataError
            When the file of best-known values is not there.
        BenchError
            When a value is not a number.
        """
        path = self._file(BEST_KNOWN, "the values are collected from the papers of each set")
        found: dict[str, BestKnown] = {}
        with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
            for number, row in enumerate(csv.DictReader(text), start=2):
                if row["dataset"] != dataset:
                    continue
                try:
                    value = float(row["best_known"])
                except ValueError:
                    raise BenchError(
                        f'{path}, line {number}: best_known "{row["best_known"]}" is not a number'
                    ) from None
                found[row["instance"]] = BestKnown(value, row["proven_optimal"] == "yes")
        return found

    def _file(self, name: str, source: str) -> Path:
        path = self._instances / name
        if not path.is_file():
            raise MissingDataError(f'there is no file "{path}" ({source})')
        return path


def natural_key(name: str) -> tuple[tuple[int, str], ...]:
    """Return a sorting key that puts ``a_9`` before ``a_10``."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)
