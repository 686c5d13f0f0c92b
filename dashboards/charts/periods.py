"""How a period is written: in full in words, short below an axis. `2025-Q1`, `2022-2024` or `2025`."""

from __future__ import annotations

from dashboards.language import Words


def period_words(period: str, words: Words) -> str:
    """`1. kvartal 2025`, `2022–2024`, `2025`."""
    year, quarter = _quarter(period)
    return words("compared.quarter", number=quarter, year=year) if quarter else period.replace("-", "–")


def period_tick(period: str, words: Words) -> str:
    """`K1` (`Q1`) above its year, `2022–24` in two lines, `2025`: eight of them fit side by side on a narrow page."""
    year, quarter = _quarter(period)
    if quarter:
        return words("compared.quarter_tick", number=quarter, year=year)
    first, _, last = period.partition("-")
    return f"{first}<br>–{last[2:]}" if last else first


def _quarter(period: str) -> tuple[str, str]:
    """The year, and the number of the quarter; empty where the period is no quarter."""
    year, _, rest = period.partition("-")
    return year, rest.removeprefix("Q") if rest.startswith("Q") else ""
