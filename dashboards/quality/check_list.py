"""Parts of the page with all checks: what they say together, which to look at, where, and how it was run by run."""

from __future__ import annotations

from functools import partial
from html import escape

import polars as pl
import streamlit as st

from checks.declared import STATUSES
from dashboards import published_checks as published
from dashboards.address import chosen, remember
from dashboards.charts.check_statuses import (
    division_table,
    municipality_rows,
    run_columns,
    severity_mark,
    status_counts,
    status_mark,
)
from dashboards.frame import link_with
from dashboards.language import Words
from dashboards.markup import card_heading, heading, lead, show
from dashboards.quality import sections, sentences, statuses
from dashboards.quality.declared import said, table_name, unit_of
from dashboards.quality.statuses import DEFAULT_FILTER, DIVISIONS, EMPTY_CHOICE, FILTERS, Division
from dashboards.quality.visit import Quality

RUNS_SHOWN = 20
PLACES_SHOWN = 12
PAGE = "checks_page"


def title_and_lead(quality: Quality, checks: pl.DataFrame) -> None:
    """How many there are, how many need eyes, and of which run."""
    visit, words = quality.visit, quality.visit.words
    latest = checks["checked_at"].max()
    day = words.day(latest.date()) if latest is not None else ""  # type: ignore[union-attr]
    place = visit.name(visit.scope.own_place)
    heading(words("checks.title"), words("checks.subtitle", place=place, day=day))
    lead([sentences.of_checks(checks, words)])
    sections.stale_note(quality)
    show(status_counts(statuses.number_of(checks), words))


def choose_filter(quality: Quality, checks: pl.DataFrame) -> str:
    """Those that need eyes, all, or one status; counts in the pills."""
    words, numbers = quality.visit.words, statuses.number_of(checks)
    options = [name for name in FILTERS if numbers[name] or name in (DEFAULT_FILTER, "all")]
    name = chosen("status", options, DEFAULT_FILTER)
    st.pills(
        words("checks.filter"),
        options,
        key="status",
        format_func=lambda option: words("checks.pill", name=_filter_name(option, quality), number=numbers[option]),
        on_change=sections.back_to_first_page,
        args=(PAGE,),
        required=True,
        label_visibility="collapsed",
    )
    remember("status", name, DEFAULT_FILTER)
    return name


def _filter_name(name: str, quality: Quality) -> str:
    words = quality.visit.words
    return words(f"checks.{name}") if name in (DEFAULT_FILTER, "all") else words(f"status.{name}")


def choose_parts(quality: Quality, checks: pl.DataFrame) -> pl.DataFrame:
    """Checks of one table, kind or severity, each chosen on its own."""
    columns = st.columns(len(DIVISIONS))
    for division, column in zip(DIVISIONS, columns, strict=True):
        with column:
            checks = _of_part(quality, checks, division)
    return checks


def _of_part(quality: Quality, checks: pl.DataFrame, division: Division) -> pl.DataFrame:
    words, column = quality.visit.words, "frame" if division == "table" else division
    options = [EMPTY_CHOICE, *checks[column].cast(pl.String).unique().sort().to_list()]
    name = chosen(division, options, EMPTY_CHOICE)
    st.selectbox(
        words(f"checks.by_{division}"),
        options,
        key=division,
        format_func=lambda option: (
            words("checks.any") if option == EMPTY_CHOICE else part_name(quality, division, option)
        ),
        on_change=sections.back_to_first_page,
        args=(PAGE,),
    )
    remember(division, name, EMPTY_CHOICE)
    return checks if name == EMPTY_CHOICE else checks.filter(pl.col(column).cast(pl.String) == name)


def part_name(quality: Quality, division: Division, part: str) -> str:
    """A table, a kind or a severity in words."""
    words = quality.visit.words
    return table_name(part, words) if division == "table" else words(f"{division}.{part}")


def list_card(quality: Quality, checks: pl.DataFrame) -> None:
    """One check a row: how it stands here and in the country, what it claims, and the way to its page."""
    words = quality.visit.words
    with st.container(key="card-checks"):
        card_heading(words("checks.list"), words("checks.list_caption"))
        if checks.is_empty():
            show(f"<p class='rt-range'>{escape(words('checks.empty_filter'))}</p>")
            return
        above = st.container()
        shown = sections.one_page_of(quality, checks, PAGE)
        with above:
            show(_table(shown, quality))


def _table(checks: pl.DataFrame, quality: Quality) -> str:
    words = quality.visit.words
    is_national = quality.visit.scope.role == "national"
    columns = ["claim", "table", "status", *([] if is_national else ["everywhere"])]
    labels = {name: escape(words(f"checks.column_{name}"), quote=True) for name in columns}
    if is_national:
        labels["status"] = escape(words("checks.column_status_country"), quote=True)
    head = "".join(f"<th scope='col' class='{name}'>{label}</th>" for name, label in labels.items())
    rows = (_row(row, labels, quality) for row in checks.iter_rows(named=True))
    table = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f"<div class='rt-gaps-frame'><table class='rt-table rt-gaps rt-checks'>{table}</table></div>"


