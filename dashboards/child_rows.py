"""The reader of one child's thread: for a data steward, a child of the own municipality. Asks the scope first.

A steward reads a child (or a pregnancy) with a gap in the own municipality, or an exposed child that lives there on the
day of the run. What other municipalities did with the same child is part of its thread, because it says where knowledge
was lost; what they did after the child left the own one is not (`child_left`). Nothing that became known after the day
of the run is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from dashboards.child_left import left_on, until_left
from dashboards.opening import Source
from dashboards.scope import NotAllowed, Scope

SubjectKind = Literal["person", "pregnancy"]


@dataclass(frozen=True)
class ChildRows:
    """All rows of one thread. A pregnancy without a child has no birth date and no residence.

    `left_date`: from when on the child is the municipality's no more; null while it is.
    """

    subject_kind: SubjectKind
    subject: str
    birth_date: date | None
    death_date: date | None
    first_known_date: date | None
    pregnancy: pl.DataFrame
    residences: pl.DataFrame
    evidence: pl.DataFrame
    exposures: pl.DataFrame
    handovers: pl.DataFrame
    support_records: pl.DataFrame
    obligations: pl.DataFrame
    left_date: date | None


def child(source: Source, scope: Scope, subject_kind: SubjectKind, pseudonym: str) -> ChildRows:
    """Everything of one thread. NotAllowed for a child that is not the municipality's, or that is none."""
    municipality_code = scope.require_rows()
    of_kind = pl.col("kind") == subject_kind
    ids = source.table("identities").filter(of_kind, pl.col("pseudonym") == pseudonym).select("id").collect()
    as_of: date = source.run["as_of"]
    if ids.is_empty() or not _is_theirs(source, municipality_code, subject_kind, ids.item(0, 0), as_of):
        raise NotAllowed("This child is not in your municipality's worklist", to_do="Choose one of your own.")
    return _until_left(_read(source, subject_kind, pseudonym, ids.item(0, 0), as_of), municipality_code, as_of)


def exposed_residents(source: Source, scope: Scope) -> pl.DataFrame:
    """Pseudonyms (`subject`) of the exposed children who live in the municipality on the day of the run."""
    municipality_code = scope.require_rows()
    identities = source.table("identities").filter(pl.col("kind") == "person")
    return (
        _residents(source, municipality_code, source.run["as_of"])
        .join(source.table("exposed").select("child_id"), on="child_id")
        .join(identities, left_on="child_id", right_on="id")
        .select(pl.col("pseudonym").alias("subject"))
        .unique()
        .sort("subject")
        .collect()
    )


def _residents(source: Source, municipality_code: str, as_of: date) -> pl.LazyFrame:
    """Children with a spell in the municipality that covers the day and has no later one begun by then."""
    spells = source.table("residences").filter(pl.col("from_date") <= as_of)
    has_ended = (pl.col("to_date") <= as_of).fill_null(value=False)
    here = spells.filter(pl.col("municipality_code") == municipality_code, ~has_ended)
    last = spells.join(here.select("child_id"), on="child_id", how="semi").group_by("child_id")
    return here.join(last.agg(pl.col("from_date").max()), on=["child_id", "from_date"], how="semi")


def _is_theirs(source: Source, municipality_code: str, kind: SubjectKind, number: int, as_of: date) -> bool:
    column = "child_id" if kind == "person" else "pregnancy_id"
    of_them = pl.col(column) == number
    own = source.table("gaps").filter(of_them, pl.col("municipality_code") == municipality_code).select(column)
    if own.head(1).collect().height:
        return True
    if kind == "pregnancy":
        return False
    is_exposed = source.table("exposed").filter(of_them).select("child_id").collect().height > 0
    return is_exposed and _residents(source, municipality_code, as_of).filter(of_them).collect().height > 0


def _read(source: Source, kind: SubjectKind, pseudonym: str, number: int, as_of: date) -> ChildRows:
    is_child = kind == "person"
    facts = source.table("children_in_view").filter(pl.col("child_id") == number).collect() if is_child else None
    lived = facts is not None and facts.height > 0
    pregnancy_id = number if not is_child else facts["pregnancy_id"][0] if facts is not None and lived else None
    tables = dict(
        zip(_TABLES, pl.collect_all(_lazy(source, number if is_child else None, pregnancy_id, as_of)), strict=True)
    )
    exposed = tables.pop("exposed")
    return ChildRows(
        kind,
        pseudonym,
        facts["birth_date"][0] if facts is not None and lived else None,
        facts["death_date"][0] if facts is not None and lived else None,
        exposed["first_known_date"][0] if exposed.height else None,
        **tables,
        left_date=None,
    )


def _until_left(rows: ChildRows, municipality_code: str, as_of: date) -> ChildRows:
    """As the municipality may see it. A pregnancy is one municipality's, and none leaves it."""
    tables = {name: getattr(rows, name) for name in _TABLES[1:]}
    left = left_on(tables, municipality_code, as_of, rows.death_date) if rows.subject_kind == "person" else None
    if left is None:
        return rows
    died, known = (day if day is not None and day < left else None for day in (rows.death_date, rows.first_known_date))
    seen = until_left(tables, municipality_code, left)
    return ChildRows(rows.subject_kind, rows.subject, rows.birth_date, died, known, **seen, left_date=left)


_TABLES = (
    "exposed",
    "pregnancy",
    "residences",
    "evidence",
    "exposures",
    "handovers",
    "support_records",
    "obligations",
)


def _lazy(source: Source, child_id: int | None, pregnancy_id: int | None, as_of: date) -> list[pl.LazyFrame]:
    """In the order of `_TABLES`; each filtered in its scan."""
    of_child, of_pregnancy = _is("child_id", child_id), _is("pregnancy_id", pregnancy_id)
    either = of_child | (pl.col("child_id").is_null() & of_pregnancy)
    later = [_until("received_date", as_of)]
    status = pl.when(_is_later("exposure_recorded_date", as_of)).then(pl.lit("not_recorded"))
    return [
        source.table("exposed").filter(of_child),
        source.table("pregnancies").filter(of_pregnancy).drop("mother_id"),
        source.table("residences").filter(of_child, pl.col("from_date") <= as_of).sort("from_date"),
        source.table("evidence").filter(of_child).drop("person_id").sort("known_date", "source"),
        source.table("exposures").filter(either, pl.col("registered_date") <= as_of).sort("registered_date"),
        source.table("handovers").filter(either, pl.col("sent_date") <= as_of).with_columns(later).sort("sent_date"),
        source.table("support_records")
        .filter(of_child, ~_is_later("opened_date", as_of))
        .with_columns(
            status.otherwise("exposure_status").alias("exposure_status"), _until("exposure_recorded_date", as_of)
        )
        .sort("opened_date", nulls_last=True),
        source.table("obligations").filter(either).sort("due_date", "measure"),
    ]


def _is(column: str, number: int | None) -> pl.Expr:
    """Null is nobody's number."""
    return pl.lit(value=False) if number is None else (pl.col(column) == number).fill_null(value=False)


def _is_later(column: str, as_of: date) -> pl.Expr:
    return (pl.col(column) > as_of).fill_null(value=False)


def _until(column: str, as_of: date) -> pl.Expr:
    """A day after the day of the run is not known yet."""
    return pl.when(~_is_later(column, as_of)).then(column).alias(column)
