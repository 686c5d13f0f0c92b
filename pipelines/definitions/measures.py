"""The measures: what each figure counts, and whether high is good. Their words, owner and review date are facts, in
`reference/measures.csv`, one row for each name.

Every measure of obligations has the same denominator and the same numerators, by construction (see `pipelines.counts`);
what it declares is whose obligations, and which numerator it shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Literal

import polars as pl

from pipelines.definitions.descriptions import read_description, table_of
from pipelines.definitions.in_force import InForce, guidance
from pipelines.definitions.reference import Reference, shipped_reference
from pipelines.definitions.rewording import reworded_by
from pipelines.errors import UserError

Numerator = Literal["numerator_ever", "numerator_timely", "lost_to_follow_up", "lost_to_documentation"]
EVER: Numerator = "numerator_ever"
TIMELY: Numerator = "numerator_timely"

LANGUAGES = ("da", "en")
TEXTS = ("unit", "title", "sentence", "why")

THEMES = ("detected", "registered", "carried", "followed_up", "lost", "data")
"""In the order in which a page tells them."""

SHIPPED = "_shipped"

CONTACT = "contact"
"""The row of `measures.csv` that speaks for every single contact of the schedule."""


@dataclass(frozen=True)
class Obligations:
    """Obligations with a due date in the period and before the as-of date: `name` is a kind, a kind and its transition,
    a programme, or one contact of it. Denominator: met, late, overdue or contradicted."""

    name: str


@dataclass(frozen=True)
class ExposedChildren:
    """Exposed children born in the period; those inside a `step` of the thread are the numerator."""

    step: str


@dataclass(frozen=True)
class Participation:
    """Contacts of the programmes for all children, due before the as-of date: exposed children against all others."""

    programmes: tuple[str, ...]


@dataclass(frozen=True)
class Reporting:
    """Months of a municipality and source in which rows were to be expected; those with rows are the numerator."""


Population = Obligations | ExposedChildren | Participation | Reporting


@dataclass(frozen=True)
class Facts:
    """The words of a measure in both languages, and who answers for it. `review_date`: null when nobody has set one.

    `minimum_denominator`: under it the figure is shown, but ranked with no other.
    """

    theme: str
    recommendation: str
    minimum_denominator: int
    owner: dict[str, str]
    review_date: date | None
    unit: dict[str, str]
    title: dict[str, str]
    sentence: dict[str, str]
    why: dict[str, str]

    def is_overdue(self, today: date) -> bool:
        """The day of review is past; a measure without one cannot be late."""
        return self.review_date is not None and self.review_date < today


@dataclass(frozen=True)
class Measure:
    """One figure: the `numerator` of a population. What it is called and why it matters is in `facts`."""

    name: str
    population: Population
    numerator: Numerator = EVER
    high_is_good: bool = True

    @property
    def measure(self) -> str | None:
        """The name that its obligations are counted under; null when it counts something else."""
        return self.population.name if isinstance(self.population, Obligations) else None

    @property
    def step(self) -> str | None:
        """The step of the thread; null when it counts something else."""
        return self.population.step if isinstance(self.population, ExposedChildren) else None

    @property
    def facts(self) -> Facts:
        """Its row of `measures.csv`."""
        return facts_of(self.name)


FAMILY_CLINIC, GP, HEALTH_VISITOR = "family_clinic", "gp", "health_visitor"

KNOWN_BEFORE_BIRTH = Measure("known_before_birth", ExposedChildren("known_before_birth"))
SCREENED = Measure("screened", Obligations("screened"))
REFERRED = Measure("referred", Obligations("referred"))
PLAN_BEFORE_BIRTH = Measure("plan_before_birth", Obligations("plan_before_birth"), TIMELY)
REGISTERED = Measure("registered", Obligations("registered"), TIMELY)
ON_CHILD_RECORD = Measure("on_child_record", Obligations("on_child_record"))
HANDED_OVER = Measure("handed_over", Obligations("handed_over"), TIMELY)
CARRIED_IN_RECORD = Measure("carried_in_record", Obligations("carried_in_record"))
CARRIED_AT_MOVE = Measure("carried_at_move", Obligations("carried_at_move"))
SCHOOL_START = Measure("school_start", Obligations("carried_at_transition:school_start"))
PLACEMENT = Measure("placement", Obligations("carried_at_transition:placement"))
ADULTHOOD = Measure("adulthood", Obligations("carried_at_transition:adulthood"))
FOLLOWED_UP = Measure("followed_up", Obligations(FAMILY_CLINIC))
FOLLOWED_UP_IN_TIME = Measure("followed_up_in_time", Obligations(FAMILY_CLINIC), TIMELY)
GP_COVERAGE = Measure("gp_coverage", Obligations(GP))
GP_IN_TIME = Measure("gp_in_time", Obligations(GP), TIMELY)
HEALTH_VISITOR_COVERAGE = Measure("health_visitor_coverage", Obligations(HEALTH_VISITOR))
HEALTH_VISITOR_IN_TIME = Measure("health_visitor_in_time", Obligations(HEALTH_VISITOR), TIMELY)
PARTICIPATION_GAP = Measure("participation_gap", Participation((GP, HEALTH_VISITOR)))
LOST_TO_FOLLOW_UP = Measure("lost_to_follow_up", Obligations(FAMILY_CLINIC), "lost_to_follow_up", high_is_good=False)
LOST_TO_DOCUMENTATION = Measure(
    "lost_to_documentation", Obligations(FAMILY_CLINIC), "lost_to_documentation", high_is_good=False
)
REPORTING_COMPLETENESS = Measure("reporting_completeness", Reporting())

HEADLINE_MEASURES = (
    KNOWN_BEFORE_BIRTH,
    SCREENED,
    REFERRED,
    PLAN_BEFORE_BIRTH,
    REGISTERED,
    ON_CHILD_RECORD,
    HANDED_OVER,
    CARRIED_IN_RECORD,
    CARRIED_AT_MOVE,
    SCHOOL_START,
    PLACEMENT,
    ADULTHOOD,
    FOLLOWED_UP,
    FOLLOWED_UP_IN_TIME,
    GP_COVERAGE,
    GP_IN_TIME,
    HEALTH_VISITOR_COVERAGE,
    HEALTH_VISITOR_IN_TIME,
    PARTICIPATION_GAP,
    LOST_TO_FOLLOW_UP,
    LOST_TO_DOCUMENTATION,
    REPORTING_COMPLETENESS,
)


def contacts(reference: Reference, programme: str) -> tuple[Measure, ...]:
    """The coverage of every contact of a programme, in order of age."""
    in_days = {"days": 1.0, "months": 30.44}
    rows = reference.schedule.filter(pl.col("programme") == programme).to_dicts()
    rows.sort(key=lambda row: row["due_age"] * in_days[row["due_unit"]])
    names = [f"{programme}:{row['contact_code']}" for row in rows]
    return tuple(Measure(name, Obligations(name)) for name in names)


def all_measures(reference: Reference) -> tuple[Measure, ...]:
    """The headline measures, and every contact of the schedule."""
    programmes = reference.schedule["programme"].unique(maintain_order=True)
    return (*headline_measures(), *(each for programme in programmes for each in contacts(reference, programme)))


def facts_of(name: str) -> Facts:
    """What is said of a measure, with the days of the schedule and of `deadlines.csv`. A single contact has no row of
    its own: the row `contact` speaks for all of them, each under the title that the schedule gives it."""
    return _facts_of(name, guidance())


@cache
def _facts_of(name: str, chosen: InForce | None) -> Facts:
    told = facts_under(chosen)[CONTACT if ":" in name else name]
    values = {language: _values(name, language, Reference.under(chosen)) for language in LANGUAGES}
    filled = [{language: text[language].format(**values[language]) for language in LANGUAGES} for text in _texts(told)]
    unit, title, sentence, why = filled
    return replace(told, unit=unit, title=title, sentence=sentence, why=why)


def headline_measures() -> tuple[Measure, ...]:
    """The headline measures that the target group has: those that `measures.csv` has a row for."""
    told = facts()
    return tuple(each for each in HEADLINE_MEASURES if each.name in told)


def told_of(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """Those of them that the target group has, in their order."""
    told = facts()
    return tuple(each for each in measures if each.name in told)


def facts() -> dict[str, Facts]:
    """All rows of `measures.csv` by name. UserError when a row is missing, double or incomplete."""
    return facts_under(guidance())


@cache
def facts_under(chosen: InForce | None) -> dict[str, Facts]:
    """With the rows of the guidance in force, where it has a target group of its own: it has the measures that it
    names, and may leave headline measures out."""
    rows = pl.read_csv((shipped_reference() / "measures.csv").read_bytes(), infer_schema=False)
    if chosen is not None and read_description(chosen.folder).target is not None:
        rows = _laid_over(rows, chosen)
    _check(rows, may_leave_out=chosen is not None)
    return {row["name"]: _facts(row) for row in rows.to_dicts()}


def _laid_over(rows: pl.DataFrame, chosen: InForce) -> pl.DataFrame:
    """The rows of a guidance; what it leaves empty is as shipped, in the words of its own target group."""
    own = table_of(chosen.folder, "measures")
    in_own_words = rows.with_columns(
        pl.Series(name, [reworded_by(text, name[-2:], chosen) for text in rows[name]])
        for name in rows.columns
        if name.endswith(tuple(f"_{language}" for language in LANGUAGES))
    )
    both = own.join(in_own_words, on="name", how="left", suffix=SHIPPED, maintain_order="left")
    return both.select(
        "name",
        *(
            pl.coalesce(each for each in (name, f"{name}{SHIPPED}") if each in both.columns).alias(name)
            for name in rows.columns
            if name != "name"
        ),
    )


def _facts(row: dict[str, str]) -> Facts:
    both = {name: {"da": row[f"{name}_da"], "en": row[f"{name}_en"]} for name in ("owner", *TEXTS)}
    reviewed = row["review_date"]
    return Facts(
        theme=row["theme"],
        recommendation=row["recommendation"],
        minimum_denominator=int(row["minimum_denominator"]),
        review_date=date.fromisoformat(reviewed) if reviewed else None,
        **both,
    )


def _check(rows: pl.DataFrame, *, may_leave_out: bool = False) -> None:
    """A steward's slip in the spreadsheet is told with its row."""
    named = {each.name for each in HEADLINE_MEASURES} | {CONTACT}
    rows = rows.with_columns(pl.col("name").fill_null(""))
    names = rows["name"].to_list()
    needed = [
        "theme",
        "recommendation",
        *(f"{name}_{language}" for name in ("owner", *TEXTS) for language in LANGUAGES),
    ]
    reviewed = pl.col("review_date")
    faults = {
        "no row for": sorted(({CONTACT} if may_leave_out else named) - set(names)),
        "no measure called": sorted(set(names) - named),
        "two rows for": sorted({name for name in names if names.count(name) > 1}),
        "an empty field in": rows.filter(pl.any_horizontal(pl.col(needed).is_null()))["name"].to_list(),
        "a theme that is none in": rows.filter(~pl.col("theme").is_in(THEMES))["name"].to_list(),
        "a minimum that is no whole number in": _not(rows, pl.col("minimum_denominator").str.contains(r"^\d+$")),
        "a review date that is no date in": _not(
            rows, reviewed.is_null() | reviewed.str.to_date("%Y-%m-%d", strict=False).is_not_null()
        ),
    }
    told = [f"{fault} {', '.join(names)}" for fault, names in faults.items() if names]
    if told:
        raise UserError("measures.csv does not describe the measures", where="; ".join(told), to_do="Mend the file.")


def _not(rows: pl.DataFrame, holds: pl.Expr) -> list[str]:
    names: list[str] = rows.filter(~holds.fill_null(value=False))["name"].to_list()
    return names


def _texts(told: Facts) -> tuple[dict[str, str], ...]:
    return told.unit, told.title, told.sentence, told.why


def _values(name: str, language: str, reference: Reference) -> dict[str, object]:
    if ":" in name:
        is_it = pl.concat_str("programme", pl.lit(":"), "contact_code") == name
        row = reference.schedule.row(by_predicate=is_it, named=True)
        return {"title": row[f"title_{language}"], "opens": row["opens_days"], "closes": row["closes_days"]}
    if name in {REGISTERED.name, HANDED_OVER.name}:
        return {"days": reference.deadline(name)["days"]}
    return {}
