"""The browser pages of Wavepick: handheld and lead console, built by ``hatch_build.py``."""

from importlib.resources import files
from importlib.resources.abc import Traversable

__all__ = ["PagesMissing", "dist"]


class PagesMissing(RuntimeError):
    """The pages were never built in this checkout."""


def dist() -> Traversable:
    """Folder of the built pages: ``pick.html``, ``lead.html``, ``sw.js`` and ``assets``.

    Raises
    ------
    PagesMissing
        The folder does not exist: ``python hatch_build.py`` builds it. An installed
        distribution always has it.
    """
    folder = files(__name__) / "dist"
    if not (folder / "pick.html").is_file():
        raise PagesMissing(f"no built pages in {folder}: run `python hatch_build.py` once")
    return folder
