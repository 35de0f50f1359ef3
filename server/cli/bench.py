"""``wavepick bench``: the optimizer against public instances and other solvers."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks.catalogue import SUITES, load_suite
from benchmarks.errors import BenchError
from server.errors import BadInput

if TYPE_CHECKING:
    from benchmarks.comparison import Comparison, Pair
    from benchmarks.results import Line, Run, Settings
    from benchmarks.suite import Case, Suite

EXIT_INTERRUPTED = 130
EXIT_REFUSED = 5
SECONDS_BETWEEN_WORDS = 5.0
"""How often progress is told where the screen is no terminal."""

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_AT_LEAST_ONE = click.IntRange(min=1)


@click.group()
def bench() -> None:
    """Measure the optimizer on public instances and beside other solvers."""


@bench.command(name="list")
def list_() -> None:
    """List the suites and the data they need."""
    for name, entry in SUITES.items():
        needs = f" [{entry.data}]" if entry.data else ""
        click.echo(f"{name:24}{entry.summary}{needs}")


@bench.command()
@click.option("--suite", "name", type=click.Choice(list(SUITES)), required=True, help="Which.")
@click.option("--data", type=_FOLDER, help="Folder of public instances; else WAVEPICK_DATA.")
@click.option("--seconds", type=click.FloatRange(min=0), help="Per instance; else the suite's own.")
@click.option("--seeds", type=_AT_LEAST_ONE, default=1, show_default=True, help="Seeds 1 to this.")
@click.option("--limit", type=_AT_LEAST_ONE, help="Only the first so many instances.")
@click.option("--sample", type=_AT_LEAST_ONE, help="A fixed sample, balanced over the classes.")
@click.option("--instances", type=_AT_LEAST_ONE, help="Size of a suite that makes its instances.")
@click.option("--json", "json_file", type=_FILE, help="Keep the results here, and continue them.")
@click.option("--solutions", type=_FOLDER, help="Keep solutions that the judge accepted here.")
@click.pass_context
def run(
    ctx: click.Context,
    name: str,
    data: Path | None,
    seconds: float | None,
    seeds: int,
    limit: int | None,
    sample: int | None,
    instances: int | None,
    json_file: Path | None,
    solutions: Path | None,
) -> None:
    """Solve the instances of a suite, judge every answer, and print a table.

    Each answer is judged by walking it again, without the solver. Interrupt with Ctrl-C and
    continue with the same command: what stands in the --json file is not run again. Suites without
    random choices ignore --seeds.

    Exit code 5 when the judge refuses an answer, or it is better than a proven optimum.

    \b
    Examples:
      wavepick bench run --suite sprp --data ~/instances --json sprp.json
      wavepick bench run --suite routing-peers --seconds 1 --limit 9
    """
    from benchmarks.machine import describe_machine
    from benchmarks.results import Run, Settings
    from benchmarks.runner import Keeper, run_cases
    from benchmarks.table import render_run

    with _refusing():
        suite = load_suite(name)
        settings = Settings(
            suite=name,
            seconds=suite.seconds if seconds is None else seconds,
            seeds=seeds if suite.seeded else 1,
            limit=limit,
            sample=sample,
            instances=instances,
        )
        cases = _chosen(suite, settings, data)
        keeper = Keeper(json_file, solutions)
        begun = keeper.continued(
            Run(
                settings=settings,
                unit=suite.unit,
                target=suite.target,
                machine=describe_machine(),
                date=datetime.now(UTC).isoformat(timespec="seconds"),
                wall_seconds=0.0,
                n_expected=len(cases) * settings.seeds,
                lines=(),
                maximise=SUITES[name].maximise,
            )
        )
        done = run_cases(begun, cases, keeper=keeper, tell=_teller(begun))
    click.echo(render_run(done), nl=False)
    _leave(ctx, done, json_file)


def _chosen(suite: Suite, settings: Settings, data: Path | None) -> list[Case]:
    from benchmarks.sample import balanced_sample
    from benchmarks.suite import Request

    cases = list(suite.cases(Request(data, settings.instances)))
    if settings.sample is not None:
        cases = balanced_sample(cases, settings.sample)
    return cases[: settings.limit]


def _teller(run: Run) -> Callable[[Line, int], None]:
    """Return what tells progress on the error stream, so that the table can be piped."""
    terminal = sys.stderr.isatty()
    told = time.monotonic()

    def tell(line: Line, count: int) -> None:
        nonlocal told
        if line.note:
            click.echo(f"{line.instance}, seed {line.seed}: {line.note}", err=True)
        words = f"{count:,} of {run.n_expected:,}  {line.instance}"
        if terminal:
            click.echo(f"\r{words:78.78}", nl=count == run.n_expected, err=True)
        elif time.monotonic() - told > SECONDS_BETWEEN_WORDS or count == run.n_expected:
            told = time.monotonic()
            click.echo(words, err=True)

    return tell


def _leave(ctx: click.Context, run: Run, json_file: Path | None) -> None:
    if not run.complete:
        kept = f"; the same command continues {json_file}" if json_file else ""
        click.echo(f"interrupted after {len(run.lines):,} of {run.n_expected:,}{kept}", err=True)
        ctx.exit(EXIT_INTERRUPTED)
    if any(line.note for line in run.lines):
        click.echo("error: some answers are wrong, see above", err=True)
        ctx.exit(EXIT_REFUSED)


@bench.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--all", "show_all", is_flag=True, help="Name every instance that differs.")
def compare(old: Path, new: Path, show_all: bool) -> None:
    """Compare two result files of one suite: wins and losses of NEW, tests, regressions by name."""
    from benchmarks.comparison import compare_runs
    from benchmarks.results import read_run

    with _refusing():
        comparison = compare_runs(read_run(old), read_run(new))
    for text in _comparison_words(comparison, show_all=show_all):
        click.echo(text)


def _comparison_words(found: Comparison, *, show_all: bool) -> Iterator[str]:
    yield (
        f"{len(found.pairs):,} instances in both: {found.wins:,} better, {found.losses:,} worse, "
        f"{found.ties:,} equal; objective {found.mean_percent:+.4f} % on average"
    )
    for names, where in ((found.only_old, "old"), (found.only_new, "new")):
        if names:
            yield f"{len(names):,} only in the {where} run"
    if found.wilcoxon_p is not None and found.sign_p is not None:
        yield f"p = {found.wilcoxon_p:.3g} (Wilcoxon signed-rank), {found.sign_p:.3g} (sign test)"
    yield f"mean seconds per result: {found.old_seconds:.4g} before, {found.new_seconds:.4g} now"
    shown = found.pairs if show_all else found.regressions
    if not found.regressions:
        yield "no regressions"
    for pair in shown:
        if pair.percent or pair.is_regression:
            yield f"{_change(pair.old)} -> {_change(pair.new)}  {pair.instance}{_loss(pair)}"


def _change(value: float | None) -> str:
    return "none" if value is None else f"{value:,.10g}"


def _loss(pair: Pair) -> str:
    words = [] if pair.percent is None else [f"{pair.percent:+.3f} %"]
    if pair.lost_proof:
        words.append("no longer proven")
    if pair.lost_judge:
        words.append("no longer accepted by the judge")
    return f"  ({', '.join(words)})" if words else ""


@bench.command()
@click.argument("files", type=_FILE, nargs=-1, required=True)
def table(files: tuple[Path, ...]) -> None:
    """Print result files as Markdown tables, as they stand in benchmarks/RESULTS.md."""
    from benchmarks.results import read_run
    from benchmarks.table import render_run

    with _refusing():
        click.echo("\n".join(render_run(read_run(file)) for file in files), nl=False)


@bench.command()
@click.argument("folder", type=_FOLDER)
@click.option("--suite", "name", type=click.Choice(list(SUITES)), required=True, help="Which.")
@click.option("--data", type=_FOLDER, help="Folder of public instances; else WAVEPICK_DATA.")
@click.option("--instances", type=_AT_LEAST_ONE, help="Size of a suite that makes its instances.")
@click.pass_context
def judge(
    ctx: click.Context, folder: Path, name: str, data: Path | None, instances: int | None
) -> None:
    """Judge the stored solutions of FOLDER again, whoever found them.

    Prints objective and best known of each. Exit code 5 when one is refused.
    """
    from benchmarks.judging import judge_folder
    from benchmarks.suite import Request

    refused = False
    with _refusing():
        cases = load_suite(name).cases(Request(data, instances))
        for one in judge_folder(folder, cases):
            best = one.case.best_known
            words = one.note if one.objective is None else f"{one.objective:,.10g}"
            known = "" if best is None else f"  (best known {best.value:,.10g})"
            click.echo(f"{one.file.name}: {words}{known}")
            refused = refused or one.objective is None
    if refused:
        ctx.exit(EXIT_REFUSED)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what is wrong with data or result files into bad input (exit code 3)."""
    try:
        yield
    except BenchError as error:
        raise BadInput(str(error), code="bad-benchmark") from error
