"""What `roedtraad source test` shows. Headings, codes and counts only; never a value of a person's row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
from rich.box import SIMPLE
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from pipelines.errors import RefusedDelivery, UserError
from pipelines.sources.findings import ColumnSeen, Fault, PartTried

READY, WOULD_BE_REFUSED, TO_MEND = 0, RefusedDelivery.exit_code, 8

OTHER_VALUES = "other values"
MOST_CODES_SHOWN = 20


def trial_shown(parts: Sequence[PartTried]) -> Group:
    """Every part, then one plain sentence."""
    return Group(*(Group(*_part(part)) for part in parts), ending(parts))


def exit_code(parts: Sequence[PartTried]) -> int:
    """3 when a file would be refused, 8 when the declaration is to be mended, 0 when nothing stops it."""
    if any(part.refused for part in parts):
        return WOULD_BE_REFUSED
    return TO_MEND if any(part.to_mend for part in parts) else READY


def ending(parts: Sequence[PartTried]) -> str:
    """Ready, or how much is to be mended; and what a sample cannot show. With unknown codes it is not ready."""
    count = sum(part.to_mend for part in parts)
    bad = sum(table.quarantined for part in parts for table in part.tables)
    rest = f" {bad:,} rows of the sample would be set aside in quarantine." if bad else ""
    unseen = " References between tables are not judged on a sample. Nothing was kept."
    unknown = sum(part.codes.height for part in parts)
    if not count and unknown:
        codes = f"{unknown} {'code has' if unknown == 1 else 'codes have'} no meaning"
        return f"Nothing stops it, but {codes}.{rest}{unseen}"
    if not count:
        return f"Ready.{rest}{unseen}"
    return f"{count} {'thing' if count == 1 else 'things'} to mend.{rest}{unseen}"


def _part(part: PartTried) -> Iterator[RenderableType]:
    files = f"{part.files} files, " if part.files > 1 else ""
    yield Text(f"\n{part.title}", style="bold")
    if part.looked_at:
        yield f"{files}looked at: {escape(part.looked_at)}, {part.rows:,} rows"
    if part.refused:
        yield from _refusal(part.refused)
    if part.columns:
        yield _columns(part)
    if part.codes.height:
        yield "Codes that the mapping does not know:"
        yield _codes(part.codes)
    if part.outcomes.height:
        yield _outcomes(part.outcomes)
    if part.tables:
        yield _tables(part)
    rest = _faults_of_no_column(part)
    if rest:
        yield "Faults: " + escape("; ".join(_told(fault, with_place=True) for fault in rest))
    yield from _lists(part)


def _refusal(refusal: UserError) -> Iterator[RenderableType]:
    yield Text(f"Would be refused: {refusal.what}", style="bold red")
    yield from (Text(f"  {line}") for line in (refusal.where, refusal.to_do) if line)


def _lists(part: PartTried) -> Iterator[RenderableType]:
    told = {
        "In the file, read by nothing": part.not_read,
        "Not delivered": part.missing,
        "Empty": part.empty_columns,
    }
    for words, names in told.items():
        if names:
            yield f"{words}: {escape(', '.join(names))}"
    for note in part.notes:
        yield escape(note)


def _columns(part: PartTried) -> Table:
    shown = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    for heading in ("Feeds", "Their heading"):
        shown.add_column(heading)
    shown.add_column("Filled", justify="right", no_wrap=True)
    shown.add_column("What is wrong (rows)")
    for column in part.columns:
        faults = [fault for fault in part.faults if fault.column in column.ours.split(", ")]
        cells = (column.ours, column.theirs, _filled(column), "; ".join(_told(fault) for fault in faults))
        shown.add_row(*(escape(cell) for cell in cells))
    return shown


def _filled(column: ColumnSeen) -> str:
    """Rounded, but neither to nothing nor to all."""
    if not column.rows:
        return "–"
    if 0 < column.filled < column.rows:
        return f"{min(max(round(100 * column.filled / column.rows), 1), 99)}%"
    return "100%" if column.filled else "0%"


def _faults_of_no_column(part: PartTried) -> list[Fault]:
    """Faults that the table of columns does not show: of the row, or of columns that the adapter makes itself."""
    read = {name for column in part.columns for name in column.ours.split(", ")}
    return [fault for fault in part.faults if fault.column not in read]


def _told(fault: Fault, *, with_place: bool = False) -> str:
    place = f"{fault.table} {fault.column} " if with_place else ""
    return f"{place}{WORDS.get(fault.rule, fault.rule)} ({fault.rows:,})"


WORDS = {
    "type": "not readable as what it should be",
    "required": "nothing where something is needed",
    "enumeration": "not in the list",
    "reference": "not a known code",
    "at_least_one": "neither is given",
    "ends_before_it_begins": "ends before it begins",
    "identity": "no number of a person",
    "not_a_number": "no number of a person",
    "test_number": "a test number in real data",
    "real_number": "a real number in sample data",
    "lost_leading_zero": "a number that lost its leading zero",
    "unmapped_code": "a code without a meaning",
    "key": "one key, two contents",
    "form": "not in the declared form",
}


def _codes(codes: pl.DataFrame) -> Table:
    shown = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    shown.add_column("Column")
    shown.add_column("Codes (rows)")
    for (column,), rows in codes.group_by("column", maintain_order=True):
        first = rows.head(MOST_CODES_SHOWN)
        told = [f"{OTHER_VALUES if code is None else repr(code)} ({count:,})" for code, count in _pairs(first)]
        more = [f"and {rows.height - first.height} more"] if rows.height > first.height else []
        shown.add_row(escape(str(column)), escape(", ".join([*told, *more])))
    return shown


def _pairs(rows: pl.DataFrame) -> Iterator[tuple[str | None, int]]:
    yield from rows.select("code", "rows").iter_rows()


def _outcomes(outcomes: pl.DataFrame) -> Table:
    shown = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    for heading in ("Resource", "What became of it"):
        shown.add_column(heading)
    shown.add_column("Resources", justify="right")
    for kind, outcome, rows in outcomes.iter_rows():
        shown.add_row(escape(kind), outcome.replace("_", " "), f"{rows:,}")
    return shown


def _tables(part: PartTried) -> Table:
    shown = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    shown.add_column("Would become")
    for heading in ("Rows", "Accepted", "Quarantined", "Copies"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for one in part.tables:
        counts = (one.rows, one.accepted, one.quarantined, one.copies)
        shown.add_row(one.table, *(f"{count:,}" for count in counts))
    return shown
