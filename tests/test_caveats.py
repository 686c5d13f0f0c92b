"""What checks say of figures: every failed check reaches the figures that it touches, in words, and no other."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from checked_figures import (
    CHECKED,
    FOR_MENDERS,
    GENERAL,
    GRAVE,
    OF_FOLLOW_UP,
    OF_NOTHING,
    OF_THE_THREAD,
    Outcome,
    results,
)
from published_frames import LAESOE, SVENDBORG
from quality_store import finding, result

from checks.catalogue import CATALOGUE
from checks.catalogue.wording import NO_FIGURE
from checks.declared import EVERY_FIGURE, Check
from checks.findings import FAILURES
from checks.results import RESULTS
from dashboards import headlines, published_checks
from dashboards.caveat_markup import Told
from dashboards.caveats import (
    FIGURES,
    KINDS_OF_STEP,
    STEPS,
    THREAD,
    WITHOUT_A_MEASURE,
    WORKLIST,
    Caveats,
    figures_of,
    figures_of_all,
    figures_of_step,
)
from dashboards.language import Words
from dashboards.scope import COUNTRY, NotAllowed, Place, Scope
from pipelines.continuity import STEP_OF_KIND
from pipelines.continuity import STEPS as STEPS_OF_THE_RUN
from pipelines.definitions.enumerations import KINDS
from pipelines.definitions.measures import FOLLOWED_UP, KNOWN_BEFORE_BIRTH, SCHOOL_START
from pipelines.sources.registers.layouts import LAYOUTS

DA = Words("da")
HERE = Place("municipality", SVENDBORG)
NAMED = {language: Words(language) for language in ("da", "en")}


def read(
    rows: list[dict[str, Any]], place: Place = HERE, run_id: str = "r1", findings: pl.DataFrame | None = None
) -> Caveats:
    """As a page reads them."""
    facts = {"run_id": "r1", "checked_at": CHECKED}
    source = _Source(pl.DataFrame([row | facts for row in rows], schema=RESULTS), findings)
    return Caveats.of(published_checks.of_run(source, Scope("national"), run_id, place.code), place)


class _Source:
    """Results of checks as a store hands them out."""

    def __init__(self, rows: pl.DataFrame, findings: pl.DataFrame | None = None) -> None:
        self._tables = {"check_results": rows, "check_failures": findings}

    @property
    def run(self) -> dict[str, Any]:
        return {"run_id": "c1"}

    def table(self, name: str) -> pl.LazyFrame:
        rows = self._tables[name]
        assert rows is not None
        return rows.lazy()


# Which check touches which figure


def test_what_a_check_touches_is_a_figure_that_there_is() -> None:
    known = {*FIGURES, EVERY_FIGURE}
    assert {check.id: check.touches for check in CATALOGUE if not known.issuperset(check.touches)} == {}


def test_every_figure_but_those_without_a_page_is_on_a_page() -> None:
    shown = figures_of_all(headlines.SELECTABLE) | {name for step in STEPS for name in figures_of_step(step)}
    assert shown | {WORKLIST} == set(FIGURES) - set(WITHOUT_A_MEASURE)


def test_what_changes_no_figure_touches_none() -> None:
    unchanged = [check for check in CATALOGUE if check.reader_da == NO_FIGURE.da]
    assert unchanged
    assert not any(check.touches for check in unchanged)


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_figure_has_its_words(language: str) -> None:
    assert all(NAMED[language].known(f"figure.{name}") for name in FIGURES)


def test_a_transition_and_a_programme_stand_for_their_kind() -> None:
    assert figures_of(SCHOOL_START) == {"carried_at_transition"}
    assert figures_of(FOLLOWED_UP) == {"follow_up"}
    assert figures_of(KNOWN_BEFORE_BIRTH) == {THREAD}


def test_the_steps_of_the_thread_are_those_of_the_run() -> None:
    assert STEPS == STEPS_OF_THE_RUN
    assert {kind: step for step, kinds in KINDS_OF_STEP.items() for kind in kinds} == STEP_OF_KIND
    assert set(STEP_OF_KIND) <= set(KINDS)


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_known_register_has_a_name_that_people_know(language: str) -> None:
    assert [name for name in LAYOUTS if not NAMED[language].known(f"rows_of.{name}")] == []


# What the last check says of a place


def test_a_check_that_failed_here_or_in_the_country_is_told() -> None:
    caveats = read(results((OF_FOLLOW_UP, SVENDBORG, "failed"), (GRAVE, None, "failed")))
    assert [(caveat.check_id, caveat.is_here, caveat.is_everywhere) for caveat in caveats.failed] == [
        (GRAVE.id, False, True),
        (OF_FOLLOW_UP.id, True, False),
    ]


def test_what_failed_in_another_municipality_only_is_not_told() -> None:
    assert read(results((GENERAL, LAESOE, "failed"))).failed == ()
    assert read(results((GENERAL, LAESOE, "failed")), COUNTRY).failed == ()


@pytest.mark.parametrize("status", ["passed", "passed_with_failing_rows", "not_applicable"])
def test_what_has_not_failed_touches_no_figure(status: str) -> None:
    assert read(results((GENERAL, None, status), (OF_FOLLOW_UP, SVENDBORG, status))).failed == ()


@pytest.mark.parametrize("check", [FOR_MENDERS, OF_NOTHING], ids=["info", "touches nothing"])
def test_a_check_for_those_who_mend_data_is_no_caveat(check: Check) -> None:
    caveats = read(results((check, None, "failed"), (check, SVENDBORG, "error")))
    assert caveats.failed == ()
    assert not caveats.has_errors


def test_a_check_of_follow_up_touches_follow_up_alone() -> None:
    caveats = read(results((OF_FOLLOW_UP, None, "failed")))
    touched = [card.name for card in headlines.CARDS if caveats.about(figures_of(card))]
    assert touched == ["followed_up", "lost_to_follow_up"]
    assert [step for step in STEPS if caveats.about(figures_of_step(step))] == ["followed_up"]


def test_a_check_of_the_thread_touches_all_its_steps_and_no_other_card() -> None:
    caveats = read(results((OF_THE_THREAD, None, "failed")))
    assert all(caveats.about(figures_of_step(step)) for step in STEPS)
    touched = [card.name for card in headlines.CARDS if caveats.about(figures_of(card))]
    assert touched == ["known_before_birth"]


def test_results_of_an_earlier_run_say_nothing_of_this_one() -> None:
    assert read(results((GRAVE, None, "failed")), run_id="r2").state == "earlier_run"


def test_checks_that_were_not_asked_or_could_not_be_run_are_known() -> None:
    every = results()
    assert not read(every).is_partial
    assert read([row for row in every if row["check_id"] != GRAVE.id]).is_partial
    assert not read([row for row in every if row["check_id"] != FOR_MENDERS.id]).is_partial
    assert read(results((GRAVE, None, "error"))).has_errors


def test_a_municipality_reads_nothing_of_another() -> None:
    source = _Source(pl.DataFrame(schema=RESULTS))
    with pytest.raises(NotAllowed):
        published_checks.of_run(source, Scope("leader", SVENDBORG, "1083"), "r1", LAESOE)


def test_no_number_of_rows_is_read_for_a_caveat() -> None:
    rows = published_checks.of_run(_Source(pl.DataFrame(schema=RESULTS)), Scope("national"), "r1", SVENDBORG)
    assert rows.columns == ["check_id", "place", "status", "checked_at", "is_accepted", "accepted_until"]


@pytest.mark.parametrize(("place", "is_here"), [(SVENDBORG, True), (None, False)])
def test_what_a_steward_has_accepted_is_told_beside_the_figures_that_rest_on_it(
    place: str | None, is_here: bool
) -> None:
    accepted = result(GRAVE, place, "passed_with_failing_rows", 17, 900) | {"accepted": 17, "threshold": 0.0}
    until = date(2027, 3, 31)
    findings = pl.DataFrame([finding(GRAVE, "k1", SVENDBORG, accepted_until=until)], schema=FAILURES)
    rest = [row for row in results() if row["check_id"] != GRAVE.id or place is not None]
    caveats = read([accepted, *rest], findings=findings)
    (caveat,) = caveats.failed
    assert (caveat.is_accepted, caveat.is_here, caveat.weight, caveat.accepted_until) == (
        True,
        is_here,
        "warning",
        until,
    )
    page = Told(caveats, DA, "Svendborg")
    assert "Forbehold" in page.line({"registered"})
    assert "Accepteret til og med 31. marts 2027." in "".join(page.collected(FIGURES))


def test_an_accepted_check_that_fails_in_the_readers_own_place_has_failed() -> None:
    accepted = result(GRAVE, None, "passed_with_failing_rows", 17, 900) | {"accepted": 17, "threshold": 0.0}
    failed = result(GRAVE, SVENDBORG, "failed", 17, 90)
    findings = pl.DataFrame(schema=FAILURES)
    (caveat,) = read([accepted, failed], findings=findings).failed
    assert (caveat.is_accepted, caveat.weight) == (False, "critical")


# In words


def told(*failed: Outcome) -> Told:
    return Told(read(results(*failed)), DA, "Svendborg")


def test_a_picture_names_the_parts_that_are_touched_unless_all_are() -> None:
    parts = {step: figures_of_step(step) for step in STEPS}
    assert "Forbehold: followed_up<" in told((OF_FOLLOW_UP, None, "failed")).line_of(parts)
    assert ">Forbehold<" in told((GENERAL, None, "failed")).line_of(parts)
    assert told().line_of(parts) == ""


def test_one_line_is_about_the_gravest() -> None:
    line = told((GENERAL, None, "failed"), (GRAVE, SVENDBORG, "failed")).line({"registered"})
    assert "Vent med at bruge tallet" in line
    assert "Forbehold" not in line


def test_the_same_meaning_is_told_once_with_all_that_does_not_hold() -> None:
    same = [check for check in CATALOGUE if check.reader_da == GRAVE.reader_da and check.severity == "critical"]
    page = told(*((check, None, "failed") for check in same), (GENERAL, None, "failed"))
    items = page.collected(FIGURES)
    assert len(items) == 2
    assert items[0].count("Holder ikke:") == len(same)
    assert "rt-severity critical" in items[0]
    assert "rt-severity warning" in items[1]
