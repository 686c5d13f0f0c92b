"""The canonical tables of the data contract, declared once: conformance, quarantine, sample and docs read this."""

from __future__ import annotations

from pipelines.definitions import enumerations as e
from pipelines.definitions.contract import (
    Table,
    code,
    date,
    event,
    flag,
    number,
    one_of,
    person,
    pregnancy,
    text,
    whole_number,
)

CONTRACT_VERSION = "1"

PREGNANCIES = Table(
    name="pregnancies",
    title_da="Graviditeter",
    title_en="Pregnancies",
    row_da="en graviditet",
    row_en="one pregnancy",
    key=("pregnancy_id",),
    known_by="first_contact_date",
    learned_later=("end_date",),
    columns=(
        pregnancy("pregnancy_id", "graviditeten", "the pregnancy"),
        person("mother_id", "moderen (pseudonym)", "the mother (pseudonym)"),
        code(
            "municipality_code",
            "kommunen, hvor den gravide bor",
            "the municipality where she lives",
            references="municipalities",
            optional=True,
        ),
        date("first_contact_date", "første kontakt med svangreomsorgen", "first antenatal contact", optional=True),
        date("due_date", "terminsdato", "due date", optional=True),
        date("end_date", "den dag, graviditeten endte", "the day the pregnancy ended", optional=True),
        one_of("outcome", e.OUTCOMES, "graviditetens udfald", "how the pregnancy ended"),
        whole_number("care_level", "svangreomsorgens niveau (1-4)", "antenatal care level (1-4)", lowest=1, highest=4),
        flag("alcohol_asked", "spurgt om alkohol", "asked about alcohol", optional=True),
        flag("substances_asked", "spurgt om rusmidler og medicin", "asked about drugs and medicine", optional=True),
        date("asked_date", "den dag, der blev spurgt", "the day she was asked", optional=True),
    ),
)

EXPOSURES = Table(
    name="exposures",
    title_da="Registrerede eksponeringer",
    title_en="Registered exposures",
    row_da="en registrering af eksponering i graviditeten",
    row_en="one registration of a prenatal exposure",
    key=("exposure_id",),
    known_by="registered_date",
    at_least_one_of=("pregnancy_id", "child_id"),
    columns=(
        event("exposure_id", "registreringen", "the registration"),
        pregnancy("pregnancy_id", "graviditeten", "the pregnancy", references="pregnancies", optional=True),
        person("child_id", "barnet", "the child", references="children", optional=True),
        one_of("substance", e.SUBSTANCES, "rusmiddel eller medicin", "substance"),
        flag("is_prescribed", "ordineret af læge", "prescribed", optional=True),
        one_of("certainty", e.CERTAINTIES_OF_A_REGISTRATION, "hvor sikkert det er", "how certain it is"),
        flag("trimester_1", "i 1. trimester", "in the first trimester", optional=True),
        flag("trimester_2", "i 2. trimester", "in the second trimester", optional=True),
        flag("trimester_3", "i 3. trimester", "in the third trimester", optional=True),
        date("detected_date", "den dag, det blev opdaget", "the day it was detected", optional=True),
        date("registered_date", "den dag, det blev registreret", "the day it was registered"),
        one_of("recorded_by", e.ACTORS, "hvem der registrerede", "who registered it"),
    ),
)

CHILDREN = Table(
    name="children",
    title_da="Børn",
    title_en="Children",
    row_da="et levendefødt barn",
    row_en="one live-born child",
    key=("child_id",),
    known_by="birth_date",
    learned_later=("death_date",),
    columns=(
        person("child_id", "barnet (pseudonym)", "the child (pseudonym)"),
        pregnancy("pregnancy_id", "graviditeten", "the pregnancy", references="pregnancies", optional=True),
        person("mother_id", "moderen (pseudonym)", "the mother (pseudonym)", optional=True),
        date("birth_date", "fødselsdato", "birth date"),
        one_of("sex", e.SEXES, "køn", "sex"),
        whole_number("gestational_age_days", "gestationsalder i dage", "gestational age in days"),
        whole_number("birth_weight_g", "fødselsvægt i gram", "birth weight in grams"),
        date("death_date", "dødsdato", "date of death", optional=True),
    ),
)

