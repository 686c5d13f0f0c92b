"""The senders' own words: headings and codes, theirs on the left, the contract's on the right."""

from __future__ import annotations

YES_NO = {"Ja": "true", "Nej": "false"}

ACTORS = {
    "Praktiserende læge": "gp",
    "Jordemoder": "midwife",
    "Fødeafdeling": "maternity_ward",
    "Neonatalafdeling": "neonatal_ward",
    "Børneafdeling": "paediatric_ward",
    "Familieambulatorium": "family_clinic",
    "Familieafdeling": "family_department",
    "Rusmiddelbehandling": "substance_treatment",
    "Sundhedspleje": "health_visitor",
    "PPR": "educational_psychology",
    "Dagtilbud": "daycare",
    "Skole": "school",
    "Plejefamilie": "foster_care",
    "Anden": "other",
}
SUBSTANCES = {
    "Alkohol": "alcohol",
    "Cannabis": "cannabis",
    "Kokain": "cocaine",
    "Amfetaminer": "amphetamines",
    "Opioider": "opioids",
    "Substitutionsbehandling": "opioid_substitution",
    "Benzodiazepiner": "benzodiazepines",
    "Z-præparater": "z_drugs",
    "Anden afhængighedsskabende medicin": "other_medicine",
    "Andet rusmiddel": "other",
    "Ikke nærmere angivet": "unspecified",
}
CERTAINTIES = {"Bekræftet": "confirmed", "Mistænkt": "suspected", "Afkræftet": "ruled_out"}
CONTACT_STATUSES = {
    "Gennemført": "attended",
    "Udeblevet": "no_show",
    "Takket nej": "declined",
    "Aflyst": "cancelled",
}
RECORD_TYPES = {
    "Underretning": "notification",
    "Screening § 18": "screening",
    "Afdækning § 19": "clarification",
    "Børnefaglig undersøgelse § 20": "child_assessment",
    "Barnets plan § 91": "child_plan",
    "Støttende indsats § 32": "support_measure",
    "Anbringelse §§ 46-47": "placement",
    "PPR": "educational_psychology",
    "Støtte i dagtilbud": "daycare_support",
    "Specialundervisning": "special_education",
    "Sundhedsplejens journal": "health_visitor",
    "Handicapkompenserende indsats": "disability_support",
    "Øvrig sag": "other",
}
EXPOSURE_STATUSES = {"Registreret": "recorded", "Afvist": "denied", "Ikke registreret": "not_recorded"}
HANDOVER_KINDS = {
    "Underretning før fødsel": "prebirth_notification",
    "Udskrivning": "discharge",
    "Henvisning": "referral",
    "Flytning": "municipal_move",
    "Anbringelse": "placement",
    "Start i dagtilbud": "daycare_start",
    "Skolestart": "school_start",
    "Afslutning i familieambulatorium": "family_clinic_end",
    "Overgang til voksenliv": "adulthood",
    "Øvrig": "other",
}
LEGAL_BASES = {
    "Samtykke": "consent",
    "Underretningspligt": "notification",
    "Flytning (§ 132)": "moving",
    "Andet grundlag": "other",
}
VISITS = {
    "Barselsbesøg": "maternity_visit",
    "Etableringsbesøg": "establishing_visit",
    "2-månedersbesøg": "month_2",
    "4-6-månedersbesøg": "months_4_6",
    "8-11-månedersbesøg": "months_8_11",
    "Indskolingsundersøgelse": "school_entry",
    "Undersøgelse i mellemtrin": "mid_school",
    "Udskolingsundersøgelse": "school_leaving",
}
PROGRAMMES = {"Sundhedspleje": "health_visitor", "Almen praksis": "gp", "Familieambulatorium": "family_clinic"}
EXAMINATIONS = {
    "BU5U": "week_5",
    "BU5M": "month_5",
    "BU1": "month_12",
    "BU2": "year_2",
    "BU3": "year_3",
    "BU4": "year_4",
    "BU5": "year_5",
}
CLINIC_EXAMINATIONS = {
    "4 måneder": "month_4",
    "9 måneder": "month_9",
    "18 måneder": "month_18",
    "3 år": "year_3",
    "Før skolestart": "year_5",
}
DOMAINS = {
    "Kommunikation": "communication",
    "Grovmotorik": "gross_motor",
    "Finmotorik": "fine_motor",
    "Kognition": "cognition",
    "Opmærksomhed": "attention",
    "Socialt samspil": "social",
    "Følelser": "emotional",
    "Tilknytning": "attachment",
    "Vækst": "growth",
    "Trivsel": "wellbeing",
}
RESULTS = {"Grøn": "typical", "Gul": "monitor", "Rød": "concern"}
SERVICES = {
    "Familieambulatorium": "family_clinic",
    "Sygehus": "hospital",
    "Rusmiddelbehandling": "substance_treatment",
    "Døgnbehandling i graviditeten": "residential_treatment",
    "Sundhedspleje": "health_visitor",
    "Støttende indsats": "family_support",
    "Plejefamilie": "foster_care",
    "Døgninstitution": "institution",
    "Specialdagtilbud": "special_daycare",
    "Specialundervisning": "special_education",
    "PPR": "educational_psychology",
    "Handicapkompenserende indsats": "disability_support",
    "Overførselsindkomst": "social_benefit",
}
PAYERS = {"Kommune": "municipality", "Region": "region", "Stat": "state"}
SEXES = {"K": "female", "M": "male", "U": "unknown"}
OUTCOMES = {"1": "live_birth", "2": "stillbirth", "3": "loss", "9": "unknown"}

