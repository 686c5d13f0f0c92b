"""What a delivery says beside its rows: codes without a meaning, and which municipality reported when."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipelines.definitions.tables import table_named
from pipelines.sources.declarations import Form, Mapped
from pipelines.sources.reading import DECLARED_INCOMPLETE, REPORTED
from pipelines.sources.reported import completeness, completeness_by_year, reported_by_municipality
from pipelines.sources.unmapped import codes_not_mapped


def mapping(**columns: str) -> Mapped:
    codes = {"record_type": {"Sag": "notification"}}
    return Mapped(table_named("support_records"), None, Form("delimited"), columns, codes)


def unmapped(values: list[str | None]) -> list[tuple[str | None, int]]:
    theirs = pl.DataFrame({"Type": values, "_source": ["f"] * len(values)}, schema_overrides={"Type": pl.String})
    found = codes_not_mapped(theirs, mapping(record_type="Type"))
    return found[0].select("code", "rows").rows() if found else []


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (["Sag", "notification", " Sag ", "", None], []),
        (["Tilsyn", "Tilsyn", "Tal"], [("Tilsyn", 2), ("Tal", 1)]),
        (["Ny sag"] * 4, [(None, 4)]),
        (["Ny sag"] * 5, [("Ny sag", 5)]),
        (["Underretning om barnet"] * 9, [("Underretning om barnet", 9)]),
        (["680125"], [(None, 1)]),
        (["68-01-25"], [(None, 1)]),
        ([f"Navn{at}" for at in range(41)], [(None, 41)]),
    ],
)
def test_a_code_is_shown_only_when_it_cannot_be_a_persons_value(
    values: list[str | None], told: list[tuple[str | None, int]]
) -> None:
    assert unmapped(values) == told


def test_persons_are_never_looked_at_for_codes() -> None:
    theirs = pl.DataFrame({"Barn": ["abc"], "_source": ["f"]})
    declared = Mapped(table_named("children"), None, Form("delimited"), {"child_id": "Barn"}, {"child_id": {"x": "y"}})
    assert codes_not_mapped(theirs, declared) == []


def rows_of(municipality: str, months: range, rows: int) -> list[tuple[str, str, date, int]]:
    return [("BUU", municipality, date(2018, month, 1), rows) for month in months]


def reported(*rows: tuple[str, str, date, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=REPORTED, orient="row")


def declared(*rows: tuple[str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=DECLARED_INCOMPLETE, orient="row")


def test_a_municipality_that_reported_january_only_is_visible_as_such() -> None:
    year = range(1, 13)
    months = completeness(
        reported(*rows_of("0461", year, 80), *rows_of("0482", range(1, 2), 8), *rows_of("0492", range(1, 2), 1)),
        declared(),
    )
    said = completeness_by_year(months).select("municipality_code", "said_en", "said_da").rows()
    assert said == [
        ("0461", "reported 12 of 12 months", "indberettet 12 af 12 måneder"),
        ("0482", "reported 1 of 12 months, 11 missing", "indberettet 1 af 12 måneder, 11 mangler"),
        (
            "0492",
            "reported 1 of 12 months, 11 too few to say",
            "indberettet 1 af 12 måneder, 11 for få til at sige noget",
        ),
    ]


def test_what_a_municipality_says_itself_is_not_called_missing() -> None:
    months = completeness(
        reported(*rows_of("0461", range(1, 13), 80), *rows_of("0482", range(1, 2), 8)),
        declared(("BUU", "0482", 2018), ("BUU", "0492", 2018)),
    )
    states = months.group_by("municipality_code", "state").len().sort("municipality_code", "state").rows()
    assert states == [
        ("0461", "reported", 12),
        ("0482", "reported", 1),
        ("0482", "declared_incomplete", 11),
        ("0492", "declared_incomplete", 12),
    ]


def test_a_date_that_cannot_be_right_does_not_make_years_of_missing_months() -> None:
    """Of the stretches between silences of more than two years the one with most rows counts."""
    right = rows_of("0461", range(1, 13), 80)
    wrong = [("BUU", "0461", date(year, 3, 1), 1) for year in (1925, 2099, 2199)]
    late = [("BUU", "0461", date(2020, 12, 1), 1)]
    months = completeness(reported(*right, *wrong, *late), declared())
    assert (months["month"].min(), months["month"].max()) == (date(2018, 1, 1), date(2020, 12, 1))
    assert months.height == 36
    assert completeness(reported(*wrong[:2]), declared())["month"].to_list() == [date(1925, 3, 1)]


def test_rows_are_reported_by_the_receiver_in_the_month_in_which_they_were_sent() -> None:
    rows = pl.DataFrame(
        {
            "to_municipality_code": ["0461", "", "461", "0461"],
            "from_municipality_code": ["0482", "0482", "", "0482"],
            "sent_date": ["2025-01-31", "2025-01-01", "2025-01-01", "0023-01-01"],
        }
    )
    found = reported_by_municipality(rows, table_named("handovers"), "hand-overs")[0]
    assert found.rows() == [("hand-overs", "0461", date(2025, 1, 1), 1), ("hand-overs", "0482", date(2025, 1, 1), 1)]
    assert reported_by_municipality(rows, table_named("children"), "births") == []
