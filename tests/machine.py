"""Before the tests: what they need of the machine beside Python. Installs Chromium where it may, and says so plainly.

In CI nothing is left out: what cannot be had ends the run. Elsewhere the tests that need it say that they were not run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser() -> str | None:
    """The path of a Chromium on this machine."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def in_ci() -> bool:
    return os.environ.get("CI") == "true"


def install_browser() -> None:
    """Debian's package, when this user may install packages."""
    may_install = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    if not may_install:
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
        subprocess.run(["apt-get", *arguments], env=environment, capture_output=True, check=False)


def main() -> int:
    if browser() is None:
        install_browser()
    if browser() is None:
        print("Chromium is not on this machine: the tests that open pages in a browser will not be run.")  # noqa: T201
        return 1 if in_ci() else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