CHILDREN = {
    "child_id": "CPR_BARN",
    "pregnancy_id": "GRAVIDITET_ID",
    "mother_id": "CPR_MODER",
    "birth_date": "FOEDSELSDATO",
    "sex": "KOEN_BARN",
    "gestational_age_days": "GESTATIONSALDER_DAGE",
    "birth_weight_g": "VAEGT_BARN",
    "death_date": "DOEDSDATO",
}
PREGNANCIES = {
    "pregnancy_id": "GRAVIDITET_ID",
    "mother_id": "CPR_MODER",
    "municipality_code": "KOM",
    "first_contact_date": "FOERSTE_KONTAKT",
    "due_date": "TERMIN",
    "end_date": "AFSLUTTET",
    "outcome": "UDFALD",
    "care_level": "OMSORGSNIVEAU",
    "alcohol_asked": "SPURGT_ALKOHOL",
    "substances_asked": "SPURGT_RUSMIDLER",
    "asked_date": "SPURGT_DATO",
}
RESIDENCES = {"child_id": "PNR", "from_date": "TILFLYTNING", "municipality_code": "KOM", "to_date": "FRAFLYTNING"}
DIAGNOSES = {"person_id": "CPR", "sks_code": "SKS", "diagnosed_date": "DATO_DIAGNOSE", "is_refuted": "AFKRAEFTET"}
TREATMENTS = {
    "treatment_id": "FORLOEB_ID",
    "person_id": "CPR",
    "substance": "HOVEDSTOF",
    "start_date": "STARTDATO",
    "end_date": "SLUTDATO",
    "municipality_code": "KOM",
    "was_pregnant": "GRAVID_VED_START",
}
EXPOSURES = {
    "exposure_id": "RegistreringsId",
    "pregnancy_id": "GraviditetsId",
    "child_id": "BarnCPR",
    "substance": "Rusmiddel",
    "is_prescribed": "Ordineret",
    "certainty": "Sikkerhed",
    "trimester_1": "1. trimester",
    "trimester_2": "2. trimester",
    "trimester_3": "3. trimester",
    "detected_date": "Opdaget",
    "registered_date": "Registreret",
    "recorded_by": "RegistreretAf",
}
CONTACTS = {
    "contact_id": "KontaktId",
    "child_id": "BarnCPR",
    "programme": "Område",
    "contact_code": "Kontakttype",
    "contact_date": "Kontaktdato",
    "status": "Status",
    "municipality_code": "Kommunekode",
}
RECORDS = {
    "record_id": "SagsId",
    "child_id": "BarnCPR",
    "municipality_code": "Kommunekode",
    "record_type": "Sagstype",
    "opened_date": "Åbnet",
    "closed_date": "Lukket",
    "exposure_status": "Eksponering",
    "exposure_recorded_date": "Eksponering påført",
}
HANDOVERS = {
    "handover_id": "OverleveringsId",
    "child_id": "BarnCPR",
    "pregnancy_id": "GraviditetsId",
    "kind": "Overgang",
    "from_actor": "Afsender",
    "to_actor": "Modtager",
    "from_municipality_code": "Afsenderkommune",
    "to_municipality_code": "Modtagerkommune",
    "sent_date": "Afsendt",
    "received_date": "Kvitteret",
    "has_exposure": "Eksponering nævnt",
    "legal_basis": "Hjemmel",
}
ASSESSMENTS = {
    "assessment_id": "VurderingsId",
    "child_id": "BarnCPR",
    "assessed_date": "Vurderet",
    "instrument": "Redskab",
    "domain": "Område",
    "z_score": "Z-værdi",
    "result": "Resultat",
}
COSTS = {
    "cost_id": "UdgiftsId",
    "child_id": "BarnCPR",
    "service": "Ydelse",
    "payer": "Betaler",
    "start_date": "Startdato",
    "end_date": "Slutdato",
    "amount_dkk": "Beløb (kr.)",
}
