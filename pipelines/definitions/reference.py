"""The reference files: facts that a steward edits in a spreadsheet, read once, checked, and versioned by content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.errors import UserError

TYPES: dict[str, dict[str, pl.DataType]] = {
    "schedule": {"due_age": pl.Int32(), "opens_days": pl.Int32(), "closes_days": pl.Int32()},
    "deadlines": {"days": pl.Int32(), "sent_window_days": pl.Int32()},
    "parameters": {"value": pl.Float64()},
    "record_types": {"carries_exposure": pl.Boolean()},
    "services": {},
    "price_index": {"year": pl.Int32(), "index": pl.Float64()},
    "exposure_codes": {"in_scope": pl.Boolean()},
    "recommendations": {},
    "municipalities": {"valid_from": pl.Date(), "valid_to": pl.Date(), "population_2016": pl.Int64()},
    "tile_grid": {"column": pl.Int32(), "row": pl.Int32()},
}


@dataclass(frozen=True)
class Reference:
    """All reference tables, as frames with the columns of their files. `version` is a hash of their bytes."""

    schedule: pl.DataFrame
    deadlines: pl.DataFrame
    parameters: pl.DataFrame
    record_types: pl.DataFrame
    services: pl.DataFrame
    price_index: pl.DataFrame
    exposure_codes: pl.DataFrame
    recommendations: pl.DataFrame
    municipalities: pl.DataFrame
    tile_grid: pl.DataFrame
    version: str

    @staticmethod
    @cache
    def load(folder: Path | None = None) -> Reference:
        """Read the files of `folder` (default: those shipped with the code); UserError names file and fault."""
        place = folder or Path(str(resources.files("pipelines.definitions") / "reference"))
        digest = hashlib.blake2b(digest_size=6)
        frames = {}
        for name, types in TYPES.items():
            file = place / f"{name}.csv"
            frames[name] = _read(file, types)
            digest.update(file.read_bytes())
        reference = Reference(**frames, version=digest.hexdigest())
        _check(reference)
        return reference

    def parameter(self, name: str) -> float:
        """One number of `parameters.csv`; UserError when the file has lost it."""
        rows = self.parameters.filter(pl.col("name") == name)["value"].to_list()
        if len(rows) != 1 or rows[0] is None:
            raise UserError(f"parameters.csv must have one row named {name} with a value")
        return float(rows[0])

    def days_of(self, name: str) -> int:
        """A parameter that is a whole number (days, years, children)."""
        return int(self.parameter(name))

    def deadline(self, kind: str, transition: str | None = None) -> dict[str, object]:
        """The row of `deadlines.csv` for a kind (and transition)."""
        same_transition = pl.col("transition").eq_missing(pl.lit(transition, dtype=pl.String))
        rows = self.deadlines.filter((pl.col("kind") == kind) & same_transition).to_dicts()
        if len(rows) != 1:
            raise UserError(f"deadlines.csv must have exactly one row for {kind} {transition or ''}".rstrip())
        return rows[0]

    @property
    def municipality_codes(self) -> list[str]:
        """All codes that a record may carry, Christiansø included."""
        return sorted({*self.municipalities["municipality_code"].to_list(), e.OUTSIDE_CODE})


def _read(file: Path, types: dict[str, pl.DataType]) -> pl.DataFrame:
    try:
        rows = pl.read_csv(file, infer_schema=False)
        return rows.with_columns(_typed(column, dtype) for column, dtype in types.items())
    except (OSError, pl.exceptions.PolarsError) as fault:
        raise UserError(
            f"The reference file {file.name} cannot be read", where=str(file.parent), to_do=str(fault).splitlines()[0]
        ) from fault


def _typed(column: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Boolean():
        return pl.col(column).replace_strict({"true": True, "false": False}, return_dtype=pl.Boolean)
    if dtype == pl.Date():
        return pl.col(column).str.to_date("%Y-%m-%d")
    return pl.col(column).cast(dtype)


def _check(reference: Reference) -> None:
    """A steward's slip in a spreadsheet is told at once, not found as a wrong figure."""
    rules = {
        "schedule.csv: due_unit is days or months": reference.schedule["due_unit"].is_in(["days", "months"]).all(),
        "schedule.csv: applies_to is all or exposed": reference.schedule["applies_to"].is_in(["all", "exposed"]).all(),
        "schedule.csv: one row per programme and contact_code": not reference.schedule.select(
            pl.struct("programme", "contact_code").is_duplicated().any()
        ).item(),
        "schedule.csv: days are given": reference.schedule.select(
            pl.all_horizontal(pl.col("due_age", "opens_days", "closes_days").is_not_null()).all()
        ).item(),
        "schedule.csv: severity is critical, warning or info": reference.schedule["severity"].is_in(e.SEVERITIES).all(),
        "deadlines.csv: severity is critical, warning or info": reference.deadlines["severity"]
        .is_in(e.SEVERITIES)
        .all(),
        "deadlines.csv: kind is known": reference.deadlines["kind"].is_in(e.KINDS).all(),
        "deadlines.csv: days are given": reference.deadlines["days"].is_not_null().all(),
        "record_types.csv: record types are those of the contract": sorted(reference.record_types["record_type"])
        == sorted(e.RECORD_TYPES),
        "price_index.csv: one row per year": not reference.price_index["year"].is_duplicated().any(),
        "price_index.csv: every year has an index above 0": reference.price_index.select(
            ((pl.col("index") > 0) & pl.col("index").is_finite() & pl.col("year").is_not_null())
            .fill_null(value=False)
            .all()
        ).item(),
        "price_index.csv: the basis of each year is given": reference.price_index["basis"].is_not_null().all(),
        "exposure_codes.csv: substance is of the contract": reference.exposure_codes["substance"]
        .is_in(e.SUBSTANCES)
        .all(),
        "municipalities.csv: regions change on the first day of a quarter": reference.municipalities.select(
            (pl.col("valid_from") == pl.col("valid_from").dt.truncate("1q")).all()
        ).item(),
        "exposure_codes.csv: bearer is child or mother": reference.exposure_codes["bearer"]
        .is_in(["child", "mother"])
        .all(),
    }
    broken = [rule for rule, holds in rules.items() if not holds]
    if broken:
        raise UserError("The reference files contradict the contract", where="; ".join(broken), to_do="Mend the file.")
