"""What an import did, or would do: counts, rejections and warnings, for people and programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TextIO

from sqlalchemy.orm import Session

from server.db.engine import Database
from server.errors import BadInput
from server.files.csv_out import write_csv
from server.files.tables import DELIMITERS, Rejection, Table


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The account of one import.

    Attributes
    ----------
    kind
        ``orders``, ``items``, ``stock`` or ``people``.
    table
        The file as read.
    dry_run
        Whether everything was undone at the end.
    n_accepted
        Lines of the file that took effect; with the rejected ones they add up to the lines read.
    rejections
        Reasons by line; a line may have several.
    outcomes
        Things (orders, items, …) by what became of them: new, unchanged, changed.
    facts
        Other counts worth printing, in order.
    warnings
        What a person should know although it stopped nothing.
    """

    kind: str
    table: Table
    dry_run: bool
    n_accepted: int
    rejections: tuple[Rejection, ...]
    outcomes: Mapping[str, int]
    facts: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def n_rejected(self) -> int:
        """Lines of the file with at least one rejection."""
        return len({rejection.line for rejection in self.rejections})

    @property
    def by_rule(self) -> dict[str, int]:
        """Rejected lines by the rule they broke first, most frequent first."""
        first: dict[int, str] = {}
        for rejection in self.rejections:
            first.setdefault(rejection.line, rejection.rule)
        return dict(Counter(first.values()).most_common())

    def as_json(self) -> dict[str, Any]:
        """Return the report as a JSON document."""
        return {
            "format": "wavepick-import-report/1",
            "kind": self.kind,
            "file": self.table.source,
            "encoding": self.table.encoding,
            "encoding_note": self.table.encoding_note,
            "delimiter": DELIMITERS[self.table.delimiter],
            "dry_run": self.dry_run,
            "lines": {
                "read": self.table.n_read,
                "accepted": self.n_accepted,
                "rejected": self.n_rejected,
            },
            "rejected_by_rule": self.by_rule,
            "outcomes": dict(self.outcomes),
            "facts": dict(self.facts),
            "warnings": list(self.warnings),
            "rejections": [
                {
                    "line": rejection.line,
                    "column": rejection.column,
                    "value": rejection.value,
                    "rule": rejection.rule,
                    "reason": rejection.reason,
                }
                for rejection in self.rejections
            ],
        }

    def as_text(self, *, most: int = 10) -> list[str]:
        """Return the report as lines for a terminal, with at most so many single rejections."""
        delimiter = DELIMITERS[self.table.delimiter]
        lines = [
            f"{self.table.source}: {self.table.encoding} ({self.table.encoding_note}), {delimiter}",
            f"lines: {self.table.n_read:,} read, {self.n_accepted:,} accepted, "
            f"{self.n_rejected:,} rejected",
            *(f"  {number:>7,}  {rule}" for rule, number in self.by_rule.items()),
            f"{self.kind}: "
            + ", ".join(f"{number:,} {name}" for name, number in self.outcomes.items()),
            *(f"  {number:>7,}  {name}" for name, number in self.facts.items()),
        ]
        for rejection in self.rejections[:most]:
            where = f' {rejection.column} "{rejection.value}"' if rejection.column else ""
            lines.append(f"  line {rejection.line}:{where}: {rejection.reason}")
        if len(self.rejections) > most:
            lines.append(f"  … and {len(self.rejections) - most:,} more (--rejects or --json)")
        lines += [f"warning: {warning}" for warning in self.warnings[:most]]
        if len(self.warnings) > most:
            lines.append(f"warning: … and {len(self.warnings) - most:,} more (--json)")
        if self.dry_run:
            lines.append("dry run: nothing was changed")
        return lines

    def write_rejects(self, stream: TextIO) -> int:
        """Write the rejected lines as a table: the input with a column ``reason``; return how many.

        It is for reading. Correct the lines in the file they came from and import that again:
        an order is always given as a whole, so a file of some of its lines would drop the others.
        """
        reasons: dict[int, list[str]] = {}
        for rejection in self.rejections:
            reasons.setdefault(rejection.line, []).append(f"{rejection.rule}: {rejection.reason}")
        cells = {row.line: row.cells for row in self.table.rows} | dict(self.table.raw)
        width = len(self.table.header)
        rows = (
            [*(tuple(cells[line]) + ("",) * width)[:width], "; ".join(reason)]
            for line, reason in sorted(reasons.items())
        )
        return write_csv(stream, [*self.table.header, "reason"], rows)


class _Undone(Exception):
    """Leaves a transaction without keeping it."""


@contextmanager
def transaction(database: Database, *, dry_run: bool) -> Iterator[Session]:
    """A write transaction that keeps everything at the end, or, in a dry run, nothing."""
    try:
        with database.write() as session:
            yield session
            if dry_run:
                session.flush()
                raise _Undone
    except _Undone:
        return


def refuse_if_strict(report: ImportReport, *, strict: bool) -> None:
    """Refuse an import in which any line was rejected (strict) or every line was.

    Called inside the transaction, so nothing is kept.

    Raises
    ------
    BadInput
        With the first rejection and the counts.
    """
    if not report.rejections or (report.n_accepted and not strict):
        return
    first = report.rejections[0]
    where = f'{first.column} "{first.value}": ' if first.column else ""
    counts = ", ".join(f"{number:,} {rule}" for rule, number in report.by_rule.items())
    wording = "strict import" if report.n_accepted else "no line could be accepted"
    raise BadInput(
        f"{where}{first.reason} ({wording}; rejected lines: {counts})",
        code="lines-rejected",
        pointer=f"{report.table.source}:{first.line}",
    )
