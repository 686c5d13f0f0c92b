"""Development of children, ratios of exposed to others, and participation in what is offered to all."""

from __future__ import annotations

from typing import Any

import polars as pl

from dashboards import published_analysis
from dashboards.charts.development_bars import development_bars, development_table, development_text
from dashboards.charts.development_panels import ASSESSED, published_panels
from dashboards.charts.periods import period_words
from dashboards.charts.ratio_rows import Ratio, RatioRow, ratio_rows, ratio_table, ratio_text
from dashboards.charts.verdicts import figure_words
from dashboards.notebook.asking import Asking, chosen, latest_told
from dashboards.notebook.told import Told
from pipelines.definitions.age_bands import AGE_BANDS
from pipelines.definitions.enumerations import DOMAINS

EXPOSURE, EXPOSED = "exposure", "exposed"
TRAITS = ("substance_group", "certainty", "known_before_birth")
BANDS = tuple(band.name for band in AGE_BANDS)
ALIKE, CRUDE = "alike", "crude"
COUNTS = ("numerator", "denominator", "share", "low", "high", "state")


def development(
    asking: Asking, domain: str, age_band: str | None, period: str | None, *, told_alone: bool = False
) -> Told:
    """Results of exposed children above those of all others, and how many were not assessed. `told_alone`: without the
    ages of which nothing is told."""
    rows, born = _development(asking, domain, age_band, period, pl.col("group_kind") == EXPOSURE)
    if told_alone:
        rows = rows.filter((pl.col("state") == "number").any().over("age_band"))
    panels, words = published_panels(rows), asking.words
    title = _title(asking, domain, born)
    return Told(
        title,
        development_text(title, panels, words),
        development_table(panels, words),
        rows,
        development_bars(panels, words, asking.mode),
    )


def development_told(asking: Asking, domain: str, period: str | None) -> Told:
    """All ages of which something is told."""
    return development(asking, domain, None, period, told_alone=True)


def development_by(asking: Asking, trait: str, domain: str, age_band: str | None, period: str | None) -> Told:
    """The same shares by a trait of exposed children, as a table: small groups stand together under their names."""
    known, words = chosen(trait, dict.fromkeys(TRAITS, trait), "trait"), asking.words
    rows, born = _development(asking, domain, age_band, period, pl.col("group_kind") == known)
    names = words.section("notebook_column")
    told = [
        {
            names["band"]: row["age_band"].replace("-", "–"),
            names["group"]: group_words(row, asking),
            names["share_of"]: words(f"development_share.{row['share_of']}"),
            names["figure"]: figure_words(row, words, "figure_about" if row["share_of"] == ASSESSED else "figure"),
        }
        for row in rows.iter_rows(named=True)
    ]
    title = _title(asking, domain, born)
    return Told(title, _listed(title, told), _table_of(told), rows)


def z_scores(asking: Asking, domain: str, age_band: str | None = None, period: str | None = None) -> Told:
    """Mean z-scores of all groups that have one told, in all ages and years of birth unless they are named. A mean that
    is not there is hidden or was not measured."""
    wanted = {"age_band": age_band, "period": period}
    is_asked = (pl.col(column) == value for column, value in wanted.items() if value is not None)
    every = published_analysis.z_scores(asking.tables, asking.scope, _domain(domain))
    rows = every.filter(pl.all_horizontal(pl.lit(value=True), *is_asked))
    words, names = asking.words, asking.words.section("notebook_column")
    told = [
        {
            names["born"]: period_words(row["period"], words),
            names["band"]: row["age_band"].replace("-", "–"),
            names["group"]: group_words(row, asking),
            names["mean"]: words.decimal(row["mean"], _digits(row)),
            names["interval"]: " – ".join(words.decimal(row[end], _digits(row)) for end in ("low", "high")),
        }
        for row in rows.iter_rows(named=True)
    ]
    title = asking.title(words(f"development_domain.{domain}"), words("notebook.z_scores"))
    return Told(
        title, _listed(title, told) if told else f"{title}: {words('notebook.no_z_scores')}", _table_of(told), rows
    )


def _digits(row: dict[str, Any]) -> int:
    """A mean has as many as its interval: one where so few children are behind it that no finer one was told."""
    return 1 if all(row[name] == round(row[name], 1) for name in ("mean", "low", "high")) else 2


