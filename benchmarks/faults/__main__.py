"""`python -m benchmarks.faults [--kills 200] [--seed 1] [--only FAULT...]`. Exit code 1: a fault did not end well."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.faults.harness import KILLS, NAMES, SEED, all_faults, told


def main() -> int:
    """The same seed kills at the same moments, as far as the machine is as fast."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS, help="how many in all")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    given = parser.parse_args()
    started = time.monotonic()
    with TemporaryDirectory(prefix="roedtraad-faults-") as place:
        outcomes = list(all_faults(Path(place), given.kills, given.seed, given.only))
    print("\n".join(told(outcomes, time.monotonic() - started)))
    return int(not all(outcome.ended_well for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
