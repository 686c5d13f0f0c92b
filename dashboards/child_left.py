"""What a municipality sees of a child that lives there no more: the thread until it left, and the own part after that.

What happened before the child came stays, because it says where knowledge was lost. Of what came after it left, only
what the municipality itself did or owed is seen, with what answers that: the hand-over at the move and its reception.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

Tables = dict[str, pl.DataFrame]


def left_on(tables: Tables, municipality_code: str, as_of: date, death_date: date | None) -> date | None:
    """The first day on which the child lived there no more, after its last residence there.

    Null while it lives there, and when it died there. Of a child that never did: the day after the municipality's last
    obligation began.
    """
    homes = tables["residences"].filter(pl.col("from_date") <= as_of)
    own = homes.filter(_is_of(municipality_code)).sort("from_date")
    if own.is_empty():
        began: date = tables["obligations"].filter(_is_of(municipality_code))["trigger_date"].max()  # type: ignore[assignment]
        return began + timedelta(days=1)
    last = own.row(-1, named=True)
    following = homes.filter(pl.col("from_date") > last["from_date"])["from_date"].to_list()
    ends = [day for day in (last["to_date"], *following) if day is not None and day <= as_of]
    left = min(ends, default=None)
    has_died_there = left is not None and death_date is not None and death_date <= left
    return None if has_died_there else left


def until_left(tables: Tables, municipality_code: str, left: date) -> Tables:
    """The tables of a child as the municipality that it left on a day still sees them."""
    moves = tables["obligations"].filter(_is_of(municipality_code), pl.col("kind") == "carried_at_move")
    came = tables["residences"].filter(_is_of(municipality_code))["from_date"]
    return tables | {
        "residences": _homes(tables["residences"], moves, left),
        "evidence": tables["evidence"].filter(pl.col("known_date") < left),
        "exposures": tables["exposures"].filter(pl.col("registered_date") < left),
        "handovers": tables["handovers"].filter(_is_own_handover(municipality_code, moves) | _is_before(left, *SENT)),
        "support_records": _records(tables["support_records"], municipality_code, left),
        "obligations": tables["obligations"].filter(
            _is_of(municipality_code)
            | _is_before(left, *EXPECTED)
            | ((pl.col("kind") == "carried_at_move") & pl.col("trigger_date").is_in(came.implode()))
        ),
    }


SENT = ("sent_date", "received_date")
EXPECTED = ("trigger_date", "due_date", "met_date", "found_date")


def _homes(residences: pl.DataFrame, moves: pl.DataFrame, left: date) -> pl.DataFrame:
    """Those begun before, and the one that the child moved to, of which no end is told."""
    begun = pl.col("from_date")
    is_next = (begun == left) | ((begun > left) & begun.is_in(moves["trigger_date"].implode()))
    ended = pl.when(begun < left).then("to_date").alias("to_date")
    return residences.filter((begun < left) | is_next).with_columns(ended)


def _is_own_handover(municipality_code: str, moves: pl.DataFrame) -> pl.Expr:
    """From or to the municipality; or at the move from it with no sender named, which answered what it owed."""
    days = pl.concat([moves["found_date"], moves["met_date"]]).drop_nulls().implode()
    names_nobody = pl.col("from_municipality_code").is_null() & (pl.col("kind") == "municipal_move")
    answers = names_nobody & pl.any_horizontal(pl.col(name).is_in(days).fill_null(value=False) for name in SENT)
    return (
        _is_of(municipality_code, "from_municipality_code")
        | _is_of(municipality_code, "to_municipality_code")
        | answers
    )


def _records(records: pl.DataFrame, municipality_code: str, left: date) -> pl.DataFrame:
    """The own ones, and others begun before; what was written in those later had not been written then."""
    is_own, written = _is_of(municipality_code), pl.col("exposure_recorded_date")
    is_later = ~is_own & (written >= left).fill_null(value=False)
    begun = (pl.coalesce("opened_date", written) < left).fill_null(value=False)
    return records.filter(is_own | begun).with_columns(
        pl.when(is_later).then(pl.lit("not_recorded")).otherwise("exposure_status").alias("exposure_status"),
        pl.when(~is_later).then(written).alias("exposure_recorded_date"),
    )


def _is_of(municipality_code: str, column: str = "municipality_code") -> pl.Expr:
    """An unknown municipality is another one."""
    return (pl.col(column) == municipality_code).fill_null(value=False)


def _is_before(left: date, *columns: str) -> pl.Expr:
    """All of its days that are known; with none that is known it is not."""
    return (pl.max_horizontal(*columns) < left).fill_null(value=False)
