"""Where children live, from snapshots of the population, addresses and moves over the border."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from registers_on_disk import NUMBERS, Row, birth, read

pytestmark = pytest.mark.slow

Q1, Q2, Q3, Q4 = date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31)
BORN = date(2025, 1, 8)


def seen(on: Any, municipality: int | None, since: date | None = BORN, who: str = "Ida", **values: Any) -> Row:
    return {"PNR": NUMBERS[who], "KOM": municipality, "BOP_VFRA": since, "REFERENCETID": on} | values


def crossed(on: date, way: str) -> Row:
    return {"PNR": NUMBERS["Ida"], "HAEND_DATO": on, "INDUD_KODE": way}


APRIL, JULY, AUGUST = date(2025, 4, 1), date(2025, 7, 1), date(2025, 8, 15)
LIVED = [
    ("a child that stays has one spell", [seen(Q1, 461), seen(Q2, 461)], [], [("0461", "2025-01-08", None)]),
    ("another address in the municipality is the same spell", [seen(Q1, 461), seen(Q2, 461, APRIL)], [],
     [("0461", "2025-01-08", None)]),
    ("another municipality begins a spell on the day of moving", [seen(Q1, 461), seen(Q2, 101, APRIL)], [],
     [("0101", "2025-04-01", None), ("0461", "2025-01-08", None)]),
    ("a municipality returned to is a spell of its own", [seen(Q1, 461), seen(Q2, 101, APRIL), seen(Q3, 461, JULY)], [],
     [("0101", "2025-04-01", None), ("0461", "2025-01-08", None), ("0461", "2025-07-01", None)]),
    ("an emigration ends the spell", [seen(Q1, 461)], [crossed(APRIL, "U")], [("0461", "2025-01-08", "2025-04-01")]),
    ("a return begins one", [seen(Q1, 461), seen(Q3, 461, AUGUST)], [crossed(APRIL, "U"), crossed(AUGUST, "I")],
     [("0461", "2025-01-08", "2025-04-01"), ("0461", "2025-08-15", None)]),
    ("a return to the old address begins one", [seen(Q1, 461), seen(Q3, 461)],
     [crossed(APRIL, "U"), crossed(AUGUST, "I")], [("0461", "2025-01-08", "2025-04-01"), ("0461", "2025-08-15", None)]),
    ("a corrected municipality replaces the first telling", [seen(Q1, 461), seen(Q2, 101)], [],
     [("0101", "2025-01-08", None)]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "snapshots", "crossings", "spells"), LIVED, ids=[said for said, *_ in LIVED])
def test_snapshots_become_spells(
    tmp_path: Path, said: str, snapshots: list[Row], crossings: list[Row], spells: list[tuple[Any, ...]]
) -> None:
    vnds = pl.DataFrame(crossings, schema={"PNR": pl.String(), "HAEND_DATO": pl.Date(), "INDUD_KODE": pl.String()})
    told = read(tmp_path / "d", {"MFR_NYFOEDTE": [birth()], "BEF": snapshots, "VNDS": vnds})
    assert told.rows("residences", "municipality_code", "from_date", "to_date") == spells


GONE_EARLY = [
    ("emigrated before the first snapshot", [], [("0461", "2025-01-08", "2025-02-01")]),
    ("back before it, and not in it", [crossed(date(2025, 3, 1), "I")], [("0461", "2025-01-08", "2025-02-01")]),
]


@pytest.mark.parametrize(("said", "back", "spells"), GONE_EARLY, ids=[said for said, *_ in GONE_EARLY])
def test_a_child_that_emigrated_before_any_snapshot_lived_here_until_then(
    tmp_path: Path, said: str, back: list[Row], spells: list[tuple[Any, ...]]
) -> None:
    crossings = [crossed(date(2025, 2, 1), "U"), *back]
    told = read(tmp_path / "d", {"MFR_NYFOEDTE": [birth()], "BEF": [seen(Q1, 461, who="Bo")], "VNDS": crossings})
    assert told.rows("residences", "municipality_code", "from_date", "to_date") == spells


def test_a_child_that_came_back_later_has_its_first_home_too(tmp_path: Path) -> None:
    crossings = [crossed(date(2025, 2, 1), "U"), crossed(AUGUST, "I")]
    snapshots = [seen(Q1, 461, who="Bo"), seen(Q3, 101, AUGUST)]
    told = read(tmp_path / "d", {"MFR_NYFOEDTE": [birth()], "BEF": snapshots, "VNDS": crossings})
    assert told.rows("residences", "municipality_code", "from_date", "to_date") == [
        ("0101", "2025-08-15", None),
        ("0461", "2025-01-08", "2025-02-01"),
    ]


def test_a_child_born_after_the_last_snapshot_that_emigrated_does_not_live_here(tmp_path: Path) -> None:
    baby = birth(FOEDSELSDATO_BARN=date(2026, 2, 1))
    crossings = [crossed(date(2025, 2, 1), "U"), crossed(date(2026, 3, 1), "U")]
    told = read(tmp_path / "d", {"MFR_NYFOEDTE": [baby], "BEF": [seen(Q4, 461, who="Bo")], "VNDS": crossings})
    assert told.rows("residences", "from_date", "to_date") == [("2026-02-01", "2026-03-01")]


LOST_ZERO = "1" + "01254001"
BROKEN = [LOST_ZERO, "ukendt", "000000000"]
RELATION = {"PNR_BARN": NUMBERS["Ida"], "PNR_MOR": NUMBERS["mother"]}


@pytest.mark.parametrize("form", ["delimited", "parquet"])
def test_a_number_that_is_broken_may_be_a_childs_and_is_told(tmp_path: Path, form: str) -> None:
    registers: dict[str, list[Row] | pl.DataFrame] = {
        "MFR_NYFOEDTE": [birth(PNR_MOR=None)],
        "BEF": [seen(Q1, 461), *(seen(Q1, 461) | {"PNR": broken} for broken in BROKEN), seen(Q1, 461, who="Eva")],
        "DOD": [{"PNR": broken, "DODDATO": date(2025, 6, 1)} for broken in (*BROKEN, NUMBERS["Eva"])],
        "VNDS": [crossed(APRIL, "U") | {"PNR": broken} for broken in (*BROKEN, NUMBERS["Eva"])],
        "LPR_A_MOR_BARN_RELATION": [
            *(RELATION | {"PNR_BARN": broken} for broken in BROKEN),
            *(RELATION | {"PNR_MOR": broken} for broken in BROKEN),
            RELATION | {"PNR_BARN": NUMBERS["Eva"], "PNR_MOR": LOST_ZERO},
        ],
    }
    told = read(tmp_path / "d", registers, form)
    assert told.counts("BEF") == {"used": 1, "out_of_scope": 1, "faulty": 3}
    assert told.counts("DOD") == told.counts("VNDS") == {"out_of_scope": 1, "faulty": 3}
    assert told.counts("LPR_A_MOR") == {"out_of_scope": 1, "faulty": 6}
    assert {fault[2:] for fault in told.faults()} == {("identity", "child_id"), ("identity", "mother_id")}


def test_only_children_of_the_birth_register_are_gathered(tmp_path: Path) -> None:
    told = read(
        tmp_path / "d",
        {"MFR_NYFOEDTE": [birth()], "BEF": [seen(Q1, 461), seen(Q1, 461, who="adult"), seen(Q1, 461, who="Bo")]},
    )
    assert told.rows("residences", "child_id") == [("Ida",)]
    assert told.counts("BEF") == {"used": 1, "out_of_scope": 2}


def test_a_child_that_no_snapshot_could_show_lives_where_its_mother_lived_at_the_birth(tmp_path: Path) -> None:
    babies = [
        birth(),
        birth(PNR_BARN=NUMBERS["Bo"], BOPAELSKOMMUNE_MOR=101),
        birth(PNR_BARN=NUMBERS["Eva"], FOEDSELSDATO_BARN=date(2024, 3, 2)),
    ]
    dead = [{"PNR": NUMBERS["Bo"], "DODDATO": date(2025, 2, 1)}]
    told = read(tmp_path / "d", {"MFR_NYFOEDTE": babies, "DOD": dead, "BEF": [seen(Q1, 461)]})
    assert told.rows("residences", "child_id", "municipality_code", "from_date") == [
        ("Bo", "0101", "2025-01-08"),
        ("Ida", "0461", "2025-01-08"),
    ]


@pytest.mark.parametrize(
    ("written", "is_seen"), [(202503, True), ("2025Q1", True), ("2024K4", False), (2024, False), ("31-03-2025", True)]
)
def test_a_snapshot_may_be_named_by_its_period(tmp_path: Path, written: Any, is_seen: bool) -> None:
    """Bo is seen in no snapshot: born before it, he should have been."""
    babies = [birth(), birth(PNR_BARN=NUMBERS["Bo"])]
    told = read(tmp_path / "d", {"MFR_NYFOEDTE": babies, "BEF": [seen(written, 461)]})
    children = [child for (child,) in told.rows("residences", "child_id")]
    assert children == (["Ida"] if is_seen else ["Bo", "Ida"])


def test_the_address_gives_the_municipality_where_the_snapshot_has_none(tmp_path: Path) -> None:
    addresses = [
        {"ADRESSE_ID": 9, "KOM": 461, "ADR_VFRA": date(2007, 1, 1), "ADR_VTIL": None},
        {"ADRESSE_ID": 9, "KOM": 499, "ADR_VFRA": date(1990, 1, 1), "ADR_VTIL": date(2007, 1, 1)},
        {"ADRESSE_ID": 8, "KOM": 101, "ADR_VFRA": date(1990, 1, 1), "ADR_VTIL": None},
    ]
    told = read(tmp_path / "d", {"MFR_NYFOEDTE": [birth()], "BEF": [seen(Q1, None, ADRESSE_ID=9)], "BEFADR": addresses})
    assert told.rows("residences", "municipality_code") == [("0461",)]
    assert told.counts("BEFADR") == {"used": 2, "out_of_scope": 1}


def test_the_population_register_gives_a_mother_where_no_other_does(tmp_path: Path) -> None:
    babies = [birth(PNR_MOR=None), birth(PNR_BARN=NUMBERS["Bo"])]
    snapshots = [seen(Q1, 461, who=who, MOR_ID=NUMBERS["other mother"]) for who in ("Ida", "Bo")]
    told = read(tmp_path / "d", {"MFR_NYFOEDTE": babies, "BEF": snapshots})
    assert told.rows("children", "child_id", "mother_id") == [("Bo", "mother"), ("Ida", "other mother")]


def test_a_child_is_the_same_under_its_first_and_its_newest_number(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    changes = f"old_person_id;new_person_id;changed_date\n{NUMBERS['Ida before']};{NUMBERS['Ida']};2025-02-01\n"
    (folder / "skift.csv").write_text(changes, encoding="utf-8")
    from registers_on_disk import declare, told

    source = declare(folder, {"MFR_NYFOEDTE": [birth(PNR_BARN=NUMBERS["Ida before"])], "BEF": [seen(Q1, 461)]})
    source.write_text(source.read_text().replace("demo = true", 'demo = true\nnumber_changes = "skift.csv"'))
    known = told(source)
    assert known.rows("residences", "municipality_code") == [("0461",)]
    assert known.rows("residences", "child_id") == known.rows("children", "child_id")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (seen(Q1, 461, None), ("residences", 1, "required", "from_date")),
        (seen(Q1, None), ("residences", 1, "required", "municipality_code")),
        (seen(None, 461), ("residences", 1, "type", "REFERENCETID")),
    ],
)
def test_a_snapshot_without_what_it_is_about_is_set_aside(tmp_path: Path, row: Row, fault: tuple[Any, ...]) -> None:
    frame = pl.DataFrame(
        [row], schema={"PNR": pl.String(), "KOM": pl.Int64(), "BOP_VFRA": pl.Date(), "REFERENCETID": pl.Date()}
    )
    told = read(tmp_path / "d", {"MFR_NYFOEDTE": [birth()], "BEF": frame})
    assert told.faults() == [fault]
