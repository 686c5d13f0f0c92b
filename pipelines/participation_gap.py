"""The participation gap: coverage of follow-up of exposed children against all others, as a ratio.

Of universal programmes only: a programme for exposed children has nobody to compare with. All figures are made from
counts of pairs of contacts, which add up over municipalities: what one child held beside what else it held says how far
contacts of one child go together, and nothing else of the child is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations_with_replacement

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.development import EXPOSED, OTHERS
from pipelines.statistics.standardisation import Strata, proportions, ratios, with_weights

IN_DENOMINATOR, HELD = ("met", "late", "overdue", "contradicted"), ("met", "late")
OF_CHILD = ("cohort", "municipality_code", "group")
PAIR = ("programme", "first", "second")
OF_PAIR = ("both_due", "first_held", "second_held", "both_held")
"""Children for whom both contacts were due; and of these, who held the first, the second, and both. A contact stands
beside itself too: then `both_due` is due, and the other three are held."""

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


def contact_pairs(contacts: pl.LazyFrame, reference: Reference, beside: Sequence[str] = ()) -> pl.LazyFrame:
    """How many children had each pair of contacts of a programme: `PAIR, beside, OF_CHILD` and the numbers `OF_PAIR`.

    No row where both were due to nobody, or where the schedule has no offer to all children. Additive over
    municipalities, cohorts and periods.
    """
    keys = (*beside, *OF_CHILD)
    names = universal_contacts(reference)
    programmes = sorted(set(names.values()))
    own = {programme: [name for name, of in names.items() if of == programme] for programme in programmes}
    counted = [_pairs_of(contacts, programme, own[programme], keys) for programme in programmes]
    return pl.concat(counted) if counted else _no_pairs(contacts, keys)


def _no_pairs(contacts: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    names = [pl.lit(None, pl.String).alias(name) for name in PAIR]
    numbers = [pl.lit(None, pl.Int64).alias(name) for name in OF_PAIR]
    return contacts.clear().select(*names, *keys, *numbers)


def _pairs_of(contacts: pl.LazyFrame, programme: str, names: Sequence[str], keys: Sequence[str]) -> pl.LazyFrame:
    """Children who had the same contacts are counted once together, so that many children make few rows."""
    alike = contacts.group_by(*keys, *names).agg(pl.len().cast(pl.Int64).alias("children"))
    pairs = list(combinations_with_replacement(names, 2))
    numbers = {f"{at} {name}": number for at, pair in enumerate(pairs) for name, number in _numbers_of(*pair).items()}
    summed = alike.group_by(keys).agg((pl.col("children") * number).sum().alias(at) for at, number in numbers.items())
    of_pair = [
        pl.struct(
            pl.lit(first).alias("first"),
            pl.lit(second).alias("second"),
            *(pl.col(f"{at} {name}").alias(name) for name in OF_PAIR),
        )
        for at, (first, second) in enumerate(pairs)
    ]
    return (
        summed.select(pl.lit(programme).alias("programme"), *keys, pl.concat_list(of_pair).alias("pair"))
        .explode("pair")
        .unnest("pair")
        .filter(pl.col("both_due") > 0)
        .select(*PAIR, *keys, *OF_PAIR)
    )


def _numbers_of(first: str, second: str) -> dict[str, pl.Expr]:
    due = [pl.col(name).is_not_null() for name in (first, second)]
    held = [(pl.col(name) == 1).fill_null(value=False) for name in (first, second)]
    return dict(zip(OF_PAIR, (due[0] & due[1], held[0] & due[1], due[0] & held[1], held[0] & held[1]), strict=True))


def contact_strata(pairs: pl.LazyFrame) -> pl.LazyFrame:
    """`programme, measure, cohort, municipality_code, group`, with the contacts due (`people`) and held (`events`)."""
    alone = pairs.filter(pl.col("first") == pl.col("second"))
    return alone.group_by("programme", pl.col("first").alias("measure"), *OF_CHILD).agg(
        pl.col("both_due").sum().alias("people"), pl.col("both_held").sum().alias("events")
    )


def participation(pairs: pl.LazyFrame, shape: Strata) -> pl.LazyFrame:
    """Coverage of each programme and group with its interval, when `shape` is held alike as among the exposed.

    Contacts of one child go together: each child is one draw.
    """
    weights = with_weights(contact_strata(pairs), shape, EXPOSED).select("measure", *OF_CHILD, "weight")
    weighted = pairs
    for place in ("first", "second"):
        own = weights.rename({"measure": place, "weight": f"{place}_weight"})
        weighted = weighted.join(own, on=[place, *OF_CHILD])
    return proportions(weighted.group_by(*shape.by, shape.group).agg(_sums_of_children()))


def _sums_of_children() -> list[pl.Expr]:
    """The sums over children, each one draw, that `proportions` asks for: the square of a child's sum is a sum over all
    pairs of its contacts, in which a pair of two stands twice."""
    first, second = pl.col("first_weight"), pl.col("second_weight")
    is_alone = pl.col("first") == pl.col("second")
    both, either = first * second, pl.when(is_alone).then(1).otherwise(2)
    crossed = pl.when(is_alone).then("both_held").otherwise(pl.col("first_held") + pl.col("second_held"))
    is_in = is_alone & first.is_not_null()
    return [
        pl.col("both_due").filter(is_in).sum().alias("people"),
        pl.col("both_held").filter(is_in).sum().alias("events"),
        pl.col("both_due").filter(is_alone & first.is_null()).sum().alias("left_out"),
        (first * pl.col("both_due")).filter(is_in).sum().alias("weight_sum"),
        (first * pl.col("both_held")).filter(is_in).sum().alias("weighted_events"),
        (either * both * pl.col("both_held")).sum().alias("events_squared"),
        (both * crossed).sum().alias("events_by_weight"),
        (either * both * pl.col("both_due")).sum().alias("weight_squared"),
    ]


def participation_gap(told: pl.LazyFrame) -> pl.LazyFrame:
    """The ratio of the coverage of exposed children to that of all others, for each programme."""
    return ratios(told, CRUDE, EXPOSED, OTHERS)
