"""What ``wavepick plan`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from server.cli import plan_input

if TYPE_CHECKING:
    from optimizer import Method, Plan, Problem, TimeModel

SHOWN_LEFT_OUT = 20
"""Left-out orders that are printed; the JSON document has all of them."""

HEADINGS = ("method", "metres", "vs baseline", "picking", "sorting", "lists", "left out", "gap")


def print_input(problem: Problem, *, has_items: bool) -> None:
    """Print what is planned, and every default that was assumed."""
    lines = sum(len(order.lines) for order in problem.orders)
    cart = problem.cart
    click.echo(
        f'layout "{problem.layout.name}": {len(problem.layout.locations)} locations; '
        f"{len(problem.orders)} orders, {lines} lines"
    )
    click.echo(
        f'cart "{cart.id}": {cart.slots} totes of {cart.tote_weight_g / 1000:g} kg and '
        f"{cart.tote_volume_ml / 1000:g} l, at most {cart.max_weight_g / 1000:g} kg and "
        f"{cart.max_lines} picks; start {problem.start}, pack {', '.join(problem.pack)}, "
        + (f"wall {problem.wall} ({problem.wall_slots} slots)" if problem.wall else "no wall")
    )
    if not has_items:
        click.echo(
            f"no --items: every unit is taken as {plan_input.DEFAULT_WEIGHT_G} g and "
            f"{plan_input.DEFAULT_VOLUME_ML} ml"
        )


def print_plans(plans: tuple[Plan, ...], time_model: TimeModel, recommended: Method | None) -> None:
    """Print a row per plan, the recommended one where several were compared, what is left out."""
    baseline_mm = plans[0].totals.baseline_mm
    click.echo(f"\nbaseline (first-come, S-shape): {_metres(baseline_mm)} m\n")
    rows: list[tuple[str, ...]] = [(*HEADINGS, "stopped")]
    rows += [_row(each, time_model, chosen=each.method == recommended) for each in plans]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [row[column].rjust(widths[column]) for column in range(1, len(HEADINGS))]
        click.echo("  ".join([*cells, row[-1]]))
    click.echo("picking and sorting at the put wall in person-minutes")
    if recommended is not None:
        click.echo(f"* recommended: {recommended} (least work for the most units)")
    _print_left_out(plans)


def _row(plan: Plan, time_model: TimeModel, *, chosen: bool) -> tuple[str, ...]:
    totals = plan.totals
    sorting_ms = time_model.work_ms(plan) - totals.duration_ms
    versus = "-"
    if plan.lists and totals.baseline_mm:
        versus = f"{100 * (totals.length_mm / totals.baseline_mm - 1):+.1f} %"
    gap = "-"
    if plan.lists and totals.bound_mm is not None:
        gap = f"{100 * (1 - totals.bound_mm / max(1, totals.length_mm)):.1f} %"
    stopped = plan.termination.reason.value
    if plan.termination.limit:
        stopped += f" ({plan.termination.limit})"
    return (
        plan.method.value + (" *" if chosen else ""),
        _metres(totals.length_mm),
        versus,
        _minutes(totals.duration_ms),
        _minutes(sorting_ms),
        str(totals.lists),
        str(len({entry.order for entry in plan.unplanned})),
        gap,
        stopped,
    )


def _metres(length_mm: int) -> str:
    return f"{length_mm / 1000:,.0f}"


def _minutes(duration_ms: int) -> str:
    minutes = duration_ms / 60_000
    return f"{minutes:,.0f}" if minutes >= 100 else f"{minutes:.1f}"


def _print_left_out(plans: tuple[Plan, ...]) -> None:
    """Print what is left out, once where all methods leave out the same."""
    shown: set[tuple[object, ...]] = set()
    for plan in plans:
        if not plan.unplanned or plan.unplanned in shown:
            continue
        shown.add(plan.unplanned)
        click.echo(f"\nleft out ({plan.method}):")
        for entry in plan.unplanned[:SHOWN_LEFT_OUT]:
            part = f", line {entry.line}" if entry.line is not None else ""
            click.echo(f"  order {entry.order}{part}: {entry.reason} - {entry.detail}")
        if len(plan.unplanned) > SHOWN_LEFT_OUT:
            click.echo(f"  and {len(plan.unplanned) - SHOWN_LEFT_OUT} more")
