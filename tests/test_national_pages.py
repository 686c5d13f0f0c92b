"""Pages of national coordination: what they say follows from the figures, and nothing that is hidden is told."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from figure_frames import OF_SHARES, share_row
from published_frames import SVENDBORG, FakeSnapshot, country, run_facts, written
from quality_store import quality_run
from streamlit_pages import ROOT, opened, said

from dashboards import opening, published_revisions
from dashboards.change_sentences import revision_sentence
from dashboards.charts.place_grid import FEW, Cell, GridLine, place_grid
from dashboards.headlines import SELECTABLE
from dashboards.language import Words
from dashboards.national import sentences
from dashboards.national.completeness import of_completeness, of_missing
from dashboards.national.pictures import place_of
from dashboards.quality import lacking
from dashboards.quality.months import completeness, months_until
from dashboards.scope import COUNTRY, NotAllowed, Place, Scope
from pipelines.definitions.measures import HEADLINE_MEASURES, SCREENED
from pipelines.definitions.recommendations import recommendations
from pipelines.definitions.reference import Reference
from pipelines.store import Store

pytestmark = pytest.mark.slow

DA, EN = Words("da"), Words("en")
NATIONAL, LEADER = Scope("national"), Scope("leader", SVENDBORG, "1083")
PAGES = ("compare", "changes", "recommendations")


def quarters() -> list[dict[str, Any]]:
    """Handing over falls in the country from 30 to 15 of 40 after two years of quarters."""
    named = [f"{year}-Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)]
    of = ("handed_over", "country", "country", "quarter")
    return [share_row(*of, name, part=30 if at < 8 else 15, whole=40) for at, name in enumerate(named)]


def published(shares: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {"published_shares": shares, "published_continuity": country().tables["published_continuity"]}


def all_shares() -> pl.DataFrame:
    return pl.concat([country().tables["published_shares"], pl.DataFrame(quarters(), schema=OF_SHARES)])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published twice: of Svendborg's region 2020 has become another share in between."""
    folder = tmp_path_factory.mktemp("country") / "store"
    quality_run(folder)
    is_revised = (pl.col("measure") == "screened") & (pl.col("group_kind") == "country") & (pl.col("period") == "2020")
    earlier = all_shares().with_columns(pl.when(is_revised).then(pl.lit(7)).otherwise("numerator").alias("numerator"))
    for shares, release in ((earlier, "first"), (all_shares(), "second")):
        released(folder, published(shares), release)
    return folder


def released(folder: Path, tables: Mapping[str, pl.DataFrame], release: str) -> None:
    """A publication of its own fingerprint: the same release again would be none."""
    named = ("as_of", "is_sample", "contract_version", "reference_version", "code_version", "inputs_hash")
    with Store(folder).writing() as writer:
        for name, rows in tables.items():
            writer.write(name, rows.lazy())
        writer.commit(kind="publish", fingerprint=release, **{name: run_facts()[name] for name in named})


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(opening.STORE_VARIABLE, str(store))


# Sentences


