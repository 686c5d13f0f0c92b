"""Before the tests: what they need of the machine beside Python. Installs it where it may, and says so plainly.

In CI nothing is left out: what cannot be had ends the run. Elsewhere the tests that need it say that they were not run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
DEBIAN_SERVERS = Path("/usr/lib/postgresql")


def browser() -> str | None:
    """The path of a Chromium on this machine."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def light_browser() -> str | None:
    """Debian's Chromium without a window's parts: the same pages for half the work."""
    return shutil.which(BROWSERS[0])


def server() -> Path | None:
    """The folder with PostgreSQL's `initdb` and `postgres`: Debian's newest, or that on the path."""
    found = sorted(DEBIAN_SERVERS.glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    folders = [*found, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def proxy() -> str | None:
    """nginx, which Debian keeps where only root looks."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def in_ci() -> bool:
    return os.environ.get("CI") == "true"


def install(packages: list[str]) -> None:
    """Debian's packages, when this user may install them."""
    may_install = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    if not may_install or not packages:
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", *packages]):
        subprocess.run(["apt-get", *arguments], env=environment, capture_output=True, check=False)


NEEDED = (
    ("chromium", browser, "Chromium is not on this machine: the tests that open pages in a browser will not be run."),
    ("postgresql", server, "PostgreSQL is not on this machine: the tests that read from a database will not be run."),
    ("nginx-light", proxy, "nginx is not on this machine: the tests behind a proxy will not be run."),
)


def main() -> int:
    if light_browser() is None:
        install([BROWSERS[0]])
    install([package for package, found, _ in NEEDED if found() is None])
    missing = [told for _, found, told in NEEDED if found() is None]
    for told in missing:
        print(told)  # noqa: T201
    return 1 if missing and in_ci() else 0


if __name__ == "__main__":
    sys.exit(main())
