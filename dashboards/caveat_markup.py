"""Caveats in words: a calm line beside each figure they touch, one at the top of the page, and all of them collected.

A steward's lines lead to the check; everybody else's to the collected words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from html import escape
from itertools import groupby

from checks.declared import EVERY_FIGURE
from dashboards.caveats import FIGURES, Caveat, Caveats
from dashboards.charts.check_statuses import severity_mark
from dashboards.language import Words
from dashboards.quality.declared import said

ANCHOR = "caveats"
CLAIMS_SHOWN = 2
Figures = Collection[str]


@dataclass(frozen=True)
class Told:
    """The caveats of one page for one reader. `link` leads to a check, for those who are to look at it."""

    caveats: Caveats
    words: Words
    place: str
    link: Callable[[str], str] | None = None

    def line(self, figures: Figures) -> str:
        """Beside one figure, about the gravest check that touches it; empty when none does."""
        return self._line(self.caveats.about(figures), "figure", "")

    def line_of(self, parts: Mapping[str, Figures]) -> str:
        """Below a picture of several figures: those that are touched by their names, unless all are."""
        touched = [name for name, figures in parts.items() if self.caveats.about(figures)]
        about = self.caveats.about({name for figures in parts.values() for name in figures})
        return self._line(about, "figures", "" if len(touched) == len(parts) else ", ".join(touched))

    def _line(self, caveats: tuple[Caveat, ...], number: str, parts: str) -> str:
        if not caveats:
            return ""
        gravest = caveats[0]
        text = self.words(f"caveat.{gravest.weight}_{number}")
        text = self.words("caveat.parts", caveat=text, parts=parts) if parts else text
        why = escape(said(gravest.check_id, "reader", self.words), quote=True)
        link = f"<a href='{self._target(gravest)}' target='_self' title='{why}'>{escape(text)}</a>"
        return f"<p class='rt-caveat {gravest.weight}'><i aria-hidden='true'></i>{link}</p>"

    def _target(self, caveat: Caveat) -> str:
        return f"#{ANCHOR}" if self.link is None else escape(self.link(caveat.check_id), quote=True)

    def opening(self, figures: Figures) -> str:
        """What holds for the page as a whole, in one line: unchecked, all well, or where to read on."""
        about = self.caveats.about(figures)
        if self.caveats.state != "checked" or not (about or self._notes()):
            mark = "" if self.caveats.state == "checked" else "<i aria-hidden='true'></i>"
            return f"<p class='rt-caveat opening unknown'>{mark}{escape(self._state())}</p>"
        kind, text = (about[0].weight, self._how_many(about)) if about else ("unknown", self._notes()[0])
        why = f" <a href='#{ANCHOR}' target='_self'>{escape(self.words('caveat.why'))}</a>"
        return f"<p class='rt-caveat opening {kind}'><i aria-hidden='true'></i>{escape(text)}{why}</p>"

    def _state(self) -> str:
        day = self.words.day(self.caveats.checked_on) if self.caveats.checked_on else ""
        text = self.words(f"caveat.{self.caveats.state}", day=day)
        is_to_do = self.link is not None and self.caveats.state != "checked"
        return f"{text} {self.words('caveat.to_do')}" if is_to_do else text

    def _how_many(self, about: tuple[Caveat, ...]) -> str:
        gravest = [caveat for caveat in about if caveat.weight == about[0].weight]
        number = "all" if any(EVERY_FIGURE in caveat.touches for caveat in gravest) else "some"
        return self.words(f"caveat.{gravest[0].weight}_{number}")

    def _notes(self) -> list[str]:
        """Checks whose answer is not known."""
        known = {"errors": self.caveats.has_errors, "partial": self.caveats.is_partial}
        return [self.words(f"caveat.{name}") for name, holds in known.items() if holds]

    def caption(self) -> str:
        """What the collected caveats are, and of which day."""
        day = self.words.day(self.caveats.checked_on) if self.caveats.checked_on else ""
        return " ".join([self.words("caveat.caption", day=day), *self._notes()])

    def collected(self, figures: Figures) -> list[str]:
        """One item for each thing to know, gravest first: what it means, and below it what does not hold, and where."""
        about = self.caveats.about(figures)
        order = {self._meaning(caveat): at for at, caveat in reversed(list(enumerate(about)))}
        ordered = sorted(about, key=lambda caveat: order[self._meaning(caveat)])
        return [self._item(*meaning, list(same)) for meaning, same in groupby(ordered, self._meaning)]

    @property
    def has_notes(self) -> bool:
        """Whether there are checks whose answer is not known."""
        return self.caveats.state == "checked" and bool(self._notes())

    def _meaning(self, caveat: Caveat) -> tuple[str, str]:
        return caveat.severity, said(caveat.check_id, "reader", self.words)

    def _item(self, severity: str, reader: str, caveats: list[Caveat]) -> str:
        claims = [self._claim(caveat) for caveat in caveats]
        rest = claims[CLAIMS_SHOWN:]
        more = ""
        if rest:
            summary = escape(self.words("strip.more", number=self.words.number(len(rest))))
            more = f"<details><summary>{summary}</summary>{''.join(rest)}</details>"
        mark = severity_mark(severity, self.words)
        return f"<li>{mark}<p>{escape(reader)}</p>{''.join(claims[:CLAIMS_SHOWN])}{more}</li>"

    def _claim(self, caveat: Caveat) -> str:
        broken = self.words("caveat.broken", claim=said(caveat.check_id, "claim", self.words))
        told = [broken, self._where(caveat), *self._accepted(caveat), touched_in_words(caveat.touches, self.words)]
        parts = [escape(" ".join(told))]
        if self.link is not None:
            address = escape(self.link(caveat.check_id), quote=True)
            parts.append(f"<a href='{address}' target='_self'>{escape(self.words('caveat.see'))}</a>")
        return f"<small>{' '.join(parts)}</small>"

    def _accepted(self, caveat: Caveat) -> list[str]:
        """That a steward stands by it, and how long."""
        if not caveat.is_accepted:
            return []
        if caveat.accepted_until is None:
            return [self.words("caveat.accepted")]
        return [self.words("caveat.accepted_until", day=self.words.day(caveat.accepted_until))]

    def _where(self, caveat: Caveat) -> str:
        """The reader's own place when it failed there, which says more than the country."""
        return self.words("caveat.here", place=self.place) if caveat.is_here else self.words("caveat.everywhere")


def touched_in_words(touches: Figures, words: Words) -> str:
    """`Berører registrering, opfølgning.`"""
    if EVERY_FIGURE in touches:
        return words("caveat.touches_all")
    names = [words(f"figure.{name}") for name in FIGURES if name in touches]
    return words("caveat.touches", figures=", ".join(names)) if names else words("caveat.touches_none")
