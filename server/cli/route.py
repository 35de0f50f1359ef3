"""``wavepick route``: one tour through given locations, without a server."""

from __future__ import annotations

from pathlib import Path

import click

from server.cli.plan_input import read_layout
from server.cli.route_output import (
    comparison_document,
    comparison_words,
    draw_comparison,
    draw_found,
    to_json,
    tour_document,
    tour_words,
)
from server.cli.route_search import POLICY_NAMES, compare_tours, errand, find_tour
from server.errors import BadInput

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--layout", "layout_file", type=_FILE, required=True, help="Layout (JSON).")
@click.option("--locations", required=True, help="Locations to visit, in any order: A,B,C.")
@click.option("--start", help="Station where the tour starts; else the first of kind start.")
@click.option(
    "--end",
    "ends",
    multiple=True,
    help="Station where the tour ends; else the first of kind pack. Several times: the end with "
    "the shortest tour.",
)
@click.option(
    "--policy",
    type=click.Choice(POLICY_NAMES),
    help="best (the default): exact where aisles are parallel, else graph.",
)
@click.option("--compare", is_flag=True, help="A table of all policies instead of one tour.")
@click.option("--svg", type=_FILE, help="Draw layout and tour (all tours) into this file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def route(
    layout_file: Path,
    locations: str,
    start: str | None,
    ends: tuple[str, ...],
    policy: str | None,
    compare: bool,
    svg: Path | None,
    as_json: bool,
) -> None:
    """Find one picker's tour through locations.

    Says whether the tour is proven to be the shortest, else how far above the shortest it is
    where that is known. A location named twice is visited once. JSON: length_mm, optimal,
    bound_mm, shortest_mm (or null), policy, start, end, stops (in walking order), path (corner
    points [x_mm, y_mm, floor]); with --compare a list of these as tours, each with above_percent.

    \b
    Policies:
      exact           shortest tour between parallel aisles (dynamic programme over aisles)
      graph           any layout: exact up to 12 stops, then local search
      s-shape         every aisle with a pick is walked through
      return          every aisle is left where it was entered
      midpoint        aisles are entered from both ends, up to their middle
      largest-gap     aisles are entered from both ends, up to their largest gap
      combined        block by block: the best mix of walking through and returning
      aisle-by-aisle  aisle by aisle through all blocks, by the best cross-aisles
    \b
    Examples:
      wavepick route --layout layouts/single-block.json --locations A-01-03-L,A-03-04-R
      wavepick route --layout layouts/demo.json --locations A-02-1-05-L,A-07-2-11-R \\
          --start start --end pack-1 --end pack-2 --policy s-shape --svg tour.svg --json
      wavepick route --layout layouts/two-block.json --locations A-02-1-05-L,A-05-2-03-R \\
          --compare --svg policies.svg
    """
    if compare and policy is not None:
        raise click.UsageError("--compare takes all policies: leave out --policy")
    layout = read_layout(layout_file)
    asked = errand(layout, locations, source=layout_file.name, start=start, ends=ends)
    if compare:
        compared = compare_tours(asked)
        document = comparison_document(compared)
        words = comparison_words(compared, shows_end=len(ends) > 1)
        picture = draw_comparison(layout, compared) if svg is not None else ""
    else:
        found = find_tour(asked, policy or "best")
        document, words = tour_document(found), tour_words(found)
        picture = draw_found(layout, found) if svg is not None else ""
    if svg is not None:
        write_text(svg, picture)
    click.echo(to_json(document) if as_json else words)
    if svg is not None and not as_json:
        click.echo(f"drawn: {svg}")


def write_text(file: Path, text: str) -> None:
    """Write a file that a person named; BadInput when that is impossible."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(
            f"cannot be written: {error.strerror}", code="cannot-write", pointer=str(file)
        ) from error
