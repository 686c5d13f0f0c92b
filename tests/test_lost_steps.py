"""What was lost at each step of the thread: of those inside the step before, with its interval; hidden is no number."""

from __future__ import annotations

import re

import pytest

from dashboards.charts.lost_steps import lost_rows, lost_steps, lost_table
from dashboards.continuity import Loss, Step, Thread
from dashboards.language import NO_BREAK, Words

DA = Words("da")
THREAD = Thread(
    "number",
    (
        Step("exposed", 100, 0),
        Step("known_before_birth", 80, 20, (Loss("first_known_after_birth", 20),)),
        Step("registered", 80, 0),
        Step("handed_over", 60, 20, (Loss("not_confirmed", 15), Loss("no_handover", None))),
        Step("carried_in_record", None, None),
        Step("followed_up", 20, None),
    ),
)
NOBODY = Thread("number", (Step("exposed", 0, 0), Step("registered", 0, 0)))


def drawn(*beside: tuple[str, Thread]) -> str:
    larger = {name: lost_steps(thread) for name, thread in beside}
    return lost_rows(lost_steps(THREAD), larger, DA).replace(NO_BREAK, " ")


def test_the_share_is_of_those_who_reached_the_step_before() -> None:
    table = lost_table({"Svendborg": lost_steps(THREAD)}, DA)
    assert [(row[1], row[2], row[3], row[4].replace(NO_BREAK, " ")) for row in table.iter_rows()] == [
        ("kendt før fødslen", "20", "100", "20 %"),
        ("registreret", "0", "80", "0 %"),
        ("overleveret", "20", "80", "25 %"),
        ("med i støtten", "Skjult", "", ""),
        ("fulgt op", "Skjult", "", ""),
    ]


def test_the_interval_is_wilsons() -> None:
    first = lost_steps(THREAD)[0].share
    assert first is not None
    assert (first.low, first.high) == (pytest.approx(0.1334, abs=1e-4), pytest.approx(0.2888, abs=1e-4))


def test_each_row_has_a_bar_as_long_as_its_share_and_its_reasons_with_the_hidden_ones_last() -> None:
    assert re.findall(r"width:([\d.]+)%", drawn()) == ["20.0", "0.0", "25.0"]
    assert "15 kvittering mangler, skjult antal: ingen overlevering" in drawn()
    assert "ingen tabt" in drawn()


def test_a_hidden_step_has_a_word_and_no_bar() -> None:
    hidden = [row for row in drawn().split("<li>") if "rt-state suppressed" in row]
    assert len(hidden) == 2
    assert all("Skjult" in row and "width" not in row for row in hidden)


def test_larger_places_stand_beside_in_words_where_they_are_shown() -> None:
    assert "Hele landet 20 %" in drawn(("Hele landet", THREAD))
    assert "Region Fyn" not in drawn(("Region Fyn", Thread("suppressed")))


def test_where_nobody_could_be_lost_it_is_not_relevant() -> None:
    assert [step.state for step in lost_steps(NOBODY)] == ["not_applicable"]
    assert "Ikke relevant" in lost_rows(lost_steps(NOBODY), {}, DA)


def test_a_name_of_a_place_is_no_markup() -> None:
    assert "<script>" not in drawn(("<script>", THREAD))
