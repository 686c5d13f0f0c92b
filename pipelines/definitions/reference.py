"""The reference files: facts that a steward edits in a spreadsheet, read once, checked, and versioned by content."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from importlib import resources
from pathlib import Path

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.descriptions import Description, read_description, shipped
from pipelines.definitions.in_force import InForce, guidance
from pipelines.definitions.target_group import EXPOSED_BEFORE_BIRTH, TargetGroup
from pipelines.errors import UserError

TYPES: dict[str, dict[str, pl.DataType]] = {
    "schedule": {"due_age": pl.Int32(), "opens_days": pl.Int32(), "closes_days": pl.Int32()},
    "deadlines": {"days": pl.Int32(), "sent_window_days": pl.Int32()},
    "parameters": {"value": pl.Float64()},
    "record_types": {"carries_exposure": pl.Boolean()},
    "services": {},
    "price_index": {"year": pl.Int32(), "index": pl.Float64()},
    "exposure_codes": {"in_scope": pl.Boolean()},
    "municipalities": {"valid_from": pl.Date(), "valid_to": pl.Date(), "population_2016": pl.Int64()},
    "tile_grid": {"column": pl.Int32(), "row": pl.Int32()},
}
ROW_BY_ROW: dict[str, tuple[str, ...]] = {
    "deadlines": ("kind", "transition"),
    "parameters": ("name",),
    "record_types": ("record_type",),
    "services": ("service",),
}
"""Tables of which a guidance may bring some rows, and the key by which its row stands instead of the shipped one."""


@dataclass(frozen=True)
class Reference:
    """All reference tables, as frames with the columns of their files. `version` is a hash of their bytes, with the
    name of the guidance before it where one brings a target group of its own.

    `recommendations` are those of the guidance descriptions that the tables serve.
    """

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
    target: TargetGroup = EXPOSED_BEFORE_BIRTH

    @staticmethod
    def load(folder: Path | None = None) -> Reference:
        """Read the files of `folder` (default: those shipped with the code, with what the guidance in force lays over
        them); UserError names file and fault."""
        return _loaded(folder or shipped_reference(), guidance() if folder is None else None)

    @staticmethod
    def under(chosen: InForce | None) -> Reference:
        """The shipped files with what a guidance lays over them, whichever is in force."""
        return _loaded(shipped_reference(), chosen)

    def parameter(self, name: str) -> float:
        """One number of `parameters.csv`; UserError when the file has lost it."""
        values = self._parameters.get(name, [])
        if len(values) != 1 or values[0] is None:
            raise UserError(f"parameters.csv must have one row named {name} with a value")
        return float(values[0])

    @cached_property
    def _parameters(self) -> dict[str, list[float | None]]:
        found: dict[str, list[float | None]] = {}
        for name, value in self.parameters.select("name", "value").iter_rows():
            found.setdefault(name, []).append(value)
        return found

    def days_of(self, name: str) -> int:
        """A parameter that is a whole number (days, years, children)."""
        return int(self.parameter(name))

    def deadline(self, kind: str, transition: str | None = None) -> dict[str, object]:
        """The row of `deadlines.csv` for a kind (and transition)."""
        rows = [row for row in self._deadlines if (row["kind"], row["transition"]) == (kind, transition)]
        if len(rows) != 1:
            raise UserError(f"deadlines.csv must have exactly one row for {kind} {transition or ''}".rstrip())
        return dict(rows[0])

    @cached_property
    def _deadlines(self) -> list[dict[str, object]]:
        return self.deadlines.to_dicts()

    @cached_property
    def measures(self) -> pl.Enum:
        """Every measure as a type: a kind, a transition (`carried_at_transition:school_start`), or a milestone of the
        schedule (`programme:contact_code`)."""
        kinds = [kind for kind in e.KINDS if kind not in ("carried_at_transition", "follow_up")]
        transitions = self.deadlines.drop_nulls("transition").select("kind", "transition")
        milestones = self.schedule.select("programme", "contact_code")
        return pl.Enum([*kinds, *(f"{kind}:{at}" for kind, at in (*transitions.rows(), *milestones.rows()))])

    @cached_property
    def regions(self) -> list[tuple[date, date | None, dict[str, str]]]:
        """From which day, up to which day (null: still), and the region of each municipality then; a region without a
        code of its own by its name."""
        return [
            (
                starts,
                ends,
                dict(rows.select("municipality_code", pl.coalesce("region_code", "region_name")).iter_rows()),
            )
            for (starts, ends), rows in self.municipalities.group_by("valid_from", "valid_to")
        ]

    @cached_property
    def recommendation(self) -> pl.Enum:
        """The recommendations that the files name, as a type."""
        named = pl.concat([frame["recommendation"] for frame in (self.schedule, self.deadlines)])
        return pl.Enum(named.drop_nulls().unique().sort())

    @cached_property
    def municipality(self) -> pl.Enum:
        """The codes that a record may carry, as a type."""
        return pl.Enum(self.municipality_codes)

    @property
    def municipality_codes(self) -> list[str]:
        """All codes that a record may carry, Christiansø included."""
        return sorted({*self.municipalities["municipality_code"].to_list(), e.OUTSIDE_CODE})


def shipped_reference() -> Path:
    """The files that come with the code."""
    return Path(str(resources.files("pipelines.definitions") / "reference"))


@cache
def _loaded(place: Path, chosen: InForce | None) -> Reference:
    frames, digest = {}, hashlib.blake2b(digest_size=6)
    for name, types in TYPES.items():
        file = place / f"{name}.csv"
        frames[name] = _read(file, types)
        digest.update(file.read_bytes())
    for each in serving():
        digest.update((each.folder / "recommendations.csv").read_bytes())
    frames["recommendations"] = recommendations_of(serving())
    frames["exposure_codes"] = frames["exposure_codes"].with_columns(_certainty_by_bearer())
    reference = Reference(version=digest.hexdigest(), target=EXPOSED_BEFORE_BIRTH, **frames)
    if chosen is not None:
        reference = laid_over(reference, chosen)
    _check(reference)
    return reference


def _certainty_by_bearer() -> pl.Expr:
    """A diagnosis of the child confirms an exposure; one of the mother makes it probable."""
    is_of_the_child = pl.col("bearer") == "child"
    return pl.when(is_of_the_child).then(pl.lit("confirmed")).otherwise(pl.lit("probable")).alias("certainty")


def serving() -> list[Description]:
    """The shipped descriptions whose target group the shipped files are about."""
    return [each for each in shipped() if each.target is None]


def recommendations_of(descriptions: Sequence[Description]) -> pl.DataFrame:
    """Their recommendations one after the other; `pathway` is the name of the description."""
    return pl.concat(
        [each.recommendations.select(pl.lit(each.name).alias("pathway"), pl.all()) for each in descriptions]
    )


def laid_over(shipped_files: Reference, chosen: InForce) -> Reference:
    """The shipped tables with those of a guidance in their place.

    An evidence list and recommendations stand instead of the shipped ones. Of the tables in `ROW_BY_ROW` a row stands
    instead of the shipped row of the same key, and the others are as shipped.
    """
    described = read_description(chosen.folder)
    if described.target is None:
        return shipped_files
    tables = {name: _laid_over(getattr(shipped_files, name), name, chosen.folder) for name in ROW_BY_ROW}
    return replace(
        shipped_files,
        **tables,
        schedule=_schedule(shipped_files.schedule, described),
        exposure_codes=evidence_list(chosen.folder),
        recommendations=recommendations_of([described]),
        version=f"{described.name}:{chosen.content}+{shipped_files.version}",
        target=described.target,
    )


def _schedule(rows: pl.DataFrame, described: Description) -> pl.DataFrame:
    """The group's own follow-up, and the shipped offers to all children where the guidance names the recommendation
    that they show."""
    own = _read(described.folder / "schedule.csv", TYPES["schedule"])
    shown = described.offers_to_all_show
    if shown is None:
        return own
    to_all = rows.filter(pl.col("applies_to") == "all").with_columns(pl.lit(shown).alias("recommendation"))
    others = to_all.join(own, on=["programme", "contact_code"], how="anti", maintain_order="left")
    return pl.concat([others, own.select(rows.columns)])


def _laid_over(rows: pl.DataFrame, name: str, folder: Path) -> pl.DataFrame:
    file = folder / f"{name}.csv"
    if not file.exists():
        return rows
    own = _read(file, TYPES[name])
    others = rows.join(own, on=list(ROW_BY_ROW[name]), how="anti", nulls_equal=True, maintain_order="left")
    return pl.concat([own, others], how="diagonal").select(rows.columns)


def evidence_list(folder: Path) -> pl.DataFrame:
    """`evidence.csv` of a guidance in the shape of `exposure_codes.csv`: diagnoses of the child, grouped."""
    rows = _read(folder / "evidence.csv", {})
    return rows.select(
        "prefix",
        pl.lit("child").alias("bearer"),
        pl.col("group").alias("substance"),
        pl.lit(value=True).alias("in_scope"),
        "certainty",
        "title_da",
    )


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
        .is_in(reference.target.group_names)
        .all(),
        "exposure_codes.csv: certainty is suspected, probable or confirmed": reference.exposure_codes["certainty"]
        .is_in(e.CERTAINTIES_OF_EVIDENCE)
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
