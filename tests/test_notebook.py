"""Figures in a notebook: every line of docs/notebook.md on a small publication, and what is hidden stays a word."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import plotly.graph_objects as go
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from published_stores import published_otherwise

from dashboards.charts.pathway_costs import left_out_text
from dashboards.language import NO_BREAK, Words
from dashboards.notebook import Figures, Told, opened
from dashboards.published import CannotBeRead
from dashboards.scope import NotAllowed, Scope
from dashboards.states import STATES
from pipelines.band_populations import TRAITS
from pipelines.definitions import enumerations as e
from pipelines.definitions.times_to_event import TIMES_TO_EVENT
from pipelines.errors import StoreIsEmpty, UserError
from pipelines.store import Store

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parent.parent / "docs" / "notebook.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
NUMBERS = ("numerator", "children", "share", "mean", "ratio", "median_days", "mean_dkk", "difference_dkk", "total_dkk")
NOT_A_FIGURE = {"suppressed", "missing", "not_applicable", "not_yet_due"}
LEADER = Scope("leader", "0479", "1083")
WITHOUT_A_PICTURE = {"alerts", "continuity", "development_by", "z_scores", "medians"}


@pytest.fixture(scope="module")
def demo(published_country: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which `demo/store` is the store."""
    folder = tmp_path_factory.mktemp("notebook")
    (folder / "demo").mkdir()
    published_country.rename(folder / "demo" / "store")
    return folder


@pytest.fixture(scope="module")
def figures(demo: Path) -> Figures:
    return opened(demo / "demo" / "store")


