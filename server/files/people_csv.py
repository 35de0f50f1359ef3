"""``people.csv``: who may sign in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from server.db.engine import Database
from server.files import cells
from server.files.cells import CellError
from server.files.columns import Cells, Template, read_template
from server.files.report import ImportReport, refuse_if_strict, transaction
from server.files.tables import Rejection
from server.models import Role
from server.services import people
from server.services.clock import Clock

TEMPLATE = Template(
    kind="people",
    required={"badge": ("badge",), "name": ("name",)},
    optional={"language": ("language",), "role": ("role", "rights"), "pin": ("pin",)},
)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person as a file gives them; ``pin`` is None where one is to be made."""

    badge: str
    name: str
    language: str
    role: str
    pin: str | None


@dataclass(frozen=True, slots=True)
class PeopleImport:
    """The account, and the PINs that were made: badge to PIN, shown once and stored hashed."""

    report: ImportReport
    pins: dict[str, str] = field(repr=False)


def import_people(
    database: Database,
    clock: Clock,
    data: bytes,
    *,
    source: str,
    dry_run: bool,
    strict: bool = False,
    encoding: str | None = None,
) -> PeopleImport:
    """Add people whose badge is new; who is known stays as they are.

    A PIN that the file does not give is made at random.

    Raises
    ------
    BadInput
        The file cannot be read, or no line (strict: not every line) is acceptable.
    """
    file = read_template(data, TEMPLATE, source=source, encoding=encoding)
    accepted, rejections = file.read(_judge)
    pins: dict[str, str] = {}
    seen: dict[str, int] = {}
    n_known = 0
    with transaction(database, dry_run=dry_run) as session:
        known = {person.badge for person in people.everyone(session)}
        for line, person in accepted:
            if person.badge in seen:
                reason = f"the badge already stands on line {seen[person.badge]}"
                rejections.append(Rejection(line, "badge", person.badge, "doubled", reason))
                continue
            seen[person.badge] = line
            if person.badge in known:
                n_known += 1
                continue
            pin = person.pin or f"{secrets.randbelow(1_000_000):06d}"
            if person.pin is None:
                pins[person.badge] = pin
            people.create(
                session,
                clock,
                badge=person.badge,
                name=person.name,
                role=person.role,
                language=person.language,
                pin=pin,
            )
        report = ImportReport(
            kind="people",
            table=file.table,
            dry_run=dry_run,
            n_accepted=len(seen),
            rejections=tuple(sorted(rejections, key=lambda one: one.line)),
            outcomes={"new": len(seen) - n_known, "unchanged": n_known},
            warnings=file.warnings(),
        )
        refuse_if_strict(report, strict=strict)
    return PeopleImport(report, {} if dry_run else pins)


def _judge(row: Cells) -> PersonLine:
    pin = row["pin"] or None
    if pin is not None and not (len(pin) == 6 and pin.isascii() and pin.isdigit()):
        raise CellError("pin", "pin", "the PIN must have six digits")
    return PersonLine(
        badge=cells.key(row["badge"], field="badge", longest=64),
        name=cells.key(row["name"], field="name", longest=100),
        language=cells.optional(row["language"], field="language", longest=8) or "en",
        role=cells.one_of(row["role"] or Role.PICKER, field="role", choices=tuple(Role)),
        pin=pin,
    )