RESIDENCES = Table(
    name="residences",
    title_da="Bopæle",
    title_en="Residences",
    row_da="en periode med bopæl i én kommune; uden slutdato løber den, til barnets næste begynder",
    row_en="one spell of living in one municipality; without an end it runs until the child's next one begins",
    key=("child_id", "from_date"),
    known_by="from_date",
    learned_later=("to_date",),
    ends_after=("from_date", "to_date"),
    columns=(
        person("child_id", "barnet", "the child", references="children"),
        date("from_date", "første dag", "first day"),
        code("municipality_code", "kommunen", "the municipality", references="municipalities"),
        date("to_date", "den første dag, der ikke hører med", "the first day that is not part of it", optional=True),
    ),
)

DIAGNOSES = Table(
    name="diagnoses",
    title_da="Diagnoser",
    title_en="Diagnoses",
    row_da="en diagnose hos et barn eller en mor",
    row_en="one diagnosis of a child or a mother",
    key=("person_id", "sks_code", "diagnosed_date"),
    known_by="diagnosed_date",
    columns=(
        person("person_id", "barnet eller moderen", "the child or the mother"),
        text("sks_code", "SKS-koden", "the SKS code"),
        date("diagnosed_date", "den dag, diagnosen blev stillet", "the day of the diagnosis"),
        flag("is_refuted", "senere afkræftet", "later refuted"),
    ),
)

TREATMENTS = Table(
    name="treatments",
    title_da="Rusmiddelbehandling",
    title_en="Substance-use treatment",
    row_da="et forløb af rusmiddelbehandling af en mor",
    row_en="one course of substance-use treatment of a mother",
    key=("treatment_id",),
    known_by="start_date",
    learned_later=("end_date",),
    columns=(
        event("treatment_id", "forløbet", "the course"),
        person("person_id", "moderen", "the mother"),
        one_of("substance", e.SUBSTANCES, "rusmiddel eller medicin", "substance", optional=True),
        date("start_date", "første dag", "first day"),
        date("end_date", "sidste dag", "last day", optional=True),
        code("municipality_code", "kommunen", "the municipality", references="municipalities", optional=True),
        flag("was_pregnant", "gravid ved start (kun til kontrol)", "pregnant at start (for the checks)", optional=True),
    ),
)

HANDOVERS = Table(
    name="handovers",
    title_da="Overleveringer",
    title_en="Hand-overs",
    row_da="en overlevering af viden mellem to aktører",
    row_en="one transfer of knowledge between actors",
    key=("handover_id",),
    known_by="sent_date",
    learned_later=("received_date",),
    at_least_one_of=("child_id", "pregnancy_id"),
    columns=(
        event("handover_id", "overleveringen", "the hand-over"),
        person("child_id", "barnet", "the child", references="children", optional=True),
        pregnancy("pregnancy_id", "graviditeten", "the pregnancy", references="pregnancies", optional=True),
        one_of("kind", e.HANDOVER_KINDS, "overgangen", "the transition"),
        one_of("from_actor", e.ACTORS, "afsender", "sender"),
        one_of("to_actor", e.ACTORS, "modtager", "receiver"),
        code(
            "from_municipality_code",
            "afsenderens kommune",
            "the sender's municipality",
            references="municipalities",
            optional=True,
        ),
        code(
            "to_municipality_code",
            "modtagerens kommune",
            "the receiver's municipality",
            references="municipalities",
            optional=True,
        ),
        date("sent_date", "den dag, den blev sendt", "the day it was sent"),
        date("received_date", "den dag, modtagelsen blev bekræftet", "the day receipt was confirmed", optional=True),
        flag("has_exposure", "eksponeringen er nævnt", "the exposure is stated", optional=True),
        one_of("legal_basis", e.LEGAL_BASES, "retsgrundlag", "legal basis", optional=True),
    ),
)

