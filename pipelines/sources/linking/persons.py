"""Rows of a sender without persons' numbers find their child among the children of the same source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from pipelines.definitions.contract import IDENTITY_FAULT, ROW, SOURCE
from pipelines.errors import UserError
from pipelines.sources.declarations import Mapped
from pipelines.sources.linking.described import FIELDS, child_described
from pipelines.sources.linking.model import ODDS_OF_A_STRANGER, Model, model_of
from pipelines.sources.linking.population import children_described
from pipelines.sources.linking.probable import FOUND, ProbableLinks
from pipelines.sources.places import municipality_or_null
from pipelines.sources.reading import RECORD_LINKS, Reading

CHILD, CHILD_FAULT = "child_id", f"{IDENTITY_FAULT}child_id"
NEVER_LINKED = ("test_number", "real_number")
"""A test number among real ones, or the other way, is a fault of the delivery: such a row is nobody's."""
FAULT_OF = {"ambiguous": "ambiguous", "none": "not_linked"}


@dataclass(frozen=True)
class Population:
    """The children of a source, and from which match probability on a description is believed to be one of them."""

    children: pl.DataFrame
    match_probability: float

    @cached_property
    def model(self) -> Model:
        """How likely agreements are in this population."""
        return model_of(self.children)

    @cached_property
    def probable(self) -> ProbableLinks:
        """Made when the first description needs it."""
        return ProbableLinks(self.children, self.model, self.match_probability)

    def found(self, descriptions: pl.DataFrame) -> pl.DataFrame:
        """The schema FOUND for descriptions (`record`, FIELDS, `nobody`): exact first, then the most probable.

        Without a birth date nobody is found, and no row is given: a mother has several children.
        """
        dated = descriptions.filter(pl.col("birth_date").is_not_null())
        exact = self.exactly(dated)
        others = dated.join(exact, on="record", how="anti", maintain_order="left")
        return pl.concat([exact, self.probable.found(others)]) if others.height else exact

    def exactly(self, descriptions: pl.DataFrame) -> pl.DataFrame:
        """The descriptions with which a child agrees in everything that is given, when that is probable enough.

        One such child is linked; two are `ambiguous`. Where little is given (a birth date and a sex) agreement proves
        nothing: those descriptions are not judged here.
        """
        parts = [self._agreeing(part, given) for part, given in _by_what_is_given(descriptions)]
        return pl.concat([pl.DataFrame(schema=FOUND), *parts])

    def _agreeing(self, descriptions: pl.DataFrame, given: list[str]) -> pl.DataFrame:
        probability = self.model.probability_of_full_agreement(given)
        if probability < self.match_probability:
            return pl.DataFrame(schema=FOUND)
        linked_by = pl.when(pl.col("children") == 1).then(pl.lit("exact")).otherwise(pl.lit("ambiguous"))
        return (
            descriptions.select("record", *given)
            .join(self._children_by(given), on=given, maintain_order="left")
            .group_by("record", maintain_order=True)
            .agg(pl.col("child").n_unique().alias("children"), pl.col("child").min())
            .with_columns(linked_by.alias("linked_by"), pl.lit(probability).alias("match_probability"))
            .with_columns(pl.when(pl.col("linked_by") == "exact").then("child").alias("child"))
            .select(pl.col(name).cast(dtype) for name, dtype in FOUND.items())
        )

    def _children_by(self, given: list[str]) -> pl.DataFrame:
        """Children under everything that is given; one under each municipality where it has lived."""
        rows = self.children
        if "municipality_code" in given:
            rows = rows.explode("municipalities").rename({"municipalities": "municipality_code"})
        return rows.select("child", *given).drop_nulls()


def population_of(reading: Reading, match_probability: float) -> Population:
    """The children handed on so far, and what their births, homes and mothers tell of them."""
    return Population(children_described(reading), match_probability)


