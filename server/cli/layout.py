"""``wavepick layout``: check, make and draw layouts, without a server."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

import layouts
from server.cli.plan_input import read_json, read_layout
from server.cli.route import write_text
from server.cli.route_output import draw_found
from server.cli.route_search import POLICY_NAMES, errand, find_tour
from server.errors import BadInput, ServiceError

if TYPE_CHECKING:
    from optimizer import Layout
    from optimizer.layout.check import Finding

FORMAT_RULE = "format"
"""The rule of a finding about a single value: wrong type, missing or unknown field, range."""

_FILE = click.Path(path_type=Path, dir_okay=False)
_AT_LEAST_ONE = click.IntRange(min=1)


@click.group()
def layout() -> None:
    """Check, make and draw layouts (JSON files of format wavepick-layout/1).

    The format is described in docs/layout.md; samples lie in the folder layouts.
    """


@layout.command()
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def check(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Tell everything that is wrong with a layout, by JSON pointer.

    Finds broken references, ids, codes and check digits that are used twice, edges shorter than
    their straight line, offsets beyond their edge, places that no walk reaches, and one-way traps.
    Tells as well whether shortest tours can be computed exactly, and if not, why.

    Exit code 3 when there is an error; warnings alone do not change it.

    \b
    Examples:
      wavepick layout check layouts/irregular.json
      wavepick layout check mine.json --json | jq '.findings[].pointer'
    """
    from optimizer.errors import LayoutError
    from optimizer.layout.check import Severity, check_layout
    from optimizer.layout.parse import parse_unchecked

    document = read_json(file)
    if not isinstance(document, dict):
        raise BadInput("must be a JSON object", code="bad-layout", pointer=f"{file.name}#/")
    report: dict[str, object] = {"file": str(file), "ok": False, "findings": []}
    try:
        read = parse_unchecked(document)
    except LayoutError as error:
        broken = {"severity": Severity.ERROR.value, "rule": FORMAT_RULE}
        findings = [{"pointer": error.pointer, **broken, "message": error.message}]
    else:
        found = check_layout(read)
        errors_first = sorted(found, key=lambda one: one.severity is not Severity.ERROR)
        findings = [_finding_document(finding) for finding in errors_first]
        report |= _summary(read, usable=_references_hold(read))
    report["findings"] = findings
    report["ok"] = not any(one["severity"] == Severity.ERROR.value for one in findings)
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else _words(report, findings))
    if not report["ok"]:
        ctx.exit(ServiceError.exit_code)


def _finding_document(finding: Finding) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(finding).items()}


def _references_hold(read: Layout) -> bool:
    from optimizer.layout.check import reference_findings

    return next(iter(reference_findings(read)), None) is None


def _summary(read: Layout, *, usable: bool) -> dict[str, object]:
    """Return what the layout holds and, when its references hold, its structure."""
    counts = {
        "nodes": len(read.nodes),
        "edges": len(read.edges),
        "locations": len(read.locations),
        "stations": len(read.stations),
        "zones": len(read.zones),
    }
    summary: dict[str, object] = {"name": read.name, "counts": counts}
    if usable:
        summary["structure"] = _structure(read)
    return summary


def _structure(read: Layout) -> dict[str, object]:
    """Return the grid of parallel aisles that a layout is, or why it is none.

    ``one_way`` counts its one-way stretches, ``misplaced`` names the stations that stand at no
    cross-aisle with the reason; both are left out where there are none.
    """
    from optimizer.layout.aisles import NotParallel, recognise_directed_aisles

    aisles = recognise_directed_aisles(read)
    if isinstance(aisles, NotParallel):
        return {"parallel_aisles": False, "reason": aisles.reason}
    structure: dict[str, object] = {
        "parallel_aisles": True,
        "aisles": aisles.n_columns,
        "cross_aisles": aisles.n_rows,
    }
    if aisles.directed:
        structure["one_way"] = int((aisles.one_way != 0).sum() + (aisles.cross_one_way != 0).sum())
    if aisles.misplaced:
        structure["misplaced"] = {str(name): reason for name, reason in aisles.misplaced.items()}
    return structure


def _structure_words(structure: dict[str, object]) -> list[str]:
    if not structure["parallel_aisles"]:
        return [f"no grid of parallel aisles: {structure['reason']}"]
    grid = f"{structure['aisles']} parallel aisles between {structure['cross_aisles']} cross-aisles"
    one_way, misplaced = structure.get("one_way"), structure.get("misplaced")
    if one_way is not None:
        grid += f", {one_way} stretches one-way"
    # Imported here, so that --help stays light.
    from optimizer.routing.best import most_rows

    exact = int(str(structure["cross_aisles"])) <= most_rows(directed=one_way is not None)
    lines = [f"{grid}: shortest tours are {'exact' if exact else 'searched'}"]
    if isinstance(misplaced, dict):
        lines += [
            f'tours of station "{name}" are searched: {reason}'
            for name, reason in misplaced.items()
        ]
    return lines