def compared(*rows: tuple[str | None, float | None]) -> pl.DataFrame:
    schema = {"verdict": pl.String, "share": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def interval(share: float | None, low: float = 0.0, high: float = 0.0, **named: str) -> Mapping[str, Any]:
    return {"share": share, "low": low, "high": high, **named}


def test_the_comparison_says_how_many_are_better_worse_and_level_and_the_country_with_its_interval() -> None:
    rows = compared(("better", 0.9), ("worse", 0.3), ("worse", 0.2), ("similar", 0.6), ("incomparable", None))
    told = " ".join(sentences.of_comparison(rows, interval(0.6, 0.5, 0.7), EN))
    assert "Of the municipalities that can be compared (4), better than the country" in told
    assert "<b>60%</b> <small>(50–70%)</small>" in told
    assert "1 of 5 municipalities have no figure" in told


def test_where_nobody_stands_out_that_is_said_instead_of_zeros() -> None:
    told = sentences.of_comparison(compared(("similar", 0.6)), interval(0.6, 0.5, 0.7), EN)
    assert len(told) == 1
    assert told[0].startswith("No municipality that can be compared (1) differs")


def test_where_everything_is_hidden_the_comparison_names_no_share_of_the_country() -> None:
    told = sentences.of_comparison(compared(("incomparable", None)), interval(None), EN)
    assert told == [EN("comparing.nobody_judged", places=1)]


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ([("a", 0.4, 0.3, 0.45), ("b", 0.6, 0.55, 0.7)], "regions"),
        ([("a", 0.4, 0.3, 0.55), ("b", 0.6, 0.55, 0.7)], "regions_level"),
        ([("a", 0.4, 0.3, 0.5), ("b", None, None, None)], "regions_hidden"),
    ],
)
def test_regions_are_told_apart_only_where_their_intervals_keep_clear(rows: list[tuple[Any, ...]], key: str) -> None:
    schema = {"place": pl.String, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    told = sentences.of_regions(pl.DataFrame(rows, schema=schema, orient="row"), {"a": "A", "b": "B"}, DA)
    beginning = DA(f"comparing.{key}", low="", high="", first="", last="").split(" fra")[0] if key == "regions" else ""
    assert told == DA(f"comparing.{key}") if key != "regions" else told.startswith(beginning)


def test_one_measure_is_named_as_met_least_often_only_when_the_next_is_surely_higher() -> None:
    titles = {name: name for name in ("one", "two", "three")}

    def named(*rows: Mapping[str, Any]) -> str:
        return sentences.of_recommendations(8, 16, rows, titles, EN)[1]

    one, two = interval(0.2, 0.1, 0.3, measure="one"), interval(0.5, 0.4, 0.6, measure="two")
    near, three = interval(0.25, 0.2, 0.35, measure="two"), interval(0.9, 0.8, 0.95, measure="three")
    assert named(one, two, three).startswith("Least often met in the country is <b>one</b>")
    assert "<b>one</b>" in named(one, near, three)
    assert "<b>two</b>" in named(one, near, three)
    assert named(one, near) == EN("recommendations.least_unclear")
    wide = interval(0.9, 0.15, 0.99, measure="three")
    assert named(one, two, wide) == EN("recommendations.least_unclear"), "the third overlaps the first"
    hidden = interval(None, measure="three")
    assert sentences.of_recommendations(8, 16, (one, two, hidden), titles, EN)[2] == EN("sentence.among_shown")
    assert named(interval(None, measure="one")) == EN("recommendations.least_unclear")


@pytest.mark.parametrize(
    ("directions", "key"),
    [
        (["worsening", "improving"], "both"),
        (["worsening"], "worsened"),
        (["improving"], "improved"),
        ([], "none"),
    ],
)
def test_changes_are_counted_by_direction(directions: list[str], key: str) -> None:
    trends = pl.DataFrame({"trend": ["no_change", "cannot_be_said"]})
    alerts = pl.DataFrame({"direction": directions}, schema={"direction": pl.String})
    number = {"worse": directions.count("worsening"), "better": directions.count("improving")}
    told = sentences.of_changes(trends, alerts, EN)
    assert told[0] == EN(f"changes.{key}", series=2, **number)
    assert told[1] == EN("changes.unsaid", number=1, series=2)


# Recommendations


def test_every_recommendation_is_shown_by_a_measure_or_says_plainly_that_nothing_measured_shows_it() -> None:
    for each in recommendations(Reference.load()):
        for language in ("da", "en"):
            assert each.is_measured != bool(each.not_measured[language]), each.name


def test_every_measure_shows_one_recommendation_and_stands_under_it_once() -> None:
    shown = [measure for each in recommendations(Reference.load()) for measure in (*each.measures, *each.others)]
    assert sorted(measure.name for measure in shown) == sorted(measure.name for measure in HEADLINE_MEASURES)


def test_obligations_point_at_recommendations_that_exist() -> None:
    reference = Reference.load()
    known = {each.name for each in recommendations(reference)}
    assert set(reference.deadlines["recommendation"]) | set(reference.schedule["recommendation"]) <= known


# Reporting


def months(*rows: tuple[str, str, int, str]) -> pl.DataFrame:
    made = [(delivery, place, date(2026, month, 1), state) for delivery, place, month, state in rows]
    return pl.DataFrame(made, schema=["delivery", "municipality_code", "month", "state"], orient="row")


def test_who_is_missing_now_lacks_the_last_months_and_since_when() -> None:
    rows = months(
        ("contacts", "0479", 1, "reported"), ("contacts", "0479", 2, "missing"), ("contacts", "0479", 3, "missing"),
        ("contacts", "0101", 1, "missing"), ("contacts", "0101", 2, "missing"), ("contacts", "0101", 3, "reported"),
        ("handovers", "0825", 1, "missing"), ("handovers", "0825", 2, "too_few_to_say"),
        ("handovers", "0825", 3, "missing"), ("handovers", "0751", 3, "declared_incomplete"),
    )  # fmt: skip
    found = lacking.missing_now(rows).rows()
    assert found == [("handovers", "0825", date(2026, 1, 1), 2), ("contacts", "0479", date(2026, 2, 1), 2)]


def test_deliveries_count_expected_months_and_municipalities_with_gaps() -> None:
    rows = months(
        ("contacts", "0479", 1, "reported"), ("contacts", "0479", 2, "missing"), ("contacts", "0101", 1, "reported"),
        ("contacts", "0825", 1, "too_few_to_say"), ("handovers", "0101", 1, "reported"),
    )  # fmt: skip
    assert lacking.by_delivery(rows).rows() == [("contacts", 2, 3, 2, 1), ("handovers", 1, 1, 1, 0)]


def test_of_all_deliveries_together_the_month_has_the_state_that_needs_eyes_first() -> None:
    rows = months(
        ("contacts", "0479", 1, "reported"), ("handovers", "0479", 1, "missing"),
        ("costs", "0479", 1, "too_few_to_say"),
        ("contacts", "0479", 2, "too_few_to_say"), ("handovers", "0479", 2, "reported"),
    )  # fmt: skip
    strip = lacking.strips_of(lacking.of_all_deliveries(rows), ["0479"], months_until(date(2026, 3, 5), 3))[0]
    assert strip.states == ("missing", "reported", None)


def test_the_first_sentence_on_reporting_names_the_longest_gap() -> None:
    rows = months(("contacts", "0479", 1, "reported"), ("contacts", "0479", 2, "missing"))
    told = of_missing(lacking.missing_now(rows), {"0479": "Svendborg"}, EN)
    assert told.startswith("One municipality is missing now: Svendborg")
    assert told.endswith("since February 2026.")
    assert of_missing(lacking.missing_now(rows.head(1)), {}, EN) == EN("reporting.nobody_missing")
    counted = completeness(rows, [date(2026, 1, 1), date(2026, 2, 1)])
    assert "1 of 2 months" in of_completeness(counted, EN)


def test_a_code_that_is_no_municipality_is_never_said() -> None:
    rows = months(("contacts", "2401011234", 1, "missing"))
    assert "2401011234" not in of_missing(lacking.missing_now(rows), {}, DA)


# The table of marks


def test_cells_say_their_mark_in_a_word_and_places_are_links_under_their_region() -> None:
    cells = (Cell("rt-mark worse", "47", "Ringere"), Cell("rt-state suppressed", "", "Skjult"), Cell("", "84 %", ""))
    drawn = place_grid("Mål", ["a", "b", "c"], {"Region <Fyn>": [GridLine("Ærø & Fyn", cells, "m?x=1&y=2")]})
    assert "Region &lt;Fyn&gt;" in drawn
    assert "<a href='m?x=1&amp;y=2' target='_self'>Ærø &amp; Fyn</a>" in drawn
    assert "<span class='rt-unseen'>Ringere</span>" in drawn
    assert drawn.count("Skjult") == 2, "in its cell, and in the key"
    assert "role='region' tabindex='0' aria-label='Mål'" in drawn


def test_many_columns_have_turned_headings_and_few_have_not() -> None:
    line = GridLine("x", (Cell("", "1", ""),) * (FEW + 1))
    assert "rt-grid few" not in place_grid("n", ["c"] * (FEW + 1), {"": [line]})
    assert "rt-grid few" in place_grid("n", ["c"], {"": [GridLine("x", line.cells[:1])]})


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"selection": {"points": [{"customdata": SVENDBORG}]}}, SVENDBORG),
        ({"selection": {"points": [{"customdata": [SVENDBORG]}]}}, SVENDBORG),
        ({"selection": {"points": [{"x": 3}]}}, ""),
        ({"selection": {"points": []}}, ""),
        ({}, ""),
    ],
)
def test_a_click_tells_the_municipality_of_its_mark_and_nothing_else(event: dict[str, Any], code: str) -> None:
    assert place_of(event) == code