@pytest.fixture
def in_demo(demo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(demo)
    return demo


def lines_of(block: str) -> list[str]:
    return [line for line in block.splitlines() if line.strip()]


def last_value(block: str, names: dict[str, object]) -> object:
    """What a cell of a notebook would show: the value of its last line, None where that is no expression."""
    tree = ast.parse(block)
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - the page is ours
        return None
    exec(compile(ast.Module(tree.body[:-1], []), "cell", "exec"), names)  # noqa: S102
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307


def without_figures(rows: pl.DataFrame) -> pl.DataFrame:
    """The numbers of rows whose state says that there is no number."""
    known = [name for name in NUMBERS if name in rows.columns]
    return rows.filter(pl.col("state").is_in(NOT_A_FIGURE) & pl.any_horizontal(pl.col(known).is_not_null()))


def check(told: Told, asked: str) -> None:
    assert told.title
    assert len(told.text) > 20, asked
    assert "None" not in told.text
    assert "nan" not in told.text.casefold().split()
    if "state" in told.rows.columns:
        assert without_figures(told.rows).is_empty(), asked
    if asked in WITHOUT_A_PICTURE:
        assert told.chart is None
        return
    assert isinstance(told.chart, go.Figure)
    assert len(told.chart.data) + len(told.chart.layout.shapes) > 0
    assert told.table.height > 0
    assert told.rows.height > 0


def test_every_block_of_the_page_is_at_most_three_lines() -> None:
    assert len(BLOCKS) > 25
    assert [block for block in BLOCKS if len(lines_of(block)) > 3] == []


def test_every_question_stands_on_the_page() -> None:
    questions = {name for name in vars(Figures) if not name.startswith("_")}
    asked = set(re.findall(r"figures\.(\w+)\(", " ".join(BLOCKS)))
    assert asked == questions


def test_every_block_of_the_page_shows_a_figure_or_a_table(in_demo: Path) -> None:
    names: dict[str, object] = {}
    shown = 0
    for block in BLOCKS:
        value = last_value(block, names)
        asked = re.search(r"figures\.(\w+)\(", block)
        if isinstance(value, Told):
            assert asked is not None
            check(value, asked[1])
        elif value is not None:
            assert isinstance(value, pl.DataFrame)
            assert value.height > 0
        shown += value is not None
    assert shown > 20


def test_the_frames_of_the_page_give_the_figures_that_it_says(in_demo: Path) -> None:
    """By hand. Of the curve: 10 are followed to day 10, 6 of them to day 20, 3 of them to day 30."""
    names: dict[str, object] = {}
    values = [value for value in (last_value(block, names) for block in BLOCKS) if isinstance(value, pl.DataFrame)]
    compared, spine, trend, alert, revised, shares, crude, ratio, z, gap, curve, half, moved, counts = values
    assert compared.filter(place="0479").select("verdict", "rank").row(0) == ("worse", 2)
    assert spine["share"].to_list() == [0.3]
    assert trend.select("trend", "since_period", "before_share", "after_share").row(0) == (
        "worsening", "2025-Q1", 0.75, 0.3,
    )  # fmt: skip
    assert alert["children"].to_list() == [72]
    sentence = "4. kvartal 2025: rettet fra 12 af 40 (30 %) til 15 af 40 (38 %) (+7,5 procentpoint)."
    assert [text.replace(NO_BREAK, " ") for text in revised["sentence"]] == [sentence]
    assert shares.filter(share_of="concern")["share"].to_list() == [0.18]
    assert crude.sort("outcome")["ratio"].to_list() == pytest.approx([0.18 / 0.09, 0.30 / 0.15])
    assert z["z_score"].to_list() == pytest.approx([1.0])
    assert ratio["ratio"].to_list() == pytest.approx([2.0])
    assert gap["ratio"].to_list() == pytest.approx([0.6 / 0.86])
    assert curve["cumulative_incidence"].max() == pytest.approx(3 / 10 + 7 / 10 * 2 / 6 + 7 / 20 * 1 / 3)
    assert half.select("days", "state").row(0) == (20, "number")
    assert moved.select("moved", "total_dkk").row(0) == (64.0, -812_800.0)
    assert counts["children"].sum() > 0


def test_hidden_figures_are_words_in_the_table_and_null_in_the_rows(figures: Figures) -> None:
    told = figures.each_place("handed_over")
    is_hidden = told.rows["share"].is_null()
    hidden = told.rows.filter(is_hidden)
    names = {Words("da")(f"state.{state}") for state in STATES if state != "number"}
    assert 0 < hidden.height < told.rows.height
    assert set(hidden["verdict"].cast(pl.String)) == {"incomparable"}
    assert told.table["Andel"].is_in(list(names)).sum() == hidden.height
    assert without_figures(told.rows).is_empty()


def test_a_period_that_is_not_over_says_so(figures: Figures) -> None:
    born = figures.development("communication", "18-25")
    assert set(born.rows["state"]) <= NOT_A_FIGURE
    assert born.table["Bekymring"].null_count() == born.table.height


def test_a_median_that_is_not_told_is_no_median(figures: Figures) -> None:
    for interval in TIMES_TO_EVENT:
        rows = figures.medians(interval.name).rows
        assert rows.filter((pl.col("state") != "number") & pl.col("median_days").is_not_null()).is_empty()


@pytest.mark.parametrize("domain", e.DOMAINS)
def test_all_domains_and_traits_have_their_names(figures: Figures, domain: str) -> None:
    check(figures.development(domain), "development")
    for trait in TRAITS:
        check(figures.development_by(trait, domain), "development_by")


@pytest.mark.parametrize("interval", [each.name for each in TIMES_TO_EVENT])
def test_all_intervals_can_be_divided_by_all_groups(figures: Figures, interval: str) -> None:
    for by in ("all", "region", "substance_group", "known_before_birth"):
        check(figures.curve(interval, by), "curve")


def test_the_curve_of_exposed_children_is_the_first_of_the_picture(figures: Figures) -> None:
    told = figures.curve("birth_to_first_concern", by="exposure")
    assert told.table["Gruppe"].unique(maintain_order=True).to_list() == ["Alle eksponerede børn", "Øvrige børn"]


@pytest.mark.parametrize(("leaving", "reaching"), [("lost", "never"), ("never", "late"), ("late", "lost")])
def test_a_scenario_moves_what_is_told_and_nothing_else(figures: Figures, leaving: str, reaching: str) -> None:
    told = figures.scenario(leaving, reaching, 0.5)
    check(told, "scenario")
    known = told.rows.filter(pl.col("state") == "number")
    assert (known["total_dkk"] - known["per_child_dkk"] * known["moved"]).abs().max() in (None, 0.0)


def test_a_pathway_that_may_not_be_told_is_not_told_and_no_pathway_of_nobody(figures: Figures) -> None:
    """In the made-up store too few were known early."""
    costs = figures.costs()
    whole = costs.table.filter(pl.col("Forløb") == "Kendt tidligt og ført videre").row(0)
    assert whole[1:] == ("Skjult",) * 5
    with pytest.raises(UserError, match="What the pathway early has cost is not told"):
        figures.scenario("lost", "early", 0.5)


def test_the_cost_figure_says_which_children_fit_no_pathway_or_that_it_cannot(figures: Figures, demo: Path) -> None:
    """Of 40 + 60 + 130 + 30 and 20 who fit none, the 20 are 7 %."""
    assert "ingen af de fire forløb" not in figures.costs().text
    assert "passer i noget af de fire forløb, kan ikke vises" in figures.costs().text
    children = {"early": 40, "late": 60, "lost": 130, "never": 30, "none_of_these": 20}
    told = figures.costs().rows.with_columns(
        pl.col("pathway").replace_strict(children, default=10_000, return_dtype=pl.Int64).alias("children")
    )
    assert left_out_text(told, Words("en")) == (
        "About 20 of about 280 exposed children (7%) fit none of the four pathways and are not part of them."
    )


def test_years_that_the_price_index_lacks_are_named_beside_every_figure_of_costs(demo: Path, tmp_path: Path) -> None:
    years = pl.LazyFrame({"price_year": [2026, 2026], "year_without_index": [2003, 2001]})
    store = published_otherwise(demo / "demo" / "store", tmp_path, {"published_price_years": years})
    figures = opened(store)
    for told in (figures.costs(), figures.costs_by_age(), figures.scenario("lost", "late", 0.5)):
        assert "Prisindekset mangler for 2001, 2003." in told.text
    assert "Prisindekset" not in opened(demo / "demo" / "store").costs_by_age().text


@pytest.mark.parametrize("name", ["published_medians", "published_price_years", "published_curves"])
def test_tables_of_an_older_publication_are_to_be_made_again(demo: Path, tmp_path: Path, name: str) -> None:
    """One has a column less, another one is not there at all."""
    store = demo / "demo" / "store"
    published = Store(store).last("publish")
    assert published is not None
    column = {"published_medians": "members", "published_curves": "children"}.get(name)
    older = None if column is None else published.table(name).drop(column)
    figures = opened(published_otherwise(store, tmp_path, {name: older}))
    ask = figures.costs if name == "published_price_years" else lambda: figures.medians("birth_to_first_concern")
    with pytest.raises(CannotBeRead, match="Make them again with: roedtraad publish"):
        ask()


def test_numbers_in_tens_are_said_to_be_about_so_many(figures: Figures) -> None:
    curve = figures.curve("birth_to_first_concern")
    followed = curve.table["Følges endnu"].to_list()
    assert followed
    assert all(text.startswith("ca. ") and text.endswith("0") for text in followed)
    assert re.search(r"Alle eksponerede børn, ca\. [\d.]*0 børn: ", curve.text)
    development = figures.development("communication")
    about = [text for text in development.table["Har levet hele perioden"] if text]
    assert about
    assert all(re.fullmatch(r"ca\. [\d.]*0", text) for text in about)
    assert re.search(r"\d af ca\. [\d.]*0", development.text)


def test_a_leader_gets_the_verdict_of_the_own_place_that_national_coordination_gets(
    demo: Path, figures: Figures
) -> None:
    leader = opened(demo / "demo" / "store", scope=LEADER)
    told = ["place", "numerator", "share", "low", "high", "target", "low_95", "high_95", "verdict", "is_clear"]
    all_measures = figures.heat_table().rows.filter(place="0479").select("measure", *told)
    assert_frame_equal(leader.heat_table().rows.select("measure", *told), all_measures)
    assert_frame_equal(leader.spine().rows.select("measure", *told), all_measures)
    regions = figures.spine("Svendborg").rows["region_share"]
    assert leader.spine().rows["region_share"].equals(regions)
    one = all_measures.filter(measure="handed_over")
    assert_frame_equal(leader.comparison("handed_over").rows.select("measure", *told), one)
    assert_frame_equal(leader.each_place("handed_over").rows.select("measure", *told), one)


def test_the_pictures_of_a_leader_hold_no_other_municipality_and_say_why(demo: Path, figures: Figures) -> None:
    leader = opened(demo / "demo" / "store", scope=LEADER)
    others = set(figures.heat_table().table["Kommune"]) - {"Svendborg"}
    questions = {
        "comparison": leader.comparison("handed_over"),
        "each_place": leader.each_place("handed_over"),
        "spine": leader.spine(),
        "heat_table": leader.heat_table(),
    }
    for asked, told in questions.items():
        check(told, asked)
        shown = told.text + told.table.write_json() + str(told.chart and told.chart.to_json())
        assert [name for name in others if name in shown] == []
        assert "Kun egen kommune er vist" in told.text
    assert "Regionen: " in questions["comparison"].text
    assert "Landet: " in questions["comparison"].text


def test_peers_are_seen_beside_the_own_place_and_get_no_verdict(figures: Figures) -> None:
    by_size = figures.comparison("handed_over", own="Svendborg", among="size")
    check(by_size, "comparison")
    assert by_size.table["Kommune"].to_list()[0] == "Svendborg"
    assert by_size.table.height == 11
    assert by_size.table["Sammenlignet"].to_list()[1:] == [""] * 10
    of_region = figures.comparison("handed_over", own="0479", among="region")
    assert "Odense" in of_region.table["Kommune"]
    listed = figures.comparison("handed_over", own="0479", among=["Odense", "0410", "Vejle", "Svendborg"])
    assert set(listed.table["Kommune"]) == {"Svendborg", "Odense", "Middelfart", "Vejle"}


@pytest.mark.parametrize(
    ("own", "among", "said"),
    [("Svendborg", "shape", "size, region"), (None, "size", "Only a municipality"), ("0479", [], "at least one")],
)
def test_peers_that_cannot_be_are_answered_with_a_way_out(
    figures: Figures, own: str | None, among: str | list[str], said: str
) -> None:
    with pytest.raises(UserError) as refused:
        figures.comparison("handed_over", own=own, among=among)
    assert said in str(refused.value)


def test_a_leader_of_no_municipality_is_told_so(demo: Path) -> None:
    leader = opened(demo / "demo" / "store", scope=Scope("leader", "0999", "1083"))
    for question in (leader.heat_table, leader.spine, lambda: leader.comparison("handed_over")):
        with pytest.raises(UserError, match="No place is called 0999"):
            question()


def test_a_leader_sees_the_own_place_and_not_all_the_others(demo: Path) -> None:
    leader = opened(demo / "demo" / "store", scope=LEADER)
    check(leader.trend("handed_over"), "trend")
    regions = leader.curve("first_evidence_to_handover", by="region").table["Gruppe"].unique().to_list()
    assert regions == ["Region Syddanmark"]
    questions: list[Callable[[], Told]] = [
        lambda: leader.trend("handed_over", "Odense"),
        lambda: leader.comparison("handed_over", own="Odense"),
        lambda: leader.comparison("handed_over", among="size"),
        lambda: leader.spine("Odense"),
        lambda: leader.heat_table(own="Odense"),
        lambda: leader.continuity("Odense"),
    ]
    for question in questions:
        with pytest.raises(NotAllowed):
            question()


def test_english_follows_danish(demo: Path) -> None:
    english = opened(demo / "demo" / "store", language="en", mode="dark")
    for asked, told in (
        ("heat_table", english.heat_table()),
        ("participation", english.participation()),
        ("costs", english.costs()),
        ("continuity", english.continuity()),
    ):
        check(told, asked)
    assert "Hidden" in english.heat_table().table.to_series(-1).to_list()
    assert repr(english.participation()).startswith("Participation, exposed against others")


def test_a_picture_brings_its_library_and_its_words_along(figures: Figures) -> None:
    shown = figures.participation()._repr_html_()
    assert "cdn." not in shown.split("<div", 1)[0]
    assert "Plotly.newPlot" in shown
    assert 'src="http' not in shown
    assert "aria-label='Deltagelse" in shown
    assert "<table" in figures.continuity()._repr_html_()


@pytest.mark.parametrize(
    ("ask", "named"),
    [
        (lambda figures: figures.comparison("happiness"), "handed_over"),
        (lambda figures: figures.comparison("handed_over", period="1999-2001"), "2023-2025"),
        (lambda figures: figures.trend("handed_over", "Atlantis"), "municipality or region"),
        (lambda figures: figures.development("music"), "communication"),
        (lambda figures: figures.development("social", "30-40"), "3-5"),
        (lambda figures: figures.ratios("3-5", period="1901-1903"), "2020-2022"),
        (lambda figures: figures.curve("birth_to_school"), "birth_to_first_concern"),
        (lambda figures: figures.curve("birth_to_first_concern", by="shoe_size"), "substance_group"),
        (lambda figures: figures.scenario("lost", "found", 0.1), "early"),
    ],
)
def test_a_name_that_nobody_knows_is_answered_with_those_there_are(
    figures: Figures, ask: Callable[[Figures], Told], named: str
) -> None:
    with pytest.raises(UserError) as refused:
        ask(figures)
    assert named in str(refused.value)


def test_a_store_without_a_publication_says_what_to_do(tmp_path: Path) -> None:
    with Store(tmp_path).writing() as writer:
        writer.commit(kind="run", is_sample=True, fingerprint="empty")
    with pytest.raises(StoreIsEmpty, match="roedtraad publish"):
        opened(tmp_path)
