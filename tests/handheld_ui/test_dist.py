"""The built pages: complete, and fit for a policy that admits nothing inline."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest

import handheld_ui

PAGES = ("pick.html", "lead.html")


class Page(HTMLParser):
    """Collects what a page loads, and what it should not contain."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.inline: list[str] = []
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._open = tag
        self.loads += [given[name] or "" for name in ("src", "href") if name in given]
        self.inline += [name for name in given if name == "style" or name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in ("script", "style") and data.strip():
            self.inline.append(data)


@pytest.fixture(scope="module")
def dist() -> Traversable:
    return handheld_ui.dist()


@pytest.mark.parametrize("name", PAGES)
def test_page_loads_only_files_that_are_there(dist: Traversable, name: str) -> None:
    page = Page((dist / name).read_text("utf-8"))
    assert page.loads
    for path in page.loads:
        assert path.startswith("/assets/"), path
        assert (dist / path.lstrip("/")).is_file(), path


@pytest.mark.parametrize("name", PAGES)
def test_page_has_nothing_inline(dist: Traversable, name: str) -> None:
    assert Page((dist / name).read_text("utf-8")).inline == []


def test_service_worker_keeps_the_shell_of_the_picker(dist: Traversable) -> None:
    worker = (dist / "sw.js").read_text("utf-8")
    assert "__SHELL_FILES__" not in worker
    kept = set(re.findall(r"/assets/[\w.-]+", worker))
    needed = set(Page((dist / "pick.html").read_text("utf-8")).loads)
    assert needed <= kept
    for path in kept:
        assert (dist / path.lstrip("/")).is_file(), path


def test_scripts_set_text_never_markup(dist: Traversable) -> None:
    picker = next(p for p in (dist / "assets").iterdir() if re.match(r"pick-.*\.js$", p.name))
    assert not re.search(r"insertAdjacentHTML|document\.write|\beval\(", picker.read_text("utf-8"))


def test_pages_that_were_never_built_are_missed_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(handheld_ui, "files", lambda _package: tmp_path)
    with pytest.raises(handheld_ui.PagesMissing, match=r"hatch_build\.py"):
        handheld_ui.dist()
