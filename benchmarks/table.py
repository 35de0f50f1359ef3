"""Markdown tables of a run, so that no published figure is typed by hand."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Iterable, Sequence
from statistics import fmean, median

from benchmarks.results import Line, Run, Settings

ALL = "all"


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
        f"{len(run.lines):,} of {run.n_expected:,} results, objective in {run.unit}, the whole run "
        f"{run.wall_seconds:,.0f} s, begun {run.date}; {machine}.",
        _own_table(run.lines),
    ]
    if any(line.peers for line in run.lines):
        parts += [beaten_sentence(run.lines), run.target, _peer_table(run.lines)]
    wrong = [line for line in run.lines if line.note]
    if wrong:
        parts.append(
            "\n".join(f"- {line.instance}, seed {line.seed}: {line.note}" for line in wrong)
        )
    return "\n\n".join(part for part in parts if part) + "\n"


def beaten_sentence(lines: Sequence[Line]) -> str:
    """Return on how many instances no peer found anything better, and on which one did."""
    beaten = [line for line in lines if _beaten(line)]
    text = f"Never beaten by a peer on {len(lines) - len(beaten):,} of {len(lines):,}."
    if beaten:
        text += (
            " Beaten on: " + ", ".join(f"{line.instance} ({line.seed})" for line in beaten) + "."
        )
    return text


def _beaten(line: Line) -> bool:
    best = min((peer.objective for peer in line.peers if peer.objective is not None), default=None)
    return best is not None and (line.objective is None or best < line.objective)


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


def _peer_table(lines: Sequence[Line]) -> str:
    head = ["group", "solver", "ratio to ours: mean", "max", "target reached", "time to it: median"]
    head += ["times ours: median", "least"]
    rows: list[list[str]] = []
    for name, part in _groups(lines):
        peers = list(dict.fromkeys(peer.name for line in part for peer in line.peers))
        rows += [[name, peer, *_peer_row(part, (peer,))] for peer in peers]
        if len(peers) > 1:
            rows.append([name, "the fastest of them", *_peer_row(part, peers)])
    return _markdown(head, rows)


def _peer_row(lines: Sequence[Line], names: Sequence[str]) -> list[str]:
    """Return the cells of one solver, or of the best and fastest of several per instance."""
    ratios, times, factors = [], [], []
    for line in lines:
        peers = [peer for peer in line.peers if peer.name in names]
        values = [peer.objective for peer in peers if peer.objective is not None]
        if values and line.objective:
            ratios.append(min(values) / line.objective)
        reached = [peer.target_seconds for peer in peers if peer.target_seconds is not None]
        times.append(min(reached, default=math.inf))
        # Where the target was never reached, the time given is less than what it would take.
        given = max((peer.seconds for peer in peers), default=0.0)
        factors.append(min(reached, default=given) / line.seconds if line.seconds else math.inf)
    hit = sum(math.isfinite(time) for time in times)
    typical = median(times)
    return [
        f"{fmean(ratios):.4f}" if ratios else "–",
        f"{max(ratios):.4f}" if ratios else "–",
        f"{hit:,} of {len(times):,}",
        _time(typical) if math.isfinite(typical) else "not reached",
        f"{median(factors):,.0f}",
        f"{min(factors):,.0f}",
    ]


def _groups(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """Return the lines by group, and all of them last."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.group, []).append(line)
    everything = [(ALL, list(lines))] if lines and len(found) != 1 else []
    return [*found.items(), *everything]


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


def _words(figure: str) -> str:
    """Return ``tour_us`` as ``tour (µs)``."""
    name, _, unit = figure.rpartition("_")
    return f"{name.replace('_', ' ')} ({'µs' if unit == 'us' else unit})"
