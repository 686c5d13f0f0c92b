"""What is handed to others: the tables of a publication as they are, and what their names and codes mean.

Nothing is suppressed here and nothing is counted: that the gate has done. But a row that told more than its state
allows would be a fault that no reader could see, so it stops the whole export.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import polars as pl

from dashboards.geography import Geography
from dashboards.opening import OtherVersion, Source
from dashboards.scope import COUNTRY, Scope
from pipelines.definitions.measures import Measure, all_measures, facts
from pipelines.definitions.reference import Reference
from pipelines.errors import NotPublished
from reports.interchange.declared import CATALOGUES, Table, tables

ALL_FIGURES = Scope("national")
"""Published figures of every place: for whoever may see all of them."""


def published_rows(publication: Source, scope: Scope, table: Table) -> pl.LazyFrame:
    """A published table in its declared columns; the catalogues beside it are known without one.

    OtherVersion when the publication has other columns than are declared; NotPublished when a row tells too much.
    """
    scope.require((COUNTRY, *Geography.on(publication.run["as_of"]).places))
    if table.name in CATALOGUES:
        return {"measures": measure_rows, "places": place_rows}[table.name]().lazy()
    rows = publication.table(table.name)
    if set(rows.collect_schema().names()) != set(table.columns):
        raise OtherVersion(
            f"{table.name} has other columns than are declared",
            to_do="Publish again with this version of Rød tråd: roedtraad publish",
        )
    too_much = rows.filter(table.tells_too_much).select(pl.len()).collect().item()
    if too_much:
        raise NotPublished(
            f"{too_much} rows of {table.name} tell what is hidden, so nothing is handed on",
            to_do="Publish again, and do not use the published tables until then.",
        )
    return rows.select(table.columns)


def handed_on(publication: Source, scope: Scope) -> Mapping[str, pl.LazyFrame]:
    """All declared tables that the publication has, by name."""
    known = {*json.loads(publication.run["versions"]), *CATALOGUES}
    return {name: published_rows(publication, scope, table) for name, table in tables().items() if name in known}


def told_measures(reference: Reference) -> tuple[Measure, ...]:
    """The measures that the target group has: headlines, and every contact of its schedule."""
    told = facts()
    return tuple(each for each in all_measures(reference) if each.name in told or ":" in each.name)


def measure_rows() -> pl.DataFrame:
    """One row for each measure: its words, and under which name and share its figures are published."""
    return pl.DataFrame([_measure_row(each) for each in told_measures(Reference.load())], infer_schema_length=None)


def _measure_row(measure: Measure) -> dict[str, object]:
    told = measure.facts
    texts = {
        f"{name}_{language}": getattr(told, name)[language]
        for name in ("title", "sentence", "owner")
        for language in ("da", "en")
    }
    return {
        "name": measure.name,
        "measure": measure.measure,
        "share_of": measure.numerator if measure.measure else None,
        "high_is_good": str(measure.high_is_good).lower(),
        "theme": told.theme,
        **texts,
        "review_date": told.review_date,
    }


def place_rows() -> pl.DataFrame:
    """The country, regions and municipalities by their codes, and from when until when (the last day not included) a
    municipality lies in the region. A region that has no code yet goes by its name."""
    known = Reference.load().municipalities.with_columns(pl.coalesce("region_code", "region_name").alias("region_code"))
    regions = known.group_by(pl.col("region_code").alias("place")).agg(pl.col("region_name").first().alias("name"))
    municipalities = known.select(
        pl.lit("municipality").alias("place_kind"),
        pl.col("municipality_code").alias("place"),
        *("name", "region_code", "valid_from", "valid_to"),
    )
    country = pl.DataFrame({"place_kind": [COUNTRY.kind], "place": [COUNTRY.code], "name": ["Danmark"]})
    of_regions = regions.select(pl.lit("region").alias("place_kind"), "place", "name").sort("place")
    return pl.concat([country, of_regions, municipalities.sort("place", "valid_from")], how="diagonal")
