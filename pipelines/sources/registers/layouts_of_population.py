"""Layouts of the population registers: who lives where, who moved over the border, who died."""

from __future__ import annotations

from pipelines.sources.registers.layout import Layout, needed, optional

BEF = Layout(
    name="BEF",
    title_da="Befolkningen",
    title_en="The population",
    feeds=("residences", "children"),
    variables=(
        *needed("person", "PNR"),
        *needed("municipality", "KOM"),
        *needed("date", "BOP_VFRA"),
        *needed("period", "REFERENCETID"),
        *optional("id", "ADRESSE_ID"),
        *optional("person", "MOR_ID"),
    ),
    quirks_da=(
        "Øjebliksbilleder hvert kvartal; kun børn fra fødselsregistret læses. BOP_VFRA er dagen for indflytning på "
        "adressen: flere adresser i træk i én kommune er ét bopælsforløb. Et barn, som intet øjebliksbillede kunne "
        "vise, bor fra fødslen i moderens kommune ved fødslen. Moderen tages herfra, hvor andre mangler hende."
    ),
    quirks_en=(
        "Snapshots every quarter; only children of the birth register are read. BOP_VFRA is the day of moving to the "
        "address: several addresses in a row in one municipality are one spell. A child that no snapshot could show "
        "lives from birth in its mother's municipality at the birth. The mother is taken from here where others lack "
        "her."
    ),
    joins=("MFR_NYFOEDTE",),
)

BEFADR = Layout(
    name="BEFADR",
    title_da="Adresser",
    title_en="Addresses",
    feeds=("residences",),
    variables=(
        *needed("id", "ADRESSE_ID"),
        *needed("municipality", "KOM"),
        *needed("date", "ADR_VFRA"),
        *optional("date", "ADR_VTIL"),
    ),
    quirks_da="Giver kommunen, hvor befolkningsregistret mangler den.",
    quirks_en="Gives the municipality where the population register lacks it.",
    joins=("BEF",),
)

VNDS = Layout(
    name="VNDS",
    title_da="Vandringer over grænsen",
    title_en="Immigration and emigration",
    feeds=("residences",),
    variables=(
        *needed("person", "PNR"),
        *needed("date", "HAEND_DATO"),
        *needed("code", "INDUD_KODE", meanings=("in", "out")),
    ),
    quirks_da="En udvandring slutter bopælsforløbet; en genindvandring begynder et nyt.",
    quirks_en="An emigration ends the spell of residence; a return begins a new one.",
    joins=("BEF",),
)

DOD = Layout(
    name="DOD",
    title_da="Døde",
    title_en="Deaths",
    feeds=("children",),
    variables=(*needed("person", "PNR"), *needed("date", "DODDATO")),
    quirks_da="Kun børn fra fødselsregistret læses.",
    quirks_en="Only children of the birth register are read.",
    joins=("MFR_NYFOEDTE",),
)

POPULATION = (BEF, BEFADR, VNDS, DOD)