# Revisions


def test_a_finished_year_that_was_told_otherwise_before_is_a_revision(store: Path) -> None:
    publication = opening.open_publication(store)
    assert publication is not None
    earlier = opening.open_publication_before(store, publication.tables)
    assert earlier is not None
    told = published_revisions.revised(earlier, publication.tables, NATIONAL, SELECTABLE, (COUNTRY,))
    assert told.select("headline", "place", "period", "numerator_before").rows() == [
        (SCREENED.name, "country", "2020", 7)
    ]


def test_a_year_that_was_not_over_when_it_was_told_is_no_revision() -> None:
    def of(part: int) -> FakeSnapshot:
        rows = [
            share_row("screened", "country", "country", "year", "2026", part=part, whole=40, share_of="numerator_ever")
        ]
        return FakeSnapshot({"published_shares": pl.DataFrame(rows, schema=OF_SHARES)})

    assert published_revisions.revised(of(10), of(20), NATIONAL, (SCREENED,), (COUNTRY,)).is_empty()


@pytest.mark.parametrize(
    ("before", "after", "revision"),
    [
        ((30, 100), (31, 100), "corrected_little"),
        ((30, 100), (34, 100), "corrected_little"),
        ((30, 100), (35, 105), "corrected"),
        ((30, 100), (40, 111), "corrected_little"),
        ((30, 100), (35, 100), "corrected"),
    ],
    ids=["one child", "four children", "five children", "one child of the others", "five of the same"],
)
def test_a_correction_of_fewer_than_are_shown_does_not_say_from_what(
    before: tuple[int, int], after: tuple[int, int], revision: str
) -> None:
    def of(part: int, whole: int) -> FakeSnapshot:
        row = share_row(
            "screened", "country", "country", "year", "2020", part=part, whole=whole, share_of="numerator_ever"
        )
        return FakeSnapshot({"published_shares": pl.DataFrame([row], schema=OF_SHARES)})

    told = published_revisions.revised(of(*before), of(*after), NATIONAL, (SCREENED,), (COUNTRY,)).row(0, named=True)
    assert told["revision"] == revision
    assert (told["numerator_before"] is None) == (revision == "corrected_little")
    said = revision_sentence(told, DA)
    assert (f"{before[0]} af {before[1]}" in said) == (revision == "corrected")


