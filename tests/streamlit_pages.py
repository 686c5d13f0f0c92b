"""A page as Streamlit runs it, without a browser: opened at an address, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboards.language import NO_BREAK

ROOT = Path(__file__).parent.parent
PAGES = ("overview", "municipality", "worklist", "definitions")


def opened(page: str = "overview", **address: str) -> AppTest:
    """A page by its name, at an address, in the demonstration."""
    return run(app_at(address), page)


def app_at(address: Mapping[str, str]) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in address.items():
        app.query_params[name] = value
    return app


def run(app: AppTest, page: str) -> AppTest:
    """Wherever the role begins, then the page."""
    app.run()
    app.switch_page(f"dashboards/pages/{page}.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All markup of the page, without its style sheet and script."""
    blocks = [block.proto.body for block in app.get("html")] + [block.value for block in app.markdown]
    return " ".join(block for block in blocks if not block.startswith(("<style", "<script"))).replace(NO_BREAK, " ")
