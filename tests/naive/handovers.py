"""How a hand-over meets an obligation of kinds 3, 5 and 6, and why it may not."""

from __future__ import annotations

from datetime import date

from naive.dates import earliest
from naive.exposed import Exposure
from naive.world import Row


def met_or_reason(fitting: list[Row]) -> tuple[date | None, str]:
    """Of hand-overs that meet every condition but the exposure and the receipt: the met date, and why there is none."""
    stating_exposure = [row for row in fitting if row["has_exposure"] is True]
    met_date = earliest([row["received_date"] for row in stating_exposure if row["received_date"] is not None])
    if stating_exposure:
        return met_date, "not_confirmed"
    if fitting:
        return met_date, "exposure_left_out"
    return met_date, "no_handover"


def all_knowledge_came_with(fitting: list[Row], exposure: Exposure) -> bool:
    """Every first knower is a hand-over that would itself meet the obligation: stated, fitting, and received."""
    return all(
        knower.source == "handover"
        and knower.row["received_date"] is not None
        and any(knower.row is r for r in fitting)
        for knower in exposure.first_knowers
    )
