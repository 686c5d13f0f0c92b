"""One run of the engine in a process of its own, for the tests of what happens beside it. Prints counts as JSON."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn


def no_network(*_: Any, **__: Any) -> NoReturn:
    raise AssertionError("a connection was tried")


def main(first: int, runs: int) -> None:
    socket.socket.connect = no_network  # type: ignore[method-assign]
    socket.socket.connect_ex = no_network  # type: ignore[method-assign]
    socket.getaddrinfo = no_network
    from checks.polars_engine import supported_suite, validate  # isort: skip  # first: it imports GX quietly
    import great_expectations.expectations as gxe
    import polars as pl

    counts = []
    for bad in range(first, first + runs):
        frame = pl.DataFrame({"n": [1] * (1000 - bad) + [-1] * bad})
        limit = gxe.ExpectColumnValuesToBeBetween(column="n", min_value=0, severity="warning")
        rows = gxe.ExpectTableRowCountToEqual(value=1000, severity="warning")
        result = validate(frame, supported_suite("limits", [limit, rows]), result_format="COMPLETE")
        found = {each.expectation_config.type: each.result for each in result.results}
        index = found["expect_column_values_to_be_between"]["unexpected_index_list"]
        counts.append([found["expect_column_values_to_be_between"]["unexpected_count"], len(index)])
    sys.stdout.write(json.dumps({"counts": counts, "home": sorted(each.name for each in Path.home().iterdir())}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
