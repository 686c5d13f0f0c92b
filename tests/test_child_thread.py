"""One child's thread: where it is red and where grey, that no words of the picture touch, and who may read it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import polars as pl
import pytest
from child_tables import CHILD, OTHERS_CHILD, PREGNANCY, source
from figure_frames import AS_OF
from hypothesis import given
from hypothesis import strategies as st
from published_frames import COPENHAGEN, SVENDBORG, FakeSnapshot

from dashboards import child_rows
from dashboards.charts import child_layout as layout
from dashboards.charts import child_thread as chart
from dashboards.charts.child_layout import Band, ChildThread, Moment, State
from dashboards.child_rows import ChildRows, SubjectKind
from dashboards.language import Words
from dashboards.scope import NotAllowed, Scope
from dashboards.stewards.child_events import Telling, thread_of
from dashboards.stewards.child_sections import of_knowledge
from pipelines.definitions.reference import Reference

DA, EN = Words("da"), Words("en")
STEWARD = Scope("steward", SVENDBORG, "1083")
NAMES = {SVENDBORG: "Svendborg", COPENHAGEN: "København"}


def telling(words: Words = DA) -> Telling:
    return Telling(words, Reference.load(), lambda code: NAMES.get(code or "", "ukendt sted"), AS_OF)


def rows(subject: str = CHILD, kind: SubjectKind = "person", scope: Scope = STEWARD) -> ChildRows:
    return child_rows.child(source(), scope, kind, subject)


def picture(words: Words = DA) -> ChildThread:
    return thread_of(rows(), telling(words))


def told(thread: ChildThread) -> list[tuple[str, str, State, str]]:
    return [(f"{one.day}", one.what, one.state, one.found) for one in thread.moments if not one.is_small]


# What the thread tells


def test_the_thread_tells_what_happened_in_the_order_of_days_and_what_became_of_it() -> None:
    assert told(picture()) == [
        ("2022-08-01", "Spurgt om rusmidler", "carried", "til tiden"),
        ("2022-09-15", "Registreret", "carried", "kendt for første gang"),
        ("2023-02-01", "Født", "neutral", "barnet er født"),
        ("2023-02-03", "Overleveret til sundhedsplejen", "carried", "kvitteret 9. februar 2023"),
        ("2024-05-10", "Børnefaglig undersøgelse (§ 20)", "carried", "eksponeringen nævnt"),
        ("2026-03-20", "Flyttet til Svendborg", "lost", "Sendt 22. marts 2026, ikke kvitteret"),
        ("2026-03-22", "Overleveret til familieafdelingen", "lost", "kvittering mangler"),
        ("2026-06-01", "Barnets plan (§ 91)", "lost", "feltet er tomt"),
        ("2026-08-01", "Underretning", "contradicted", "eksponeringen afvist"),
    ]


def test_planned_contacts_stand_on_lines_of_their_own_with_the_day_of_what_was_found() -> None:
    contacts = [(f"{one.day}", one.programme, one.state) for one in picture().moments if one.is_small]
    assert contacts == [
        ("2023-04-05", "health_visitor", "done"),
        ("2024-02-20", "gp", "late"),
        ("2025-03-01", "family_clinic", "undocumented"),
        ("2026-02-10", "gp", "missed"),
        ("2026-11-18", "gp", "due"),
    ]


def test_the_thread_is_red_from_first_knowledge_and_grey_from_the_move_that_nobody_confirmed() -> None:
    thread = picture()
    assert thread.known == date(2022, 9, 15)
    assert thread.strands() == [
        (date(2022, 9, 15), date(2026, 3, 20), True),
        (date(2026, 3, 20), AS_OF, False),
    ]


def test_a_record_that_mentions_the_exposure_finds_the_thread_again() -> None:
    own = rows()
    mentioned = own.support_records.with_columns(
        pl.when(pl.col("opened_date") == date(2026, 6, 1))
        .then(pl.lit("recorded"))
        .otherwise("exposure_status")
        .alias("exposure_status")
    )
    thread = thread_of(_with(own, support_records=mentioned), telling())
    assert [follows for *_, follows in thread.strands()] == [True, False, True]
    assert thread.strands()[-1][0] == date(2026, 6, 1)


def test_a_move_carried_in_time_leaves_the_thread_whole() -> None:
    own = rows()
    met = pl.when(pl.col("kind") == "carried_at_move").then(pl.lit("met")).otherwise("status").alias("status")
    thread = thread_of(_with(own, obligations=own.obligations.with_columns(met)), telling())
    assert [follows for *_, follows in thread.strands()] == [True]


def test_pregnancy_and_municipalities_are_bands_one_after_another() -> None:
    assert [(band.name, f"{band.start}", f"{band.end}") for band in picture().bands] == [
        ("Graviditet", "2022-04-27", "2023-02-01"),
        ("København", "2023-02-01", "2026-03-20"),
        ("Svendborg", "2026-03-20", "2026-09-30"),
    ]


def test_a_pregnancy_without_a_child_has_a_thread_too() -> None:
    thread = thread_of(rows(PREGNANCY, "pregnancy"), telling())
    assert [one.what for one in thread.moments] == ["Ikke spurgt i graviditeten"]
    assert [band.name for band in thread.bands] == ["Graviditet"]
    assert "rt-child-wide" in chart.child_thread(thread, {}, DA)


def test_a_child_that_has_died_has_a_thread_and_a_home_until_that_day() -> None:
    died = date(2026, 4, 15)
    thread = thread_of(_with(rows(), death_date=died), telling())
    assert thread.bands[-1] == Band(date(2026, 3, 20), died, "Svendborg")
    assert thread.strands()[-1] == (date(2026, 3, 20), died, False)


def test_a_child_that_has_moved_abroad_lives_nowhere_from_that_day_on() -> None:
    own = rows()
    left = pl.when(pl.col("to_date").is_null()).then(date(2026, 5, 1)).otherwise("to_date").alias("to_date")
    back = pl.DataFrame(
        [own.residences.row(-1, named=True) | {"from_date": date(2026, 8, 1)}], schema=own.residences.schema
    )
    residences = pl.concat([own.residences.with_columns(left), back])
    bands = thread_of(_with(own, residences=residences), telling()).bands
    assert [(f"{band.start}", f"{band.end}") for band in bands[2:]] == [
        ("2026-03-20", "2026-05-01"),
        ("2026-08-01", "2026-09-30"),
    ]


def test_a_child_that_is_not_exposed_has_no_knowledge_to_follow() -> None:
    thread = thread_of(_with(rows(), first_known_date=None), telling())
    assert thread.known is None
    assert thread.strands() == []


def test_that_somebody_asked_is_no_knowledge_of_an_exposure_and_a_registration_is() -> None:
    own = rows(PREGNANCY, "pregnancy")
    asked = own.obligations.with_columns(pl.lit("met").alias("status"), pl.lit(date(2026, 7, 20)).alias("met_date"))
    assert thread_of(_with(own, obligations=asked), telling()).known is None
    registered = rows().exposures.with_columns(pl.lit(date(2026, 8, 1)).alias("registered_date"))
    thread = thread_of(_with(own, obligations=asked, exposures=registered), telling())
    assert thread.known == date(2026, 8, 1)
    assert [(one.what, one.found) for one in thread.moments][-1] == ("Registreret", "kendt for første gang")
    ruled_out = registered.with_columns(pl.lit("ruled_out").alias("certainty"))
    assert thread_of(_with(own, obligations=asked, exposures=ruled_out), telling()).known is None


def test_a_pregnancy_is_known_from_the_day_on_which_it_should_have_been_referred_and_ends_with_it() -> None:
    own = rows(PREGNANCY, "pregnancy")
    known, ended = date(2026, 7, 10), date(2026, 8, 20)
    referred = own.obligations.with_columns(pl.lit("referred").alias("kind"), pl.lit(known).alias("trigger_date"))
    pregnancy = own.pregnancy.with_columns(pl.lit(ended).alias("end_date"))
    thread = thread_of(_with(own, obligations=referred, pregnancy=pregnancy), telling())
    assert thread.strands() == [(known, ended, True)]
    assert [band.end for band in thread.bands] == [ended]


def _with(own: ChildRows, **facts: Any) -> ChildRows:
    return ChildRows(**{**vars(own), **facts})


# Who may read it


@pytest.mark.parametrize("scope", [Scope("national"), Scope("leader", SVENDBORG, "1083"), Scope("operator")])
def test_no_role_but_the_steward_reads_a_child(scope: Scope) -> None:
    with pytest.raises(NotAllowed):
        rows(scope=scope)
    with pytest.raises(NotAllowed):
        child_rows.exposed_residents(source(), scope)


@pytest.mark.parametrize("subject", [OTHERS_CHILD, "nobody", "", "' or 1=1"])
def test_a_child_of_another_municipality_is_refused_like_one_that_does_not_exist(subject: str) -> None:
    with pytest.raises(NotAllowed, match="not in your municipality") as refused:
        rows(subject)
    assert not subject or subject not in str(refused.value)


def test_a_municipality_that_the_child_has_left_with_no_gap_there_reads_it_no_more() -> None:
    with pytest.raises(NotAllowed):
        rows(scope=Scope("steward", COPENHAGEN, "1084"))


def test_exposed_children_who_live_here_are_found_and_those_who_left_are_not() -> None:
    assert child_rows.exposed_residents(source(), STEWARD)["subject"].to_list() == [CHILD]
    there = child_rows.exposed_residents(source(), Scope("steward", COPENHAGEN, "1084"))
    assert there["subject"].to_list() == [OTHERS_CHILD]


def test_nothing_that_became_known_after_the_day_of_the_run_is_read() -> None:
    own = rows()
    assert own.handovers.filter(pl.col("sent_date") > AS_OF).is_empty()
    assert own.handovers["received_date"].to_list() == [date(2023, 2, 9), None]
    assert "mother_id" not in own.pregnancy.columns
    assert "person_id" not in own.evidence.columns


# A child that has left


LEAVER = Scope("steward", COPENHAGEN, "1084")
LEFT, LATER = date(2026, 3, 20), date(2026, 8, 15)


def of_leaver(**moved: object) -> FakeSnapshot:
    """The same child with København's own gap at the move, and what Svendborg did after it."""
    tables = source().tables
    is_move = pl.col("kind") == "carried_at_move"
    own = pl.when(is_move).then(pl.lit(COPENHAGEN)).otherwise("municipality_code").alias("municipality_code")
    obligations = tables["obligations"].with_columns(own)
    evidence = tables["evidence"].vstack(tables["evidence"].with_columns(known_date=LATER))
    sent = tables["handovers"].filter(pl.col("handover_id") == "h3").with_columns(sent_date=LATER)
    handovers = tables["handovers"].filter(pl.col("handover_id") != "h3").vstack(sent)
    gaps = tables["gaps"].with_columns(own)
    told = {"obligations": obligations, "evidence": evidence, "handovers": handovers, "gaps": gaps}
    return FakeSnapshot({**tables, **told, **moved})  # type: ignore[dict-item]


