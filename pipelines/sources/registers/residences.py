"""Where the children of the birth register live: snapshots of the population, addresses, and moves over the border."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.contract import ROW, SOURCE
from pipelines.sources.registers.births import Newborns, is_nobody_of
from pipelines.sources.registers.narrowing import of_years
from pipelines.sources.registers.normal import day, is_no_day
from pipelines.sources.registers.opened import Registers
from pipelines.sources.registers.register import Register
from pipelines.sources.registers.spells import spells_of

HOME = ["child_id", "mother_id", "municipality_code", "moved_in", "address_id"]
_DAY = pl.Date()
HOMES: dict[str, pl.DataType] = dict.fromkeys(HOME, pl.String()) | {
    "moved_in": _DAY,
    "first_seen": _DAY,
    "last_seen": _DAY,
    SOURCE: pl.String(),
    ROW: pl.Int64(),
}
"""One row per child, mother and address: the snapshots it was seen in, and the row of the first."""


def read_residences(registers: Registers, newborns: Newborns) -> None:
    """Spells to residences; mothers that only the population register knows to the newborns."""
    homes, snapshots = _homes(registers, newborns)
    newborns.learn_mothers(_newest_mothers(homes))
    if registers.has("BEFADR"):
        homes = _with_municipalities_of_addresses(homes, registers)
    crossings = _border_crossings(registers, newborns)
    first_homes = _before_any_snapshot(newborns.known, homes, snapshots, crossings)
    registers.reading.hand_on("residences", spells_of(pl.concat([homes, first_homes]), crossings))


def _homes(registers: Registers, newborns: Newborns) -> tuple[pl.DataFrame, pl.DataFrame]:
    """File by file, for a child stands in every snapshot but seldom moves; and the days of all snapshots (`seen`)."""
    homes, snapshots = pl.DataFrame(schema=HOMES), pl.DataFrame(schema={"seen": _DAY})
    for register in registers.each_file("BEF", of_years(newborns.years)):
        snapshots = pl.concat([snapshots, register.rows.select(day("REFERENCETID").alias("seen"))]).unique()
        _keep_children(register, newborns)
        register.set_aside(is_no_day("BOP_VFRA"), "residences", "type", "from_date")
        register.set_aside(pl.col("BOP_VFRA").is_null(), "residences", "required", "from_date")
        register.set_aside(day("REFERENCETID").is_null(), "residences", "type", "REFERENCETID")
        if not registers.has("BEFADR"):
            register.set_aside(pl.col("KOM").is_null(), "residences", "required", "municipality_code")
        homes = _folded(pl.concat([homes, _described(register.rows)]))
    return homes, snapshots.drop_nulls().sort("seen")


def _keep_children(register: Register, newborns: Newborns) -> None:
    register.set_aside_broken_numbers("PNR", "residences", "child_id")
    register.leave_out(is_nobody_of(newborns, "PNR"))


def _described(rows: pl.DataFrame) -> pl.DataFrame:
    seen = day("REFERENCETID")
    return rows.select(
        pl.col("PNR").alias("child_id"),
        pl.col("MOR_ID").alias("mother_id"),
        pl.col("KOM").alias("municipality_code"),
        day("BOP_VFRA").alias("moved_in"),
        pl.col("ADRESSE_ID").alias("address_id"),
        seen.alias("first_seen"),
        seen.alias("last_seen"),
        SOURCE,
        ROW,
    )


def _folded(homes: pl.DataFrame) -> pl.DataFrame:
    return (
        homes.group_by(HOME, maintain_order=True)
        .agg(pl.col("first_seen").min(), pl.col("last_seen").max(), pl.col(SOURCE, ROW).first())
        .select(*HOMES)
    )


def _newest_mothers(homes: pl.DataFrame) -> pl.DataFrame:
    """The mother of a child in the last snapshot that has one."""
    told = homes.filter(pl.col("mother_id").is_not_null())
    return told.group_by("child_id").agg(pl.col("mother_id").sort_by("last_seen").last())


def _with_municipalities_of_addresses(homes: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """The address's municipality on the day when the child was last seen there, where the snapshot has none.

    A home whose municipality nobody knows is handed on all the same, and set aside there.
    """
    wanted = homes.filter(pl.col("municipality_code").is_null())["address_id"].drop_nulls().unique()
    register = registers.read("BEFADR")
    register.leave_out(pl.col("ADRESSE_ID").is_null() | ~pl.col("ADRESSE_ID").is_in(wanted.implode()))
    register.set_aside(is_no_day("ADR_VFRA"), "residences", "type", "ADR_VFRA")
    addresses = register.rows.select(
        pl.col("ADRESSE_ID").alias("address_id"),
        day("ADR_VFRA").alias("_from"),
        day("ADR_VTIL").alias("_to"),
        pl.col("KOM").alias("_of_address"),
    )
    homes = homes.with_row_index("_at")
    known = pl.coalesce("municipality_code", "_of_address").alias("municipality_code")
    valid = _valid_addresses(homes, addresses)
    return homes.join(valid, on="_at", how="left", maintain_order="left").with_columns(known).select(*HOMES)


def _valid_addresses(homes: pl.DataFrame, addresses: pl.DataFrame) -> pl.DataFrame:
    """`_at, _of_address`: of several that hold on the day the newest. Without a first or last day it always held."""
    has_begun = (pl.col("_from") <= pl.col("last_seen")).fill_null(value=True)
    has_not_ended = (pl.col("_to") > pl.col("last_seen")).fill_null(value=True)
    return (
        homes.select("_at", "address_id", "last_seen")
        .join(addresses, on="address_id")
        .filter(has_begun & has_not_ended)
        .sort("_at", "_from")
        .unique("_at", keep="last")
        .select("_at", "_of_address")
    )


def _border_crossings(registers: Registers, newborns: Newborns) -> pl.DataFrame:
    """`child_id, crossed_date, is_out` of the children."""
    if not registers.has("VNDS"):
        return pl.DataFrame(schema={"child_id": pl.String(), "crossed_date": _DAY, "is_out": pl.Boolean()})
    register = registers.read("VNDS", of_years(newborns.years))
    _keep_children(register, newborns)
    register.set_aside(day("HAEND_DATO").is_null(), "residences", "type", "HAEND_DATO")
    register.set_aside_unknown_codes("residences", "INDUD_KODE")
    return register.rows.select(
        pl.col("PNR").alias("child_id"),
        day("HAEND_DATO").alias("crossed_date"),
        (pl.col("INDUD_KODE") == "out").alias("is_out"),
    ).unique(maintain_order=True)


def _before_any_snapshot(
    children: pl.DataFrame, homes: pl.DataFrame, snapshots: pl.DataFrame, crossings: pl.DataFrame
) -> pl.DataFrame:
    """The first home (HOMES) of a child that was gone before the first snapshot of its life, or born after the last.

    Gone is dead or emigrated. It lived from birth where its mother lived at the birth. A child that is missing in a
    snapshot of its life has moved away or is hidden: where it lives is not known.
    """
    born = pl.col("birth_date").alias("moved_in")
    first = (
        children.with_columns(day("birth_date").alias("birth_date"), _death(children).alias("_died"))
        .join(_first_emigrations(children, crossings), on="child_id", how="left", maintain_order="left")
        .filter(pl.col("birth_date").is_not_null() & pl.col("municipality_code").is_not_null())
        .sort("birth_date")
        .join_asof(snapshots, left_on="birth_date", right_on="seen", strategy="forward")
        .with_columns(pl.min_horizontal("_died", "_left").alias("_gone"))
    )
    was_there = (pl.col("seen") < pl.col("_gone").fill_null(pl.date(9999, 12, 31))).fill_null(value=False)
    emigrated = pl.col("_left").is_not_null() & (pl.col("_left") == pl.col("_gone"))
    is_seen_later = pl.col("child_id").is_in(homes["child_id"].implode())
    return first.filter(~was_there & (emigrated | ~is_seen_later)).select(
        "child_id", "mother_id", "municipality_code", born, pl.lit(None, pl.String).alias("address_id"),
        pl.col("birth_date").alias("first_seen"), pl.col("birth_date").alias("last_seen"), SOURCE, ROW,
    )  # fmt: skip


def _death(children: pl.DataFrame) -> pl.Expr:
    return day("death_date") if "death_date" in children.columns else pl.lit(None, pl.Date)


def _first_emigrations(children: pl.DataFrame, crossings: pl.DataFrame) -> pl.DataFrame:
    """`child_id, _left`: the first emigration since the birth."""
    return (
        crossings.filter("is_out")
        .join(children.select("child_id", day("birth_date").alias("_born")), on="child_id")
        .filter(pl.col("crossed_date") >= pl.col("_born"))
        .group_by("child_id")
        .agg(pl.col("crossed_date").min().alias("_left"))
    )
