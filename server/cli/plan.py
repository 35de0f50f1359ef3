"""``wavepick plan``: the planner on files, without a server."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.cli import plan_input, plan_output
from server.errors import BadInput, NoPlan

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimizer import CartType, Layout, Method, Params, Plan, Problem
    from optimizer.document import Json
    from optimizer.ids import StationId
    from optimizer.stopping import Stop

COMPARE = "compare"

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--layout", "layout_file", type=_FILE, required=True, help="Layout (JSON).")
@click.option(
    "--orders",
    "orders_file",
    type=_FILE,
    required=True,
    help="CSV with columns order, line, sku, qty and maybe priority (0 urgent to 3).",
)
@click.option(
    "--stock",
    "stock_file",
    type=_FILE,
    help="CSV: location, sku, qty. Without it the sku names the location.",
)
@click.option(
    "--items",
    "items_file",
    type=_FILE,
    help="CSV: sku, weight_g or kg, volume_ml or l_mm, w_mm, h_mm.",
)
@click.option(
    "--carts",
    "carts_file",
    type=_FILE,
    help="CSV or JSON: id, slots, tote_weight_g, tote_volume_ml, max_weight_g, max_lines.",
)
@click.option(
    "--method",
    type=click.Choice(["single", "cluster", "sort-after", "zone", "total", COMPARE]),
    default=COMPARE,
    show_default=True,
    help="How orders become lists.",
)
@click.option("--cart-slots", type=click.IntRange(1, 1000), help="Totes on the cart.")
@click.option(
    "--wall-slots",
    type=click.IntRange(0, 100_000),
    default=60,
    show_default=True,
    help="Orders that the put wall takes at once.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    help="Search time per method.  [default: 5, none with --iterations]",
)
@click.option(
    "--iterations",
    type=click.IntRange(min=0),
    help="Rounds of the search per method: the same plan on every machine.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the random choices.")
@click.option(
    "--minimise",
    type=click.Choice(["metres", "minutes"]),
    default="metres",
    show_default=True,
    help="What batches make small: the walk, or the time by the time model.",
)
@click.option(
    "--divide-at",
    type=click.FloatRange(min=0),
    metavar="METRES",
    help="Divide an order over two lists where that saves more than so many metres; its totes "
    "meet again at the packing table. Not where orders share totes.  [default: never]",
)
@click.option("--partial", is_flag=True, help="Plan what is there of an order that is short.")
@click.option("--json", "json_file", type=_FILE, help="Write the plan here, - for the screen.")
def plan(
    layout_file: Path,
    orders_file: Path,
    stock_file: Path | None,
    items_file: Path | None,
    carts_file: Path | None,
    method: str,
    cart_slots: int | None,
    wall_slots: int,
    seconds: float | None,
    iterations: int | None,
    seed: int,
    minimise: str,
    divide_at: float | None,
    partial: bool,
    json_file: Path | None,
) -> None:
    """Plan orders on a layout and compare the walk with the baseline.

    The baseline is the same orders as they arrive, cart by cart, walked in S-shape with the same
    cart, stations and stock. Exit code 4 when no order could be planned.
    """
    from optimizer import Minimise, Params, RejectedPlanError, TimeModel

    cart = plan_input.read_cart(carts_file)
    if cart_slots is not None:
        cart = replace(cart, slots=cart_slots)
    layout = plan_input.read_layout(layout_file)
    problem = _problem(layout, orders_file, stock_file, items_file, cart, wall_slots)
    quiet = json_file is not None and str(json_file) == "-"
    if not quiet:
        plan_output.print_input(problem, has_items=items_file is not None)
    params = Params(
        partial_orders=partial,
        minimise=Minimise(minimise),
        division_price_mm=None if divide_at is None else round(1000 * divide_at),
    )
    try:
        plans, recommended, document = _planned(
            problem, method, params, stop=lambda: _stop(seconds, iterations), seed=seed
        )
    except RejectedPlanError as error:
        # A fault of the program, so it must not look like bad input.
        raise RuntimeError(str(error)) from error
    if not quiet:
        plan_output.print_plans(plans, TimeModel(), recommended)
    if json_file is not None:
        _write(json.dumps(document, ensure_ascii=False) + "\n", json_file)
    if not any(each.lists for each in plans):
        raise NoPlan(_reasons(plans[0]), code="nothing-planned")


def _planned(
    problem: Problem, method: str, params: Params, *, stop: Callable[[], Stop], seed: int
) -> tuple[tuple[Plan, ...], Method | None, dict[str, Json]]:
    """Return the plans, the recommended method where several are compared, and the document."""
    from optimizer import compare, comparison_document, plan_document
    from optimizer.planner import plan as plan_orders
    from optimizer.problem import Method

    name = problem.layout.name
    if method != COMPARE:
        made = plan_orders(problem, method=Method(method), params=params, stop=stop(), seed=seed)
        return (made,), None, plan_document(made, layout=name)
    result = compare(problem, params=params, stop_for=lambda _method: stop(), seed=seed)
    document = comparison_document(
        result.plans, layout=name, recommended=result.recommended, baseline=result.baseline
    )
    return result.plans, result.recommended, document


def _problem(
    layout: Layout,
    orders_file: Path,
    stock_file: Path | None,
    items_file: Path | None,
    cart: CartType,
    wall_slots: int,
) -> Problem:
    from optimizer.problem import Problem

    orders = plan_input.read_orders(orders_file)
    if stock_file is None:
        stock = plan_input.stock_named_by_sku(orders, layout)
    else:
        stock = plan_input.read_stock(stock_file, layout)
    if items_file is None:
        items = plan_input.default_items(orders)
    else:
        items = plan_input.read_items(items_file, orders)
    starts, packs, walls = (_stations(layout, kind) for kind in ("start", "pack", "wall"))
    for kind, stations in (("start", starts), ("pack", packs)):
        if not stations:
            raise BadInput(
                f'layout "{layout.name}" has no station of kind "{kind}"',
                code="no-station",
                pointer="#/stations",
            )
    return Problem(
        layout,
        orders.orders,
        items,
        stock,
        cart,
        starts[0],
        packs,
        walls[0] if walls else None,
        wall_slots if walls else 0,
    )


def _stations(layout: Layout, kind: str) -> tuple[StationId, ...]:
    return tuple(station.id for station in layout.stations if station.kind == kind)


def _stop(seconds: float | None, iterations: int | None) -> Stop:
    from optimizer.stopping import AnyOf, MaxIterations, MaxSeconds

    if iterations is None:
        return MaxSeconds(5.0 if seconds is None else seconds)
    if seconds is None:
        return MaxIterations(iterations)
    return AnyOf((MaxIterations(iterations), MaxSeconds(seconds)))


def _reasons(plan: Plan) -> str:
    counts = Counter(entry.reason.value for entry in plan.unplanned)
    reasons = ", ".join(f"{reason}: {count}" for reason, count in counts.most_common())
    return f"no order could be planned ({reasons or 'there is none'})"


def _write(text: str, path: Path) -> None:
    if str(path) == "-":
        click.echo(text, nl=False)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(
            f"cannot be written: {error.strerror}", code="no-file", pointer=str(path)
        ) from error