def left(**moved: object) -> ChildRows:
    return child_rows.child(of_leaver(**moved), LEAVER, "person", CHILD)


def test_a_municipality_that_the_child_has_left_reads_nothing_of_what_others_did_after_it() -> None:
    own = left()
    assert own.left_date == LEFT
    assert own.support_records["record_id"].to_list() == ["r1"]
    assert own.handovers["handover_id"].to_list() == ["h1", "h2"]
    assert own.evidence["known_date"].to_list() == [date(2022, 9, 15)]
    assert own.obligations.filter(pl.col("municipality_code") == SVENDBORG, pl.col("due_date") >= LEFT).is_empty()
    assert own.obligations.filter(pl.col("status") == "not_due").is_empty()
    text = chart.thread_text(thread_of(own, telling()), DA)
    assert "Flyttet til Svendborg, Sendt 22. marts 2026, ikke kvitteret" in text
    assert "§ 91" not in text
    assert "Underretning" not in text


def test_the_thread_of_a_child_that_has_left_ends_there_and_goes_on_elsewhere_untold() -> None:
    thread = thread_of(left(), telling())
    assert thread.strands() == [(date(2022, 9, 15), LEFT, True)]
    assert [(band.name, band.start) for band in thread.bands][1:] == [
        ("København", date(2023, 2, 1)),
        ("En anden kommune", LEFT),
    ]
    assert "men viden fulgte ikke med fra 20. marts 2026" in of_knowledge(thread, DA)


