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
from server.cli.route_prices import (
    PriceOptions,
    find_priced_tour,
    priced_document,
    priced_words,
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
@click.option("--crossing-mm", metavar="N|forbid", help="Price of changing sides within an aisle.")
@click.option("--level-mm", type=int, metavar="N", help="Price per level above 0 and stop.")
@click.option("--u-turn-mm", metavar="N|forbid", help="Price of turning round within an aisle.")
@click.option("--floor-change-mm", metavar="N|forbid", help="Price per floor up or down.")
@click.option("--max-length-mm", type=int, metavar="N", help="Longest walk allowed, no prices.")
@click.option("--compare", is_flag=True, help="A table of all policies instead of one tour.")
@click.option("--svg", type=_FILE, help="Draw layout and tour (all tours) into this file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def route(
    layout_file: Path,
    locations: str,
    start: str | None,
    ends: tuple[str, ...],
    policy: str | None,
    crossing_mm: str | None,
    level_mm: int | None,
    u_turn_mm: str | None,
    floor_change_mm: str | None,
    max_length_mm: int | None,
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

    Prices are millimetres of walking, paid per edge of the layout each time it is visited; the
    cheapest tour is sought instead of the shortest, and length_mm stays its metres. "forbid" rules
    a thing out. With a price or --max-length-mm, JSON adds cost_mm, cost_bound_mm (or null),
    crossings, levels, u_turns and floor_changes, and optimal is said of the cost. Exit code 4: no
    tour found is as short as --max-length-mm.

    \b
    Examples:
      wavepick route --layout layouts/single-block.json --locations A-01-03-L,A-03-04-R
      wavepick route --layout layouts/demo.json --locations A-02-1-05-L,A-07-2-11-R \\
          --start start --end pack-1 --end pack-2 --policy s-shape --svg tour.svg --json
      wavepick route --layout layouts/two-block.json --locations A-02-1-05-L,A-05-2-03-R \\
          --compare --svg policies.svg
      wavepick route --layout layouts/single-block.json --locations A-01-02-L,A-03-01-R \\
          --u-turn-mm forbid --crossing-mm 1500
    """
    if compare and policy is not None:
        raise click.UsageError("--compare takes all policies: leave out --policy")
    options = PriceOptions(crossing_mm, level_mm, u_turn_mm, floor_change_mm, max_length_mm)
    if options.given and (compare or policy not in (None, "best")):
        other = "--compare" if compare else f"--policy {policy}"
        raise click.UsageError(
            f"prices and --max-length-mm go with the policy best only: leave out {other}"
        )
    prices = options.prices() if options.given else None
    layout = read_layout(layout_file)
    asked = errand(layout, locations, source=layout_file.name, start=start, ends=ends)
    if prices is not None:
        result = find_priced_tour(asked, prices)
        document, words = priced_document(result), priced_words(result, prices)
        picture = draw_found(layout, result.found) if svg is not None else ""
    elif compare:
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
