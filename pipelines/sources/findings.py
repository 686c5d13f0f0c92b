"""What a sample of a source came to: rows per rule, per column and per table, without a value of anybody's row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

import polars as pl

from pipelines import canonical
from pipelines.definitions.contract import IDENTITY_FAULT, ROW, SOURCE, Table
from pipelines.definitions.tables import TABLES
from pipelines.errors import UserError
from pipelines.sources.forms.blank import given
from pipelines.sources.reading import UNMAPPED, Reading
from pipelines.sources.unmapped import SEEN_OFTEN

NOT_JUDGED = ("pregnancies", "children")
"""References to these are not judged on a sample: the row that is meant may stand in another file."""

SHARE_OF_A_MAPPING_FAULT = 0.05
"""A column that breaks a rule in so many rows (and in five at least, or in most of a few) is put down to the mapping,
not to single rows."""

UNMAPPED_CODE = "unmapped_code"
"""The rule that rows break whose codes, of whatever column, are told beside them."""

MUNICIPALITY_COLUMNS = ("municipality_code", "from_municipality_code", "to_municipality_code")


OUTCOMES: dict[str, pl.DataType] = {"type": pl.String(), "outcome": pl.String(), "rows": pl.Int64()}
"""FHIR resources by their type and by what became of them."""


@dataclass(frozen=True)
class Fault:
    """A rule that rows of a table break in one column; of identity faults, which one. `of`: rows looked at."""

    table: str
    column: str
    rule: str
    rows: int
    of: int

    @property
    def is_of_the_mapping(self) -> bool:
        """So many rows that it is the declaration that is wrong, not the rows."""
        return self.rows >= max(ceil(self.of * SHARE_OF_A_MAPPING_FAULT), min(SEEN_OFTEN, self.of // 2 + 1))


@dataclass(frozen=True)
class ColumnSeen:
    """One column of the sender: what it feeds, and in how many rows something stands in it."""

    theirs: str
    ours: str
    rows: int
    filled: int


@dataclass(frozen=True)
class TableSeen:
    """What would become of the rows that feed one table: rows = accepted + quarantined + copies."""

    table: str
    rows: int
    accepted: int
    quarantined: int
    copies: int


@dataclass
class PartTried:
    """One part of the TOML file, tried. `refused` says why nothing could be read."""

    title: str
    files: int = 0
    looked_at: str = ""
    rows: int = 0
    not_read: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    columns: list[ColumnSeen] = field(default_factory=list)
    tables: list[TableSeen] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    codes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=UNMAPPED))
    notes: list[str] = field(default_factory=list)
    outcomes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=OUTCOMES))
    refused: UserError | None = None

    @property
    def to_mend(self) -> int:
        """Things of the declaration that are wrong: a refusal, columns that break a rule often, codes seen often.

        Where none is, but most rows of a table would be set aside, that is one.
        """
        often = self.codes.filter(pl.col("rows") >= SEEN_OFTEN).get_column("column").unique().to_list()
        others = (fault for fault in self.faults if fault.is_of_the_mapping and fault.column not in often)
        faults = {(fault.table, fault.column) for fault in others if not (often and fault.rule == UNMAPPED_CODE)}
        found = (self.refused is not None) + len(often) + len(faults)
        return found or int(any(table.quarantined * 2 > table.rows for table in self.tables))

    @property
    def empty_columns(self) -> list[str]:
        """Columns that are read and in which nothing stands."""
        return [one.theirs for one in self.columns if one.rows and not one.filled]


def add_findings(tried: PartTried, reading: Reading, *, without_number: bool = False) -> None:
    """What the rows in `reading` came to. `without_number`: who the child is, is found later and not judged here."""
    for table in TABLES:
        if reading.parts[table.name]:
            _add_table(tried, reading, table, {"child_id"} if without_number else set())
    for row in _all(reading.faults, ("table", "rule", "column")).iter_rows(named=True):
        tried.faults.append(Fault(row["table"], row["column"], row["rule"], row["rows"], max(tried.rows, row["rows"])))
    if reading.unmapped:
        together = pl.concat(reading.unmapped).group_by("column", "code").agg(pl.col("rows").sum())
        tried.codes = together.sort("column", "rows", "code", descending=[False, True, False], nulls_last=True)


def _all(parts: list[pl.DataFrame], by: tuple[str, ...]) -> pl.DataFrame:
    if not parts:
        return pl.DataFrame(schema=dict.fromkeys(by, pl.String()) | {"rows": pl.Int64()})
    return pl.concat(parts).group_by(by).agg(pl.len().alias("rows")).sort(by)


def _add_table(tried: PartTried, reading: Reading, table: Table, excused: set[str]) -> None:
    lazy = reading.table(table.name)
    delivered = dict(lazy.collect_schema())
    rules = [
        rule for rule in canonical.rules_of(table, delivered, reading.reference) if _is_judged(rule, table, excused)
    ]
    rows = canonical.judged(lazy, rules).collect()
    different = _without_copies(rows)
    keeps_rules = different.filter(pl.col(canonical.FAULTS).is_null())
    of_one_key = int(keeps_rules.select(pl.struct(table.key).is_duplicated().sum()).item())
    accepted, copies = keeps_rules.height - of_one_key, rows.height - different.height
    tried.tables.append(TableSeen(table.name, rows.height, accepted, different.height - accepted, copies))
    tried.faults += _broken(rows.get_column(canonical.FAULTS), table, rows.height)
    tried.faults += [Fault(table.name, "+".join(table.key), "key", of_one_key, rows.height)] if of_one_key else []
    tried.faults += _identities(rows, table)
    tried.notes += _lost_zeros(rows, table, reading.reference.municipality_codes)


def _without_copies(rows: pl.DataFrame) -> pl.DataFrame:
    """Each content once. Whose number was refused is nobody known, and such rows are copies of nothing."""
    refused = [name for name in rows.columns if name.startswith(IDENTITY_FAULT)]
    is_refused = pl.any_horizontal(pl.col(refused).is_not_null()) if refused else pl.lit(value=False)
    own = rows.with_columns(pl.when(is_refused).then(pl.int_range(pl.len())).alias("_own"))
    content = [name for name in own.columns if name not in (SOURCE, ROW)]
    return own.unique(content, keep="first", maintain_order=True)


def _is_judged(rule: canonical.Rule, table: Table, excused: set[str]) -> bool:
    """Identity faults are counted apart, by their kind."""
    names = rule.column.split("+")
    refers = rule.name == "reference" and table.column(names[0]).references in NOT_JUDGED
    return not refers and not excused.intersection(names)


def _broken(faults: pl.Series, table: Table, of: int) -> list[Fault]:
    """Rows per rule. A number that is none leaves its column empty: that is one fault, not two."""
    for column in table.columns:
        twice = f"identity:{column.name};required:{column.name}"
        faults = faults.str.replace(twice, f"identity:{column.name}", literal=True)
    labels = faults.drop_nulls().str.split(";").explode().value_counts(name="rows")
    found = []
    for label, rows in labels.sort("rows", faults.name, descending=[True, False]).iter_rows():
        rule, column = label.split(":", 1)
        if rule != "identity" or not _has_kinds(table, column):
            found.append(Fault(table.name, column, rule, rows, of))
    return found


def _has_kinds(table: Table, column: str) -> bool:
    return table.column(column).identifier == "person"


def _identities(rows: pl.DataFrame, table: Table) -> list[Fault]:
    found = []
    for column in table.columns:
        name = IDENTITY_FAULT + column.name
        if name in rows.columns:
            kinds = rows.get_column(name).drop_nulls().value_counts(name="rows").sort("rows", name, descending=True)
            found += [Fault(table.name, column.name, kind, count, rows.height) for kind, count in kinds.iter_rows()]
    return found


def _lost_zeros(rows: pl.DataFrame, table: Table, known: list[str]) -> list[str]:
    """Municipality codes of three digits that are one with a zero before them: `pad` mends it."""
    notes = []
    for name in MUNICIPALITY_COLUMNS:
        if name in table.column_names:
            codes = rows.get_column(name).drop_nulls()
            lost = codes.filter((codes.str.len_chars() == 3) & codes.str.zfill(4).is_in(known)).len()
            if lost:
                notes.append(f"{lost} values of {name} lack their leading zero: say {name} = 4 under [delivery.pad].")
    return notes


def columns_seen(theirs: pl.DataFrame, ours: Mapping[str, str]) -> list[ColumnSeen]:
    """How full each column is. `ours`: the sender's heading to what it feeds."""
    filled = theirs.select(given(name, theirs.schema[name]).sum().alias(name) for name in ours).row(0, named=True)
    return [ColumnSeen(name, told, theirs.height, filled[name]) for name, told in ours.items()]
