"""Layouts of the health registers: births, their diagnoses, and the national patient register in both editions."""

from __future__ import annotations

from pipelines.definitions import enumerations as e
from pipelines.sources.registers.layout import Layout, needed, optional

TRUE_FALSE = ("true", "false")
DIAGNOSIS_TYPES = ("diagnosis", "referral")

_REFUTED_DA = "Et tomt svar på, om diagnosen senere er afkræftet, læses som nej: ingen har afkræftet den."
_REFUTED_EN = "An empty answer to whether a diagnosis was later refuted is read as no: nobody has refuted it."
_CODES_DA = (
    "Kun koder på kodelisten læses; koder skrives uden punktum med D foran. Henvisningsdiagnoser er ikke diagnoser."
)
_CODES_EN = (
    "Only codes of the code list are read; codes are written without dots and with a D in front. Referral diagnoses "
    "are no diagnoses."
)

MFR_NYFOEDTE = Layout(
    name="MFR_NYFOEDTE",
    title_da="Fødselsregistret, nyfødte",
    title_en="The medical birth register, newborns",
    feeds=("children", "pregnancies", "residences"),
    variables=(
        *needed("person", "PNR_BARN", "PNR_MOR"),
        *needed("date", "FOEDSELSDATO_BARN"),
        *needed("code", "KOEN_BARN", meanings=e.SEXES),
        *needed("code", "LEVENDEFOEDTDOEDFOEDT", meanings=("live_birth", "stillbirth")),
        *needed("id", "DW_EK_FOEDSEL", "DW_EK_NYFOEDT"),
        *optional("whole", "GESTATIONSALDER", "GESTATIONSALDERUGER", "VAEGT_BARN"),
        *optional("municipality", "BOPAELSKOMMUNE_MOR"),
        *optional("date", "FOEDSELSDATO_MOR"),
    ),
    quirks_da=(
        "Gestationsalderen er i dage; mangler den, bruges uger gange 7. Tvillinger har samme graviditet, af "
        "DW_EK_FOEDSEL. Et levendefødt barn uden personnummer kan ikke følges og sættes til side."
    ),
    quirks_en=(
        "Gestational age is in days; where it is missing, weeks times 7. Twins share a pregnancy, by DW_EK_FOEDSEL. A "
        "live-born child without a number cannot be followed and is set aside."
    ),
)

LPR_A_MOR_BARN_RELATION = Layout(
    name="LPR_A_MOR_BARN_RELATION",
    title_da="Landspatientregistret (LPR3), mor og barn",
    title_en="The national patient register (LPR3), mother and child",
    feeds=("children",),
    variables=needed("person", "PNR_BARN", "PNR_MOR"),
    quirks_da="Giver moderen, hvor fødselsregistret mangler hende. To forskellige mødre til samme barn: ingen af dem.",
    quirks_en="Gives the mother where the birth register lacks her. Two different mothers of one child: neither.",
    joins=("MFR_NYFOEDTE",),
)

MFR_BARN_DIAGNOSER = Layout(
    name="MFR_BARN_DIAGNOSER",
    title_da="Fødselsregistret, barnets diagnoser",
    title_en="The medical birth register, diagnoses of the child",
    feeds=("diagnoses",),
    variables=(
        *needed("id", "DW_EK_NYFOEDT"),
        *needed("text", "DIAGNOSEKODE"),
        *needed("code", "DIAGNOSETYPE", meanings=DIAGNOSIS_TYPES),
        *needed("code", "SENEREAFKRAEFTET", meanings=TRUE_FALSE),
        *needed("moment", "STARTDATO_KONTAKT"),
    ),
    quirks_da=f"{_CODES_DA} {_REFUTED_DA}",
    quirks_en=f"{_CODES_EN} {_REFUTED_EN}",
    joins=("MFR_NYFOEDTE",),
)

MFR_MOR_DIAGNOSER = Layout(
    name="MFR_MOR_DIAGNOSER",
    title_da="Fødselsregistret, moderens diagnoser",
    title_en="The medical birth register, diagnoses of the mother",
    feeds=("diagnoses",),
    variables=(*needed("id", "DW_EK_FOEDSEL"), *MFR_BARN_DIAGNOSER.variables[1:]),
    quirks_da=MFR_BARN_DIAGNOSER.quirks_da,
    quirks_en=MFR_BARN_DIAGNOSER.quirks_en,
    joins=("MFR_NYFOEDTE",),
)

LPR_A_DIAGNOSE = Layout(
    name="LPR_A_DIAGNOSE",
    title_da="Landspatientregistret (LPR3), diagnoser",
    title_en="The national patient register (LPR3), diagnoses",
    feeds=("diagnoses",),
    variables=(
        *needed("id", "DW_EK_KONTAKT"),
        *needed("text", "DIAG_KODE"),
        *needed("code", "DIAG_KODE_TYPE", meanings=DIAGNOSIS_TYPES),
        *needed("code", "SENERE_AFKRAEFTET", meanings=TRUE_FALSE),
    ),
    quirks_da=f"{_CODES_DA} {_REFUTED_DA}",
    quirks_en=f"{_CODES_EN} {_REFUTED_EN}",
    joins=("LPR_A_KONTAKT",),
)

LPR_A_KONTAKT = Layout(
    name="LPR_A_KONTAKT",
    title_da="Landspatientregistret (LPR3), kontakter",
    title_en="The national patient register (LPR3), contacts",
    feeds=("diagnoses",),
    variables=(
        *needed("id", "DW_EK_KONTAKT"),
        *needed("person", "PNR"),
        *needed("moment", "KONT_STARTTIDSPUNKT"),
    ),
    joins=("LPR_A_DIAGNOSE",),
)

LPR_DIAG = Layout(
    name="LPR_DIAG",
    title_da="Landspatientregistret (LPR2), diagnoser",
    title_en="The national patient register (LPR2), diagnoses",
    feeds=("diagnoses",),
    variables=(
        *needed("id", "RECNUM"),
        *needed("text", "C_DIAG"),
        *needed("code", "C_DIAGTYPE", meanings=DIAGNOSIS_TYPES),
        *optional("text", "C_TILDIAG"),
    ),
    quirks_da=f"{_CODES_DA} En tillægskode er sin egen diagnose. LPR2 kender ikke senere afkræftelse.",
    quirks_en=f"{_CODES_EN} An additional code is a diagnosis of its own. LPR2 knows no later refutation.",
    joins=("LPR_ADM",),
)

LPR_ADM = Layout(
    name="LPR_ADM",
    title_da="Landspatientregistret (LPR2), kontakter",
    title_en="The national patient register (LPR2), contacts",
    feeds=("diagnoses",),
    variables=(*needed("id", "RECNUM"), *needed("person", "PNR"), *needed("moment", "D_INDDTO")),
    joins=("LPR_DIAG",),
)

HEALTH = (
    MFR_NYFOEDTE,
    LPR_A_MOR_BARN_RELATION,
    MFR_BARN_DIAGNOSER,
    MFR_MOR_DIAGNOSER,
    LPR_A_DIAGNOSE,
    LPR_A_KONTAKT,
    LPR_DIAG,
    LPR_ADM,
)