def _row(row: dict[str, object], labels: dict[str, str], quality: Quality) -> str:
    words = quality.visit.words
    claim = f"{severity_mark(str(row['severity']), words)}<br>{_linked(str(row['check_id']), quality)}"
    category = escape(words(f"category.{row['category']}"))
    other_run = "" if row["is_of_run"] else f"<br><small>{escape(words('checks.of_another_run'))}</small>"
    cells = {
        "claim": claim,
        "table": f"{escape(table_name(str(row['frame']), words))}<br><small>{category}</small>",
        "status": _here(row, words) + _counted(row, quality) + other_run,
        "everywhere": status_mark(str(row["status_everywhere"]), words),
    }
    tds = (f"<td class='{name}' data-label='{label}'>{cells[name]}</td>" for name, label in labels.items())
    return f"<tr>{''.join(tds)}</tr>"


def _here(row: dict[str, object], words: Words) -> str:
    """The reader's own status; of a check that is not counted for municipalities, that there is none."""
    if statuses.is_of_country_alone(row):
        return f"<small>{escape(words('checks.country_only'))}</small>"
    return status_mark(str(row["status"]), words)


def _linked(check_id: str, quality: Quality) -> str:
    visit = quality.visit
    address = link_with(visit.words, visit.scope, "quality_check", check=check_id)
    return f"<a href='{escape(address, quote=True)}' target='_self'>{escape(said(check_id, 'claim', visit.words))}</a>"


def _counted(row: dict[str, object], quality: Quality) -> str:
    """`12 af 4.310 rækker`, where the reader may see it."""
    words = quality.visit.words
    is_national = quality.visit.scope.role == "national"
    failing, applicable = (row["failing_everywhere"], row["applicable_everywhere"]) if is_national else (
        row["failing"],
        row["applicable"],
    )  # fmt: skip
    if not isinstance(failing, int) or not isinstance(applicable, int) or not failing:
        return ""
    unit = unit_of(str(row["frame"]), words)
    text = words("checks.counted", failing=words.number(failing), applicable=words.number(applicable), unit=unit)
    return f"<br><small>{escape(text)}</small>"


def division_card(quality: Quality, checks: pl.DataFrame) -> None:
    """How many of which status, by table, by kind or by severity."""
    words = quality.visit.words
    with st.container(key="card-division"):
        card_heading(words("checks.division"), words("checks.division_caption"))
        division = chosen("by", DIVISIONS, DIVISIONS[0])
        st.segmented_control(
            words("checks.by"),
            DIVISIONS,
            key="by",
            format_func=lambda name: words(f"checks.by_{name}"),
            required=True,
            label_visibility="collapsed",
        )
        remember("by", division, DIVISIONS[0])
        part: Division = next(known for known in DIVISIONS if known == division)
        table = statuses.divided(checks, part)
        is_whole = pl.sum_horizontal(status for status in STATUSES if status != "passed") == 0
        told, whole = table.filter(~is_whole), table.filter(is_whole)
        draw = partial(division_table, heading=words(f"checks.by_{part}"), name=partial(part_name, quality, part))
        if told.height:
            show(draw(told, words=words))
        if whole.height:
            with st.expander(words("checks.all_passed", number=words.number(whole.height))):
                show(draw(whole, words=words))


def places_card(quality: Quality, checks: pl.DataFrame) -> None:
    """Municipalities side by side, for national coordination."""
    words = quality.visit.words
    results = quality.of_checks(published.results, quality.today)
    told = checks.filter(statuses.fits(DEFAULT_FILTER))["check_id"].to_list()
    found = statuses.status_by_place(results, told)
    with st.container(key="card-places"):
        card_heading(words("places.title"), words("places.caption"))
        if not found:
            show(f"<p class='rt-range'>{escape(words('places.nothing'))}</p>")
            return
        regions = _regions(quality)
        claims = [(check_id, _linked(check_id, quality)) for check_id in told if check_id in found]
        show(municipality_rows(claims[:PLACES_SHOWN], found, regions, words))
        rest = claims[PLACES_SHOWN:]
        if rest:
            with st.expander(words("strip.more", number=words.number(len(rest)))):
                show(municipality_rows(rest, found, regions, words))


def _regions(quality: Quality) -> list[tuple[str, list[tuple[str, str]]]]:
    """Regions by name with code and name of their municipalities."""
    rows = quality.visit.geography.municipalities.sort("region_name", "name")
    return [
        (part.item(0, "region_name").removeprefix("Region "), part.select("municipality_code", "name").rows())
        for part in rows.partition_by("region_name", maintain_order=True)
    ]


def runs_card(quality: Quality) -> None:
    """The checks run by run; nothing to compare before there are two."""
    words = quality.visit.words
    runs = statuses.run_by_run(quality.of_checks(published.history), RUNS_SHOWN)
    with st.container(key="card-runs"):
        card_heading(words("checks.runs"), words("checks.runs_caption"))
        show(run_columns(runs, words))
        if any(run.is_partial for run in runs):
            show(f"<p class='rt-range'>{escape(words('checks.partial_runs'))}</p>")
        if len(runs) < 2:
            show(f"<p class='rt-range'>{escape(words('checks.one_run'))}</p>")