def _words(report: dict[str, object], findings: list[dict[str, str]]) -> str:
    lines = []
    counts, structure = report.get("counts"), report.get("structure")
    if isinstance(counts, dict):
        held = ", ".join(f"{count} {name}" for name, count in counts.items())
        lines.append(f'layout "{report["name"]}": {held}')
    if isinstance(structure, dict):
        lines += _structure_words(structure)
    lines += [
        f"{one['severity']}: {one['pointer'] or '/'}: {one['message']} [{one['rule']}]"
        for one in findings
    ]
    errors = sum(one["severity"] == "error" for one in findings)
    if findings:
        lines.append(f"{errors} errors, {len(findings) - errors} warnings")
    else:
        lines.append("nothing wrong")
    return "\n".join(lines)


@layout.command()
@click.option("--aisles", type=_AT_LEAST_ONE, required=True, help="Number of aisles.")
@click.option("--positions", type=_AT_LEAST_ONE, required=True, help="Per side, aisle and block.")
@click.option("--blocks", type=_AT_LEAST_ONE, default=1, show_default=True)
@click.option("--levels", type=_AT_LEAST_ONE, default=1, show_default=True, help="Shelf levels.")
@click.option(
    "--zones",
    type=_AT_LEAST_ONE,
    default=1,
    show_default=True,
    help="Groups of neighbouring aisles; each gets a handover station.",
)
@click.option(
    "--packs", type=_AT_LEAST_ONE, default=1, show_default=True, help="Number of pack stations."
)
@click.option("--one-way", is_flag=True, help="Aisles lead to the back and to the front in turn.")
@click.option(
    "--aisle-pitch",
    type=_AT_LEAST_ONE,
    default=4_000,
    show_default=True,
    help="From aisle to aisle, mm.",
)
@click.option(
    "--position-pitch",
    type=_AT_LEAST_ONE,
    default=1_000,
    show_default=True,
    help="From position to position, mm.",
)
@click.option(
    "--cross-aisle",
    type=_AT_LEAST_ONE,
    default=3_000,
    show_default=True,
    help="Width of a cross-aisle, mm.",
)
@click.option("--name", default="generated", show_default=True, help="Name of the layout.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the check digits.")
@click.option("--out", type=_FILE, help="File to write; else standard output.")
def generate(
    aisles: int,
    positions: int,
    blocks: int,
    levels: int,
    zones: int,
    packs: int,
    one_way: bool,
    aisle_pitch: int,
    position_pitch: int,
    cross_aisle: int,
    name: str,
    seed: int,
    out: Path | None,
) -> None:
    """Make a rectangular layout: parallel aisles, blocks, zones, stations.

    Locations are called A-03-1-07-L: aisle, block and position from the front, side seen when
    walking to the back; with several levels the level (from 1) follows. Stations: start, parking,
    pack-1 …, wall, and handover-Z1 … per zone.

    \b
    Examples:
      wavepick layout generate --aisles 10 --positions 20 --out small.json
      wavepick layout generate --aisles 12 --blocks 2 --positions 13 --zones 3 \\
          --packs 2 --name demo --out demo.json
    """
    from optimizer.errors import LayoutError
    from optimizer.layout.generate import generate_layout
    from optimizer.layout.parse import layout_document

    try:
        made = generate_layout(
            name=name,
            aisles=aisles,
            positions=positions,
            blocks=blocks,
            levels=levels,
            zones=zones,
            packs=packs,
            one_way=one_way,
            aisle_pitch_mm=aisle_pitch,
            position_pitch_mm=position_pitch,
            cross_aisle_mm=cross_aisle,
            seed=seed,
        )
    except LayoutError as error:
        raise BadInput(error.message, code="bad-layout") from error
    text = layouts.to_text(layout_document(made))
    if out is None:
        click.echo(text, nl=False)
    else:
        write_text(out, text)
        click.echo(f"{out}: {len(made.locations)} locations, {len(made.stations)} stations")


@layout.command()
@click.argument("file", type=_FILE)
@click.option("--svg", type=_FILE, required=True, help="SVG file to write.")
@click.option("--locations", help="Draw a tour through these locations (A,B,C).")
@click.option("--start", help="Station where the tour starts.")
@click.option("--end", help="Station where the tour ends.")
@click.option(
    "--policy", type=click.Choice(POLICY_NAMES), default="best", show_default=True, help="Routing."
)
def draw(
    file: Path, svg: Path, locations: str | None, start: str | None, end: str | None, policy: str
) -> None:
    """Draw a layout as SVG: aisles, locations by zone, stations, and a tour if asked.

    \b
    Examples:
      wavepick layout draw layouts/two-block.json --svg two-block.svg
      wavepick layout draw layouts/single-block.json --svg tour.svg \\
          --locations A-01-03-L,A-02-02-R,A-03-04-L
    """
    from optimizer.layout.draw import draw_layout

    read = read_layout(file)
    if locations is not None:
        ends = () if end is None else (end,)
        asked = errand(read, locations, source=file.name, start=start, ends=ends)
        picture = draw_found(read, find_tour(asked, policy))
    elif start or end:
        raise click.UsageError("--start and --end belong to a tour: give --locations")
    else:
        picture = draw_layout(read)
    write_text(svg, picture)
    click.echo(f"{svg}: {len(read.locations)} locations drawn")