def test_the_reception_of_the_own_hand_over_is_told_after_the_child_has_left() -> None:
    received = pl.when(pl.col("handover_id") == "h2").then(LATER).otherwise("received_date").alias("received_date")
    met = pl.when(pl.col("kind") == "carried_at_move").then(pl.lit("late")).otherwise("status").alias("status")
    on = pl.when(pl.col("kind") == "carried_at_move").then(LATER).otherwise("met_date").alias("met_date")
    sent = of_leaver().tables
    own = left(
        handovers=sent["handovers"].with_columns(received), obligations=sent["obligations"].with_columns(met, on)
    )
    assert own.handovers["received_date"].to_list()[-1] == LATER
    assert "og viden fulgte med hele vejen" in of_knowledge(thread_of(own, telling()), DA)
    nobody = sent["handovers"].with_columns(
        received, from_municipality_code=pl.lit(None, pl.String), kind=pl.lit("municipal_move")
    )
    own = left(handovers=nobody, obligations=sent["obligations"].with_columns(met, on))
    assert "h2" in own.handovers["handover_id"].to_list(), "no sender is named, but it answers the own obligation"


def test_a_whole_thread_is_not_called_so_where_something_on_the_way_is_missing() -> None:
    done = Moment(date(2026, 1, 5), "Registreret", "", "done", "")
    silent, missed = replace(done, state="lost"), replace(done, state="lost", programme="gp")
    assert "og viden følger barnet i dag." in of_knowledge(thread_with([done, missed]), DA)
    assert "men noget undervejs mangler" in of_knowledge(thread_with([done, silent]), DA)