def ratios(asking: Asking, age_band: str, period: str | None, outcome: str) -> Told:
    """How many times as often the outcome is found among exposed children, domain by domain."""
    band = chosen(age_band, dict.fromkeys(BANDS, age_band), "age band")
    every = published_analysis.ratios(asking.tables, asking.scope, _outcome(outcome)).filter(pl.col("age_band") == band)
    born = latest_told(every, pl.lit(value=True), period)
    rows = every.filter(pl.col("period") == born)
    words = asking.words
    named = {domain: words(f"development_domain.{domain}") for domain in DOMAINS}
    drawn = [_ratio_row(name, rows.filter(pl.col("domain") == domain)) for domain, name in named.items()]
    shown = words(f"development_share.{outcome}")
    about = words("notebook.years", band=band.replace("-", "–"))
    title = asking.title(f"{shown[:1].upper()}{shown[1:]}", about, _born(asking, born))
    return Told(
        title,
        ratio_text(title, drawn, words),
        ratio_table(drawn, words),
        rows,
        ratio_rows(drawn, words, asking.mode),
    )


def participation(asking: Asking, period: str | None) -> Told:
    """The participation gap: contacts held of those due, exposed children against all others."""
    every = published_analysis.participation(asking.tables, asking.scope)
    due = latest_told(every, pl.lit(value=True), period)
    rows, words = every.filter(pl.col("period") == due), asking.words
    alike = rows.filter(pl.col("standardised") == ALIKE).sort("programme")
    programmes = alike["programme"].to_list()
    drawn = [
        _ratio_row(words(f"programme.{programme}"), rows.filter(pl.col("programme") == programme))
        for programme in programmes
    ]
    title = asking.title(words.measure("participation_gap", "title"), period=due)
    shares = [_both_shares(row, asking) for row in alike.iter_rows(named=True)]
    table = ratio_table(drawn, words).with_columns(pl.Series(words("notebook.both_shares"), shares, pl.String))
    return Told(title, ratio_text(title, drawn, words), table, rows, ratio_rows(drawn, words, asking.mode))


def group_words(row: dict[str, Any], asking: Asking) -> str:
    """The name of a group; of small groups that stand together, the names of all."""
    words = asking.words
    if row["group_value"] != "other_groups" or not row["members"]:
        return words(f"development_group.{row['group_value']}")
    first, *others = (words(f"development_group.{member}") for member in row["members"])
    members = ", ".join((first, *(f"{name[:1].lower()}{name[1:]}" for name in others)))
    return words("notebook.together", members=members)


def _development(
    asking: Asking, domain: str, age_band: str | None, period: str | None, of_group: pl.Expr
) -> tuple[pl.DataFrame, str]:
    """The rows of one period, bands and groups in their order, and the period."""
    rows = published_analysis.development(asking.tables, asking.scope, _domain(domain)).filter(of_group)
    bands = BANDS if age_band is None else (chosen(age_band, dict.fromkeys(BANDS, age_band), "age band"),)
    asked = rows.filter(pl.col("age_band").is_in(bands))
    born = latest_told(asked, pl.col("group_value") != "others", period)
    in_order = pl.col("age_band").cast(pl.Enum(BANDS))
    return asked.filter(pl.col("period") == born).sort(in_order, "group_value", "share_of"), born


def _ratio_row(name: str, rows: pl.DataFrame) -> RatioRow:
    alike, crude = (_ratio(rows.filter(pl.col("standardised") == kind)) for kind in (ALIKE, CRUDE))
    return RatioRow(name, alike, crude)


def _ratio(rows: pl.DataFrame) -> Ratio:
    """Of the one row, or missing."""
    for row in rows.iter_rows(named=True):
        return Ratio(row["state"], row["ratio"], row["low"], row["high"], row.get("reason"))
    return Ratio("missing")


def _both_shares(row: dict[str, Any], asking: Asking) -> str:
    words = asking.words
    if row["exposed_share"] is None or row["others_share"] is None:
        return words(f"state.{row['state']}")
    return words(
        "notebook.shares", exposed=words.percent(row["exposed_share"]), others=words.percent(row["others_share"])
    )


def _domain(name: str) -> str:
    return chosen(name, dict.fromkeys(DOMAINS, name), "domain")


def _outcome(name: str) -> str:
    return chosen(name, dict.fromkeys(("concern", "monitor_or_concern"), name), "outcome")


def _born(asking: Asking, period: str) -> str:
    return asking.words("notebook.born", period=period_words(period, asking.words))


def _title(asking: Asking, domain: str, period: str) -> str:
    return asking.title(asking.words(f"development_domain.{domain}"), _born(asking, period))


def _listed(title: str, told: list[dict[str, str]]) -> str:
    """All cells of a table in words."""
    return f"{title}: " + "; ".join(", ".join(line.values()) for line in told) + "."


def _table_of(told: list[dict[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(told, orient="row")
