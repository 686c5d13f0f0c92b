"""Work and memory of the main job by the number of children, drawn from the tables of the README: `growth.svg`.

`python -m benchmarks.growth`, after the sizes were measured. Both scales are logarithms: a line as steep as the dashed
one grows as the children do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import log10
from pathlib import Path

HERE = Path(__file__).parent
SIZES = ("municipality", "scale", "three countries", "a union")
WAYS = {
    "the main job": ("the main job", "#A8324A"),
    "the main job, `--buckets": ("the main job in buckets", "#1F6F78"),
    "the same job as DuckDB SQL": ("the same job as SQL", "#6B7280"),
}
PANELS = (("CPU seconds", 3), ("peak GB", 4))
WIDTH, HEIGHT, GAP, MARGIN = 380, 280, 90, 60
LINE = 14
LEAST, MOST = 5.0, 7.4
"""Powers of ten of the children at both ends."""

Point = tuple[float, float]


def main() -> None:
    """Draw it."""
    tables = list(_tables((HERE / "README.md").read_text("utf-8")))
    drawn = "".join(_panel(at, name, column, tables) for at, (name, column) in enumerate(PANELS))
    size = f"0 0 {2 * (WIDTH + GAP) + MARGIN} {HEIGHT + 2 * MARGIN + 24}"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" font-family="sans-serif" font-size="13">'
        f'<rect width="100%" height="100%" fill="#FFFFFF"/>{drawn}{_legend()}</svg>\n'
    )
    (HERE / "growth.svg").write_text(svg, "utf-8")


def _tables(text: str) -> Iterator[tuple[int, list[list[str]]]]:
    """Children and the rows of each size that was measured."""
    for size in SIZES:
        part = text.split(f"<!-- measured: {size} -->")[1].split("<!-- /measured", maxsplit=1)[0]
        children = re.search(r"^([\d,]+) children", part, re.MULTILINE)
        if children:
            rows = [line.split("|") for line in part.splitlines() if line.startswith("| ")]
            yield int(children[1].replace(",", "")), [[cell.strip() for cell in row] for row in rows]


def _points(tables: list[tuple[int, list[list[str]]]], begins: str, column: int) -> list[Point]:
    is_whole = begins == "the main job"
    return [
        (log10(children), log10(float(row[column])))
        for children, rows in tables
        for row in rows
        if (row[1].split(" (")[0] == begins if is_whole else row[1].startswith(begins) and "scheduler" not in row[1])
    ]


def _panel(at: int, name: str, column: int, tables: list[tuple[int, list[list[str]]]]) -> str:
    lines = {label: (colour, _points(tables, begins, column)) for begins, (label, colour) in WAYS.items()}
    values = [value for _, points in lines.values() for _, value in points]
    low, high = min(values) - 0.2, max(values) + 0.3
    left = MARGIN + at * (WIDTH + GAP)

    def place(point: Point) -> str:
        x = left + (point[0] - LEAST) / (MOST - LEAST) * WIDTH
        return f"{x:.1f},{MARGIN + (high - point[1]) / (high - low) * HEIGHT:.1f}"

    parts = [f'<text x="{left}" y="{MARGIN - 18}" font-weight="bold">{name}</text>']
    for children, _ in tables:
        x, y = place((log10(children), low)).split(",")
        parts.append(f'<text x="{x}" y="{float(y) + 20:.1f}" text-anchor="middle">{children / 1e6:g} M</text>')
    labels: dict[float, list[tuple[float, str, str]]] = {}
    for colour, points in lines.values():
        drawn = " ".join(place(point) for point in points)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for point in points:
            x, y = map(float, place(point).split(","))
            value = 10 ** point[1]
            told = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
            parts.append(f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>')
            labels.setdefault(x + 7, []).append((y - 6, told, colour))
    parts += [_one_below_the_other(x, sorted(of_size)) for x, of_size in labels.items()]
    start = min(points[0] for _, points in lines.values() if points)
    end = (MOST - 0.2, start[1] + MOST - 0.2 - start[0])
    if end[1] > high:
        end = (start[0] + high - start[1], high)
    dashed = f"{place(start)} {place(end)}"
    parts.append(f'<polyline points="{dashed}" fill="none" stroke="#9CA3AF" stroke-dasharray="4 4"/>')
    return "".join(parts)


def _one_below_the_other(x: float, labels: list[tuple[float, str, str]]) -> str:
    """Values of one size, from the top; each leaves room for the one above."""
    parts, free = [], 0.0
    for wished, told, colour in labels:
        y = max(wished, free)
        free = y + LINE
        parts.append(f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}">{told}</text>')
    return "".join(parts)


def _legend() -> str:
    y = HEIGHT + 2 * MARGIN + 6
    told = [*WAYS.values(), ("as the children grow", "#9CA3AF")]
    return "".join(
        f'<rect x="{MARGIN + at * 220}" y="{y - 9}" width="18" height="4" fill="{colour}"/>'
        f'<text x="{MARGIN + at * 220 + 24}" y="{y}">{label}</text>'
        for at, (label, colour) in enumerate(told)
    )


if __name__ == "__main__":
    main()
