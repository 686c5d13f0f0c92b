"""The as-of view: rows known on a day; what was learned later inside a row is unknown."""

from __future__ import annotations

import pandas as pd

KNOWN_BY = {
    "pregnancies": "first_contact_date",
    "exposures": "registered_date",
    "children": "birth_date",
    "residences": "from_date",
    "diagnoses": "diagnosed_date",
    "treatments": "start_date",
    "handovers": "sent_date",
    "support_records": "opened_date",
    "contacts": "contact_date",
}
LEARNED_LATER = {
    "pregnancies": "end_date",
    "children": "death_date",
    "residences": "to_date",
    "treatments": "end_date",
    "handovers": "received_date",
    "support_records": "closed_date",
}


def known_on(name: str, rows: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """A null knowledge date keeps the row: comparing with it is never true. The index is that of all rows."""
    late = rows[KNOWN_BY[name]] > as_of
    rows = rows[~late].copy() if late.any() else rows.copy(deep=False)
    if name == "pregnancies":
        asked_later = rows.asked_date > as_of
        rows["is_asked_about_both"] = rows.alcohol_asked & rows.substances_asked & ~asked_later
        rows["asked_date"] = rows.asked_date.mask(asked_later)
        rows.loc[rows.end_date > as_of, "outcome"] = "unknown"
    if name == "support_records":
        rows.loc[rows.exposure_recorded_date > as_of, "exposure_status"] = "not_recorded"
        rows["exposure_recorded_date"] = rows.exposure_recorded_date.mask(rows.exposure_recorded_date > as_of)
    if name in LEARNED_LATER:
        later = LEARNED_LATER[name]
        rows[later] = rows[later].mask(rows[later] > as_of)
    return rows