def test_revisions_of_other_municipalities_are_not_read_for_a_leader() -> None:
    with pytest.raises(NotAllowed):
        published_revisions.revised(country(), country(), LEADER, (SCREENED,), (Place("municipality", "0101"),))


def test_without_an_earlier_publication_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    written(tmp_path / "store", "run", {}, run_facts())
    written(tmp_path / "store", "publish", published(all_shares()), run_facts())
    publication = opening.open_publication(tmp_path / "store")
    assert publication is not None
    assert opening.open_publication_before(tmp_path / "store", publication.tables) is None


# Pages


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("page", [*PAGES, "completeness"])
def test_each_page_opens_with_a_sentence_and_has_no_heading_without_one(page: str, language: str) -> None:
    told = said(opened(page, role="national", lang=language))
    words = Words("en" if language == "en" else "da")
    section = {"compare": "comparing", "completeness": "reporting"}.get(page, page)
    assert words(f"{section}.title") in told
    assert "<p class='rt-lead'>" in told


@pytest.mark.parametrize("page", [*PAGES, "completeness"])
@pytest.mark.parametrize("role", ["leader", "steward", "operator"])
def test_pages_of_national_coordination_are_closed_to_all_others(page: str, role: str) -> None:
    told = said(opened(page, role=role, municipality=SVENDBORG))
    assert DA(f"nav.{page}") in told
    assert "rt-way-on" in told, "the way to the reader's own page"
    assert "rt-table" not in told
    assert "rt-grid" not in told


@pytest.mark.parametrize("view", ["funnel", "order", "all", "one"])
def test_each_view_of_the_comparison_stands_under_the_same_sentence(view: str) -> None:
    app = opened("compare", role="national", view=view, measure="screened")
    told = said(app)
    assert DA.measure("screened", "title") in told
    assert DA("comparing.told") in told


