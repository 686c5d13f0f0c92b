"""A machine without a way out: the wall that the pages are walked behind catches who asks, and no chart uploads.

That every page works behind it is tried in test_every_page_in_browser.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from offline_wall import around_a_server

from dashboards.charts.template import CONFIG


def test_a_server_that_asked_would_be_caught(tmp_path: Path) -> None:
    told = tmp_path / "hosts"
    ask = "import urllib.request; urllib.request.urlopen('http://example.org', timeout=1)"
    done = subprocess.run(
        [sys.executable, "-c", ask],
        env=os.environ | around_a_server(tmp_path, told),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "nothing leaves this machine" in done.stderr
    assert told.read_text("utf-8").splitlines() == ["example.org"]


def test_charts_have_no_button_that_uploads_them() -> None:
    assert CONFIG["displayModeBar"] is False
