"""What ``wavepick route`` prints and draws."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer import Layout
    from optimizer.layout.draw_tour import TourDrawing
    from optimizer.routing.router import Tour
    from server.cli.route_search import Comparison, FoundTour


def tour_document(found: FoundTour) -> dict[str, object]:
    """Return a tour as a JSON object."""
    tour = found.tour
    return {
        "length_mm": tour.length_mm,
        "optimal": tour.optimal,
        "bound_mm": tour.bound_mm,
        "shortest_mm": found.shortest_mm,
        "policy": tour.policy,
        "start": found.start,
        "end": found.end,
        "stops": list(tour.stops),
        "path": [list(point) for point in found.path],
    }


def comparison_document(compared: Comparison) -> dict[str, object]:
    """Return a comparison as a JSON object; the first tour is the one of ``best``."""
    best = compared.tours[0].tour
    return {
        "tours": [
            tour_document(found)
            | {"above_percent": above_percent(found.tour.length_mm, best.length_mm)}
            for found in compared.tours
        ],
        "refused": [{"policy": policy, "reason": reason} for policy, reason in compared.refused],
    }


def to_json(document: dict[str, object]) -> str:
    """Return a document on one line."""
    return json.dumps(document, ensure_ascii=False)


def tour_words(found: FoundTour) -> str:
    """Return the stops with the metres walked to each, and the length with its proof."""
    tour = found.tour
    metres = f"{tour.length_mm / 1000:.1f} m over {stops_words(tour)}"
    return "\n".join([*tour_rows(found), f"{metres}, {tour.policy}, {_proof(found)}"])


def tour_rows(found: FoundTour) -> list[str]:
    """Return one line per place, with the metres walked to it."""
    tour = found.tour
    width = max(len(place) for place in (found.start, found.end, *tour.stops))
    rows = [(found.start, 0), *zip(tour.stops, found.walked_mm, strict=True)]
    rows.append((found.end, tour.length_mm))
    return [f"  {place:<{width}}  {mm / 1000:8.1f} m" for place, mm in rows]


def comparison_words(compared: Comparison, *, shows_end: bool) -> str:
    """Return a table of the policies; the reference is the tour of ``best``.

    Parameters
    ----------
    compared
        The tours.
    shows_end
        Whether to name the end of each tour: where there was a choice.
    """
    best = compared.tours[0].tour
    width = max(len("policy"), *(len(found.tour.policy) for found in compared.tours))
    lines = [f"{'policy':<{width}}  {'metres':>8}  {'above':>8}" + "  end" * shows_end]
    for found in compared.tours:
        tour = found.tour
        above = f"{above_percent(tour.length_mm, best.length_mm):.1f} %"
        end = f"  {found.end}" if shows_end else ""
        lines.append(f"{tour.policy:<{width}}  {tour.length_mm / 1000:8.1f}  {above:>8}{end}")
    what = "the shortest tour" if best.optimal else f"the {best.policy} tour, not proven shortest"
    lines.append(f"above: percent above {what}; {stops_words(best)}")
    lines += [f"left out: {reason}" for _, reason in compared.refused]
    return "\n".join(lines)


def draw_found(layout: Layout, found: FoundTour) -> str:
    """Return a tour on its layout as SVG."""
    from optimizer.layout.draw import draw_layout

    shortest_mm = found.shortest_mm
    above = None if shortest_mm is None else above_percent(found.tour.length_mm, shortest_mm)
    return draw_layout(layout, _drawing(found, above))


def draw_comparison(layout: Layout, compared: Comparison) -> str:
    """Return all compared tours side by side as SVG."""
    from optimizer.layout.draw_tours import draw_tours

    best_mm = compared.tours[0].tour.length_mm
    return draw_tours(
        layout,
        [_drawing(found, above_percent(found.tour.length_mm, best_mm)) for found in compared.tours],
    )


def above_percent(length_mm: int, reference_mm: int) -> float:
    """Return by how many percent a length is above another, one decimal."""
    return round(100 * (length_mm / reference_mm - 1), 1) if reference_mm else 0.0


def stops_words(tour: Tour) -> str:
    """Return how many stops a tour has, in words."""
    return "1 stop" if len(tour.stops) == 1 else f"{len(tour.stops)} stops"


def _drawing(found: FoundTour, above: float | None) -> TourDrawing:
    from optimizer.layout.draw_tour import TourDrawing

    title = f"{found.tour.policy}, {found.tour.length_mm / 1000:.1f} m"
    if above:
        title += f" (+{above:.1f} %)"
    return TourDrawing(found.path, found.tour.stops, title)


def _proof(found: FoundTour) -> str:
    tour = found.tour
    if tour.optimal:
        return "the shortest possible"
    if found.shortest_mm is not None:
        above = above_percent(tour.length_mm, found.shortest_mm)
        return f"{above:.1f} % above the shortest ({found.shortest_mm / 1000:.1f} m)"
    if tour.bound_mm:
        above = above_percent(tour.length_mm, tour.bound_mm)
        return f"at most {above:.1f} % above the shortest"
    return "not proven to be the shortest"
