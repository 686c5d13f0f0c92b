"""Where a reader looks when the own figure is hidden: a longer period, an earlier one, the region, the country."""

from __future__ import annotations

import polars as pl
import pytest
from figure_frames import OF_CONTINUITY, OF_SHARES, share_row
from published_frames import SVENDBORG, FakeSnapshot, run_facts

from dashboards.instead import look_instead
from dashboards.language import Words
from dashboards.opening import Publication
from dashboards.scope import COUNTRY, Place, Scope
from dashboards.visit import Visit
from pipelines.definitions.measures import HANDED_OVER

HERE = Place("municipality", SVENDBORG)
FIVE = ("municipality", SVENDBORG, "five_years", "2021-2025")
EARLIER = ("municipality", SVENDBORG, "three_years", "2020-2022")
OLD = ("municipality", SVENDBORG, "three_years", "2019-2021")
REGION = ("region", "1083", "three_years", "2023-2025")
WHOLE = ("country", "country", "three_years", "2023-2025")


def instead(run_id: str, *shown: tuple[str, str, str, str], place: Place = HERE) -> list[tuple[str, str]]:
    rows = [share_row("handed_over", *where, part=30, whole=50) for where in shown]
    tables = {
        "published_shares": pl.DataFrame(rows, schema=OF_SHARES),
        "published_continuity": pl.DataFrame(schema=OF_CONTINUITY),
    }
    source = FakeSnapshot(tables, run_facts(run_id=run_id))
    scope = Scope("leader", SVENDBORG, "1083")
    visit = Visit(Words("da"), scope, source, "light", Publication(source, run_id, is_of_last_run=True))
    return [(each.of, each.name) for each in look_instead(visit, (HANDED_OVER,), place)[HANDED_OVER.name]]


@pytest.mark.parametrize(
    ("shown", "named"),
    [
        (
            (FIVE, EARLIER, REGION, WHOLE),
            [("own", "2021–2025"), ("region", "Region Syddanmark"), ("country", "Hele landet")],
        ),
        ((EARLIER, WHOLE), [("own", "2020–2022"), ("country", "Hele landet")]),
        ((REGION, WHOLE), [("region", "Region Syddanmark"), ("country", "Hele landet")]),
        ((OLD,), []),
        ((), []),
    ],
    ids=["longer first", "earlier", "region", "too old", "nothing"],
)
def test_the_nearest_figure_that_is_shown_comes_first(
    shown: tuple[tuple[str, str, str, str], ...], named: list[tuple[str, str]]
) -> None:
    assert instead(f"run of {shown}", *shown) == named


def test_the_country_has_nothing_beside_it_but_itself_in_other_years() -> None:
    five = ("country", "country", "five_years", "2021-2025")
    assert instead("country", five, REGION, place=COUNTRY) == [("own", "2021–2025")]
