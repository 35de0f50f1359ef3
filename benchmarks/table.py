"""Markdown tables of a run, so that no published figure is typed by hand."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median, median_low

from benchmarks.results import Line, Run, Settings

ALL = "all"

OUR_TIMES = ("tour_us", "length_us", "target_us")
"""Figures that a peer's time to target is divided by, in microseconds."""

UNITS = {"us": "µs", "percent": "%"}

EARLY = 0.9
"""A peer that took less than this share of its time ended by itself, and never gets there."""


def run_command(settings: Settings) -> str:
    """Return the command that measures these settings."""
    parts = ["wavepick", "bench", "run", "--suite", settings.suite]
    parts += ["--seconds", f"{settings.seconds:g}", "--seeds", str(settings.seeds)]
    for name in ("limit", "sample", "instances"):
        value = getattr(settings, name)
        if value is not None:
            parts += [f"--{name}", str(value)]
    return shlex.join(parts)


def render_run(run: Run) -> str:
    """Return heading, circumstances and tables of a run as Markdown."""
    machine = ", ".join(f"{name} {value}" for name, value in run.machine.items())
    parts = [
        f"### {run.settings.suite}",
        f"`{run_command(run.settings)}`",
        f"{len(run.lines):,} of {run.n_expected:,} results, objective in {run.unit}"
        f"{' (maximised)' if run.maximise else ''}, the whole run "
        f"{run.wall_seconds:,.0f} s, begun {run.date}; {machine}.",
        _own_table(run.lines),
    ]
    if any(line.peers for line in run.lines):
        parts += [
            beaten_sentence(run.lines, maximise=run.maximise),
            run.target,
            _peer_table(run),
        ]
    wrong = [line for line in run.lines if line.note]
    if wrong:
        parts.append(
            "\n".join(f"- {line.instance}, seed {line.seed}: {line.note}" for line in wrong)
        )
    return "\n\n".join(part for part in parts if part) + "\n"


def beaten_sentence(lines: Sequence[Line], *, maximise: bool = False) -> str:
    """Return on how many instances no peer found anything better, and on which one did."""
    beaten = [line for line in lines if _beaten(line, maximise=maximise)]
    text = f"Never beaten by a peer on {len(lines) - len(beaten):,} of {len(lines):,}."
    if beaten:
        text += (
            " Beaten on: " + ", ".join(f"{line.instance} ({line.seed})" for line in beaten) + "."
        )
    return text


def _beaten(line: Line, *, maximise: bool) -> bool:
    best = _best((peer.objective for peer in line.peers), maximise=maximise)
    if best is None or line.objective is None:
        return best is not None
    return best > line.objective if maximise else best < line.objective


def _best(objectives: Iterable[float | None], *, maximise: bool) -> float | None:
    found = [objective for objective in objectives if objective is not None]
    return (max if maximise else min)(found, default=None)


def _own_table(lines: Sequence[Line]) -> str:
    figures = sorted({name for line in lines for name in line.figures})
    has_seeds = len({line.seed for line in lines}) > 1
    head = ["group", "results" if has_seeds else "instances", "best known reached", "proven"]
    head += ["judged", "gap %: mean", "median", "max", "own gap %: mean", "time: mean", "max"]
    head += [f"{_words(name)}: median" for name in figures]
    head += [f"{_words(name)}: max" for name in figures]
    return _markdown(head, [_own_row(name, part, figures) for name, part in _groups(lines)])


def _own_row(name: str, lines: Sequence[Line], figures: Sequence[str]) -> list[str]:
    gaps = [line.gap_percent for line in lines if line.gap_percent is not None]
    own = [line.own_gap_percent for line in lines if line.own_gap_percent is not None]
    reached = sum(gap <= 0 for gap in gaps)
    row = [name, f"{len(lines):,}", f"{reached:,} of {len(gaps):,}" if gaps else "–"]
    row += [f"{sum(line.proven for line in lines):,}", f"{sum(line.judged for line in lines):,}"]
    row += [_percent(fmean, gaps), _percent(median, gaps), _percent(max, gaps)]
    row += [_percent(fmean, own)]
    times = [line.seconds for line in lines]
    row += [_time(fmean(times)), _time(max(times))]
    for pick in (median, max):
        for figure in figures:
            values = [line.figures[figure] for line in lines if figure in line.figures]
            row.append(f"{pick(values):,.4g}" if values else "–")
    return row


