"""Tables protected by Tau-Argus, in a Python of its own that has `pytauargus`; nothing of the project is imported.

`PYTHON -m benchmarks.argus TABLES.json OUT.json`. Cells that it hides by its frequency rule and around it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MARGIN = "Total"
SHOWN = ("S", "P", "E")


def protected(counts: list[list[int]], threshold: int, way: str) -> dict[str, Any]:
    """Hidden cells as pairs of row and column, where -1 is the margin; and how long it took."""
    import pytauargus  # type: ignore[import-not-found, unused-ignore]

    cells = [(row, column, count) for row, of in enumerate(counts) for column, count in enumerate(of)]
    children = [(f"r{row:03}", f"c{column:03}") for row, column, count in cells for _ in range(count)]
    table = {"row": [r for r, _ in children], "column": [c for _, c in children], "one": [1] * len(children)}
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        rule = f"FREQ({threshold},100)"
        result = pytauargus.protect(table, ["row", "column"], "one", rule, way, workdir=folder)
        rows = result.tables[0].rows
    seconds = time.perf_counter() - started
    hidden = [[_number(each["row"]), _number(each["column"])] for each in rows if each["status"] not in SHOWN]
    return {"hidden": hidden, "seconds": seconds}


def _number(code: str | None) -> int:
    name = (code or "").strip()
    return -1 if name in {"", MARGIN} else int(name[1:])


def main() -> None:
    if importlib.util.find_spec("pytauargus") is None:
        return
    asked, out = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), 1)
    found: dict[str, list[dict[str, Any] | None]] = {}
    for way in asked["ways"]:
        found[way] = []
        for counts in asked["tables"]:
            try:
                found[way].append(protected(counts, asked["threshold"], way))
            except RuntimeError:
                found[way].append(None)
    out.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
