"""What must hold among the counts of a return, whoever sent it: each rule is a name and the rows that break it.

A return whose checksum and signature fit can still be wrong; then no national figure is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.band_populations import BAND_NAMES, TRAITS
from pipelines.continuity import STEPS
from pipelines.counts import PLACED
from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.definitions.times_to_event import BEYOND, TIMES_TO_EVENT
from pipelines.development import EXPOSED, EXPOSURE, OTHERS
from pipelines.disclosure.places_and_periods import AT_BIRTH, NOW, NOWHERE, RESPONSIBLE, Calendar, name
from pipelines.disclosure.thread_cells import by_birth_year, fates
from pipelines.event_table import GROUP_KINDS
from pipelines.participation_gap import universal_contacts
from pipelines.returns.count_tables import CONTINUITY, MUNICIPALITY, OBLIGATIONS, REST, TABLES
from pipelines.returns.form import table_file
from pipelines.returns.refusals import ReturnRefused

Tables = Mapping[str, pl.DataFrame]
ATTRIBUTIONS = (RESPONSIBLE, AT_BIRTH, NOW)
EARLIEST = 1900
FOREIGN = "rows of another municipality"
SLACK = 1 + 1e-9
MOST = 10_000_000
"""More than there are people in the country: such counts would spoil every sum."""


@dataclass(frozen=True)
class Context:
    """What codes and days there are."""

    reference: Reference
    as_of: date

    @property
    def calendar(self) -> Calendar:
        """Of the as-of date."""
        return Calendar(self.as_of)

    def regions(self) -> dict[str, str]:
        """Region by municipality on the as-of date."""
        rows = self.reference.municipalities
        in_force = (pl.col("valid_from") <= self.as_of) & (pl.col("valid_to") > self.as_of).fill_null(value=True)
        known = rows.filter(in_force).select("municipality_code", pl.coalesce("region_code", "region_name"))
        return dict(known.iter_rows())


def broken_rules(tables: Tables, context: Context) -> pl.DataFrame:
    """`municipality_code, table, rule, rows`; empty when all holds. `tables` may be of many municipalities."""
    schema = {MUNICIPALITY: pl.String(), "table": pl.String(), "rule": pl.String(), "rows": pl.Int64()}
    found = [pl.DataFrame(schema=schema)]
    for table, rule, rows in _every_rule(tables, context):
        counted = rows.group_by(MUNICIPALITY).agg(pl.len().cast(pl.Int64).alias("rows"))
        named = counted.with_columns(pl.lit(table).alias("table"), pl.lit(rule).alias("rule"))
        found.append(named.select(list(schema)))
    return pl.concat(found)


def refusal_of(broken: pl.DataFrame) -> ReturnRefused:
    """The first broken rule of one return, and how many more there are."""
    first = broken.sort(pl.col("rule") != FOREIGN, maintain_order=True).row(0, named=True)
    more = f", and {broken.height - 1} rules more" if broken.height > 1 else ""
    where = f"{table_file(first['table'])}: {first['rows']} rows{more}"
    if first["rule"] == FOREIGN:
        to_do = "A return holds the rows of its sender alone. Ask the sender to export it again."
        return ReturnRefused("foreign_rows", "The return has rows of another municipality", where=where, to_do=to_do)
    to_do = "Ask the sender to run again with `roedtraad run`, and to export it again."
    return ReturnRefused(
        "does_not_add_up", f"The counts do not hold together: {first['rule']}", where=where, to_do=to_do
    )


Broken = Iterator[tuple[str, str, pl.DataFrame]]


def _every_rule(tables: Tables, context: Context) -> Broken:
    for table, declared in TABLES.items():
        rows = tables[table]
        for rule, holds in _possible(declared.numbers).items():
            yield table, rule, rows.filter(~holds)
        keys = [MUNICIPALITY, *declared.keys]
        yield table, "no row stands twice", rows.filter(pl.struct(keys).is_duplicated())
        for rule, holds in OF_ROWS[table](context).items():
            yield table, rule, rows.filter(~holds.fill_null(value=False))
        for rule, broken in OF_SUMS.get(table, {}).items():
            yield table, rule, broken(tables, context)


def _possible(numbers: Sequence[str]) -> dict[str, pl.Expr]:
    """Null where a count may be null, which is no count."""
    counts = [pl.col(column).fill_null(0) for column in numbers]
    return {
        "no count is below 0": pl.all_horizontal(count >= 0 for count in counts),
        "no count is above what a country has": pl.all_horizontal(count <= MOST for count in counts),
    }


def _is_own(value: pl.Expr) -> pl.Expr:
    """A place of the sender itself; of the rest, none."""
    is_rest = pl.col(MUNICIPALITY) == REST
    return pl.when(is_rest).then(value.is_in(NOWHERE)).otherwise(value == pl.col(MUNICIPALITY))


def _obligations(context: Context) -> dict[str, pl.Expr]:
    kind, attribution = pl.col("group_kind"), pl.col("attribution")
    is_place = kind == "municipality"
    ever, whole = pl.col("numerator_ever"), pl.col("denominator")
    lost = pl.col("lost_to_follow_up") + pl.col("lost_to_documentation")
    of_kind = pl.when(is_place).then(attribution.is_in(ATTRIBUTIONS)).otherwise(kind.is_in(TRAITS))
    return {
        FOREIGN: ~is_place | _is_own(pl.col("group_value")),
        "attribution and kind of group are known": of_kind & (is_place | (attribution == PLACED)),
        "the measure is known": pl.col("measure").is_in(context.reference.measures.categories.to_list()),
        "the quarter is one of the period": pl.col("period").is_in(context.calendar.quarters),
        "in time <= done <= due": (pl.col("numerator_timely") <= ever) & (ever <= whole),
        "lost <= due and not done": lost <= whole - ever,
    }


def _continuity(context: Context) -> dict[str, pl.Expr]:
    steps = pl.DataFrame({"step": STEPS, "at": range(len(STEPS))}, schema={"step": pl.String, "at": pl.Int32})
    at = pl.col("step").replace_strict(steps["step"], steps["at"], default=None)
    windows = [name(list(range(last - 2, last + 1))) for last in range(EARLIEST, context.as_of.year + 1)]
    return {
        FOREIGN: _is_own(pl.col("group_value")),
        "the step stands in its place": at == pl.col("position"),
        "the birth years are three before the as-of date": pl.col("birth_period").is_in(windows),
        "children are told of a step, not of a reason": pl.col("children").is_null()
        == pl.col("lost_reason").is_not_null(),
    }


def _groups() -> pl.Expr:
    kind, value = pl.col("group_kind"), pl.col("group_value")
    return pl.when(kind == EXPOSURE).then(value.is_in([EXPOSED, OTHERS])).otherwise(kind.is_in(TRAITS))


def _is_year(context: Context) -> pl.Expr:
    return pl.col("cohort").is_between(EARLIEST, context.as_of.year)


def _population(context: Context) -> dict[str, pl.Expr]:
    return {
        "the group is known": _groups(),
        "the age band is known": pl.col("age_band").is_in(BAND_NAMES),
        "the year is not after the as-of date": _is_year(context),
    }


def _results(context: Context) -> dict[str, pl.Expr]:
    scored, total, squares = pl.col("z_children"), pl.col("z_thousandths"), pl.col("z_millionths")
    whole = (total.round() == total) & (squares.round() == squares)
    possible = total.is_finite() & squares.is_finite() & (total * total <= scored * squares * SLACK)
    return {
        **_population(context),
        "domain and result are known": pl.col("domain").is_in(e.DOMAINS) & pl.col("result").is_in(e.RESULTS),
        "no more children have a score than a result": scored <= pl.col("children"),
        "sums of z-scores are possible": possible,
        "sums of z-scores are whole thousandths": whole,
    }


def _courses(context: Context) -> dict[str, pl.Expr]:
    known = {each.name: [*each.grid, BEYOND] for each in TIMES_TO_EVENT}
    of_interval = [(pl.col("interval") == each) & pl.col("bin").is_in(bins) for each, bins in known.items()]
    region = pl.col(MUNICIPALITY).replace_strict(context.regions(), default=None, return_dtype=pl.String)
    value = pl.col("group_value")
    is_own = pl.when(pl.col(MUNICIPALITY) == REST).then(value.is_in(NOWHERE)).otherwise(value == region)
    return {
        FOREIGN: (pl.col("group_kind") != "region") | is_own,
        "the group is known": pl.col("group_kind").is_in(GROUP_KINDS),
        "the bin is one of the interval": pl.any_horizontal(of_interval),
        "the year is not after the as-of date": _is_year(context),
    }


def _contacts(context: Context) -> dict[str, pl.Expr]:
    names = universal_contacts(context.reference)
    order = {contact: at for at, contact in enumerate(names)}
    first, second = (
        pl.col(at).replace_strict(order, default=None, return_dtype=pl.Int32) for at in ("first", "second")
    )
    same_programme = [
        pl.col(at).replace_strict(names, default=None, return_dtype=pl.String) for at in ("first", "second")
    ]
    both, held = pl.col("both_due"), (pl.col("first_held"), pl.col("second_held"))
    alone = (held[0] == held[1]) & (held[0] == pl.col("both_held"))
    return {
        "contacts are a pair of their programme": (first <= second)
        & pl.all_horizontal(each == pl.col("programme") for each in same_programme),
        "the period is one of three years": pl.col("period").is_in([name(of) for of in context.calendar.periods]),
        "the group is known": pl.col("group").is_in([EXPOSED, OTHERS]),
        "the year is not after the as-of date": _is_year(context),
        "both held <= one held <= both due": (pl.col("both_held") <= pl.min_horizontal(*held))
        & (pl.max_horizontal(*held) <= both)
        & (held[0] + held[1] - pl.col("both_held") <= both),
        "a contact beside itself is one contact": (pl.col("first") != pl.col("second")) | alone,
    }


OF_ROWS: Mapping[str, Callable[[Context], dict[str, pl.Expr]]] = {
    "obligations": _obligations,
    "continuity": _continuity,
    "population": _population,
    "results": _results,
    "courses": _courses,
    "contacts": _contacts,
}


def _unequal(parts: pl.DataFrame, whole: pl.DataFrame, keys: Sequence[str], numbers: Sequence[str]) -> pl.DataFrame:
    """Keys of which the parts do not add up to the whole; what has no row counts as 0."""
    on = [MUNICIPALITY, *keys]
    sums = [rows.group_by(on).agg(pl.col(numbers).sum()) for rows in (parts, whole)]
    both = sums[0].join(sums[1], on=on, how="full", coalesce=True, suffix="_whole").fill_null(0)
    return both.filter(pl.any_horizontal(pl.col(number) != pl.col(f"{number}_whole") for number in numbers))


def _traits_of_obligations(tables: Tables, _: Context) -> pl.DataFrame:
    rows = tables["obligations"]
    responsible = rows.filter(pl.col("attribution") == RESPONSIBLE, pl.col(MUNICIPALITY) != REST)
    wholes = pl.concat([responsible.with_columns(pl.lit(trait).alias("group_kind")) for trait in TRAITS])
    traits = rows.filter(pl.col("attribution") == PLACED)
    return _unequal(traits, wholes, ("measure", "period", "group_kind"), OBLIGATIONS.numbers)


def _traits_of_exposed(
    table: str, keys: Sequence[str], numbers: Sequence[str]
) -> Callable[[Tables, Context], pl.DataFrame]:
    def broken(tables: Tables, _: Context) -> pl.DataFrame:
        rows = tables[table]
        exposed = rows.filter(pl.col("group_kind") == EXPOSURE, pl.col("group_value") == EXPOSED)
        wholes = pl.concat([exposed.with_columns(pl.lit(trait).alias("group_kind")) for trait in TRAITS])
        return _unequal(rows.filter(pl.col("group_kind").is_in(TRAITS)), wholes, (*keys, "group_kind"), numbers)

    return broken


def _groups_of_courses(tables: Tables, _: Context) -> pl.DataFrame:
    rows = tables["courses"]
    everybody = rows.filter(pl.col("group_kind") == "all")
    kinds = [kind for kind in GROUP_KINDS if kind not in {"all"}]
    is_other = (pl.col("group_kind") == EXPOSURE) & (pl.col("group_value") != EXPOSED)
    parts = rows.filter(pl.col("group_kind") != "all", ~is_other)
    wholes = pl.concat([everybody.with_columns(pl.lit(kind).alias("group_kind")) for kind in kinds])
    return _unequal(parts, wholes, ("interval", "cohort", "bin", "group_kind"), ("event", "competing", "censored"))


def _assessed_beyond_population(tables: Tables, _: Context) -> pl.DataFrame:
    keys = [MUNICIPALITY, "cohort", "age_band", "group_kind", "group_value"]
    assessed = tables["results"].group_by(*keys, "domain").agg(pl.col("children").sum().alias("assessed"))
    both = assessed.join(tables["population"], on=keys, how="left")
    return both.filter(pl.col("assessed") > pl.col("children").fill_null(0))


def _pairs_beyond_contacts(tables: Tables, _: Context) -> pl.DataFrame:
    rows = tables["contacts"]
    keys = [MUNICIPALITY, "programme", "period", "cohort", "group"]
    alone = rows.filter(pl.col("first") == pl.col("second"))
    found = rows
    for place in ("first", "second"):
        own = alone.select(*keys, pl.col("first").alias(place), pl.col("both_due").alias(f"{place}_due"))
        found = found.join(own, on=[*keys, place], how="left")
    due = pl.min_horizontal(pl.col("first_due").fill_null(0), pl.col("second_due").fill_null(0))
    return found.filter(pl.col("both_due") > due)


def _lost_reasons(tables: Tables, _: Context) -> pl.DataFrame:
    rows = tables["continuity"]
    keys = ("group_value", "birth_period", "position")
    reasons, lost = rows.filter(pl.col("lost_reason").is_not_null()), rows.filter(pl.col("lost_reason").is_null())
    return _unequal(reasons, lost, keys, ("lost",))


def _steps(tables: Tables, _: Context) -> pl.DataFrame:
    """Inside a step = inside the next + lost at the next; nobody is lost at the first."""
    keys = [MUNICIPALITY, "group_value", "birth_period"]
    told = tables["continuity"].filter(pl.col("lost_reason").is_null()).sort(*keys, "position")
    before = pl.col("children").shift(1).over(keys)
    first = pl.col("position") == 0
    holds = pl.when(first).then(pl.col("lost") == 0).otherwise(pl.col("children") + pl.col("lost") == before)
    whole = pl.len().over(keys) == len(STEPS)
    return told.filter(~(holds.fill_null(value=False) & whole))


def _windows(tables: Tables, context: Context) -> pl.DataFrame:
    """Windows of three years overlap: from them follows each birth year, which cannot have fewer than no children."""
    found = [pl.DataFrame(schema=CONTINUITY.with_municipality).select(MUNICIPALITY)]
    for (code,), rows in tables["continuity"].group_by(MUNICIPALITY):
        years = by_birth_year(fates(rows, list(STEPS)), context.calendar)
        if (years["children"] < 0).any():
            found.append(pl.DataFrame({MUNICIPALITY: [code]}))
    return pl.concat(found)


OF_SUMS: Mapping[str, Mapping[str, Callable[[Tables, Context], pl.DataFrame]]] = {
    "obligations": {"traits add up to all for whom the municipality is responsible": _traits_of_obligations},
    "continuity": {
        "reasons add up to those lost": _lost_reasons,
        "inside a step are those of the next and the lost": _steps,
        "windows of birth years fit each other": _windows,
    },
    "population": {
        "traits add up to the exposed": _traits_of_exposed("population", ("cohort", "age_band"), ("children",))
    },
    "results": {
        "traits add up to the exposed": _traits_of_exposed(
            "results", ("cohort", "age_band", "domain", "result"), ("children", "z_children")
        ),
        "no more are assessed than there are": _assessed_beyond_population,
    },
    "courses": {"groups add up to all": _groups_of_courses},
    "contacts": {"no more have a pair than each of the two": _pairs_beyond_contacts},
}