def with_children_found(
    rows: pl.DataFrame, theirs: pl.DataFrame, declared: Mapped, population: Population, reading: Reading
) -> pl.DataFrame:
    """`child_id` filled in where a row has no number, or one that is no child's, and describes the child instead.

    What is not linked has `_identity_fault_child_id` = `not_linked` or `ambiguous`, so that the row is quarantined.
    Every such row is told in `reading.record_links`. A row that may be about a pregnancy only (its table lets
    `child_id` be unknown) and gives no birth date is left as it is.
    """
    _assert_about_children(declared)
    asked = _asked(rows, child_described(theirs, declared, reading.people), declared, population)
    if asked.is_empty():
        return rows
    told = [*FIELDS, "nobody"]
    descriptions = asked.select(told).unique(maintain_order=True).with_row_index("record").cast({"record": pl.Int64})
    links = (
        asked.join(descriptions, on=told, nulls_equal=True, how="left", maintain_order="left")
        .join(population.found(descriptions), on="record", how="left", maintain_order="left")
        .join(population.children.select("child", CHILD), on="child", how="left", maintain_order="left")
        .with_columns(pl.col("linked_by").fill_null("none"))
    )
    reading.record_links.append(_told(links, declared))
    return _filled_in(rows, links)


def _assert_about_children(declared: Mapped) -> None:
    table = declared.table
    if CHILD not in table.column_names or table.key == (CHILD,):
        raise UserError(
            f"{declared.label} describes children, but no row of {table.name} is about a child of another delivery",
            to_do="Take [delivery.person] out of the TOML file.",
        )


def _asked(rows: pl.DataFrame, described: pl.DataFrame, declared: Mapped, population: Population) -> pl.DataFrame:
    """The rows that must find their child: FIELDS, `_at` (the place in the batch), where each stands, `reported_by`.

    `nobody` is the odds that a row is about none of the children: greater where it has a well-formed number.
    """
    told = "municipality_code" if "municipality_code" in rows.columns else None
    places = rows.select(
        pl.int_range(pl.len()).alias("_at"),
        CHILD,
        CHILD_FAULT,
        SOURCE,
        ROW,
        (pl.col(told) if told else pl.lit(None, pl.String)).alias("reported_by"),
    )
    strange = population.model.nobody + ODDS_OF_A_STRANGER
    is_nobodys = pl.col(CHILD_FAULT).is_in(NEVER_LINKED).fill_null(value=False)
    is_about_a_child = pl.lit(value=not declared.table.column(CHILD).optional) | pl.col("birth_date").is_not_null()
    return (
        pl.concat([places, described], how="horizontal")
        .join(population.children.select(CHILD), on=CHILD, how="anti", maintain_order="left")
        .filter(~is_nobodys & is_about_a_child)
        .with_columns(
            pl.when(pl.col(CHILD).is_not_null()).then(strange).otherwise(population.model.nobody).alias("nobody")
        )
        .drop(CHILD, CHILD_FAULT)
    )


def _told(links: pl.DataFrame, declared: Mapped) -> pl.DataFrame:
    """The schema RECORD_LINKS: how each of these rows found its child."""
    return links.select(
        pl.lit(declared.label).alias("delivery"),
        pl.lit(declared.table.name).alias("table"),
        pl.col(SOURCE).alias("source"),
        pl.col(ROW).alias("row_number"),
        pl.coalesce(municipality_or_null(pl.col("reported_by")), "municipality_code").alias("municipality_code"),
        "linked_by",
        "match_probability",
    ).cast(dict(RECORD_LINKS))  # type: ignore[arg-type]


def _filled_in(rows: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Only rows that were asked about change: a child and no fault, or a fault and no child."""
    fault = pl.col("linked_by").replace_strict(FAULT_OF, default=None, return_dtype=pl.String)
    found = links.select(
        "_at", pl.col(CHILD).alias("_found"), fault.alias("_fault"), pl.lit(value=True).alias("_asked")
    )
    was_asked = pl.col("_asked").is_not_null()
    return (
        rows.with_columns(pl.int_range(pl.len()).alias("_at"))
        .join(found, on="_at", how="left", maintain_order="left")
        .with_columns(
            pl.when(was_asked).then("_found").otherwise(CHILD).alias(CHILD),
            pl.when(was_asked).then("_fault").otherwise(CHILD_FAULT).alias(CHILD_FAULT),
        )
        .drop("_at", "_found", "_fault", "_asked")
    )


def _by_what_is_given(descriptions: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, list[str]]]:
    """Descriptions that give the same fields, with those fields."""
    flags = descriptions.select(pl.col(FIELDS).is_not_null().name.prefix("_gives_"))
    marked = pl.concat([descriptions, flags], how="horizontal")
    for pattern, part in marked.partition_by(
        flags.columns, as_dict=True, include_key=False, maintain_order=True
    ).items():
        yield part, [name for name, is_given in zip(FIELDS, pattern, strict=True) if is_given]
