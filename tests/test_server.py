"""The server of the pages: what a first visit needs is there before it."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def test_everything_that_a_page_imports_is_loaded_before_the_first_reader_and_nothing_heavy_that_no_page_needs() -> (
    None
):
    program = (
        "import sys\nfrom dashboards.server import load\nload()\n"
        "known = set(sys.modules)\n"
        "assert {'dashboards.frame', 'dashboards.leader.follow_up', 'dashboards.national.compare'} <= known\n"
        "assert 'scipy.special' in known, 'work of a quarter of a second, imported by a function'\n"
        "assert 'scipy.stats' not in known, 'a second of work that no page needs'\n"
        "assert not {'pandas', 'great_expectations', 'statsmodels', 'playwright', 'oidc_provider_mock'} & known\n"
        "assert not any(name.startswith('dashboards.pages.') for name in known)\n"
    )
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert "WARNING" not in told.stderr
