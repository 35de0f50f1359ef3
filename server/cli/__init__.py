"""The command ``wavepick``: one lazy group, so that a light command never imports the solver."""

from __future__ import annotations

import importlib
import logging
import sys
import traceback
from collections.abc import Mapping
from importlib.metadata import version

import click

from server.errors import ServiceError

COMMANDS: Mapping[str, str] = {
    "demo": "server.cli.demo:demo",
    "serve": "server.cli.serve:serve",
    "worker": "server.cli.worker:worker",
    "migrate": "server.cli.migrate:migrate",
    "doctor": "server.cli.doctor:doctor",
    "probe": "server.cli.probe:probe",
    "backup": "server.cli.backup:backup",
    "restore": "server.cli.restore:restore",
    "people": "server.cli.people:people",
    "devices": "server.cli.devices:devices",
    "audit": "server.cli.audit:audit",
    "carts": "server.cli.carts:carts",
    "plan": "server.cli.plan:plan",
    "route": "server.cli.route:route",
    "layout": "server.cli.layout:layout",
    "stock": "server.cli.stock:stock",
    "bench": "server.cli.bench:bench",
    "import": "server.cli.imports:import_",
    "export": "server.cli.export:export",
    "rehearse": "server.cli.rehearse:rehearse",
}
"""Command name to ``module:attribute``, in the order ``--help`` shows them."""

EXIT_BAD_INPUT = 3
EXIT_INTERNAL = 5


class LazyGroup(click.Group):
    """Imports a command's module only when that command (or the list of all) is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module_name, attribute = target.split(":")
        command = getattr(importlib.import_module(module_name), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{target} is not a click command")
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("wavepick"), prog_name="wavepick")
@click.option("--debug", is_flag=True, help="Show tracebacks and debug logs.")
@click.pass_context
def wavepick(ctx: click.Context, debug: bool) -> None:
    """Plan and run the picking of a warehouse.

    Exit codes: 0 done, 2 bad usage, 3 bad input (the message names file, place, value and rule),
    4 no feasible plan (reasons listed), 5 internal error.
    """
    ctx.obj = {"debug": debug}
    logging.basicConfig(
        level=logging.DEBUG if debug else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
    )


def main(arguments: list[str] | None = None) -> None:
    """Run ``wavepick`` and leave with one of its documented exit codes."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["import"] or arguments[:2] == ["layout", "check"]:
        # Both read what strangers wrote, each in a process of its own.
        from server.cli.confinement import confine

        confine()
    try:
        code = wavepick.main(args=arguments, prog_name="wavepick", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ServiceError as error:
        place = f"{error.pointer}: " if error.pointer else ""
        click.echo(f"error: {place}{error.message}", err=True)
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - the last resort names the error and marks the exit
        if _is_optimizer_error(error):
            click.echo(f"error: {error}", err=True)
            sys.exit(EXIT_BAD_INPUT)
        if "--debug" in arguments:
            traceback.print_exc()
        click.echo(
            f"internal error: {type(error).__name__}: {error} (run again with --debug)", err=True
        )
        sys.exit(EXIT_INTERNAL)
    sys.exit(code if isinstance(code, int) else 0)


def _is_optimizer_error(error: Exception) -> bool:
    # Asked through sys.modules: importing the optimizer here would burden every light command.
    errors = sys.modules.get("optimizer.errors")
    return errors is not None and isinstance(error, errors.OptimizerError)