SUPPORT_RECORDS = Table(
    name="support_records",
    title_da="Støttesager",
    title_en="Support records",
    row_da="en kommunal sag eller journal om et barn",
    row_en="one municipal record about a child",
    key=("record_id",),
    known_by="opened_date",
    learned_later=("closed_date",),
    columns=(
        event("record_id", "sagen", "the record"),
        person("child_id", "barnet", "the child", references="children"),
        code("municipality_code", "kommunen", "the municipality", references="municipalities"),
        one_of("record_type", e.RECORD_TYPES, "sagens art", "the type of record"),
        date("opened_date", "åbnet", "opened"),
        date("closed_date", "lukket", "closed", optional=True),
        one_of(
            "exposure_status",
            e.EXPOSURE_STATUSES,
            "om eksponeringen står i sagen",
            "whether the exposure is in the record",
            optional=True,
        ),
        date(
            "exposure_recorded_date", "den dag, status blev sat", "the day the exposure status was set", optional=True
        ),
    ),
)

CONTACTS = Table(
    name="contacts",
    title_da="Opfølgning",
    title_en="Follow-up contacts",
    row_da="en planlagt eller afholdt kontakt",
    row_en="one planned or held follow-up contact",
    key=("contact_id",),
    known_by="contact_date",
    pair_in_schedule=("programme", "contact_code"),
    columns=(
        event("contact_id", "kontakten", "the contact"),
        person("child_id", "barnet", "the child", references="children"),
        one_of("programme", e.PROGRAMMES, "programmet", "the programme"),
        text("contact_code", "kontaktens kode i planen", "the contact's code in the schedule"),
        date("contact_date", "afholdt, planlagt eller afslået den", "held, planned for or declined on"),
        one_of("status", e.CONTACT_STATUSES, "hvad der skete", "what happened"),
        code("municipality_code", "kommunen", "the municipality", references="municipalities", optional=True),
    ),
)

ASSESSMENTS = Table(
    name="assessments",
    title_da="Vurderinger",
    title_en="Assessments",
    row_da="et vurderet udviklingsområde",
    row_en="one assessed developmental domain",
    key=("assessment_id",),
    known_by="assessed_date",
    columns=(
        event("assessment_id", "vurderingen", "the assessment"),
        person("child_id", "barnet", "the child", references="children"),
        date("assessed_date", "vurderet den", "assessed on"),
        text("instrument", "redskab", "instrument"),
        one_of("domain", e.DOMAINS, "udviklingsområde", "developmental domain"),
        number("z_score", "z-score", "z-score", optional=True),
        one_of("result", e.RESULTS, "resultat", "result"),
    ),
)

COSTS = Table(
    name="costs",
    title_da="Udgifter",
    title_en="Costs",
    row_da="en udgift til en indsats for et barn eller dets mor",
    row_en="one cost of a service to a child or its mother",
    key=("cost_id",),
    known_by="start_date",
    columns=(
        event("cost_id", "udgiften", "the cost"),
        person("child_id", "barnet", "the child", references="children"),
        code("service", "indsatsen", "the service", references="services"),
        one_of("payer", e.PAYERS, "betaler", "payer"),
        date("start_date", "fra", "from"),
        date("end_date", "til", "to"),
        number("amount_dkk", "beløb i kroner", "amount in Danish kroner"),
    ),
)

TABLES: tuple[Table, ...] = (
    PREGNANCIES,
    CHILDREN,
    EXPOSURES,
    RESIDENCES,
    DIAGNOSES,
    TREATMENTS,
    HANDOVERS,
    SUPPORT_RECORDS,
    CONTACTS,
    ASSESSMENTS,
    COSTS,
)
"""In the order in which references can be checked: a table stands after those that it refers to."""

TABLE_NAMES = tuple(table.name for table in TABLES)


def table_named(name: str) -> Table:
    """The declared table; KeyError names what exists."""
    for table in TABLES:
        if table.name == name:
            return table
    raise KeyError(f"no canonical table is called {name}; there are {', '.join(TABLE_NAMES)}")