def test_where_a_child_moved_on_to_and_that_it_died_there_is_not_told_to_one_that_it_left() -> None:
    homes = of_leaver().tables["residences"]
    again = {"from_date": date(2026, 6, 1), "municipality_code": "0727", "to_date": None}
    third = pl.DataFrame([homes.row(1, named=True) | again], schema=homes.schema)
    facts = of_leaver().tables["children_in_view"].with_columns(pl.lit(LATER).alias("death_date"))
    own = left(residences=homes.vstack(third), children_in_view=facts)
    assert own.residences["municipality_code"].to_list() == [COPENHAGEN, SVENDBORG]
    assert own.death_date is None


def test_a_child_that_died_where_it_lived_or_came_back_has_not_left() -> None:
    facts = of_leaver().tables["children_in_view"].with_columns(pl.lit(LEFT).alias("death_date"))
    assert left(children_in_view=facts).left_date is None
    homes = of_leaver().tables["residences"]
    back = {"from_date": LATER, "municipality_code": COPENHAGEN}
    returned = homes.vstack(pl.DataFrame([homes.row(1, named=True) | back], schema=homes.schema)).sort("from_date")
    own = left(residences=returned)
    assert own.left_date is None
    assert "r2" in own.support_records["record_id"].to_list(), "what happened in between says where knowledge was lost"


def test_a_child_that_never_lived_there_is_read_until_the_day_of_its_gap() -> None:
    elsewhere = of_leaver().tables["residences"].with_columns(municipality_code=pl.lit(SVENDBORG))
    own = left(residences=elsewhere)
    assert own.left_date == date(2026, 3, 21)
    assert own.support_records["record_id"].to_list() == ["r1"]


def test_what_others_wrote_into_an_old_record_after_the_child_left_is_not_read() -> None:
    old = pl.col("record_id") == "r2"
    records = (
        of_leaver()
        .tables["support_records"]
        .with_columns(
            pl.when(old).then(date(2023, 1, 5)).otherwise("opened_date").alias("opened_date"),
            pl.when(old).then(LATER).otherwise("exposure_recorded_date").alias("exposure_recorded_date"),
            pl.when(old).then(pl.lit("recorded")).otherwise("exposure_status").alias("exposure_status"),
        )
    )
    read = left(support_records=records).support_records.filter(old)
    assert read.select("exposure_status", "exposure_recorded_date").rows() == [("not_recorded", None)]


