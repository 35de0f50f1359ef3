"""``wavepick route``: one tour through given locations, without a server."""

from __future__ import annotations

import difflib
import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.cli.plan_input import read_layout
from server.errors import BadInput

if TYPE_CHECKING:
    from optimizer import Layout
    from optimizer.ids import LocationId, StationId
    from optimizer.layout.distances import Point
    from optimizer.layout.model import StationKind
    from optimizer.routing.router import Tour

POLICY_NAMES = (
    "best",
    "exact",
    "graph",
    "s-shape",
    "return",
    "midpoint",
    "largest-gap",
    "combined",
    "aisle-by-aisle",
)
"""As in ``optimizer.routing.policies``, which --help must not import; a test compares them."""

_FILE = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True, slots=True)
class FoundTour:
    """A tour with its ends, its walked line and the walked length up to each stop."""

    start: StationId
    end: StationId
    tour: Tour
    path: tuple[Point, ...]
    walked_mm: tuple[int, ...]


@click.command()
@click.option("--layout", "layout_file", type=_FILE, required=True, help="Layout (JSON).")
@click.option("--locations", required=True, help="Locations to visit, in any order: A,B,C.")
@click.option("--start", help="Station where the tour starts; else the first of kind start.")
@click.option("--end", help="Station where the tour ends; else the first of kind pack.")
@click.option(
    "--policy",
    type=click.Choice(POLICY_NAMES),
    default="best",
    show_default=True,
    help="best: exact where aisles are parallel, else graph.",
)
@click.option("--svg", type=_FILE, help="Draw layout and tour into this file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def route(
    layout_file: Path,
    locations: str,
    start: str | None,
    end: str | None,
    policy: str,
    svg: Path | None,
    as_json: bool,
) -> None:
    """Find one picker's tour through locations.

    Says whether the tour is proven to be the shortest. A location named twice is visited once.
    JSON: length_mm, optimal, bound_mm, policy, start, end, stops (in walking order), path (corner
    points [x_mm, y_mm, floor]).

    \b
    Policies:
      exact        shortest tour between parallel aisles (dynamic programme over aisles)
      graph        any layout: exact up to 12 stops, then local search
      s-shape      every aisle with a pick is walked through
      return       every aisle is left where it was entered
      largest-gap  aisles are entered from both ends
    \b
    Examples:
      wavepick route --layout layouts/single-block.json --locations A-01-03-L,A-03-04-R
      wavepick route --layout layouts/demo.json --locations A-02-1-05-L,A-07-2-11-R \\
          --start start --end pack-2 --policy s-shape --svg tour.svg --json
    """
    layout = read_layout(layout_file)
    found = find_tour(
        layout, locations, source=layout_file.name, start=start, end=end, policy=policy
    )
    if svg is not None:
        from optimizer.layout.draw import TourDrawing, draw_layout

        write_text(svg, draw_layout(layout, TourDrawing(found.path, found.tour.stops)))
    click.echo(_document(found) if as_json else _words(found, svg))


def find_tour(
    layout: Layout,
    locations: str,
    *,
    source: str,
    start: str | None,
    end: str | None,
    policy: str,
) -> FoundTour:
    """Return the tour a person asked for.

    Parameters
    ----------
    layout
        The layout.
    locations
        Location ids, separated by commas.
    source
        Name of the layout file, for messages.
    start, end
        Station ids; ``None`` for the layout's usual ones.
    policy
        One of ``POLICY_NAMES``.

    Raises
    ------
    BadInput
        When a place is unknown, no walk leads through the locations, or the layout lacks what the
        policy needs.
    """
    from optimizer.errors import LayoutError, UnreachableError
    from optimizer.layout.check import DROP_KINDS, START_KINDS
    from optimizer.layout.distances import WalkingGraph
    from optimizer.routing.policies import make_router
    from optimizer.routing.router import tour_path

    wanted = _known_locations(layout, locations, source)
    first = _station(layout, start, START_KINDS, "start", source)
    last = _station(layout, end, DROP_KINDS, "end", source)
    graph = WalkingGraph(layout)
    try:
        tour = make_router(policy, layout, graph).route(wanted, start=first, end=last)
    except LayoutError as error:
        raise BadInput(error.message, code="bad-layout", pointer=source) from error
    except UnreachableError as error:
        raise BadInput(str(error), code="unreachable", pointer=source) from error
    places = [first, *tour.stops]
    legs = (graph.length_mm(a, b) for a, b in itertools.pairwise(places))
    walked = tuple(itertools.accumulate(legs))
    path = tour_path(graph, tour, start=first, end=last)
    return FoundTour(first, last, tour, path, walked)


def write_text(file: Path, text: str) -> None:
    """Write a file that a person named; BadInput when that is impossible."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(
            f"cannot be written: {error.strerror}", code="cannot-write", pointer=str(file)
        ) from error


def _known_locations(layout: Layout, text: str, source: str) -> list[LocationId]:
    known: dict[str, LocationId] = {location.id: location.id for location in layout.locations}
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise BadInput("--locations names no location", code="no-locations")
    for name in names:
        if name not in known:
            raise BadInput(
                f'no location "{name}"{_similar(name, known)}', code="unknown-place", pointer=source
            )
    return [known[name] for name in names]


def _station(
    layout: Layout,
    name: str | None,
    kinds: frozenset[StationKind],
    what: str,
    source: str,
) -> StationId:
    """Return the station of that name, else the first of the kinds, in the kinds' usual order."""
    if name is not None:
        for station in layout.stations:
            if station.id == name:
                return station.id
        ids = [station.id for station in layout.stations]
        raise BadInput(
            f'no station "{name}"; there are {", ".join(ids) or "none"}',
            code="unknown-place",
            pointer=source,
        )
    usual = ("start", "pack")
    fitting = [station for station in layout.stations if station.kind in kinds]
    fitting.sort(key=lambda station: station.kind.value not in usual)
    if not fitting:
        raise BadInput(
            f"the layout has no station to {what} at; name one with --{what}",
            code="no-station",
            pointer=source,
        )
    return fitting[0].id


def _similar(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=3)
    return f"; similar: {', '.join(close)}" if close else ""


def _document(found: FoundTour) -> str:
    tour = found.tour
    return json.dumps(
        {
            "length_mm": tour.length_mm,
            "optimal": tour.optimal,
            "bound_mm": tour.bound_mm,
            "policy": tour.policy,
            "start": found.start,
            "end": found.end,
            "stops": list(tour.stops),
            "path": [list(point) for point in found.path],
        },
        ensure_ascii=False,
    )


def _words(found: FoundTour, svg: Path | None) -> str:
    tour = found.tour
    width = max(len(place) for place in (found.start, found.end, *tour.stops))
    rows = [(found.start, 0), *zip(tour.stops, found.walked_mm, strict=True)]
    rows.append((found.end, tour.length_mm))
    lines = [f"  {place:<{width}}  {mm / 1000:8.1f} m" for place, mm in rows]
    proof = "the shortest possible" if tour.optimal else "not proven to be the shortest"
    metres = f"{tour.length_mm / 1000:.1f} m over {len(tour.stops)} stops"
    lines.append(f"{metres}, {tour.policy}, {proof}")
    if svg is not None:
        lines.append(f"drawn: {svg}")
    return "\n".join(lines)
