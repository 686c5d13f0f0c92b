"""How a check is written down: a claim in two languages, its rule, and what its two readers must know."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from checks.declared import Check, Context, Kahn, Severity


@dataclass(frozen=True)
class Said:
    """The same in Danish and English."""

    da: str
    en: str


ONE_IN_A_THOUSAND = 0.001
ONE_IN_TWENTY = 0.05
"""Of groups so rare that a thousandth of them is less than one row, such as the records of children who died."""


@dataclass(frozen=True)
class Claims:
    """Claims about the rows of one frame; `touches` are the figures that go wrong when they do not hold.

    `tolerated` is the share of failing rows that a claim may have unless it says otherwise: in records of people one
    row in a thousand is a finding, not a failure.
    """

    frame: str
    touches: tuple[str, ...] = ()
    tolerated: float = 0.0

    def check(
        self,
        wrong: str,
        category: Kahn,
        severity: Severity,
        *,
        claim: Said,
        fails: pl.Expr,
        supplier: Said,
        reader: Said,
        applies: pl.Expr | None = None,
        threshold: float | None = None,
        context: Context = "verification",
        touches: tuple[str, ...] | None = None,
    ) -> Check:
        """One check; its id is the frame and what is wrong. Where no figure changes, it touches none."""
        touched = self.touches if touches is None else touches
        return Check(
            id=f"{self.frame}.{wrong}",
            frame=self.frame,
            claim_da=claim.da,
            claim_en=claim.en,
            category=category,
            context=context,
            severity=severity,
            fails=fails,
            applies=applies,
            threshold=self.tolerated if threshold is None else threshold,
            supplier_da=supplier.da,
            supplier_en=supplier.en,
            reader_da=reader.da,
            reader_en=reader.en,
            touches=() if reader == NO_FIGURE else touched,
        )


MEND_DATES = Said(
    "Ret den forkerte dato i kildesystemet, og send rækken igen.",
    "Correct the wrong date in the source system and send the row again.",
)
MEND_ROW = Said(
    "Ret oplysningen i kildesystemet, og send rækken igen.",
    "Correct the information in the source system and send the row again.",
)
FILL_IN = Said(
    "Udfyld feltet i kildesystemet, eller find ud af, hvorfor det ikke følger med i udtrækket.",
    "Fill in the field in the source system, or find out why the extract leaves it out.",
)
LOOK_UP_CHILD = Said(
    "Undersøg, om rækken er knyttet til det rigtige barn, og ret enten barnet eller datoen.",
    "Find out whether the row belongs to the right child, and correct either the child or the date.",
)
OUR_OWN = Said(
    "Leverandøren skal ikke gøre noget. Meld fejlen til dem, der driver Rød tråd: den er sket i beregningen.",
    "The supplier need do nothing. Report the fault to those who run Rød tråd: it happened in the calculation.",
)
DO_NOT_USE = Said(
    "Brug ikke tallene fra denne kørsel, før fejlen er fundet.",
    "Do not use the figures of this run before the fault is found.",
)
IN_USE = Said(
    "Rækken er stadig i brug. Er der mange, er de tal, den indgår i, usikre.",
    "The row is still in use. Where there are many, the figures that it enters are uncertain.",
)
NO_FIGURE = Said(
    "Tallene ændres ikke, men oplysningen bør ikke bruges alene.",
    "No figure changes, but the information should not be used on its own.",
)
