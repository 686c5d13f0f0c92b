"""What an ingest could let through or lose: rows of canonical tables, accounts and names as they lie in a store.

In a delivery it is stopped, or keyed: these checks are there for the day on which it is not.
"""

from __future__ import annotations

import polars as pl

from checks.catalogue.every_table import JOINS_THE_CHILD
from checks.defects.clean import ROW
from checks.defects.declared import Defect
from checks.defects.of_results import Lost
from checks.defects.spoiling import NOBODY, Spoiled
from checks.defects.values import TEST_NUMBER
from checks.frames.sizes import NEVER_EMPTY
from pipelines.definitions.contract import Table
from pipelines.definitions.tables import table_named

WITH_IDS = ("exposures", "treatments", "handovers", "support_records", "contacts", "costs")
"""Tables whose only texts of the sender's are the rows' own ids."""


def child_lost(table: Table) -> Defect:
    """The row is there, its child is not."""
    return Defect(
        f"{table.name}.child_lost",
        f"{table.title_da}: barnet bag rækken er forsvundet, efter at rækken blev optaget.",
        f"{table.title_en}: the child behind the row vanished after the row was accepted.",
        Spoiled(table.name, pl.col("child_id").is_not_null(), {"child_id": NOBODY}),
        found_by=(f"{table.name}.unknown_child",),
        scope="stored",
    )


def person_number_as_id(table: Table) -> Defect:
    """The sender builds ids on person's numbers, and nobody keyed them."""
    (own, *_) = table.key
    return Defect(
        f"{table.name}.person_number_as_id",
        f"{table.title_da}: rækkernes numre er bygget på personnumre, og ingen har erstattet dem.",
        f"{table.title_en}: the ids of rows are built on persons' numbers, and nobody replaced them.",
        Spoiled(table.name, values={own: pl.concat_str(pl.col(own), pl.lit(f"/{TEST_NUMBER}"))}),
        found_by=(f"{table.name}.person_number_in_text",),
        scope="stored",
    )


def shrunk(table: Table) -> Defect:
    """Of less than a tenth nobody could say that it is missing."""
    return Defect(
        f"{table.name}.shrunk",
        f"{table.title_da}: hver femte række fra sidste kørsel mangler.",
        f"{table.title_en}: one in five rows of the last run is missing.",
        Lost(table.name, table.name, key="table", fewest=0.2),
        found_by=(f"sizes.{table.name}_shrunk",),
        scope="results",
    )


def emptied(table: Table) -> Defect:
    """A file with a head and no rows."""
    return Defect(
        f"{table.name}.emptied",
        f"{table.title_da}: leverancen er tom.",
        f"{table.title_en}: the delivery is empty.",
        Lost(table.name, table.name, key="table", fewest=1.0),
        found_by=(f"sizes.{table.name}_empty",),
        scope="results",
    )


SENT = (
    Defect(
        "deliveries.person_number_in_file_name",
        "Filen er opkaldt efter et barns personnummer.",
        "The file is named after a child's number.",
        Spoiled(
            "deliveries",
            values={"source": pl.concat_str(pl.lit(f"{TEST_NUMBER} "), pl.col("source"))},
            told={"written_in": pl.lit("deliveries.source"), "row": pl.col(ROW) + 1},
        ),
        found_by=("texts.person_number",),
        scope="stored",
    ),
    Defect(
        "costs.stored_twice",
        "Rækker er gemt to gange med samme nøgle.",
        "Rows were stored twice with the same key.",
        Spoiled("costs", how="repeated", told={"table": pl.lit("costs")}),
        found_by=("stored.keys_not_unique",),
        scope="stored",
    ),
    Defect(
        "assessments.lost_in_storing",
        "Optagne rækker blev ikke gemt.",
        "Accepted rows were not stored.",
        Spoiled("assessments", how="dropped", told={"table": pl.lit("assessments")}),
        found_by=("stored.rows_lost_in_storing",),
        scope="stored",
    ),
    Defect(
        "row_accounting.read_and_forgotten",
        "Læste rækker er hverken optaget, sat i karantæne eller talt som kopier.",
        "Rows that were read are neither accepted nor in quarantine nor counted as copies.",
        Spoiled("row_accounting", values={"rows_read": pl.col("rows_read") + 7}),
        found_by=("stored.rows_lost_in_accounting",),
        scope="stored",
    ),
    Defect(
        "identities.lost",
        "Pseudonymer er gået tabt, så arbejdslisten ikke kan sige, hvem den handler om.",
        "Pseudonyms were lost, so the worklist cannot say whom it is about.",
        Lost("identities", "pregnancies.pregnancy_id", pl.col("kind") == "pregnancy", key="named_in"),
        found_by=("names.missing",),
        scope="results",
    ),
)

DEFECTS = (
    *map(child_lost, map(table_named, JOINS_THE_CHILD)),
    *map(person_number_as_id, map(table_named, WITH_IDS)),
    *map(shrunk, map(table_named, NEVER_EMPTY)),
    *map(emptied, map(table_named, NEVER_EMPTY)),
    *SENT,
)
