"""What the tests have and the harness needs too: a delivery of one child, and a PostgreSQL server of one's own."""

from __future__ import annotations

import sys

from benchmarks.faults.processes import ROOT

if str(ROOT / "tests") not in sys.path:
    sys.path.append(str(ROOT / "tests"))

import deliveries  # type: ignore[import-not-found]
import postgres  # type: ignore[import-not-found]

deliver, changed = deliveries.deliver, deliveries.changed
Server, running_server = postgres.Server, postgres.running_server

__all__ = ["Server", "changed", "deliver", "running_server"]