def test_what_happened_before_the_child_came_stays_and_its_municipality_reads_on() -> None:
    own = rows()
    assert own.left_date is None
    assert {"r1", "r2", "r3"} == set(own.support_records["record_id"])
    assert {"h1", "h2"} == set(own.handovers["handover_id"])


# The picture


STATES: tuple[State, ...] = ("carried", "late", "lost", "contradicted", "neutral")
DAYS = st.dates(date(2010, 1, 1), AS_OF)
SOME = st.builds(
    Moment, DAYS, st.text("abcdefæøå ", min_size=3, max_size=60), st.just(""), st.sampled_from(STATES),
    st.text("abcdef ", min_size=3, max_size=60), st.sampled_from(["", "", "gp"]),
)  # fmt: skip


def thread_with(moments: list[Moment]) -> ChildThread:
    first = min((one.day for one in moments), default=AS_OF)
    band = Band(first, AS_OF, "Svendborg")
    return ChildThread(tuple(sorted(moments, key=lambda one: one.day)), (band,), first, (), AS_OF)


@given(st.lists(SOME, max_size=45))
def test_no_words_of_the_picture_touch_each_other_and_no_leader_crosses_words(moments: list[Moment]) -> None:
    thread = thread_with(moments)
    for side in layout.flags(thread, DA):
        boxes = [
            (placed.x, placed.x + layout.width_of(*layout.lines_of(one, DA)), placed.level) for one, placed in side
        ]
        for (left, right, level), (other_left, other_right, other_level) in combinations(boxes, 2):
            if level == other_level:
                assert right < other_left or other_right < left
            inner, outer = sorted([(level, left, right), (other_level, other_left, other_right)])
            if outer[0] > inner[0]:
                assert not inner[1] < outer[1] < inner[2]


@given(st.lists(SOME, max_size=45))
def test_every_event_has_its_flag_inside_the_drawing_in_the_order_of_days(moments: list[Moment]) -> None:
    thread = thread_with(moments)
    above, below = layout.flags(thread, DA)
    assert len(above) + len(below) == sum(not one.is_small for one in moments)
    where = layout.positions(thread)
    days = sorted({one.day for one in moments})
    places = [where(day) for day in days]
    assert places == sorted(places)
    assert all(layout.LEFT - 0.01 <= x <= layout.WIDTH - layout.RIGHT + 0.01 for x in places)
    widest = max((layout.width_of(*layout.lines_of(one, DA)) for one, _ in (*above, *below)), default=0.0)
    assert widest <= layout.LONGEST * layout.BOLD


@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
def test_the_picture_has_a_text_that_tells_each_event_and_what_comes_next(words: Words) -> None:
    thread = picture(words)
    text = chart.thread_text(thread, words)
    assert all(one.what in text for one in thread.moments if not one.is_small)
    assert words.day(date(2026, 11, 18)) in text
    assert CHILD not in chart.child_thread(thread, {"gp": "GP"}, words)


def test_the_list_for_narrow_pages_has_every_event_beside_the_strand_of_its_day() -> None:
    markup = chart.child_thread(picture(), {}, DA)
    narrow = markup[markup.index("rt-child-narrow") :]
    strands = re.findall(r"<li class='(red|grey|none)( small)?'>", narrow)
    assert len(strands) == len(picture().moments)
    assert [strand for strand, _ in strands].count("grey") == 4


def test_words_from_outside_are_escaped() -> None:
    moment = Moment(AS_OF, "<script>alert(1)</script>", "<b>", "lost", "& <i>")
    markup = chart.child_thread(thread_with([moment]), {}, DA)
    assert "<script>" not in markup
    assert "<b>&lt;" in markup
    assert "<i>" not in markup


def test_intervals_that_touch_are_one_and_empty_ones_are_none() -> None:
    one, two, three = (date(2026, month, 1) for month in (1, 2, 3))
    assert layout.merged([(two, three), (one, two), (three, three)]) == ((one, three),)
    assert layout.merged([(one, two), (three, three + timedelta(days=1))])[0] == (one, two)
