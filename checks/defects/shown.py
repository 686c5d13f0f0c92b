"""What the defect bench found, in the terminal, in Danish or English. Counts only; it fits in 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl
from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.text import Text

from checks.catalogue import CATALOGUE
from checks.defects.bench import Bench
from checks.defects.declared import Defect
from checks.defects.in_the_sample import REASONS, Reason
from checks.report import Words
from pipelines.shown_checks import listed

NOTHING = "–"
GAP = "  "
COLUMNS = 80


def defects_table(scores: pl.DataFrame, floor: float, words: Words) -> Group:
    """Each defect, and below it who found it: found of planted at each rate, worst recall, false alarms.

    The longest names leave no room beside them: they have lines of their own, and stay whole, so that they can be
    copied.
    """
    rates = sorted(scores["rate"].unique())
    head = [words("defects.defect"), *map(words.share, rates), words("defects.recall"), words("defects.false")]
    entries = [
        (str(name), [_found_by(rows, words), *_found_of_planted(rows, rates), *_summary(rows, words)])
        for (name,), rows in scores.sort("defect").group_by("defect", maintain_order=True)
    ]
    widths = _widths([head, *(cells for _, cells in entries)])
    lines = [line for name, cells in entries for line in (Text(name, style="bold"), Text(_aligned(cells, widths)))]
    title = Text(words("defects.title", floor=words.share(floor)), style="italic")
    return Group(title, Text(_aligned(head, widths)), Rule(style="dim"), *lines, "")


def _widths(lines: Iterable[Sequence[str]]) -> list[int]:
    """What the longest cell of each column needs, and of the first what is left to it."""
    first, *numbers = (max(map(len, column)) for column in zip(*lines, strict=True))
    return [min(first, COLUMNS - sum(width + len(GAP) for width in numbers)), *numbers]


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *numbers = cells
    told = GAP.join(cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True))
    if len(first) <= widths[0]:
        return f"{first.ljust(widths[0])}{GAP}{told}"
    return f"{first}\n{' ' * widths[0]}{GAP}{told}"


def _found_by(rows: pl.DataFrame, words: Words) -> str:
    names = rows.filter(pl.col("found_by") != "")["found_by"].unique().sort()
    return f"  {', '.join(names) or words('defects.no_check')}"


def _found_of_planted(rows: pl.DataFrame, rates: list[float]) -> list[str]:
    of_rate = {rate: f"{found}/{planted}" for rate, found, planted in rows.select("rate", "found", "planted").rows()}
    return [of_rate.get(rate, NOTHING) for rate in rates]


def _summary(rows: pl.DataFrame, words: Words) -> tuple[str, str]:
    """Nothing planted at one of the rates is no recall at all."""
    recall = None if rows["recall"].has_nulls() else rows["recall"].min()
    return NOTHING if recall is None else words.share(float(str(recall))), words.number(int(rows["false_alarms"].sum()))


def verdict(result: Bench, floor: float, words: Words) -> Group:
    """How many types were found, what was named although nothing is wrong with it, and which checks were tried."""
    types = result.scores["defect"].n_unique()
    found, expected = types - len(below_floor(result.scores, floor)), result.expected
    lines = [
        words("defects.found", found=words.number(found), types=words.number(types)),
        words("defects.on_clean_data", number=words.number(result.unexpected.height)) + _named(result.unexpected),
        words("defects.elsewhere", number=words.number(result.elsewhere.height)) + _named(result.elsewhere),
        words("defects.expected", number=words.number(expected.height), rows=words.number(int(expected["rows"].sum()))),
        *(words(f"defects.because_{reason.name}") + _named(_of(expected, reason)) for reason in REASONS),
        _tried(result.tried, words),
    ]
    return Group(*map(Text, lines))


def _of(expected: pl.DataFrame, reason: Reason) -> pl.DataFrame:
    return expected.filter(pl.col("check_id").is_in(reason.check_ids))


def _tried(tried: set[str], words: Words) -> str:
    """Checks by how many of them a defect was planted that they found; a check that was never tried proves nothing."""
    critical = {check.id for check in CATALOGUE if check.severity == "critical"}
    return words(
        "defects.tried",
        number=words.number(len(tried)),
        checks=words.number(len(CATALOGUE)),
        critical=words.number(len(tried & critical)),
        of_critical=words.number(len(critical)),
    )


def below_floor(scores: pl.DataFrame, floor: float) -> list[str]:
    """Types of defects of which too few were found, or none could be planted, at one of the rates."""
    is_below = pl.col("recall").fill_null(0.0) < floor
    return scores.filter(is_below)["defect"].unique().sort().to_list()


def not_found(defects: Sequence[Defect], missed: Sequence[str], words: Words) -> RenderableType:
    """What goes wrong in real life when these stay hidden."""
    said = [
        (each.id, each.what_da if words.language == "da" else each.what_en) for each in defects if each.id in missed
    ]
    return listed(words("defects.missed"), said)


def _named(rows: pl.DataFrame) -> str:
    names = rows["check_id"].unique().sort()
    return f" {', '.join(names)}." if len(names) else ""
