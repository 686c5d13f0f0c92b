"""Rows without a usable number find the child whom they describe: or nobody."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.definitions.reference import Reference
from pipelines.errors import UserError
from pipelines.identity import Pseudonyms
from pipelines.sources.configuration import read_configuration
from pipelines.sources.declared_source import read_declared_source
from pipelines.sources.delivery import Delivery

REFERENCE = Reference.load()
SECRET = b"a secret of the tests, nobody's"
ANNA, MOTHER = "6803214002", "6101902222"
TWIN, OTHER_TWIN = "6504214001", "6504214003"
TWINS_MOTHER = "6207850004"
TOML = """[source]
name = "linking"
demo = true
[[delivery]]
table = "children"
path = "boern.csv"
form = "delimited"
[delivery.columns]
child_id = "Barn"
mother_id = "Mor"
birth_date = "Født"
sex = "Køn"
[[delivery]]
table = "residences"
path = "bopael.csv"
form = "delimited"
[delivery.columns]
child_id = "Barn"
from_date = "Fra"
municipality_code = "Kommune"
[[delivery]]
table = "contacts"
path = "besoeg.csv"
form = "delimited"
[delivery.columns]
contact_id = "Id"
child_id = "Barn"
programme = "Program"
contact_code = "Kode"
contact_date = "Dato"
status = "Status"
municipality_code = "Kommune"
[delivery.codes.sex]
"pige" = "female"
"dreng" = "male"
[delivery.pad]
municipality_code = 4
[delivery.person]
birth_date = "Barn født"
sex = "Køn"
municipality_code = "Kommune"
mother_birth_date = "Mor født"
mother_id = "Mor"
"""
HEADINGS = ("Barn", "Barn født", "Køn", "Kommune", "Mor født", "Mor")
KNOWN = ("", "08-03-2021", "pige", "461", "01-01-1990", "")


def linked(folder: Path, *contacts: tuple[str, ...], toml: str = TOML) -> Delivery:
    """The reading of three children and of contacts that describe one of them."""
    births = [(ANNA, MOTHER, "08-03-2021", "female")]
    births += [(twin, TWINS_MOTHER, "05-04-2021", "male") for twin in (TWIN, OTHER_TWIN)]
    (folder / "boern.csv").write_text("Barn;Mor;Født;Køn\n" + "".join(";".join(row) + "\n" for row in births))
    homes = "".join(f"{row[0]};{row[2]};0461\n" for row in births)
    (folder / "bopael.csv").write_text("Barn;Fra;Kommune\n" + homes)
    visits = [(f"k{at}", "gp", "week_5", "12-04-2021", "attended", *row) for at, row in enumerate(contacts)]
    heading = ";".join(("Id", "Program", "Kode", "Dato", "Status", *HEADINGS))
    (folder / "besoeg.csv").write_text("\n".join([heading, *(";".join(row) for row in visits)]) + "\n")
    (folder / "source.toml").write_text(toml, encoding="utf-8")
    staging = folder / "staging"
    staging.mkdir()
    pseudonyms = Pseudonyms(SECRET, test_numbers_only=True)
    return read_declared_source(read_configuration(folder / "source.toml"), pseudonyms, staging, REFERENCE)


def outcome(folder: Path, contact: tuple[str, ...]) -> tuple[str | None, str | None, str | None]:
    """Whom the contact is about, how it was linked, and its fault."""
    delivery = linked(folder, contact)
    row = delivery.tables["contacts"].collect().row(0, named=True)
    names = Pseudonyms(SECRET, test_numbers_only=True).of(pl.Series([ANNA, TWIN, OTHER_TWIN]))
    child = dict(names.select("pseudonym", "number").iter_rows()).get(row["child_id"])
    assert delivery.reading is not None
    links = [link for part in delivery.reading.record_links for link in part["linked_by"]]
    return child, links[0] if links else None, row["_identity_fault_child_id"]


def changed(**values: str) -> tuple[str, ...]:
    """The good description with other values."""
    given_values = dict(zip(("number", "birth", "sex", "place", "mother_born", "mother"), KNOWN, strict=True)) | values
    return tuple(given_values.values())


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        (changed(number=ANNA), (ANNA, None, None)),
        (changed(), (ANNA, "exact", None)),
        (changed(number="6803214003"), (ANNA, "exact", None)),
        (changed(number="803214002"), (ANNA, "exact", None)),
        (changed(mother=MOTHER, mother_born=""), (ANNA, "exact", None)),
        (changed(birth="03-08-2021"), (ANNA, "probable", None)),
        (changed(birth="18-03-2021"), (None, "none", "not_linked")),
        (changed(mother_born="11-01-1990"), (ANNA, "probable", None)),
        (changed(place="101"), (ANNA, "probable", None)),
        (changed(sex="dreng"), (ANNA, "probable", None)),
        (changed(sex="ukendt"), (ANNA, "exact", None)),
        (changed(birth="08-03-2019"), (None, "none", "not_linked")),
        (changed(birth="oplyses"), (None, "none", "not_linked")),
        (changed(birth="", mother_born=""), (None, "none", "not_linked")),
        (changed(place="", mother_born=""), (None, "none", "not_linked")),
        (changed(birth="05-04-2021", sex="dreng", mother_born="02-07-1985"), (None, "ambiguous", "ambiguous")),
        (changed(birth="05-04-2021", sex="dreng", mother=TWINS_MOTHER), (None, "ambiguous", "ambiguous")),
        (changed(number="08" + "0321-4002"), (None, None, "real_number")),
    ],
)
def test_a_described_child_is_found_or_nobody_is(
    tmp_path: Path, contact: tuple[str, ...], expected: tuple[str | None, str | None, str | None]
) -> None:
    assert outcome(tmp_path, contact) == expected


HANDOVERS = """
[[delivery]]
table = "handovers"
path = "overleveringer.csv"
form = "delimited"
[delivery.columns]
handover_id = "Id"
pregnancy_id = "Graviditet"
kind = "Art"
from_actor = "Fra"
to_actor = "Til"
sent_date = "Dato"
[delivery.person]
birth_date = "Barn født"
mother_birth_date = "Mor født"
"""


def test_a_row_about_a_pregnancy_need_not_describe_a_child(tmp_path: Path) -> None:
    told_of = (
        "h1;p1;discharge;midwife;health_visitor;01-02-2021;;\nh2;;discharge;midwife;gp;01-04-2021;08-03-2021;01-01-1990"
    )
    heading = "Id;Graviditet;Art;Fra;Til;Dato;Barn født;Mor født"
    (tmp_path / "overleveringer.csv").write_text(f"{heading}\n{told_of}\n")
    delivery = linked(tmp_path, changed(), toml=TOML + HANDOVERS)
    rows = delivery.tables["handovers"].select("child_id", "_identity_fault_child_id").collect()
    assert rows["_identity_fault_child_id"].to_list() == [None, None]
    assert rows["child_id"].is_null().to_list() == [True, False]


def test_children_are_not_described_by_their_own_births(tmp_path: Path) -> None:
    births = TOML.replace(
        '[[delivery]]\ntable = "residences"',
        '[delivery.person]\nbirth_date = "Født"\n[[delivery]]\ntable = "residences"',
    )
    with pytest.raises(UserError, match="about a child of another delivery"):
        linked(tmp_path, changed(), toml=births)


def test_each_row_that_was_looked_for_is_told_with_how_sure_it_is(tmp_path: Path) -> None:
    reading = linked(tmp_path, changed(number=ANNA), changed(), changed(birth="03-08-2021")).reading
    assert reading is not None
    links = pl.concat(reading.record_links)
    columns = ("delivery", "table", "source", "row_number", "municipality_code", "linked_by")
    assert links.select(columns).rows() == [
        ("contacts", "contacts", "besoeg.csv", 2, "0461", "exact"),
        ("contacts", "contacts", "besoeg.csv", 3, "0461", "probable"),
    ]
    assert links["match_probability"].is_between(0.99, 1).all()
