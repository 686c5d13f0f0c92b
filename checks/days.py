"""Which day it is for those who decide and read: a day in Denmark, whatever the clock of the machine says."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

DANISH_CLOCK = ZoneInfo("Europe/Copenhagen")


def danish_day(moment: datetime) -> date:
    """The day of a moment with a time zone: at half past midnight in Denmark it is still yesterday in UTC."""
    return moment.astimezone(DANISH_CLOCK).date()