def _peer_table(run: Run) -> str:
    ours = [name for name in OUR_TIMES if any(name in line.figures for line in run.lines)]
    head = ["group", "solver", "ratio to ours: mean", "max", "target reached", "time to it: median"]
    for name in ours:
        head += [f"in times our {_name(name)}: median", "least"]
    rows: list[list[str]] = []
    for group, lines in _groups(run.lines):
        peers = list(dict.fromkeys(peer.name for line in lines for peer in line.peers))
        for names in [*([peer] for peer in peers), *([peers] if len(peers) > 1 else [])]:
            title = names[0] if len(names) == 1 else "the best of them"
            chosen = [_chosen(run, line, names) for line in lines]
            row = [group, title, *_ratio_cells(lines, chosen), *_target_cells(chosen)]
            for name in ours:
                row += _factor_cells(lines, chosen, name)
            rows.append(row)
    return _markdown(head, rows)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The best objective and the first to reach the target, of some peers on one line.

    ``seconds`` is when the target was reached; where it was not, the time spent in vain, and
    infinity where every peer ended by itself.
    """

    objective: float | None
    reached: bool
    seconds: float


def _chosen(run: Run, line: Line, names: Sequence[str]) -> _Chosen:
    peers = [peer for peer in line.peers if peer.name in names]
    reached = [peer.target_seconds for peer in peers if peer.target_seconds is not None]
    given = max((peer.seconds for peer in peers), default=0.0)
    in_vain = given if given >= EARLY * run.settings.seconds else math.inf
    return _Chosen(
        objective=_best((peer.objective for peer in peers), maximise=run.maximise),
        reached=bool(reached),
        seconds=min(reached, default=in_vain),
    )


def _ratio_cells(lines: Sequence[Line], chosen: Sequence[_Chosen]) -> list[str]:
    ratios = [
        one.objective / line.objective
        for line, one in zip(lines, chosen, strict=True)
        if line.objective and one.objective is not None
    ]
    if not ratios:
        return ["–", "–"]
    return [f"{fmean(ratios):.4f}", f"{max(ratios):.4f}"]


def _target_cells(chosen: Sequence[_Chosen]) -> list[str]:
    hit = sum(one.reached for one in chosen)
    times = [(one.seconds, one.reached) for one in chosen]
    return [f"{hit:,} of {len(chosen):,}", _bracketed(median_low, times, _time)]


def _factor_cells(lines: Sequence[Line], chosen: Sequence[_Chosen], figure: str) -> list[str]:
    factors = [
        (1e6 * one.seconds / line.figures[figure], one.reached)
        for line, one in zip(lines, chosen, strict=True)
        if line.figures.get(figure)
    ]
    if not factors:
        return ["–", "–"]
    return [_bracketed(pick, factors, _factor) for pick in (median_low, min)]


def _bracketed(
    pick: Callable[[list[float]], float],
    values: Sequence[tuple[float, bool]],
    word: Callable[[float], str],
) -> str:
    """Return the median or least of values of which those that are not sure are too small.

    Where it depends on one of them, ``> x`` with what it is at least.
    """
    least = pick([value for value, _ in values])
    most = pick([value if sure else math.inf for value, sure in values])
    if not math.isfinite(least):
        return "never"
    return word(least) if least == most else f"> {word(least)}"


def _groups(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """Return the lines by group, then by what groups share before their comma, then all."""
    found: dict[str, list[Line]] = {}
    shared: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.group, []).append(line)
        shared.setdefault(line.group.partition(",")[0], []).append(line)
    wider = [(name, part) for name, part in shared.items() if len({one.group for one in part}) > 1]
    everything = [(ALL, list(lines))] if lines and len(found) != 1 else []
    return [*found.items(), *(wider if len(wider) > 1 else []), *everything]


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    text += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(text)


def _percent(pick: Callable[[Sequence[float]], float], values: Sequence[float]) -> str:
    return f"{pick(values):.3f}" if values else "–"


def _time(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:,.3g} s"
    if seconds >= 1e-3:
        return f"{1e3 * seconds:.3g} ms"
    return f"{1e6 * seconds:.3g} µs"


def _factor(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _words(figure: str) -> str:
    """Return ``tour_us`` as ``tour (µs)``, ``rounds`` as it is."""
    name, _, unit = figure.rpartition("_")
    return f"{_name(figure)} ({UNITS.get(unit, unit)})" if name else unit


def _name(figure: str) -> str:
    return figure.rpartition("_")[0].replace("_", " ")
