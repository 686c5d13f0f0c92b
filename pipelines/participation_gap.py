"""The participation gap: coverage of follow-up of exposed children against all others, as a ratio.

Of universal programmes only: a programme for exposed children has nobody to compare with.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.development import EXPOSED, OTHERS
from pipelines.statistics.standardisation import Strata, proportions, ratios, sums_over_clusters, with_weights

IN_DENOMINATOR, HELD = ("met", "late", "overdue", "contradicted"), ("met", "late")
OF_CHILD = ("cohort", "municipality_code", "group")
CRUDE = Strata(by=("programme",), within=())
ALIKE = Strata(by=("programme",), within=("measure", "cohort", "municipality_code"))
"""Nothing held alike; and the same contact of children born in the same year in the same municipality."""


def universal_contacts(reference: Reference) -> dict[str, str]:
    """Programme by `programme:contact_code`, of programmes whose contacts are all for every child."""
    schedule = reference.schedule
    for_some = schedule.filter(pl.col("applies_to") != "all")["programme"].unique().to_list()
    rows = schedule.filter(~pl.col("programme").is_in(for_some)).select("programme", "contact_code")
    return {f"{programme}:{code}": programme for programme, code in rows.iter_rows()}


def contacts_of_children(
    obligations: pl.LazyFrame, reference: Reference, as_of: date, beside: Sequence[str] = ()
) -> pl.LazyFrame:
    """`child_id` and a column for each universal contact: 1 held, 0 not, null when it is in no denominator.

    One row for each child, or for each child and value of the columns `beside`, such as the period that it was due in.

    In the denominator as in every measure: due before `as_of`, and met, late, overdue or contradicted. A contact that
    was held late was held (coverage).
    """
    status = pl.col("status").cast(pl.String)
    contact, held = pl.col("measure").cast(pl.String), status.is_in(HELD).cast(pl.Int8).alias("held")
    return (
        obligations.filter(pl.col("kind") == "follow_up", pl.col("due_date") < as_of, status.is_in(IN_DENOMINATOR))
        .select("child_id", *beside, contact, held)
        .group_by("child_id", *beside)
        .agg(
            pl.when(pl.col("measure") == name).then("held").max().alias(name) for name in universal_contacts(reference)
        )
    )


def with_what_is_held_alike(
    contacts: pl.LazyFrame, children: pl.LazyFrame, exposed: pl.LazyFrame, homes: pl.LazyFrame
) -> pl.LazyFrame:
    """Adds `cohort`, `municipality_code` (at birth, from `homes`) and `group`: exposed as is known, or others."""
    return (
        contacts.join(children.select("child_id", pl.col("birth_date").dt.year().alias("cohort")), on="child_id")
        .join(homes, on="child_id")
        .join(exposed.select("child_id", pl.lit(EXPOSED).alias("group")), on="child_id", how="left")
        .with_columns(pl.col("group").fill_null(OTHERS))
    )


def contact_strata(contacts: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """`programme, measure, cohort, municipality_code, group`, with the contacts due (`people`) and held (`events`)."""
    names = universal_contacts(reference)
    due = (
        contacts.group_by(OF_CHILD)
        .agg(pl.col(names).count().cast(pl.Int64))
        .unpivot(list(names), index=OF_CHILD, variable_name="measure", value_name="people")
    )
    held = (
        contacts.group_by(OF_CHILD)
        .agg(pl.col(names).cast(pl.Int64).sum())
        .unpivot(list(names), index=OF_CHILD, variable_name="measure", value_name="events")
    )
    programme = pl.col("measure").replace_strict(names, return_dtype=pl.String).alias("programme")
    return due.join(held, on=[*OF_CHILD, "measure"]).filter(pl.col("people") > 0).with_columns(programme)


def participation(contacts: pl.LazyFrame, strata: pl.LazyFrame, shape: Strata, reference: Reference) -> pl.LazyFrame:
    """Coverage of each programme and group with its interval, when `shape` is held alike as among the exposed.

    Contacts of one child go together: each child is one draw.
    """
    names = universal_contacts(reference)
    weights = with_weights(strata, shape, EXPOSED).group_by(OF_CHILD).agg(_weight(name) for name in names)
    weighted = contacts.join(weights, on=OF_CHILD)
    programmes = sorted(set(names.values()))
    sums = [_of_programme(weighted, programme, names) for programme in programmes]
    return proportions(sums_over_clusters(pl.concat(sums), shape))


def participation_gap(told: pl.LazyFrame) -> pl.LazyFrame:
    """The ratio of the coverage of exposed children to that of all others, for each programme."""
    return ratios(told, CRUDE, EXPOSED, OTHERS)


def _weight(name: str) -> pl.Expr:
    return pl.col("weight").filter(pl.col("measure") == name).first().alias(f"weight {name}")


def _of_programme(weighted: pl.LazyFrame, programme: str, names: dict[str, str]) -> pl.LazyFrame:
    """What each child adds to the sums of one programme."""
    mine = [name for name, of in names.items() if of == programme]
    is_in = {name: pl.col(name).is_not_null() & pl.col(f"weight {name}").is_not_null() for name in mine}
    held = {name: pl.when(is_in[name]).then(pl.col(name).cast(pl.Float64)) for name in mine}
    due = pl.sum_horizontal(pl.col(name).is_not_null() for name in mine)
    people = pl.sum_horizontal(is_in.values())
    return weighted.filter(due > 0).select(
        pl.lit(programme).alias("programme"),
        "group",
        people.cast(pl.Int64).alias("people"),
        pl.sum_horizontal(held.values()).cast(pl.Int64).alias("events"),
        (due - people).cast(pl.Int64).alias("left_out"),
        pl.sum_horizontal(pl.when(is_in[name]).then(f"weight {name}") for name in mine).alias("weight_sum"),
        pl.sum_horizontal(held[name] * pl.col(f"weight {name}") for name in mine).alias("weighted_events"),
    )
