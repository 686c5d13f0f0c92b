"""Streamlit's own command with the modules of the pages loaded first, so that nobody's first visit waits for them.

`python -m dashboards.server run app.py`, with Streamlit's options.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
import sys

import dashboards
from pipelines.memory import while_importing

LEFT_OUT = ("dashboards.pages", "dashboards.server", "dashboards.screenshots", "dashboards.access.sign_in_demo")
"""Scripts, which run for a reader, and what no reader's page needs."""

FIRST_CALLED_LATE = ("scipy.special",)
"""What a function imports only when it is called, and a quarter of a second of work."""


def load() -> None:
    """Import everything that a page may need.

    Quietly: Streamlit warns of every cached function that it meets before it serves, and finds its cache later.
    """
    logging.disable(logging.WARNING)
    with while_importing():
        for module in pkgutil.walk_packages(dashboards.__path__, "dashboards."):
            if not module.name.startswith(LEFT_OUT):
                importlib.import_module(module.name)
        for name in FIRST_CALLED_LATE:
            importlib.import_module(name)
    logging.disable(logging.NOTSET)


def main() -> None:
    """Load, then serve."""
    from streamlit.web.cli import main as streamlit

    load()
    sys.exit(streamlit())


if __name__ == "__main__":
    main()
