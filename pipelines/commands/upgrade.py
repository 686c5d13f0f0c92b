"""`upgrade`: a store is brought to the contract of the installed release, and back."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.commands.shared import StoreOption, app, console, noted, told_plainly


@app.command()
@told_plainly
def upgrade(
    store: StoreOption,
    back: Annotated[bool, typer.Option("--back", help="One version back, before an earlier release.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what would be done.")] = False,
) -> None:
    """Bring a store to the contract of this release, one version after the other, in one commit. Figures stay.

    Exit code 31: the store is of a later release. 32: no declared migration leads there.

    Example: `roedtraad upgrade --store demo/store --plan`
    """
    from pipelines.definitions.tables import CONTRACT_VERSION
    from pipelines.migrations import applying
    from pipelines.store import Store

    opened = Store(store)
    before = applying.version_of(opened)
    if plan or (before == CONTRACT_VERSION and not back):
        steps = applying.planned(opened)
        told = ", then ".join(step.words for step in steps) or "nothing is to be done"
        console.print(f"The store has contract {before}, this release {CONTRACT_VERSION}: {told}.", highlight=False)
        for change in (change for step in steps for change in step.migration.changes):
            console.print(f"  {change.table}: {change.words}", highlight=False, markup=False)
        return
    noted(store, "upgraded", f"contract {before}, {'one back' if back else f'to {CONTRACT_VERSION}'}")
    done = applying.back(opened) if back else applying.upgrade(opened)
    console.print(f"Contract {done.before} -> {done.after}: {', '.join(done.carried) or 'as it was'}.", highlight=False)
