"""`defects`: does every check find what it is there to find?"""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.commands.checks import LangOption, words_in
from pipelines.commands.shared import BELOW_FLOOR, QuietOption, app, complaints, console, told_plainly


@app.command()
@told_plainly
def defects(
    children: Annotated[
        int, typer.Option(help="How many children the sample country has; of fewer, no month is missed.", min=5_000)
    ] = 5_000,
    rate: Annotated[
        list[float] | None,
        typer.Option(help="Share of rows to spoil; may be given several times.", min=0.0001, max=0.5),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed plants the same defects.", min=0)] = 1,
    only: Annotated[list[str] | None, typer.Option(help="Only these types; may be given several times.")] = None,
    lang: LangOption = "da",
    quiet: QuietOption = False,
) -> None:
    """Plant every known type of defect into flawless sample data, and see which check finds it.

    Without --rate at 0.1 %, 1 % and 10 % of the rows. Exit code 8: a type was missed, or a sound record was named.

    Example: `roedtraad defects --children 8000 --rate 0.01`
    """
    from checks.defects import chosen_defects
    from checks.defects.bench import FLOOR, RATES, bench
    from checks.defects.shown import below_floor, defects_table, not_found, verdict
    from pipelines.shown import stages_on

    words, chosen = words_in(lang), chosen_defects(only)
    with stages_on(None if quiet else console) as shown:
        result = bench(children=children, seed=seed, rates=tuple(rate or RATES), defects=chosen, say=shown.said)
    console.print(defects_table(result.scores, FLOOR, words))
    if missed := below_floor(result.scores, FLOOR):
        console.print(not_found(chosen, missed, words))
    console.print(verdict(result, FLOOR, words))
    if not result.is_good:
        complaints.print(words("defects.not_good"), highlight=False)
        raise typer.Exit(BELOW_FLOOR)
