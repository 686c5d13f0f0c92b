"""Made-up published tables in memory. Small counts are hidden one by one, as no gate would do it: the gate has tests of
its own.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from dashboards.intervals import Interval
from pipelines.continuity import STEPS
from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.wilson import Z95, wilson_high, wilson_low

AS_OF = date(2026, 9, 30)


def wilson(part: int, whole: int) -> Interval:
    """In plain numbers, for thousands of rows are made one by one."""
    centre, share = (part + Z95**2 / 2) / (whole + Z95**2), part / whole
    half = Z95 / (whole + Z95**2) * (part * (whole - part) / whole + Z95**2 / 4) ** 0.5
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


YEARS = range(2014, 2026)
THRESHOLD = 5
SHARES_OF = ("numerator_ever", "numerator_timely", "lost_to_follow_up")
WINDOWS = {"year": 1, "three_years": 3, "five_years": 5}
REASONS_OF_STEP = {
    "known_before_birth": ("first_known_after_birth",),
    "registered": ("not_registered",),
    "on_child_record": ("not_registered",),
    "handed_over": ("no_handover", "not_confirmed", "exposure_left_out"),
    "carried_in_record": ("silent", "contradicted"),
    "carried_at_move_and_transition": ("no_handover", "not_confirmed"),
    "followed_up": ("no_contact", "no_show", "declined", "undocumented"),
}
QUALITY = {
    "registered": 0.83,
    "on_child_record": 0.71,
    "handed_over": 0.66,
    "carried_in_record": 0.64,
    "carried_at_move": 0.42,
    "carried_at_transition:school_start": 0.5,
    "carried_at_transition:placement": 0.6,
    "carried_at_transition:adulthood": 0.4,
    "screened": 0.78,
    "referred": 0.55,
    "plan_before_birth": 0.5,
}


def share_row(measure: str, kind: str, group: str, period_kind: str, period: str, **figure: Any) -> dict[str, Any]:
    """A row of `published_shares`: `part` of `whole`, or a `state`; timely unless `share_of` says otherwise."""
    part, whole = figure.pop("part", None), figure.pop("whole", None)
    interval = wilson(part, whole) if whole else None
    return {
        "measure": measure,
        "attribution": "responsible",
        "group_kind": kind,
        "group_value": group,
        "period_kind": period_kind,
        "period": period,
        "share_of": "numerator_timely",
        "numerator": part,
        "denominator": whole,
        "share": interval.value if interval else None,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "state": "number",
    } | figure


OF_SHARES = {
    **dict.fromkeys(("measure", "attribution", "group_kind", "group_value", "period_kind", "period"), pl.String),
    "share_of": pl.String,
    **dict.fromkeys(("numerator", "denominator"), pl.Int64),
    **dict.fromkeys(("share", "low", "high"), pl.Float64),
    "state": pl.String,
}


def published_shares(chance: random.Random) -> pl.DataFrame:
    """Municipalities by year; programmes, windows, regions and the country are their sums. 2026 is not over."""
    by_year = pl.DataFrame(_by_year(chance)).with_columns(pl.lit("municipality").alias("group_kind"))
    programme = pl.col("measure").str.split(":").list.first()
    of_programmes = by_year.filter(programme.is_in(list(e.PROGRAMMES))).with_columns(programme.alias("measure"))
    finest = pl.concat([by_year, of_programmes])
    larger = (("region", pl.col("region")), ("country", pl.lit("country")))
    everywhere = pl.concat(
        [finest, *(finest.with_columns(group_kind=pl.lit(kind), group_value=value) for kind, value in larger)]
    )
    windows = [
        everywhere.with_columns(
            pl.lit(kind).alias("period_kind"), (pl.col("year") + later).alias("year"), pl.lit(length).alias("length")
        )
        for kind, length in WINDOWS.items()
        for later in range(length)
    ]
    keys = ["measure", "group_kind", "group_value", "period_kind", "length", "year"]
    summed = pl.concat(windows).group_by(keys).agg(pl.col("denominator", *SHARES_OF).sum())
    over = summed.filter(pl.col("year").is_between(2018 - 4, AS_OF.year - 1))
    running = over.filter(pl.col("year") == AS_OF.year - 1).with_columns(pl.col("year") + 1)
    long = pl.concat([over, running]).unpivot(
        SHARES_OF, index=[*keys, "denominator"], variable_name="share_of", value_name="numerator"
    )
    return _with_states(long.with_columns(_period().alias("period"))).select(list(OF_SHARES)).sort(list(OF_SHARES)[:7])


def _period() -> pl.Expr:
    first = pl.col("year") - pl.col("length") + 1
    window = pl.concat_str(first, pl.lit("-"), "year")
    return pl.when(pl.col("length") == 1).then(pl.col("year").cast(pl.String)).otherwise(window)


def _with_states(rows: pl.DataFrame) -> pl.DataFrame:
    part, whole = pl.col("numerator"), pl.col("denominator")
    small = pl.any_horizontal(count.is_between(1, THRESHOLD - 1) for count in (part, whole, whole - part))
    state = (
        pl.when(pl.col("year") == AS_OF.year)
        .then(pl.lit("not_yet_due"))
        .when(whole == 0)
        .then(pl.lit("not_applicable"))
        .when(small | (part == whole))
        .then(pl.lit("suppressed"))
        .otherwise(pl.lit("number"))
    )
    numbers = {
        "numerator": part,
        "denominator": whole,
        "share": part / whole,
        "low": wilson_low(part, whole),
        "high": wilson_high(part, whole),
    }
    return rows.with_columns(state.alias("state"), pl.lit("responsible").alias("attribution")).with_columns(
        pl.when(pl.col("state") == "number").then(number).alias(name) for name, number in numbers.items()
    )


def _by_year(chance: random.Random) -> list[dict[str, Any]]:
    reference = Reference.load()
    places = reference.municipalities.filter(pl.col("valid_from") < AS_OF)
    rows = []
    for code, region, population in places.select("municipality_code", "region_code", "population_2016").iter_rows():
        skill = chance.gauss(0, 0.09)
        for measure in (*QUALITY, *_milestones(reference)):
            special = ":" not in measure or measure.startswith(("carried", "family_clinic"))
            births = population * 0.0105 * (0.02 if special else 1.0)
            rate = 0.3 if measure.startswith("carried_at") else 1.0
            for year in YEARS:
                numbers = _year(chance, births * rate, measure, skill + (year - 2022) * 0.02)
                rows.append({"measure": measure, "group_value": code, "region": region, "year": year} | numbers)
    return rows


def _milestones(reference: Reference) -> list[str]:
    return [f"{p}:{c}" for p, c in reference.schedule.select("programme", "contact_code").iter_rows()]


def _year(chance: random.Random, expected: float, measure: str, shift: float) -> dict[str, int]:
    due = max(0, round(chance.gauss(expected, expected**0.5)))
    share = min(0.98, max(0.05, QUALITY.get(measure, 0.8) + shift))
    ever = sum(chance.random() < share for _ in range(due)) if due < 200 else round(due * share)
    lost = (due - ever) // 2 if ":" in measure else 0
    timely = round(ever * 0.9)
    return {"denominator": due, "numerator_ever": ever, "numerator_timely": timely, "lost_to_follow_up": lost}


OF_CONTINUITY = {
    **dict.fromkeys(("group_kind", "group_value", "birth_period_kind", "birth_period", "quantity", "step"), pl.String),
    "position": pl.Int32,
    "lost_reason": pl.String,
    "children": pl.Int64,
    "state": pl.String,
    "exposed": pl.Int64,
    **dict.fromkeys(("share", "low", "high"), pl.Float64),
    "share_state": pl.String,
}


def published_continuity(chance: random.Random) -> pl.DataFrame:
    """A funnel per place and window."""
    places = Reference.load().municipalities.filter(pl.col("valid_from") < AS_OF)
    people = places.select("municipality_code", "region_code", "population_2016").rows()
    rows: list[dict[str, Any]] = []
    for last in range(AS_OF.year - 8, AS_OF.year):
        sums: dict[tuple[str, str], Counter[str]] = {}
        for code, region, population in people:
            chain = _chain(chance, round(population * 0.0105 * 0.06))
            for group in (("municipality", code), ("region", region), ("country", "country")):
                sums.setdefault(group, Counter()).update(chain)
        period = ("three_years", f"{last - 2}-{last}")
        rows += [row for group, chain in sums.items() for row in funnel(group, period, chain)]
    return pl.DataFrame(rows, schema=OF_CONTINUITY)


def _chain(chance: random.Random, exposed: int) -> Counter[str]:
    chain = Counter({"exposed": exposed})
    left = exposed
    for step, reasons in REASONS_OF_STEP.items():
        lost = sum(chance.random() < 0.16 for _ in range(left))
        chain.update(f"{step}|{chance.choice(reasons)}" for _ in range(lost))
        left -= lost
    return chain


def funnel(group: tuple[str, str], period: tuple[str, str], chain: Mapping[str, int]) -> list[dict[str, Any]]:
    """Rows of `published_continuity`: `chain` holds `exposed` and `step|reason` counts; small ones are hidden."""
    shape = dict(zip(list(OF_CONTINUITY)[:4], (*group, *period), strict=True))
    exposed = chain["exposed"]
    if not exposed:
        steps = [{"step": step, "position": at} for at, step in enumerate(STEPS)]
        return [shape | step | {"quantity": "inside", "state": "not_applicable"} for step in steps]
    rows, left = [], exposed
    for position, step in enumerate(STEPS):
        lost = {key.split("|")[1]: number for key, number in chain.items() if key.startswith(f"{step}|")}
        left -= sum(lost.values())
        at = shape | {"step": step, "position": position}
        rows.append(at | {"quantity": "inside"} | _hidden_if_small(left) | _share_of(left, exposed if position else 0))
        if step in REASONS_OF_STEP:
            rows.append(at | {"quantity": "lost"} | _hidden_if_small(sum(lost.values())))
        rows += [
            at | {"quantity": "lost_for", "lost_reason": reason} | _hidden_if_small(n) for reason, n in lost.items()
        ]
    return rows


def _hidden_if_small(count: int) -> dict[str, Any]:
    is_small = 1 <= count < THRESHOLD
    return {"state": "suppressed"} if is_small else {"state": "number", "children": count}


def _share_of(part: int, whole: int) -> dict[str, Any]:
    if not whole:
        return {}
    if {part, whole, whole - part} & {1, 2, 3, 4}:
        return {"share_state": "suppressed"}
    found = wilson(part, whole)
    return {"share_state": "number", "exposed": whole, "share": found.value, "low": found.low, "high": found.high}