def test_the_comparison_begins_with_the_measure_that_most_municipalities_can_be_compared_in() -> None:
    app = opened("compare", role="national")
    told = said(app)
    assert app.selectbox(key="measure").value in {measure.name for measure in SELECTABLE}
    assert DA("comparing.nobody_judged", places=98) not in told


def test_a_region_narrows_the_comparison_and_its_verdicts_stay_those_of_the_country() -> None:
    told = said(opened("compare", role="national", view="all", region="1083"))
    assert "Svendborg" in told
    assert "Thisted" not in told.split(DA("comparing.regions_title", measure="").strip())[0]


def test_a_choice_that_does_not_exist_is_as_if_nothing_was_chosen() -> None:
    told = said(opened("compare", role="national", region="9999", period="1999", view="x", measure="y"))
    assert DA("comparing.title") in told


def test_a_lasting_change_is_the_first_thing_on_the_page_of_changes() -> None:
    told = said(opened("changes", role="national"))
    assert "Hele landet: Overleveret til tiden er gået tilbage siden 1. kvartal 2025" in told
    assert DA("revisions.some", number=1) in told


def test_recommendations_of_one_guidance_leave_the_others_out() -> None:
    told = said(opened("recommendations", role="national", guidance="pregnant_substance_use"))
    texts = {each.name: each.text["da"] for each in recommendations(Reference.load())}
    assert texts["FBG-2"] in told
    assert texts["FBB-6"] not in told


def test_the_page_on_reporting_says_who_is_missing_and_every_municipality_stands_under_its_region() -> None:
    told = said(opened("completeness", role="national"))
    assert "Læsø" in told.split(DA("reporting.by_delivery"))[0]
    assert "<h3 class='rt-sub'>Region Nordjylland</h3>" in told


def test_a_country_in_which_every_municipality_is_hidden_still_says_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_municipal = pl.col("group_kind") == "municipality"
    numbers = ("numerator", "denominator", "share", "low", "high")
    hidden = all_shares().with_columns(
        pl.when(is_municipal).then(pl.lit("suppressed")).otherwise("state").alias("state"),
        *(pl.when(~is_municipal).then(name).alias(name) for name in numbers),
    )
    written(tmp_path / "store", "run", {}, run_facts())
    written(tmp_path / "store", "publish", published(hidden), run_facts())
    monkeypatch.setenv(opening.STORE_VARIABLE, str(tmp_path / "store"))
    for view in ("funnel", "order", "all", "one"):
        told = said(opened("compare", role="national", view=view, measure="screened"))
        assert DA("comparing.nobody_judged", places=98) in told
        assert DA("comparing.regions_title", measure=DA.measure("screened", "title")) in told
    assert "rt-grid" in said(opened("recommendations", role="national")), "the regions are still there"


def test_random_countries_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = random.Random(3).randrange(1000)
    made = country(seed).tables
    written(tmp_path / "store", "run", {}, run_facts())
    tables = {name: rows for name, rows in made.items() if name.startswith("published_")}
    written(tmp_path / "store", "publish", tables, run_facts())
    monkeypatch.setenv(opening.STORE_VARIABLE, str(tmp_path / "store"))
    for page in PAGES:
        assert "<p class='rt-lead'>" in said(opened(page, role="national"))


# The overview


def test_the_map_of_the_overview_opens_with_the_measure_that_most_municipalities_can_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the comparison does; whatever else the reader asks for is shown all the same."""
    is_told = (pl.col("group_kind") != "municipality") | (pl.col("measure") == "referred")
    hidden = all_shares().with_columns(
        pl.when(is_told).then("state").otherwise(pl.lit("suppressed")).alias("state"),
        *(pl.when(is_told).then(name).alias(name) for name in ("numerator", "denominator", "share", "low", "high")),
    )
    written(tmp_path / "store", "run", {}, run_facts())
    released(tmp_path / "store", published(hidden), "hidden")
    monkeypatch.setenv(opening.STORE_VARIABLE, str(tmp_path / "store"))
    told = said(opened("overview", role="national"))
    assert DA("overview.map", headline=DA.measure("referred", "title"), number="98") in told
    assert DA("overview.map_none") not in told
    assert opened("compare", role="national").query_params["measure"] == "referred"
    asked = said(opened("overview", role="national", measure="handed_over"))
    assert DA("overview.map", headline=DA.measure("handed_over", "title"), number="98") in asked
    assert DA("overview.map_none") in asked
