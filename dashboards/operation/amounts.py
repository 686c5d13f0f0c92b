"""Bytes, seconds and moments in words."""

from __future__ import annotations

from datetime import datetime

from checks.days import DANISH_CLOCK
from dashboards.language import NO_BREAK, Words

UNITS = ("B", "kB", "MB", "GB", "TB")
STEP = 1000
MINUTE, HOUR = 60, 3600


def size_words(size: int | None, words: Words) -> str:
    """`44 MB`, `1,2 GB`: three digits at most, in thousands as disks are sold; empty for none."""
    if size is None:
        return ""
    amount, unit = float(size), 0
    while amount >= 999.5 and unit < len(UNITS) - 1:
        amount, unit = amount / STEP, unit + 1
    digits = f"{amount:.1f}" if 0 < amount < 9.95 and unit else f"{amount:.0f}"
    return f"{digits.replace('.', words('compared.point_mark'))}{NO_BREAK}{UNITS[unit]}"


def duration_words(seconds: float | None, words: Words) -> str:
    """`12 sek.`, `3 min.`, `2 t. 5 min.`; empty where nobody measured."""
    if seconds is None:
        return ""
    whole = round(seconds)
    if whole < MINUTE:
        return words("duration.seconds", number=whole) if whole else words("duration.less")
    if whole < HOUR:
        return words("duration.minutes", number=round(whole / MINUTE))
    return words("duration.hours", hours=whole // HOUR, minutes=whole % HOUR // MINUTE)


def moment_words(at: datetime, words: Words) -> str:
    """`22. november 2026 kl. 16.06`, by the clock in Denmark."""
    there = at.astimezone(DANISH_CLOCK)
    return words("duration.moment", day=words.day(there.date()), hour=f"{there.hour:02}", minute=f"{there.minute:02}")


def age_words(days: int, words: Words) -> str:
    """`i dag`, `i går`, `for 12 dage siden`."""
    if days < 2:
        return words("duration.yesterday" if days == 1 else "duration.today")
    return words("duration.days_ago", number=words.number(days))
